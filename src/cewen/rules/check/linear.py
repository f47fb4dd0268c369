"""Comparisons brought to one form: an expression on the left, a number on the right, so that two can be set side by side.

年营业收入 >= 500万元, 500万元 <= 年营业收入 and 年营业收入 * 2 >= 1000万元 say the same of the same expression.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cewen.rules import ops
from cewen.rules.check.interval import EVERYTHING, Interval
from cewen.rules.facts import Vocabulary
from cewen.rules.types import Kind

Terms = tuple[tuple[ops.NumberOp, Fraction], ...]
"""Each expression that is not linear in others, with its coefficient; the first coefficient is 1."""

_FLIPPED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "=", "!=": "!="}
OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


@dataclass(frozen=True, slots=True)
class Bounded:
    """`terms operator bound`; no terms: the comparison is between numbers alone."""

    terms: Terms
    operator: str
    bound: Fraction


def bounded(compare: ops.Compare) -> Bounded:
    """A comparison in the one form."""
    sums: dict[ops.NumberOp, Fraction] = {}
    constant = _gather(compare.left, Fraction(1), sums) + _gather(compare.right, Fraction(-1), sums)
    terms = tuple((op, factor) for op, factor in sums.items() if factor)
    if not terms:
        return Bounded((), compare.operator, -constant)
    ordered = tuple(sorted(terms, key=lambda term: repr(term[0])))
    first = ordered[0][1]
    operator = compare.operator if first > 0 else _FLIPPED[compare.operator]
    return Bounded(tuple((op, factor / first) for op, factor in ordered), operator, -constant / first)


def _gather(op: ops.NumberOp, factor: Fraction, sums: dict[ops.NumberOp, Fraction]) -> Fraction:
    """Add `factor * op` to `sums`; the constant part is returned."""
    match op:
        case ops.Constant():
            return factor * op.value
        case ops.Add():
            return _gather(op.left, factor, sums) + _gather(op.right, factor, sums)
        case ops.Subtract():
            return _gather(op.left, factor, sums) + _gather(op.right, -factor, sums)
        case ops.Negate():
            return _gather(op.operand, -factor, sums)
        case ops.Multiply() if (left := constant_of(op.left)) is not None:
            return _gather(op.right, factor * left, sums)
        case ops.Multiply() if (right := constant_of(op.right)) is not None:
            return _gather(op.left, factor * right, sums)
        case ops.Divide() if (divisor := constant_of(op.right)) is not None and divisor != 0:
            return _gather(op.left, factor / divisor, sums)
    sums[op] = sums.get(op, Fraction(0)) + factor
    return Fraction(0)


def constant_of(op: ops.NumberOp) -> Fraction | None:
    """The value of an operation that reads no fact; None for others and where it has none."""
    match op:
        case ops.Constant():
            return op.value
        case ops.Add() | ops.Subtract() | ops.Multiply() | ops.Divide():
            left, right = constant_of(op.left), constant_of(op.right)
            if left is None or right is None or (isinstance(op, ops.Divide) and right == 0):
                return None
            match op:
                case ops.Add():
                    return left + right
                case ops.Subtract():
                    return left - right
                case ops.Multiply():
                    return left * right
            return left / right
        case ops.Negate():
            inner = constant_of(op.operand)
            return None if inner is None else -inner
        case ops.Least() | ops.Greatest():
            known = [value for part in op.parts if (value := constant_of(part)) is not None]
            if len(known) < len(op.parts):
                return None
            return min(known) if isinstance(op, ops.Least) else max(known)
    return None


def may_be_undefined(op: ops.NumberOp | ops.TruthOp) -> bool:
    """True when something is divided by what may be zero: then a comparison and its opposite may both fail."""
    divides = isinstance(op, ops.Divide) and constant_of(op.right) in (None, 0)
    return divides or any(may_be_undefined(child) for child in ops.children(op))


def range_of(terms: Terms, vocabulary: Vocabulary) -> Interval:
    """All values the terms can have by the declared ranges of their facts."""
    total = Interval(Fraction(0), Fraction(0))
    for op, factor in terms:
        total = total.plus(_range(op, vocabulary).scaled(factor))
    return total


def is_whole(terms: Terms, vocabulary: Vocabulary) -> bool:
    """True for one fact counted in whole units (fen, persons, levels)."""
    op = terms[0][0]
    return len(terms) == 1 and isinstance(op, ops.FactNumber) and vocabulary.by_key(op.key).type is not Kind.RATIO


def _range(op: ops.NumberOp, vocabulary: Vocabulary) -> Interval:
    match op:
        case ops.FactNumber():
            low, high = vocabulary.by_key(op.key).bounds()
            return Interval(None if low is None else Fraction(low), None if high is None else Fraction(high))
        case ops.Divide() | ops.Multiply() if _is_not_negative(op.left, vocabulary) and _is_not_negative(
            op.right, vocabulary
        ):
            return Interval(low=Fraction(0))
        case ops.AwardedAmount():
            return Interval(low=Fraction(0))
    return EVERYTHING


def _is_not_negative(op: ops.NumberOp, vocabulary: Vocabulary) -> bool:
    sums: dict[ops.NumberOp, Fraction] = {}
    constant = _gather(op, Fraction(1), sums)
    if op in sums:
        low = _range(op, vocabulary).low if isinstance(op, (ops.FactNumber, ops.AwardedAmount)) else None
        return low is not None and low >= 0
    low = range_of(tuple(sums.items()), vocabulary).plus(Interval(constant, constant)).low
    return low is not None and low >= 0
