"""What the words of the portal mean, for its readers: the terms of `glossary.yaml`, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_TERMS = Path(__file__).with_name("glossary.yaml")


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages (双语文字)."""

    zh: str
    en: str

    def to(self, language: str) -> str:
        """The text for a reader of `language`, a code such as "en" or "zh-hans"."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Term:
    """Term of the glossary (术语): the word, what it means, how it is worked out where that is a question."""

    key: str
    word: Said
    meaning: Said
    reckoned: Said | None = None
    group: str = ""

    def holds(self, part: str) -> bool:
        """True when a word searched for stands anywhere in it, in either language."""
        said = (self.word, self.meaning, *((self.reckoned,) if self.reckoned else ()))
        return any(part in text.lower() for each in said for text in (each.zh, each.en))


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """All terms of the glossary, in the order of its groups."""
    return tuple(
        Term(entry["key"], Said(**entry["word"]), Said(**entry["meaning"]),
             Said(**entry["reckoned"]) if "reckoned" in entry else None, group["group"])
        for group in _read()
        for entry in group["terms"]
    )  # fmt: skip


@lru_cache(maxsize=1)
def term_groups() -> dict[str, Said]:
    """Names of the groups of terms, in order."""
    return {group["group"]: Said(**group["title"]) for group in _read()}


def term(key: str) -> Term:
    """A term by its key. Raises KeyError for one that is not there."""
    return {each.key: each for each in terms()}[key]


def terms_found(words: str) -> tuple[Term, ...]:
    """Terms that hold every word, in either language."""
    parts = words.lower().split()
    return tuple(each for each in terms() if all(each.holds(part) for part in parts))


def _read() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(_TERMS.read_text(encoding="utf-8"))
    return found
