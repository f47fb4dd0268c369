"""The closed set of operations every measure lowers to. Immutable, typed, without a place of their own.

Number operations carry a `quantity`; truth operations are three-valued. Money is in fen, ratios are exact fractions.
A back-end is complete when it knows each class of this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cewen.rules.types import Quantity


@dataclass(frozen=True, slots=True)
class NumberOp:
    """An operation whose value is a number of `quantity`, or unknown, or (division by zero) undefined."""

    quantity: Quantity


@dataclass(frozen=True, slots=True)
class TruthOp:
    """An operation whose value is met, not met or unknown."""


@dataclass(frozen=True, slots=True)
class Constant(NumberOp):
    """A literal in the base unit."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class FactNumber(NumberOp):
    """The value of a number fact; `years_back` counts from the reference year of an annual fact."""

    key: str
    years_back: int = 0


@dataclass(frozen=True, slots=True)
class Add(NumberOp):
    """Sum of two numbers of one unit."""

    left: NumberOp
    right: NumberOp


@dataclass(frozen=True, slots=True)
class Subtract(NumberOp):
    """Difference of two numbers of one unit."""

    left: NumberOp
    right: NumberOp


@dataclass(frozen=True, slots=True)
class Multiply(NumberOp):
    """Product: at most one side is money."""

    left: NumberOp
    right: NumberOp


@dataclass(frozen=True, slots=True)
class Divide(NumberOp):
    """Exact quotient; undefined where the divisor is zero, and then no comparison with it is met."""

    left: NumberOp
    right: NumberOp


@dataclass(frozen=True, slots=True)
class Negate(NumberOp):
    """The number with the other sign."""

    operand: NumberOp


@dataclass(frozen=True, slots=True)
class Greatest(NumberOp):
    """最高(…)"""

    parts: tuple[NumberOp, ...]


@dataclass(frozen=True, slots=True)
class Least(NumberOp):
    """最低(…), and every cap"""

    parts: tuple[NumberOp, ...]


@dataclass(frozen=True, slots=True)
class Choose(NumberOp):
    """分档(…): the result of the last branch whose condition is met, zero when none is."""

    branches: tuple[tuple[TruthOp, NumberOp], ...]


@dataclass(frozen=True, slots=True)
class AwardedAmount(NumberOp):
    """已获金额: what the enterprise was already awarded under these measures for this object."""

    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certain(TruthOp):
    """Always met, or never."""

    value: bool


@dataclass(frozen=True, slots=True)
class Compare(TruthOp):
    """`operator` is one of > >= < <= = !=; both sides have one unit."""

    operator: str
    left: NumberOp
    right: NumberOp


@dataclass(frozen=True, slots=True)
class OneOf(TruthOp):
    """A choice or text fact is one of `values`."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds(TruthOp):
    """包含: a set fact holds all `values`."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiesIn(TruthOp):
    """属于 for regions: the fact's region is, or lies below, one of `codes`."""

    key: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsTrue(TruthOp):
    """A yes-or-no fact is yes."""

    key: str


@dataclass(frozen=True, slots=True)
class FirstTime(TruthOp):
    """首次达到 (`>=`) or 首次突破 (`>`): the comparison holds in the reference year and in no earlier year.

    The year just before must be known; years before that count where they are known.
    """

    operator: str
    fact: FactNumber
    threshold: NumberOp


@dataclass(frozen=True, slots=True)
class All(TruthOp):
    """且: every part holds."""

    parts: tuple[TruthOp, ...]


@dataclass(frozen=True, slots=True)
class Any(TruthOp):
    """或: at least one part holds."""

    parts: tuple[TruthOp, ...]


@dataclass(frozen=True, slots=True)
class Not(TruthOp):
    """非: the operand does not hold."""

    operand: TruthOp


def children(op: NumberOp | TruthOp) -> tuple[NumberOp | TruthOp, ...]:
    """The operations directly inside `op`, left to right."""
    match op:
        case Add() | Subtract() | Multiply() | Divide() | Compare():
            return (op.left, op.right)
        case Negate() | Not():
            return (op.operand,)
        case Greatest() | Least() | All() | Any():
            return op.parts
        case Choose():
            return tuple(part for branch in op.branches for part in branch)
        case FirstTime():
            return (op.fact, op.threshold)
        case _:
            return ()


def fact_keys(op: NumberOp | TruthOp) -> tuple[str, ...]:
    """Keys of all facts `op` reads, in order of appearance, each once."""
    seen: dict[str, None] = {}
    key = getattr(op, "key", None)
    if isinstance(key, str):
        seen[key] = None
    for child in children(op):
        seen.update(dict.fromkeys(fact_keys(child)))
    return tuple(seen)
