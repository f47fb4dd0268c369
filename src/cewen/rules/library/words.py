"""Texts as words: the dictionary's, and the policy vocabulary's own; other words for a fact count as the fact."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import rjieba

from cewen.rules.draft.lexicon import Lexicon
from cewen.rules.regions import Regions
from cewen.text.flow import fold_text

MARK = "="
"""Begins a token that stands for a fact, whichever of its words the text uses; no text holds it as a token."""

_WORD = re.compile(r"[0-9a-z一-鿿]")
_EMPTY = frozenset(
    (*"的了和与及等对在为按将并或其该由经向从到各可是有", "给予", "予以", "按照", "以及", "进行", "相关", "有关")
)
"""Words that say nothing by themselves."""
_SHORTEST_NAME = 2


class Words:
    """Cuts texts into words (分词): facts, the words of the lexicon and the names of regions are words of their own."""

    def __init__(self, lexicon: Lexicon, regions: Regions) -> None:
        self._jieba = rjieba.Jieba()
        self._meanings = dict(_meanings(lexicon))
        names = {fold_text(regions.name(code)) for code in regions.codes()}
        own = {*self._meanings, *names, *lexicon.words_of("purpose")}
        self._own = tuple(sorted(word for word in own if len(word) >= _SHORTEST_NAME))
        for word in self._own:
            self._jieba.add_word(word, None, None)
        self._longest = max(map(len, self._meanings), default=0)

    @property
    def digest(self) -> str:
        """Changes when the words change: what was cut with others must be cut again."""
        return hashlib.sha256("\n".join((*self._own, *self._meanings.values())).encode()).hexdigest()

    def cut(self, text: str) -> list[tuple[str, int, int]]:
        """Words with their range in the folded text, long words with their parts after them, facts marked.

        `text` is folded first; ranges count its folded characters. Words that say nothing are left out.
        """
        folded = fold_text(text).lower()
        found = [
            (word, start, end)
            for word, start, end in self._jieba.tokenize(folded, "search")
            if word not in _EMPTY and _WORD.search(word)
        ]
        return [*found, *self._facts(folded)]

    def tokens(self, text: str) -> list[str]:
        """The words alone."""
        return [word for word, _, _ in self.cut(text)]

    def _facts(self, folded: str) -> Iterator[tuple[str, int, int]]:
        """Words of the lexicon in the text, the longest at each place, as the facts they stand for."""
        at = 0
        while at < len(folded):
            for length in range(min(self._longest, len(folded) - at), 1, -1):
                meaning = self._meanings.get(folded[at : at + length])
                if meaning is not None:
                    yield meaning, at, at + length
                    at += length
                    break
            else:
                at += 1


def _meanings(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Folded words and the fact they name; a word for several facts stands for the first."""
    found: dict[str, str] = {}
    for entry in lexicon.entries:
        if entry.fact is not None and "{" not in entry.fact:
            for word in entry.words:
                found.setdefault(fold_text(word).lower(), MARK + entry.fact)
    for fact in lexicon.vocabulary:
        found.setdefault(fold_text(fact.label).lower(), MARK + fact.label)
    yield from found.items()


def plain(words: Iterable[str]) -> tuple[str, ...]:
    """Words as a person reads them, each once: facts without their mark, parts of longer words left out."""
    shown = list(dict.fromkeys(word.removeprefix(MARK) for word in words))
    return tuple(word for word in shown if not any(word != other and word in other for other in shown))
