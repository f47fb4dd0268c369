"""Numbers that may be known only between bounds.

A known number is a range of one; a missing fact is its declared range.

Interval arithmetic is inclusion isotonic (Moore 1966): narrowing an input never widens the result, so a fact that is
added never turns a settled answer into an unknown one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cewen.base.truth import Truth

Bound = Fraction | None
"""A bound, or None for open."""


@dataclass(frozen=True, slots=True)
class Range:
    """All values between `low` and `high`, bounds included. `defined` tells whether there is a value at all."""

    low: Bound
    high: Bound
    defined: Truth = Truth.MET

    @classmethod
    def exactly(cls, value: Fraction | int) -> Range:
        return cls(Fraction(value), Fraction(value))

    @property
    def exact(self) -> Fraction | None:
        """The one value there is; None while more than one is possible, or none."""
        known = self.defined is Truth.MET and self.low is not None and self.low == self.high
        return self.low if known else None


OPEN = Range(None, None)


def add(left: Range, right: Range) -> Range:
    """Every sum of possible values."""
    return Range(_sum(left.low, right.low), _sum(left.high, right.high), left.defined & right.defined)


def negate(operand: Range) -> Range:
    """Every possible value with the other sign."""
    return Range(_minus(operand.high), _minus(operand.low), operand.defined)


def multiply(left: Range, right: Range) -> Range:
    """Every product of possible values; open where a bound cannot be told."""
    defined = left.defined & right.defined
    for one, other in ((left, right), (right, left)):
        if one.low == 0 == one.high:
            return Range(Fraction(0), Fraction(0), defined)
        if one.low is not None and one.low == one.high and one.low > 0:
            factor = one.low
            return Range(_times(other.low, factor), _times(other.high, factor), defined)
    if left.low is None or left.high is None or right.low is None or right.high is None:
        low = left.low * right.low if left.low is not None and right.low is not None else None
        both = left.low is not None and right.low is not None and left.low >= 0 and right.low >= 0
        return Range(low if both else None, None, defined)
    products = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return Range(min(products), max(products), defined)


def divide(left: Range, right: Range) -> Range:
    """Exact quotient; without a value where the divisor is zero, perhaps without one where it may be."""
    if right.low == 0 == right.high:
        return Range(None, None, Truth.NOT_MET)
    defined = left.defined & right.defined
    if (right.low is not None and right.low > 0) or (right.high is not None and right.high < 0):
        inverse = Range(_inverse(right.high), _inverse(right.low))
        return _defined_as(multiply(left, inverse), defined)
    return Range(None, None, defined & Truth.UNKNOWN)


def least(parts: tuple[Range, ...]) -> Range:
    """The least of possible values of each part."""
    highs = [part.high for part in parts if part.high is not None]
    lows = [part.low for part in parts]
    low = None if any(bound is None for bound in lows) else min(bound for bound in lows if bound is not None)
    return Range(low, min(highs) if highs else None, _all_defined(parts))


def greatest(parts: tuple[Range, ...]) -> Range:
    """The greatest of possible values of each part."""
    return negate(least(tuple(negate(part) for part in parts)))


def hull(parts: tuple[Range, ...]) -> Range:
    """The smallest range that holds all of `parts`."""
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    low = None if any(bound is None for bound in lows) else min(bound for bound in lows if bound is not None)
    high = None if any(bound is None for bound in highs) else max(bound for bound in highs if bound is not None)
    defined = parts[0].defined if all(part.defined is parts[0].defined for part in parts) else Truth.UNKNOWN
    return Range(low, high, defined)


def compare(operator: str, left: Range, right: Range) -> Truth:
    """Whether a comparison holds for every pair of possible values, for none, or for some."""
    if Truth.NOT_MET in (left.defined, right.defined):
        return Truth.NOT_MET
    truth = _compare(operator, left, right)
    return truth & left.defined & right.defined


def _compare(operator: str, left: Range, right: Range) -> Truth:
    match operator:
        case ">":
            return ~_compare("<=", left, right)
        case ">=":
            return _compare("<=", right, left)
        case "<":
            return ~_compare("<=", right, left)
        case "!=":
            return ~_compare("=", left, right)
        case "=":
            if left.low is not None and left.low == left.high == right.low == right.high:
                return Truth.MET
            apart = _below(left.high, right.low) or _below(right.high, left.low)
            return Truth.NOT_MET if apart else Truth.UNKNOWN
        case "<=":
            if left.high is not None and right.low is not None and left.high <= right.low:
                return Truth.MET
            return Truth.NOT_MET if _below(right.high, left.low) else Truth.UNKNOWN
    raise ValueError(f"no comparison {operator!r}")


def _below(left: Bound, right: Bound) -> bool:
    return left is not None and right is not None and left < right


def _sum(left: Bound, right: Bound) -> Bound:
    return None if left is None or right is None else left + right


def _minus(bound: Bound) -> Bound:
    return None if bound is None else -bound


def _times(bound: Bound, factor: Fraction) -> Bound:
    return None if bound is None else bound * factor


def _inverse(bound: Bound) -> Bound:
    return Fraction(0) if bound is None else 1 / bound


def _defined_as(value: Range, defined: Truth) -> Range:
    return Range(value.low, value.high, defined)


def _all_defined(parts: tuple[Range, ...]) -> Truth:
    result = Truth.MET
    for part in parts:
        result = result & part.defined
    return result
