"""Whole-number and three-valued terms over columns: what every engine is asked to compute, before it is spelled.

A term knows what can be told without data: whether it may be null, and between which numbers it lies. From this come
the folding of constants, the choice of 64 or 128 bits (see `spell`), and the proof that nothing overflows.

Null means: no bound, or unknown. Terms are interned: the same computation is the same object, so that what several
measures share is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable

from cewen.engine.backends.ibis.folding import drop_implied, is_choice, settled
from cewen.engine.backends.ibis.term import Term, make_term

# --- leaves --------------------------------------------------------------------------------------------------------


def column(name: str, low: int, high: int, *, nullable: bool) -> Term:
    """A column of whole numbers between `low` and `high`."""
    return make_term("column", (), name, nullable=nullable, low=low, high=high)


def number(value: int) -> Term:
    """The same number in every row."""
    return make_term("number", (), value, low=value, high=value)


NO_NUMBER = Term("number", nullable=True)
TRUE = Term("truth", value=True, is_truth=True)
FALSE = Term("truth", value=False, is_truth=True)
UNKNOWN = Term("truth", is_truth=True, nullable=True)


def certain(value: bool) -> Term:
    """Always true, or always false."""
    return TRUE if value else FALSE


# --- numbers; null with any null, unless said otherwise -------------------------------------------------------------


def add(left: Term, right: Term) -> Term:
    """The sum."""
    if left.is_null_constant or right.is_null_constant:
        return NO_NUMBER
    if left.constant is not None and right.constant is not None:
        return number(left.constant + right.constant)
    for one, other in ((left, right), (right, left)):
        if one.constant == 0:
            return other
    nullable = left.nullable or right.nullable
    return make_term("add", (left, right), nullable=nullable, low=left.low + right.low, high=left.high + right.high)


def multiply(left: Term, right: Term) -> Term:
    """The product. A constant goes through a default: it does not hide which value stands for null."""
    if left.is_null_constant or right.is_null_constant:
        return NO_NUMBER
    if left.constant is not None and right.constant is not None:
        return number(left.constant * right.constant)
    for one, other in ((left, right), (right, left)):
        if one.constant == 1:
            return other
        if one.constant is not None and other.kind == "default":
            return default(multiply(other.args[0], one), multiply(other.args[1], one))
        if one.constant is not None and other.kind == "multiply" and other.args[1].constant is not None:
            return multiply(other.args[0], number(one.constant * other.args[1].constant))
    if left.constant is not None:
        left, right = right, left
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    nullable = left.nullable or right.nullable
    return make_term("multiply", (left, right), nullable=nullable, low=min(corners), high=max(corners))


def negate(operand: Term) -> Term:
    """The number with the other sign."""
    return multiply(operand, number(-1))


def divide(left: Term, right: Term) -> Term:
    """The whole part of a quotient; `left` must not be negative, `right` positive where not null."""
    if left.low < 0 or (right.high <= 0 and not right.is_null_constant):
        raise ValueError("whole division is for a dividend that is not negative and a positive divisor")
    if left.is_null_constant or right.is_null_constant:
        return NO_NUMBER
    if left.constant is not None and right.constant is not None:
        return number(left.constant // right.constant)
    if right.constant == 1:
        return left
    least_divisor = max(right.low, 1)
    nullable = left.nullable or right.nullable
    return make_term(
        "divide", (left, right), nullable=nullable, low=left.low // right.high, high=left.high // least_divisor
    )


def least(left: Term, right: Term) -> Term:
    """The lesser of the two, or the one that is not null."""
    return _extreme("least", left, right)


def greatest(left: Term, right: Term) -> Term:
    """The greater of the two, or the one that is not null."""
    return _extreme("greatest", left, right)


def _extreme(kind: str, left: Term, right: Term) -> Term:
    choose = min if kind == "least" else max
    for one, other in ((left, right), (right, left)):
        if one.is_null_constant or one is other:
            return other
        if not one.nullable and not other.nullable:
            # The one that can never be passed is the result.
            if kind == "least" and one.high <= other.low:
                return one
            if kind == "greatest" and one.low >= other.high:
                return one
    low, high = choose(left.low, right.low), choose(left.high, right.high)
    if left.nullable or right.nullable:  # either may stand alone
        low, high = min(left.low, right.low), max(left.high, right.high)
        for one, other in ((left, right), (right, left)):
            if not one.nullable and other.nullable:
                low, high = (low, one.high) if kind == "least" else (one.low, high)
    return make_term(kind, (left, right), nullable=left.nullable and right.nullable, low=low, high=high)


def strict_least(left: Term, right: Term) -> Term:
    """The lesser of the two, null with any null."""
    return unless(any_null(left, right), least(left, right))


def strict_greatest(left: Term, right: Term) -> Term:
    """The greater of the two, null with any null."""
    return unless(any_null(left, right), greatest(left, right))


def default(operand: Term, fallback: Term) -> Term:
    """`operand`, or `fallback` where it is null."""
    if not operand.nullable:
        return operand
    if operand.is_null_constant:
        return fallback
    if fallback.is_null_constant:
        return operand
    low, high = min(operand.low, fallback.low), max(operand.high, fallback.high)
    is_truth, nullable = operand.is_truth, fallback.nullable
    return make_term("default", (operand, fallback), is_truth=is_truth, nullable=nullable, low=low, high=high)


def known(operand: Term) -> Term:
    """The operand where it is read only in rows in which it is not null."""
    if not operand.nullable or operand.is_null_constant:
        return operand
    return make_term("known", (operand,), low=operand.low, high=operand.high)


def case(condition: Term, then: Term, otherwise: Term) -> Term:
    """`then` where the condition is true, `otherwise` where it is false or unknown. For numbers and for truths."""
    if condition.kind == "certainly":
        condition = condition.args[0]
    if condition.kind == "not" and not condition.nullable:
        condition, then, otherwise = condition.args[0], otherwise, then
    if condition.kind == "truth":
        return then if condition.value is True else otherwise
    if then is otherwise:
        return then
    if then.is_truth and not (condition.nullable or then.nullable or otherwise.nullable):
        if then is TRUE or otherwise is FALSE:
            return any_of((condition, otherwise)) if then is TRUE else all_of((condition, then))
        if then is FALSE or otherwise is TRUE:
            return all_of((negation(condition), otherwise)) if then is FALSE else any_of((negation(condition), then))
    bounds = [part for part in (then, otherwise) if not part.is_null_constant]
    low, high = min(part.low for part in bounds), max(part.high for part in bounds)
    nullable = then.nullable or otherwise.nullable
    return make_term(
        "case", (condition, then, otherwise), is_truth=then.is_truth, nullable=nullable, low=low, high=high
    )


def unless(condition: Term, value: Term) -> Term:
    """`value`, null where the condition is true."""
    return case(condition, UNKNOWN if value.is_truth else NO_NUMBER, value)


# --- truths; comparisons are null with any null ----------------------------------------------------------------------


def at_most(left: Term, right: Term) -> Term:
    """left <= right"""
    return _compare("at_most", left, right)


def below(left: Term, right: Term) -> Term:
    """left < right"""
    return _compare("below", left, right)


def equal(left: Term, right: Term) -> Term:
    """left = right"""
    return _compare("equal", left, right)


def _compare(kind: str, left: Term, right: Term) -> Term:
    if left.is_null_constant or right.is_null_constant:
        return UNKNOWN
    nullable = left.nullable or right.nullable
    for one, other in ((left, right), (right, left)):
        if one.kind == "case" and is_choice(one) and other.constant is not None:
            condition, *chosen = one.args
            return case(condition, *(_compare(kind, *((x, other) if one is left else (other, x))) for x in chosen))
    outcome = settled(kind, left, right)
    if outcome is not None and not nullable:
        return certain(outcome)
    for one, other in ((left, right), (right, left)):
        if one.kind == "default" and one.args[1].constant is not None and other.constant is not None:
            known, fallback = one.args
            inner = _compare(kind, known, other) if one is left else _compare(kind, other, known)
            at_null = _compare(kind, fallback, other) if one is left else _compare(kind, other, fallback)
            return default(inner, TRUE) if at_null is TRUE else certainly(inner)
    return make_term(kind, (left, right), is_truth=True, nullable=nullable)


def is_null(operand: Term) -> Term:
    """Whether there is no value; never null itself."""
    if not operand.nullable:
        return FALSE
    if operand.is_null_constant:
        return TRUE
    if operand.kind in ("add", "multiply", "divide", "at_most", "below", "equal", "within", "holds_bits", "not"):
        return any_null(*operand.args)
    return make_term("is_null", (operand,), is_truth=True)


def any_null(*operands: Term) -> Term:
    """Whether any of the operands has no value."""
    return any_of(is_null(operand) for operand in operands)


def certainly(operand: Term) -> Term:
    """True where the operand is true; false where it is false or unknown."""
    if not operand.nullable or operand.kind == "certainly":
        return operand
    if operand is UNKNOWN:
        return FALSE
    return make_term("certainly", (operand,), is_truth=True)


def negation(operand: Term) -> Term:
    """Kleene's not."""
    if operand.kind == "truth":
        return UNKNOWN if operand.value is None else certain(not operand.value)
    if operand.kind == "not":
        return operand.args[0]
    if operand.kind in ("at_most", "below"):
        left, right = operand.args
        return _compare("below" if operand.kind == "at_most" else "at_most", right, left)
    return make_term("not", (operand,), is_truth=True, nullable=operand.nullable)


def all_of(parts: Iterable[Term]) -> Term:
    """Kleene's and."""
    return _junction("all", parts, TRUE, FALSE)


def any_of(parts: Iterable[Term]) -> Term:
    """Kleene's or."""
    return _junction("any", parts, FALSE, TRUE)


def _junction(kind: str, parts: Iterable[Term], neutral: Term, decisive: Term) -> Term:
    kept: dict[int, Term] = {}
    for part in parts:
        for each in part.args if part.kind == kind else (part,):
            if each is decisive:
                return decisive
            if each is not neutral:
                kept.setdefault(id(each), each)
    drop_implied(kind, kept)
    if not kept:
        return neutral
    found = tuple(kept.values())
    if len(found) == 1:
        return found[0]
    return make_term(kind, found, is_truth=True, nullable=any(part.nullable for part in found))


def within(operand: Term, values: Iterable[int]) -> Term:
    """Whether a number is one of `values`; runs of neighbours are compared as ranges."""
    runs: list[tuple[int, int]] = []
    for value in sorted(set(values)):
        if runs and runs[-1][1] == value - 1:
            runs[-1] = (runs[-1][0], value)
        else:
            runs.append((value, value))
    if operand.is_null_constant:
        return UNKNOWN
    if not runs:
        return unless(is_null(operand), FALSE)
    return make_term("within", (operand,), tuple(runs), is_truth=True, nullable=operand.nullable)


def holds_bits(operand: Term, mask: int) -> Term:
    """Whether all bits of `mask` are set."""
    if operand.is_null_constant:
        return UNKNOWN
    return make_term("holds_bits", (operand,), mask, is_truth=True, nullable=operand.nullable)
