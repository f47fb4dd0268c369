"""`engine.range` over columns: numbers between bounds that may be open, row by row, and the same answers to the fen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cewen.engine.backends.ibis import ratio, terms
from cewen.engine.backends.ibis.ratio import NO_RATIO, ZERO, Ratio
from cewen.engine.backends.ibis.term import Term
from cewen.engine.backends.ibis.terms import FALSE, TRUE, UNKNOWN, all_of, any_of, case, certainly


@dataclass(frozen=True, slots=True)
class Interval:
    """A column of `range.Range`: null bounds are open; `defined` is a truth.

    `bare` is the same number, cheaper to compute: its bounds mean nothing where `defined` is false, so it serves only
    where such rows are decided already.
    """

    low: Ratio
    high: Ratio
    defined: Term = TRUE
    bare: Interval | None = None

    @classmethod
    def point(cls, value: Ratio, defined: Term = TRUE) -> Interval:
        """One value in each row, or both bounds open."""
        return cls(value, value, defined)

    @property
    def is_point(self) -> bool:
        """Whether both bounds are the same in every row: one value, or both open."""
        return self.low == self.high

    @property
    def is_exact(self) -> Term:
        """Rows with one value; never null."""
        return all_of((certainly(self.defined), self._has_one_value))

    @property
    def _has_one_value(self) -> Term:
        low, high = self.low.numerator, self.high.numerator
        if self.is_point:
            return terms.negation(self.low.is_null)
        if self.low.denominator is self.high.denominator:
            for one, other in ((low, high), (high, low)):
                if one.kind == "default" and one.args[0] is other:  # apart wherever the value is not known
                    return terms.negation(self.low.is_null if other is low else self.high.is_null)
        return certainly(ratio.equal(self.low, self.high))


def add(left: Interval, right: Interval) -> Interval:
    """Every sum, as `range.add`."""
    defined = all_of((left.defined, right.defined))
    return Interval(ratio.add(left.low, right.low), ratio.add(left.high, right.high), defined)


def negate(operand: Interval) -> Interval:
    """Every value with the other sign, as `range.negate`."""
    return Interval(ratio.negate(operand.high), ratio.negate(operand.low), operand.defined)


def multiply(left: Interval, right: Interval) -> Interval:
    """Every product, as `range.multiply`."""
    defined = all_of((left.defined, right.defined))
    for one, other in ((left, right), (right, left)):
        exact = one.low.exact
        if one.is_point and exact is not None:
            if exact == 0:
                return Interval.point(ZERO, defined)
            if exact > 0:
                return Interval(ratio.multiply(other.low, one.low), ratio.multiply(other.high, one.low), defined)
    if left.is_point and right.is_point:
        return Interval.point(_product_of_points(left.low, right.low), defined)
    if left.low.is_never_negative and right.low.is_never_negative:
        zero = any_of((ratio.is_zero(left.high), ratio.is_zero(right.high)))
        high = ratio.case(zero, ZERO, ratio.multiply(left.high, right.high))
        return Interval(ratio.multiply(left.low, right.low), high, defined)
    return _general_product(left, right, defined)


def _product_of_points(left: Ratio, right: Ratio) -> Ratio:
    """Zero times what is not known is zero."""
    product = ratio.multiply(left, right)
    zeros = [ratio.is_zero(one) for one, other in ((left, right), (right, left)) if other.is_null is not FALSE]
    return ratio.case(any_of(zeros), ZERO, product)


def _general_product(left: Interval, right: Interval, defined: Term) -> Interval:
    """The cases of `range.multiply` in its order, each decided in the row."""
    corners = [ratio.multiply(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = corners[0], corners[0]
    for corner in corners[1:]:
        low, high = ratio.least(low, corner), ratio.greatest(high, corner)
    any_open = any_of(bound.is_null for bound in (left.low, left.high, right.low, right.high))
    both = all_of((_is_not_negative(left.low), _is_not_negative(right.low)))
    low = ratio.case(any_open, ratio.case(both, ratio.multiply(left.low, right.low), NO_RATIO), low)
    high = ratio.unless(any_open, high)
    for one, other in ((right, left), (left, right)):
        same = ratio.equal(one.low, one.high)
        positive = all_of((same, ratio.is_positive(one.low)))
        low = ratio.case(positive, ratio.multiply(other.low, one.low), low)
        high = ratio.case(positive, ratio.multiply(other.high, one.low), high)
        zero = all_of((same, ratio.is_zero(one.low)))
        low, high = ratio.case(zero, ZERO, low), ratio.case(zero, ZERO, high)
    return Interval(low, high, defined)


def _is_not_negative(bound: Ratio) -> Term:
    return ratio.at_most(ZERO, bound)


def divide(left: Interval, right: Interval) -> Interval:
    """Exact quotients, as `range.divide`: without a value where the divisor is zero, perhaps without where it may be."""
    right = _as_known(right)
    defined = all_of((left.defined, right.defined))
    exact = right.low.exact
    if right.is_point and exact is not None:
        if exact == 0:
            return Interval.point(NO_RATIO, FALSE)
        return _with(multiply(left, Interval.point(ratio.inverse(right.low))), defined)
    if right.is_point:
        divisor = right.low
        apart = ratio.is_positive(divisor) if divisor.numerator.low >= 0 else terms.negation(ratio.is_zero(divisor))
        inverse = ratio.inverse(divisor)
        if divisor.numerator.low >= 0 or left.is_point:
            bare = Interval(ratio.multiply(left.low, inverse), ratio.multiply(left.high, inverse))
            low, high = ratio.case(apart, bare.low, NO_RATIO), ratio.case(apart, bare.high, NO_RATIO)
            return Interval(low, high, all_of((defined, apart)), bare)
    return _general_quotient(left, right, defined)


def _as_known(divisor: Interval) -> Interval:
    """A divisor whose bounds, where the fact is missing, hold zero: nothing can be told there, as of an open point."""
    low, high = divisor.low.numerator, divisor.high.numerator
    if low.kind != "default" or divisor.low.denominator is not divisor.high.denominator:
        return divisor
    known, fallback = low.args
    top = high.args[1].low if high.kind == "default" and high.args[0] is known else None
    is_open = high is known or (top is not None and top >= 0)
    if is_open and fallback.high <= 0 and (fallback.low < 0 or top != 0):
        return Interval.point(Ratio(known, divisor.low.denominator), divisor.defined)
    return divisor


def _as_fact(value: Interval) -> tuple[Interval, Interval] | None:
    """A value that is one number or, where that is missing, the same range in every row: as a point, and the range."""
    bottom = value.low.denominator
    if value.is_point or bottom is not value.high.denominator or bottom.constant is None:
        return None
    ends = []
    for end in (value.low.numerator, value.high.numerator):
        fallback = end.args[1] if end.kind == "default" else terms.NO_NUMBER
        if fallback.constant is None and fallback is not terms.NO_NUMBER:
            return None
        ends.append((end.args[0] if end.kind == "default" else end, Ratio(fallback, bottom)))
    (known, low), (same, high) = ends
    return (Interval.point(Ratio(known, bottom)), Interval(low, high)) if known is same else None


def _general_quotient(left: Interval, right: Interval, defined: Term) -> Interval:
    """The cases of `range.divide`, each decided in the row."""
    positive, negative = certainly(ratio.is_positive(right.low)), certainly(ratio.is_negative(right.high))
    apart = any_of((positive, negative))
    inverse = Interval(
        ratio.case(right.high.is_null, ZERO, ratio.inverse(right.high)),
        ratio.case(right.low.is_null, ZERO, ratio.inverse(right.low)),
    )
    quotient = multiply(left, inverse)
    zero = certainly(all_of((ratio.is_zero(right.low), ratio.is_zero(right.high))))
    exists = case(zero, FALSE, case(apart, TRUE, UNKNOWN))
    low, high = ratio.case(apart, quotient.low, NO_RATIO), ratio.case(apart, quotient.high, NO_RATIO)
    return Interval(low, high, all_of((defined, exists)))


def least(parts: tuple[Interval, ...]) -> Interval:
    """The least of each row, as `range.least`."""
    return _extreme(parts, ratio.strict_least, ratio.least)


def greatest(parts: tuple[Interval, ...]) -> Interval:
    """The greatest of each row, as `range.greatest`."""
    return _extreme(parts, ratio.greatest, ratio.strict_greatest)


Pair = Callable[[Ratio, Ratio], Ratio]


def _extreme(parts: tuple[Interval, ...], of_lows: Pair, of_highs: Pair) -> Interval:
    low, high = parts[0].low, parts[0].high
    for part in parts[1:]:
        low, high = of_lows(low, part.low), of_highs(high, part.high)
    return Interval(low, high, all_of(part.defined for part in parts))


def hull(before: Interval, part: Interval) -> Interval:
    """The smallest range that holds both, in every row."""
    low, high = ratio.strict_least(before.low, part.low), ratio.strict_greatest(before.high, part.high)
    return Interval(low, high, _agreed(before.defined, part.defined))


def _agreed(one: Term, other: Term) -> Term:
    """The truth both have; unknown where they differ."""
    if one is other:
        return one
    if not one.nullable and not other.nullable:
        return case(one, case(other, TRUE, UNKNOWN), case(other, UNKNOWN, FALSE))
    both = all_of((certainly(one), certainly(other)))
    neither = all_of((certainly(terms.negation(one)), certainly(terms.negation(other))))
    return case(both, TRUE, case(neither, FALSE, UNKNOWN))


def choose(condition: Term, part: Interval, before: Interval, anything_before: Term = TRUE) -> Interval:
    """One more step (档): `part` alone where the condition is met, joined to `before` where it is unknown.

    `anything_before` tells in which rows there is something to join to.
    """
    unknown = terms.is_null(condition)
    both = part if anything_before is FALSE else hull(before, part)

    def pick(one: Ratio, joined: Ratio, other: Ratio) -> Ratio:
        joined = ratio.case(anything_before, joined, one)
        return ratio.case(condition, one, ratio.case(unknown, joined, other))

    joined = case(anything_before, both.defined, part.defined)
    defined = case(condition, part.defined, case(unknown, joined, before.defined))
    return Interval(pick(part.low, both.low, before.low), pick(part.high, both.high, before.high), defined)


def compare(operator: str, left: Interval, right: Interval) -> Term:
    """Whether a comparison holds for every pair of possible values, for none, or (null) for some."""
    return all_of((_compare(operator, left.bare or left, right.bare or right), left.defined, right.defined))


def _compare(operator: str, left: Interval, right: Interval) -> Term:
    for one, other in ((left, right), (right, left)):
        fact = _as_fact(one) if other.is_point and other.low.exact is not None else None
        if fact is not None:  # decided by the value where there is one, else once for all rows
            known, missing = fact
            pair = (known, other) if one is left else (other, known)
            bounds = (missing, other) if one is left else (other, missing)
            return terms.default(_compare(operator, *pair), _compare(operator, *bounds))
    match operator:
        case ">":
            return terms.negation(_at_most(left, right))
        case ">=":
            return _at_most(right, left)
        case "<":
            return terms.negation(_at_most(right, left))
        case "!=":
            return terms.negation(_equal(left, right))
        case "=":
            return _equal(left, right)
        case "<=":
            return _at_most(left, right)
    raise ValueError(f"no comparison {operator!r}")


def _at_most(left: Interval, right: Interval) -> Term:
    if left.is_point and right.is_point:
        return ratio.at_most(left.low, right.low)
    return _settled(ratio.at_most(left.high, right.low), ratio.below(right.high, left.low))


def _equal(left: Interval, right: Interval) -> Term:
    if left.is_point and right.is_point:
        return ratio.equal(left.low, right.low)
    met = all_of(
        (ratio.equal(left.low, left.high), ratio.equal(right.low, right.high), ratio.equal(left.low, right.low))
    )
    return _settled(met, any_of((ratio.below(left.high, right.low), ratio.below(right.high, left.low))))


def _settled(met: Term, not_met: Term) -> Term:
    """True where `met` is, false where `not_met` is, else unknown."""
    one = met.args[0] if met.kind == "certainly" else met
    other = not_met.args[0] if not_met.kind == "certainly" else not_met
    if one is terms.negation(other):
        return one
    return case(met, TRUE, case(not_met, FALSE, UNKNOWN))


def _with(value: Interval, defined: Term) -> Interval:
    return Interval(value.low, value.high, defined)
