"""The lexicon: which words of a clause mean which fact, condition or subject. It is data: `policies/lexicon/*.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.rules.facts import Fact, Subject, Vocabulary
from cewen.rules.shape import shape_findings
from cewen.rules.types import Kind, Quantity
from cewen.rules.yaml_file import read_yaml
from cewen.text.flow import fold_text

_MEANINGS = ("fact", "condition", "subject", "open", "plain", "region", "slug", "purpose", "bare")
SHORTEST_VALUE = 4
"""Values of facts with fewer characters (国家级, 大型) are too common to be taken for a condition by themselves."""


_NARROWING = 2
"""Unknown characters before a known word that make it another word."""


_CHANGING = frozenset(("增速", "增长率", "增幅", "同比增长", "新增", "比上年", "较上年", "增长", "部分"))
"""Words that ask no condition and yet make another quantity of the one beside them."""


class Entry(BaseModel):
    """Words with one meaning (说法): a fact, a condition, a subject, or none that a machine can compute."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...] = Field(min_length=1, description="条文里的说法；{a}、{b} 代表另一个说法")
    fact: str | None = Field(None, description="指的事实，写标签；也可以是两个说法合成的式子，如 {a} / {b}")
    condition: str | None = Field(None, description="意思是这个条件，用条件语言写")
    subject: Subject | None = Field(None, description="措施给谁：enterprise、project、product、park")
    open: bool = Field(False, description="须由人判断的标准，整个小句写进 open_conditions")
    plain: bool = Field(False, description="不含条件的词")
    bare: bool = Field(False, description="单独剩下时不含条件的词")
    region: bool = Field(False, description="指本政策的适用地区")
    slug: str | None = Field(None, pattern=r"^[a-z]+$", description="支持方式的英文短名，用作措施编号")
    purpose: str | None = Field(None, description="奖补是为了什么，如 研发投入；比较同类奖补时用")
    benefit: str | None = Field(None, description="没有数额时的支持方式，如 interest_subsidy")
    near: tuple[str, ...] = Field((), description="同一句里有这些词之一时才算")
    co_funding: bool = Field(False, description="这个金额是上级给的支持，按它的比例给予的是配套")

    @model_validator(mode="after")
    def _means_one_thing(self) -> Entry:
        if sum(bool(getattr(self, name)) for name in _MEANINGS) != 1:
            raise ValueError(f"一组说法只能有一个意思，在 {'、'.join(_MEANINGS)} 里写一项")
        return self


@dataclass(frozen=True, slots=True)
class Hit:
    """Known words in a text (认出的词): flow range and what they mean."""

    start: int
    end: int
    entry: Entry


class Lexicon:
    """All entries, with the values of the vocabulary's facts as words of their own (说法对照表)."""

    def __init__(self, entries: tuple[Entry, ...], vocabulary: Vocabulary) -> None:
        self.entries = entries
        self.vocabulary = vocabulary

    @cached_property
    def _facts(self) -> tuple[tuple[str, Fact, Entry], ...]:
        """Folded words, their fact and entry, longest words first; a label is a word for its fact."""
        found = [
            (fold_text(word), fact, entry)
            for entry in self.entries
            if entry.fact is not None and (fact := self.vocabulary.by_label(entry.fact)) is not None
            for word in entry.words
        ]
        known = {(word, fact.label) for word, fact, _ in found}
        for fact in self.vocabulary:
            if fact.quantity is not None and (fold_text(fact.label), fact.label) not in known:
                found.append((fold_text(fact.label), fact, Entry(words=(fact.label,), fact=fact.label)))
        return tuple(sorted(found, key=lambda each: -len(each[0])))

    @cached_property
    def _composed(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Patterns of words made of two others, and the expression they mean."""
        return tuple(
            (re.compile(_pattern(word)), entry.fact)
            for entry in self.entries
            if entry.fact is not None and "{a}" in entry.fact
            for word in sorted(entry.words, key=len, reverse=True)
        )

    @cached_property
    def _phrases(self) -> tuple[tuple[str, Entry], ...]:
        found = [
            (fold_text(word), entry)
            for entry in self.entries
            if entry.condition is not None or entry.region
            for word in entry.words
        ]
        known = {word for word, _ in found}
        for fact in self.vocabulary:
            for value in fact.values if fact.type in (Kind.SET, Kind.ENUM) else ():
                folded = fold_text(value)
                if len(folded) >= SHORTEST_VALUE and folded not in known:
                    found.append((folded, Entry(words=(value,), condition=value_condition(fact, value))))
        return tuple(sorted(found, key=lambda each: -len(each[0])))

    def phrases(self, text: str) -> Iterator[Hit]:
        """Conditions and words for the region in folded text, the longest first wins, in order of place."""
        chosen: list[Hit] = []
        for word, entry in self._phrases:
            if entry.near and not any(fold_text(near) in text for near in entry.near):
                continue
            at = text.find(word)
            while at >= 0:
                if not any(hit.start < at + len(word) and at < hit.end for hit in chosen):
                    chosen.append(Hit(at, at + len(word), entry))
                at = text.find(word, at + len(word))
        yield from sorted(chosen, key=lambda hit: hit.start)

    def expression(
        self, words: str, quantity: Quantity | None, subject: str | None, context: str = "", depth: int = 3
    ) -> str | None:
        """What folded words mean as an expression of the wanted unit (None: any); None when they are not known.

        `subject` limits the facts to those of it and of the enterprise, its own first; `context` is the sentence.
        """
        exact = [each for each in self._named(quantity, subject, context) if each[0] == words]
        if exact:
            return exact[0][1].label
        for pattern, meaning in self._composed if depth else ():
            match = pattern.search(words)
            if match is None:
                continue
            inner = quantity if "/" not in meaning and "增速" not in meaning else None
            parts = {
                name: self.expression(part, inner, subject, context, depth - 1)
                for name, part in match.groupdict().items()
            }
            if all(parts.values()) and (inner is not None or quantity is None or quantity.unit == ""):
                return meaning.format(**parts)
        held = [(words.rfind(word) + len(word), len(word), fact) for word, fact, _ in self._named(quantity, subject, context)
                if word in words]  # fmt: skip
        return max(held, key=lambda each: each[:2])[2].label if held else None

    def is_narrowed(self, words: str) -> bool:
        """Whether folded words hold a word for a number, with others right before it that nobody knows: 跨境离岸营业收入
        is no 营业收入."""
        held = [(len(word), word) for word, _, _ in self._facts if word in words]
        if not held or any(pattern.search(words) for pattern, _ in self._composed):
            return False
        word = max(held)[1]
        before = words[: words.find(word)]
        for known in self.words_of("plain") + self.words_of("region"):
            before = before.replace(known, "") if len(known) > 1 else before.strip(known)
        return len(before.strip("的其该对")) >= _NARROWING

    def is_exactly(self, words: str, label: str) -> bool:
        """Whether folded words name a fact and say nothing more: 企业研发费用 does, 研发费用年度增量部分 does not."""
        held = [word for word, fact, _ in self._facts if fact.label == label and word in words]
        if not held:
            return False
        rest = words.replace(max(held, key=len), "", 1)
        for known in self.words_of("plain") + self.words_of("region") + ("其", "该", "实际"):
            rest = rest.replace(known, "") if len(known) > 1 and known not in _CHANGING else rest.strip(known)
        return not rest

    def last_fact(self, words: str, quantity: Quantity | None, subject: str | None, context: str = "") -> Fact | None:
        """The known fact of the wanted unit that is named last in folded words."""
        held = [
            (words.rfind(word) + len(word), len(word), index, fact)
            for index, (word, fact, _) in enumerate(self._named(quantity, subject, context))
            if word in words
        ]
        return max(held, key=lambda each: (each[0], each[1], -each[2]))[3] if held else None

    def fact_words(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a word for any fact stands in folded text."""
        for word, _, _ in self._facts:
            at = text.find(word)
            while at >= 0:
                yield at, at + len(word)
                at = text.find(word, at + 1)

    def is_co_funding(self, label: str) -> bool:
        return any(entry.co_funding for entry in self.entries if entry.fact == label)

    def subject_of(self, words: str) -> str | None:
        """Who folded words name as the receiver: the subject whose word ends them, the longest first."""
        found = [
            (len(word), entry.subject)
            for entry in self.entries
            if entry.subject is not None
            for word in entry.words
            if words.endswith(fold_text(word))
        ]
        return max(found)[1] if found else None

    def words_of(self, meaning: str) -> tuple[str, ...]:
        """All folded words of one meaning, longest first."""
        return self._by_meaning.get(meaning, ())

    @cached_property
    def _by_meaning(self) -> dict[str, tuple[str, ...]]:
        return {
            meaning: tuple(
                sorted(
                    {fold_text(word) for entry in self.entries if getattr(entry, meaning) for word in entry.words},
                    key=lambda word: (-len(word), word),
                )
            )
            for meaning in _MEANINGS
        }

    def benefit(self, words: str) -> Entry | None:
        """The entry of the word for a benefit (奖励, 补助, 贴息) that stands first in folded words."""
        found = [
            (at, entry)
            for entry in self.entries
            if entry.slug is not None
            for word in entry.words
            if (at := words.find(fold_text(word))) >= 0
        ]
        return min(found, key=lambda each: each[0])[1] if found else None

    def _named(self, quantity: Quantity | None, subject: str | None, context: str) -> list[tuple[str, Fact, Entry]]:
        fitting = [
            (word, fact, entry)
            for word, fact, entry in self._facts
            if (quantity is None or fact.quantity == quantity)
            and (subject is None or fact.subject in (subject, "enterprise"))
            and (not entry.near or any(fold_text(near) in context for near in entry.near))
        ]
        return sorted(fitting, key=lambda each: (each[1].subject != subject, -len(each[0])))


def value_condition(fact: Fact, value: str) -> str:
    """The condition that a choice holds a value, quoted where the value is no plain word."""
    shown = value if re.fullmatch(r"[A-Za-z_一-鿿][0-9A-Za-z_一-鿿]*", value) else f'"{value}"'
    return f"{fact.label} {'包含' if fact.type is Kind.SET else '='} {shown}"


def _pattern(word: str) -> str:
    parts = re.split(r"(\{[ab]\})", word)
    last = len(parts) - 1
    made = "".join(
        f"(?P<{part[1]}>.+{'' if index >= last - 1 else '?'})" if part in ("{a}", "{b}") else re.escape(fold_text(part))
        for index, part in enumerate(parts)
    )
    return f"{made}$"


def load_lexicon(folder: Path, vocabulary: Vocabulary) -> Lexicon:
    """The lexicon of a folder's YAML files. Raises CewenError (CW001, CW022) with every fault; no folder, no words."""
    findings: list[Diagnostic] = []
    entries: list[Entry] = []
    for path in sorted(folder.glob("*.yaml")):
        file = read_yaml(path, f"{folder.name}/{path.name}")
        rows: list[Any] = file.data if isinstance(file.data, list) else []
        for index, row in enumerate(rows):
            try:
                entry = Entry.model_validate(row)
            except ValidationError as error:
                for fault in shape_findings(error, Entry, file, (index,)):
                    findings.append(Diagnostic("CW022", fault.message, fault.remedy, fault.place))
                continue
            entries.append(entry)
    if findings:
        raise CewenError(findings)
    return Lexicon(tuple(entries), vocabulary)
