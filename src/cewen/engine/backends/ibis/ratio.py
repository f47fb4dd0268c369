"""Exact fractions of terms: a numerator over a positive denominator, compared by multiplying crosswise.

A fraction is null (an open bound) where its numerator or its denominator is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from cewen.engine.backends.ibis import terms
from cewen.engine.backends.ibis.term import Term

ONE = terms.number(1)


@dataclass(frozen=True, slots=True)
class Ratio:
    """`numerator` / `denominator`; the denominator is mostly a constant. It is positive, or null, or zero: the last only in
    rows where the number is not defined, and there nothing is read from it."""

    numerator: Term
    denominator: Term = ONE

    @property
    def is_null(self) -> Term:
        return terms.any_null(self.numerator, self.denominator)

    @property
    def is_never_negative(self) -> bool:
        """Never below zero and never null."""
        return self.numerator.low >= 0 and not self.numerator.nullable and not self.denominator.nullable

    @property
    def exact(self) -> Fraction | None:
        """The value where it is the same in every row."""
        numerator, denominator = self.numerator.constant, self.denominator.constant
        return None if numerator is None or denominator is None else Fraction(numerator, denominator)


NO_RATIO = Ratio(terms.NO_NUMBER)
ZERO = Ratio(terms.number(0))


def constant(value: Fraction | int) -> Ratio:
    """The same fraction in every row."""
    exact = Fraction(value)
    return Ratio(terms.number(exact.numerator), terms.number(exact.denominator))


def add(left: Ratio, right: Ratio) -> Ratio:
    """The sum, over a common denominator."""
    one, other, denominator = _common(left, right)
    return Ratio(terms.add(one, other), denominator)


def negate(operand: Ratio) -> Ratio:
    """The fraction with the other sign."""
    return Ratio(terms.negate(operand.numerator), operand.denominator)


def multiply(left: Ratio, right: Ratio) -> Ratio:
    """The product, with common factors of constants taken out."""
    if left.exact is not None and right.exact is not None:
        return constant(left.exact * right.exact)
    numerator = terms.multiply(left.numerator, right.numerator)
    denominator = terms.multiply(left.denominator, right.denominator)
    if numerator.constant == 0 and not denominator.nullable:
        return ZERO
    return _reduced(numerator, denominator)


def _reduced(numerator: Term, denominator: Term) -> Ratio:
    """x*4 / 6 as x*2 / 3"""
    bottom = denominator.constant
    if bottom is None or numerator.kind != "multiply":
        return Ratio(numerator, denominator)
    rest, factor = numerator.args[0], numerator.args[1].constant
    if factor is None:
        return Ratio(numerator, denominator)
    shared = gcd(factor, bottom)
    return Ratio(terms.multiply(rest, terms.number(factor // shared)), terms.number(bottom // shared))


def at_most(left: Ratio, right: Ratio) -> Term:
    """left <= right; null with any null."""
    return _compared(terms.at_most, left, right)


def below(left: Ratio, right: Ratio) -> Term:
    """left < right; null with any null."""
    return _compared(terms.below, left, right)


def equal(left: Ratio, right: Ratio) -> Term:
    """left = right; null with any null."""
    return _compared(terms.equal, left, right)


def _compared(compare: Callable[[Term, Term], Term], left: Ratio, right: Ratio) -> Term:
    """Numerators over one denominator; where that is one both have and it is null, so is the answer."""
    one, other, denominator = _common(left, right)
    answer = compare(one, other)
    if left.denominator is right.denominator and denominator.nullable:
        return terms.case(terms.is_null(denominator), terms.UNKNOWN, answer)
    return answer


def is_positive(operand: Ratio) -> Term:
    """Above zero; null where the fraction is."""
    return terms.below(terms.number(0), operand.numerator)


def is_negative(operand: Ratio) -> Term:
    """Below zero; null where the fraction is."""
    return terms.below(operand.numerator, terms.number(0))


def is_zero(operand: Ratio) -> Term:
    """Zero; null where the fraction is."""
    return terms.equal(operand.numerator, terms.number(0))


def inverse(operand: Ratio) -> Ratio:
    """1 / operand, for rows where the operand is not zero; in the others the denominator is zero and means nothing."""
    if operand.exact is not None:
        return constant(1 / operand.exact) if operand.exact != 0 else NO_RATIO
    top, bottom = operand.numerator, operand.denominator
    if top.low >= 0:
        return Ratio(bottom, top)
    negative = terms.below(top, terms.number(0))
    size = terms.case(negative, terms.negate(top), top)
    return Ratio(terms.case(negative, terms.negate(bottom), bottom), terms.strict_greatest(size, terms.number(0)))


def case(condition: Term, then: Ratio, otherwise: Ratio) -> Ratio:
    """`then` where the condition is true, `otherwise` where it is false or unknown."""
    if then == otherwise:
        return then
    if then.numerator.is_null_constant or otherwise.numerator.is_null_constant:
        kept = otherwise if then.numerator.is_null_constant else then
        return Ratio(terms.case(condition, then.numerator, otherwise.numerator), kept.denominator)
    if then.denominator.constant is not None and otherwise.denominator.constant is not None:
        one, other, denominator = _common(then, otherwise)
        return Ratio(terms.case(condition, one, other), denominator)
    return Ratio(
        terms.case(condition, then.numerator, otherwise.numerator),
        terms.case(condition, then.denominator, otherwise.denominator),
    )


def unless(condition: Term, value: Ratio) -> Ratio:
    """`value`, null where the condition is true."""
    return case(condition, NO_RATIO, value)


def least(left: Ratio, right: Ratio) -> Ratio:
    """The lesser, or the one that is not null."""
    return _extreme(left, right, lesser=True)


def greatest(left: Ratio, right: Ratio) -> Ratio:
    """The greater, or the one that is not null."""
    return _extreme(left, right, lesser=False)


def _extreme(left: Ratio, right: Ratio, *, lesser: bool) -> Ratio:
    if left.numerator.is_null_constant:
        return right
    if right.numerator.is_null_constant:
        return left
    if left.denominator.constant is not None and right.denominator.constant is not None:
        one, other, denominator = _common(left, right)
        return Ratio((terms.least if lesser else terms.greatest)(one, other), denominator)
    first = at_most(left, right) if lesser else at_most(right, left)
    return case(left.is_null, right, case(right.is_null, left, case(first, left, right)))


def strict_least(left: Ratio, right: Ratio) -> Ratio:
    """The lesser, null with any null."""
    return unless(terms.any_of((left.is_null, right.is_null)), least(left, right))


def strict_greatest(left: Ratio, right: Ratio) -> Ratio:
    """The greater, null with any null."""
    return unless(terms.any_of((left.is_null, right.is_null)), greatest(left, right))


def round_half_up(value: Ratio) -> Term:
    """The nearest whole number, a half going up, and nothing below zero; null with any null.

    (2n + d) div 2d, or with an even constant denominator (n + d/2) div d.
    """
    top = terms.strict_greatest(value.numerator, terms.number(0))
    if value.denominator.is_null_constant or top.is_null_constant:
        return terms.NO_NUMBER
    bottom = value.denominator.constant
    if bottom == 1:
        return top
    if bottom is not None and bottom % 2 == 0:
        return terms.divide(terms.add(top, terms.number(bottom // 2)), value.denominator)
    double = terms.multiply(value.denominator, terms.number(2))
    if bottom is None:  # some engines stop at a division by zero
        double = terms.case(terms.below(terms.number(0), double), double, terms.NO_NUMBER)
    return terms.divide(terms.add(terms.multiply(top, terms.number(2)), value.denominator), double)


def _common(left: Ratio, right: Ratio) -> tuple[Term, Term, Term]:
    """Both numerators over one denominator, and it."""
    if left.denominator is right.denominator:
        return left.numerator, right.numerator, left.denominator
    one, other = left.denominator.constant, right.denominator.constant
    if one is not None and other is not None:
        common = lcm(one, other)
        return (
            terms.multiply(left.numerator, terms.number(common // one)),
            terms.multiply(right.numerator, terms.number(common // other)),
            terms.number(common),
        )
    return (
        terms.multiply(left.numerator, right.denominator),
        terms.multiply(right.numerator, left.denominator),
        terms.multiply(left.denominator, right.denominator),
    )
