"""The grammar of numbering: which candidates continue a series, open one below, or are no headings at all.

A clause is known by its series: （二） follows （一） under the same 一、, or goes on where the last 一、 ended. The kinds met
first are the outer ones, so that 第一条 under 一、 and 1. under 一、 are both read as printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cewen.text.outline.candidates import Candidate
from cewen.text.outline.labels import Kind

_LARGEST_GAP = 3
"""A series may miss this many numbers (a lost line) before it counts as another one."""
_INLINE_STARTERS = (Kind.HAN, Kind.HAN_BRACKET, Kind.ARTICLE, Kind.CHAPTER)
_NUMERIC = (Kind.DIGIT, Kind.DIGIT_BRACKET, Kind.DIGIT_HALF, Kind.CIRCLE, Kind.HAN_BRACKET)


@dataclass(frozen=True, slots=True)
class Placed:
    """An accepted candidate and its depth, from 0."""

    candidate: Candidate
    depth: int


@dataclass(slots=True)
class _Open:
    kind: Kind
    number: int


@dataclass(slots=True)
class _Grammar:
    """Reads candidates in order; `stack` holds the open series from the outermost in."""

    following: Sequence[int | None]
    is_unbroken: bool
    stack: list[_Open] = field(default_factory=list)
    last: dict[Kind, int] = field(default_factory=dict)
    above: dict[Kind, set[Kind]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def depth_of(self, index: int, candidate: Candidate) -> int | None:
        """Where the candidate belongs, or None when it is no heading."""
        kind, number = candidate.label.kind, candidate.label.number
        if kind is Kind.ANNEX:
            return 0 if self.stack and candidate.is_sure else None
        if kind is Kind.CLOSING:
            return (1 if self.stack[0].kind is Kind.ANNEX else 0) if self.stack else None
        if kind is Kind.BOX:
            return self._box_depth(candidate)
        at = self._open_depth(kind, number)
        if at is not None and self.stack[at].number + 1 == number:
            return at if candidate.is_sure or self.following[index] != number else None
        if not candidate.is_sure:
            return self._unsure_depth(index, candidate, at)
        if at is None:
            return self._new_depth(index, kind, number)
        return self._other_depth(index, candidate, at)

    def _open_depth(self, kind: Kind, number: int) -> int | None:
        """The open series of this kind that `number` goes on with; inside a box or an annex its own series first."""
        found = None
        for depth in range(len(self.stack) - 1, -1, -1):
            opened = self.stack[depth]
            if opened.kind is kind:
                if opened.number + 1 == number:
                    return depth
                found = depth if found is None else found
            elif opened.kind is Kind.BOX and number == 1 and found is None:
                return None
            elif opened.kind in (Kind.ANNEX, Kind.CLOSING):
                return found
        return found

    def _box_depth(self, candidate: Candidate) -> int | None:
        if not candidate.is_sure:
            return None
        for depth, opened in enumerate(self.stack):
            if opened.kind is Kind.BOX:
                return depth
        return len(self.stack)

    def _unsure_depth(self, index: int, candidate: Candidate, at: int | None) -> int | None:
        """A label inside a line: it may open a series only where lines tell nothing, and its second member follows."""
        kind, number = candidate.label.kind, candidate.label.number
        if at is not None or self.following[index] == number:
            return None
        if number > 1 and number == self.last.get(kind, 0) + 1:
            return self._nested_depth(kind)
        opens = number == 1 and (self.is_unbroken or candidate.is_line_start)
        if opens and kind in _INLINE_STARTERS and (self.following[index] == 2 or kind is Kind.HAN_BRACKET):
            return self._nested_depth(kind)
        return None

    def _new_depth(self, index: int, kind: Kind, number: int) -> int | None:
        known = self.last.get(kind)
        if number == 1 or (known is not None and number == known + 1):
            return self._nested_depth(kind)
        goes_on = self.following[index] == number + 1
        if goes_on and (known is None or 0 < number - known <= _LARGEST_GAP or number == 2):
            self.warnings.append(f"编号从“{number}”开始，前面的没有找到")
            return self._nested_depth(kind)
        return None

    def _other_depth(self, index: int, candidate: Candidate, at: int) -> int | None:
        """Restarted, repeated or interrupted series of a kind that is open."""
        number, last = candidate.label.number, self.stack[at].number
        if number == 1:
            return at if self.following[index] == 2 else None
        printed = candidate.label.printed
        if number == last:
            self.warnings.append(f"编号“{printed}”重复")
            return at
        if number < last and self.following[index] == last + 1:
            self.warnings.append(f"编号“{printed}”次序颠倒")
            return at
        if 0 < number - last <= _LARGEST_GAP:
            self.warnings.append(f"编号“{printed}”之前缺号")
            return at
        return None

    def _nested_depth(self, kind: Kind) -> int:
        """Below the deepest open series, but not below one that this kind has always stood above."""
        depth = len(self.stack)
        over = self.above.get(kind)
        while depth:
            opened = self.stack[depth - 1].kind
            if opened in (Kind.BOX, Kind.ANNEX, Kind.CLOSING) or opened.value < kind.value:
                break
            if over is None and not self._is_stray(depth, kind):
                break
            if over is not None and opened in over:
                break
            depth -= 1
        return depth

    def _is_stray(self, depth: int, kind: Kind) -> bool:
        """Items that stand open without any heading above them do not hold a 一、 or 第一章."""
        return kind.value <= Kind.HAN.value and all(opened.kind in _NUMERIC for opened in self.stack[:depth])

    def accept(self, candidate: Candidate, depth: int) -> None:
        kind, number = candidate.label.kind, candidate.label.number
        if kind is Kind.ANNEX:
            self.last = {}
        self.above.setdefault(kind, set()).update(opened.kind for opened in self.stack[:depth])
        del self.stack[depth:]
        self.stack.append(_Open(kind, number))
        self.last[kind] = number


def read_series(candidates: Sequence[Candidate], *, is_unbroken: bool) -> tuple[list[Placed], list[str]]:
    """The candidates that are headings, with depth, and what is odd about their numbers (Chinese sentences)."""
    grammar = _Grammar(_following(candidates, is_unbroken), is_unbroken)
    placed: list[Placed] = []
    for index, candidate in enumerate(candidates):
        depth = grammar.depth_of(index, candidate)
        if depth is not None:
            grammar.accept(candidate, depth)
            placed.append(Placed(candidate, depth))
    return placed, grammar.warnings


def _following(candidates: Sequence[Candidate], is_unbroken: bool) -> list[int | None]:
    """For each candidate the number of the next one of its kind that stands at a line start (anywhere, if unbroken)."""
    result: list[int | None] = [None] * len(candidates)
    ahead: dict[Kind, int] = {}
    for index in range(len(candidates) - 1, -1, -1):
        label = candidates[index].label
        result[index] = ahead.get(label.kind)
        if candidates[index].is_sure or is_unbroken:
            ahead[label.kind] = label.number
    return result
