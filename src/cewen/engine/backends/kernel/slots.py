"""What the compiled loops of a measure are given: columns of facts, derived columns, parameters of the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from cewen.engine.bits import Bound, Form
from cewen.engine.columns.layout import Layout
from cewen.rules import ops
from cewen.rules.types import RATIO

LARGEST_PARAMETER = 10**12
"""A literal amount may grow to 100 亿元 without a new compilation."""

ROOM: tuple[tuple[int, bool], ...] = ((10_000, True), (1_000, True), (100, True), (1, True), (100, False), (1, False))
"""Tried in order until the proofs hold: the denominator of literal ratios, and whether literals may grow.

A rate may move in steps of 0.01 %, or coarser, without a new compilation; with (1, False) a literal may only shrink.
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column the loop reads. `kind`: "fact" (key, years_back), "earlier" (key, years_back), "awarded" (measures)."""

    kind: str
    key: str | tuple[str, ...]
    years_back: int
    subject: str


@dataclass(slots=True)
class Slots:
    """Every column one measure reads, numbered in order of first use; `v3` holds values, `b3` whether they are known."""

    subject: str
    layout: Layout
    found: dict[Slot, int] = field(default_factory=dict)

    def fact(self, key: str, years_back: int = 0) -> int:
        fact = self.layout.vocabulary.by_key(key)
        self.layout.column_type(fact)
        return self._number(Slot("fact", key, years_back if fact.is_annual else 0, fact.subject))

    def earlier(self, key: str, years_back: int) -> int:
        """The greatest value known before the year `years_back` years ago."""
        return self._number(Slot("earlier", key, years_back, self.layout.vocabulary.by_key(key).subject))

    def awarded(self, measures: tuple[str, ...]) -> int:
        return self._number(Slot("awarded", measures, 0, self.subject))

    def _number(self, slot: Slot) -> int:
        return self.found.setdefault(slot, len(self.found))


@dataclass(slots=True)
class Parameters:
    """Literals of the rules as an array `P`: changed values need no new compilation.

    `limits` says what each parameter may become so that the proofs still hold.
    """

    values: list[int] = field(default_factory=list)
    limits: list[Bound] = field(default_factory=list)

    def literal(self, op: ops.Constant, room: tuple[int, bool]) -> tuple[str, Form]:
        """Code and shape of a constant. Zero stays zero; other signs are part of the compiled code."""
        value, (scale, may_grow) = Fraction(op.value), room
        denominator = lcm(value.denominator, scale) if op.quantity == RATIO else value.denominator
        numerator = int(value * denominator)
        if numerator == 0:
            return "0", Form(Bound(0, 0))
        room_above = denominator if op.quantity == RATIO else LARGEST_PARAMETER
        largest = max(abs(numerator), room_above if may_grow else 1)
        limit = Bound(1, largest) if numerator > 0 else Bound(-largest, -1)
        return self._add(numerator, limit), Form(limit, denominator)

    def _add(self, value: int, limit: Bound) -> str:
        self.values.append(value)
        self.limits.append(limit)
        return f"p{len(self.values) - 1}"
