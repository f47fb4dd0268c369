"""Near misses: the smallest change of one fact that meets a missed numeric condition, to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from cewen.base.money import yuan_text
from cewen.base.truth import Truth
from cewen.engine import range as ranges
from cewen.engine.reference import Interpreter
from cewen.rules import ops
from cewen.rules.facts import Fact

Linear = tuple[Fraction, Fraction]
"""`(a, b)` stands for a + b·x, x the fact that may change."""


@dataclass(frozen=True, slots=True)
class Gap:
    """差距: `value` now, `required` to meet the condition, in the base unit of the fact."""

    fact: Fact
    value: Fraction
    required: Fraction

    @property
    def missing(self) -> Fraction:
        return abs(self.required - self.value)

    def to_json(self) -> dict[str, str]:
        """As the contract has it: money in yuan with two decimals, other numbers plain."""
        return {
            "fact": self.fact.label,
            "value": number_text(self.fact, self.value),
            "required": number_text(self.fact, self.required),
            "missing": number_text(self.fact, self.missing),
        }


def number_text(fact: Fact, value: Fraction) -> str:
    """A number fact's value as exports carry it."""
    if fact.quantity is not None and fact.quantity.is_money:
        return yuan_text(int(value))
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def gaps(op: ops.TruthOp, interpreter: Interpreter) -> Iterator[Gap]:
    """A gap for each missed comparison that one fact could mend; nothing for conditions that are met or unknown."""
    if interpreter.truth(op) is not Truth.NOT_MET:
        return
    match op:
        case ops.All() | ops.Any():
            for part in op.parts:
                yield from gaps(part, interpreter)
        case ops.Compare():
            found = _solve(op, interpreter)
            if found:
                yield found
        case ops.FirstTime():
            now = ops.Compare(op.operator, op.fact, op.threshold)
            if interpreter.truth(now) is Truth.NOT_MET and _is_open(op, interpreter):
                yield from gaps(now, interpreter)


def _is_open(op: ops.FirstTime, interpreter: Interpreter) -> bool:
    """True when the year before is known not to have reached the threshold, nor did any earlier one: only then does
    growth alone bring the first time."""
    fact = interpreter.vocabulary.by_key(op.fact.key)
    threshold = interpreter.number(op.threshold)
    before = interpreter.number(ops.FactNumber(op.fact.quantity, op.fact.key, op.fact.years_back + 1))
    return ranges.compare(op.operator, before, threshold) is Truth.NOT_MET and not any(
        ranges.compare(op.operator, ranges.Range.exactly(value), threshold) is Truth.MET
        for value in interpreter.view.earlier(fact, interpreter.view.year - op.fact.years_back)
    )


def _solve(op: ops.Compare, interpreter: Interpreter) -> Gap | None:
    for leaf in (*_facts(op.left), *_facts(op.right)):
        fact = interpreter.vocabulary.by_key(leaf.key)
        value = interpreter.view.value(fact)
        if not isinstance(value, Fraction):
            continue
        difference = _difference(op.left, op.right, leaf, interpreter)
        required = _boundary(op.operator, difference) if difference else None
        if required is not None and _within(fact, required) and _just_flips(op, fact, value, required, interpreter):
            return Gap(fact, value, Fraction(required))
    return None


def _just_flips(op: ops.Compare, fact: Fact, value: Fraction, required: int, interpreter: Interpreter) -> bool:
    """The promise of a gap, tried out: with the required value the condition holds, with one unit less it does not."""
    almost = required - (1 if required > value else -1)
    with_required = replace(interpreter, view=interpreter.view.with_value(fact, Fraction(required)))
    with_almost = replace(interpreter, view=interpreter.view.with_value(fact, Fraction(almost)))
    return with_required.truth(op) is Truth.MET and with_almost.truth(op) is not Truth.MET


def _facts(op: ops.NumberOp | ops.TruthOp) -> Iterator[ops.FactNumber]:
    """Facts of the reference year; what an earlier year was cannot be changed."""
    if isinstance(op, ops.FactNumber) and op.years_back == 0:
        yield op
    for child in ops.children(op):
        yield from _facts(child)


def _boundary(operator: str, difference: Linear) -> int | None:
    """The whole number nearest the present side at which a + b·x `operator` 0 begins to hold."""
    constant, slope = difference
    if slope == 0 or operator == "!=":
        return None
    zero = -constant / slope
    if operator == "=":
        return int(zero) if zero.denominator == 1 else None
    rising = (slope > 0) == (operator in (">", ">="))
    boundary = ceil(zero) if rising else floor(zero)
    if operator in (">", "<") and zero.denominator == 1:
        boundary += 1 if rising else -1
    return boundary


def _within(fact: Fact, value: int) -> bool:
    low, high = fact.bounds()
    return (low is None or low <= value) and (high is None or value <= high)


def _difference(
    left: ops.NumberOp, right: ops.NumberOp, leaf: ops.FactNumber, interpreter: Interpreter
) -> Linear | None:
    """left − right as a + b·x, multiplied up where a positive divisor holds x or not; None when it is not linear."""
    one, other = _fraction(left, leaf, interpreter), _fraction(right, leaf, interpreter)
    if one is None or other is None:
        return None
    (top, bottom), (other_top, other_bottom) = one, other
    first, second = _product(top, other_bottom), _product(other_top, bottom)
    if first is None or second is None:
        return None
    return first[0] - second[0], first[1] - second[1]


def _fraction(op: ops.NumberOp, leaf: ops.FactNumber, interpreter: Interpreter) -> tuple[Linear, Linear] | None:
    """`op` as numerator and positive denominator, both linear in the leaf."""
    if isinstance(op, ops.Divide):
        top, bottom = _linear(op.left, leaf, interpreter), _linear(op.right, leaf, interpreter)
        if top is None or bottom is None or bottom[0] < 0 or bottom[1] < 0 or (bottom[0] == 0 and bottom[1] == 0):
            return None
        return top, bottom
    top = _linear(op, leaf, interpreter)
    return None if top is None else (top, (Fraction(1), Fraction(0)))


def _linear(op: ops.NumberOp, leaf: ops.FactNumber, interpreter: Interpreter) -> Linear | None:
    if op == leaf:
        return Fraction(0), Fraction(1)
    match op:
        case ops.Add() | ops.Subtract():
            left, right = _linear(op.left, leaf, interpreter), _linear(op.right, leaf, interpreter)
            if left is None or right is None:
                return None
            sign = 1 if isinstance(op, ops.Add) else -1
            return left[0] + sign * right[0], left[1] + sign * right[1]
        case ops.Negate():
            inner = _linear(op.operand, leaf, interpreter)
            return None if inner is None else (-inner[0], -inner[1])
        case ops.Multiply():
            left, right = _linear(op.left, leaf, interpreter), _linear(op.right, leaf, interpreter)
            return None if left is None or right is None else _product(left, right)
        case ops.Divide():
            left, right = _linear(op.left, leaf, interpreter), _linear(op.right, leaf, interpreter)
            if left is None or right is None or right[1] != 0 or right[0] == 0:
                return None
            return left[0] / right[0], left[1] / right[0]
    if any(inner == leaf for inner in _facts(op)):
        return None
    value = interpreter.number(op).exact
    return None if value is None else (value, Fraction(0))


def _product(left: Linear, right: Linear) -> Linear | None:
    if left[1] and right[1]:
        return None
    return left[0] * right[0], left[0] * right[1] + left[1] * right[0]
