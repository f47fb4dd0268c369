"""Two texts character by character: what both have, what only one has, and which numbers changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from cewen.base.source import Span
from cewen.text.flow import Flow
from cewen.text.lines import tidy

_NUMBER = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*(?:[十百千万亿]*(?:元|平方米|家|项|个百分点|个月|个|人|年|名|款|倍)|%|‰|[十百千万亿]+)?"
)
_LARGEST_DIFF = 6_000
"""Characters up to which texts are compared character by character; longer ones sentence by sentence."""
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。；;]*[。；;]?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """差异片段: text both have (`kind` "same"), only the old ("removed") or only the new ("added").

    `text` is as printed, without line breaks; `span` its characters in its own file (of the new one for "same").
    """

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class NumberChange:
    """数字变化: numbers of one place of a clause, before and after; "" where there was or is none."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlacedFlow:
    """A flow and the file's text it was made from."""

    flow: Flow
    text: str

    def shown(self, start: int, end: int) -> str:
        """The flow's characters `[start, end)` as printed, without line breaks and noise."""
        return tidy("".join(self.text[at] for at in self.flow.offsets[start:end]))


def pieces_between(old: PlacedFlow, new: PlacedFlow) -> Iterator[Piece]:
    """The pieces from which both texts can be put together, in order; numbers and words are never cut."""
    for kind, i1, i2, j1, j2 in _operations(old.flow.text, new.flow.text):
        if kind == "equal":
            yield Piece("same", new.shown(j1, j2), new.flow.span(j1, j2))
            continue
        if i1 < i2:
            yield Piece("removed", old.shown(i1, i2), old.flow.span(i1, i2))
        if j1 < j2:
            yield Piece("added", new.shown(j1, j2), new.flow.span(j1, j2))


def numbers_between(a: str, b: str) -> Iterator[NumberChange]:
    """Numbers that differ, in order, paired where they take the same place."""
    one, two = _NUMBER.findall(a), _NUMBER.findall(b)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(i2 - i1, j2 - j1)):
            before = one[i1 + step] if i1 + step < i2 else ""
            after = two[j1 + step] if j1 + step < j2 else ""
            yield NumberChange(before, after)


def difference_json(pieces: Iterable[Piece], numbers: Iterable[NumberChange]) -> dict[str, object]:
    """Both lists as JSON-able objects."""
    return {
        "pieces": [
            {"kind": piece.kind, "text": piece.text, "start": piece.span.start, "end": piece.span.end}
            for piece in pieces
        ],
        "numbers": [{"before": number.before, "after": number.after} for number in numbers],
    }


def _operations(a: str, b: str) -> Iterator[tuple[str, int, int, int, int]]:
    """Like `SequenceMatcher.get_opcodes`, but whole numbers and words are never cut."""
    split = _TOKEN if max(len(a), len(b)) <= _LARGEST_DIFF else _SENTENCE
    one, two = [token for token in split.findall(a) if token], [token for token in split.findall(b) if token]
    starts_one, starts_two = _starts(one), _starts(two)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        yield kind, starts_one[i1], starts_one[i2], starts_two[j1], starts_two[j2]


def _starts(tokens: Iterable[str]) -> list[int]:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return starts
