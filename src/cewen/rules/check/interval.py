"""Exact intervals with open and closed ends: what a comparison leaves of the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

End = Fraction | None
"""An end, or None where there is none."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two ends; an end belongs to it unless it is open."""

    low: End = None
    high: End = None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def holds(self, other: Interval) -> bool:
        """True when every number of `other` is one of this interval's."""
        return other.is_empty or self.meet(other) == other

    def meet(self, other: Interval) -> Interval:
        """The numbers in both."""
        low, low_open = _later((self.low, self.low_open), (other.low, other.low_open))
        high, high_open = _earlier((self.high, self.high_open), (other.high, other.high_open))
        return Interval(low, high, low_open, high_open)

    def whole(self) -> Interval:
        """The same whole numbers with closed ends: above 4 and below 6 is exactly 5."""
        low = self.low
        if low is not None:
            low = Fraction(floor(low) + 1 if self.low_open else ceil(low))
        high = self.high
        if high is not None:
            high = Fraction(ceil(high) - 1 if self.high_open else floor(high))
        return Interval(low, high)

    def scaled(self, factor: Fraction) -> Interval:
        """Every number times a factor that is not zero."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        if factor < 0:
            return Interval(high, low, self.high_open, self.low_open)
        return Interval(low, high, self.low_open, self.high_open)

    def plus(self, other: Interval) -> Interval:
        """Every sum of a number of each."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.low_open or other.low_open, self.high_open or other.high_open)


EVERYTHING = Interval()


def _later(one: tuple[End, bool], other: tuple[End, bool]) -> tuple[End, bool]:
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] == other[0]:
        return one[0], one[1] or other[1]
    return max(one, other, key=lambda end: end[0] or Fraction(0))


def _earlier(one: tuple[End, bool], other: tuple[End, bool]) -> tuple[End, bool]:
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] == other[0]:
        return one[0], one[1] or other[1]
    return min(one, other, key=lambda end: end[0] or Fraction(0))


def satisfying(operator: str, bound: Fraction) -> Interval | None:
    """The numbers x with `x operator bound`; None for !=, which is no interval."""
    match operator:
        case ">=":
            return Interval(low=bound)
        case ">":
            return Interval(low=bound, low_open=True)
        case "<=":
            return Interval(high=bound)
        case "<":
            return Interval(high=bound, high_open=True)
        case "=":
            return Interval(bound, bound)
    return None
