"""What keeps an answer open, and what would turn a "no": needs and gaps, prepared; found only when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from cewen.engine.factsheet import FactKey
from cewen.engine.gap import Gap, gaps
from cewen.engine.reference import Missing
from cewen.engine.single.numbers import TruthClosure
from cewen.engine.single.situation import Situation
from cewen.engine.single.truths import ORDERS, Compiler, declared
from cewen.rules import ops
from cewen.rules.facts import Fact

Needs = dict[FactKey, Missing]
NeedsClosure = Callable[[Situation, Needs], None]
"""Adds the missing facts that keep an operation from being settled, in order of appearance."""

Gaps = dict[tuple[str, Fraction, Fraction], Gap]
GapsClosure = Callable[[Situation, Gaps], None]
"""Adds the gaps of a missed condition."""


def truth_needs(op: ops.TruthOp, compiler: Compiler) -> NeedsClosure | None:
    """What may keep a condition open; None where nothing can."""
    match op:
        case ops.Certain():
            return None
        case ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
            return _fact_needs(op.key, 0, compiler)
        case ops.FirstTime():
            back = op.fact.years_back
            year = (_fact_needs(op.fact.key, back, compiler), _fact_needs(op.fact.key, back + 1, compiler))
            inner = [*year, number_needs(op.threshold, compiler)]
        case _:
            inner = [_needs(child, compiler) for child in ops.children(op)]
    parts = tuple(part for part in inner if part is not None)
    if not parts:
        return None
    truth = compiler.condition(op)

    def needs(here: Situation, found: Needs) -> None:
        if truth(here) is None:
            for part in parts:
                part(here, found)

    return needs


def number_needs(op: ops.NumberOp, compiler: Compiler) -> NeedsClosure | None:
    """What may keep a number open; None where nothing can."""
    if isinstance(op, ops.FactNumber):
        fact = compiler.vocabulary.by_key(op.key)
        return None if declared(fact).exact is not None else _fact_needs(op.key, op.years_back, compiler)
    inner = (_needs(child, compiler) for child in ops.children(op))
    parts = tuple(part for part in inner if part is not None)
    if not parts:
        return None
    value = compiler.number(op).pair()

    def needs(here: Situation, found: Needs) -> None:
        if value(here) is None and here.ask_number(op).exact is None:
            for part in parts:
                part(here, found)

    return needs


def _needs(op: ops.TruthOp | ops.NumberOp, compiler: Compiler) -> NeedsClosure | None:
    return truth_needs(op, compiler) if isinstance(op, ops.TruthOp) else number_needs(op, compiler)


def _fact_needs(key: str, years_back: int, compiler: Compiler) -> NeedsClosure:
    fact = compiler.vocabulary.by_key(key)
    place, own = compiler.key(fact, years_back), fact.subject != "enterprise"
    missing = Missing(fact, place[1])

    def needs(here: Situation, found: Needs) -> None:
        if (here.own if own else here.company).get(place) is None:
            found[place] = missing

    return needs


def truth_gaps(op: ops.TruthOp, compiler: Compiler) -> GapsClosure | None:
    """What could mend a missed condition; None where no number can."""
    match op:
        case ops.All() | ops.Any():
            parts = tuple(part for part in (truth_gaps(each, compiler) for each in op.parts) if part is not None)
            return _guarded(compiler.condition(op), parts) if parts else None
        case ops.Compare(left=ops.FactNumber() as leaf, right=ops.Constant() as limit) if leaf.years_back == 0:
            return _against_constant(op, leaf, limit.value, compiler)
        case ops.Compare():
            return _guarded(compiler.condition(op), (_by_reference(op),)) if _may_change(op) else None
        case ops.FirstTime():
            return _first_time(op, compiler)
    return None


def _may_change(op: ops.TruthOp | ops.NumberOp) -> bool:
    """Whether a number of the reference year stands in it; what an earlier year was cannot be changed."""
    return (isinstance(op, ops.FactNumber) and op.years_back == 0) or any(map(_may_change, ops.children(op)))


def _first_time(op: ops.FirstTime, compiler: Compiler) -> GapsClosure | None:
    """A gap of 首次达到 is that of the comparison now, where the reference says that growth alone brings it."""
    now = ops.Compare(op.operator, op.fact, op.threshold)
    if truth_gaps(now, compiler) is None:
        return None
    reached, ask = compiler.condition(now), _by_reference(op)

    def found_gaps(here: Situation, found: Gaps) -> None:
        if reached(here) is False:
            ask(here, found)

    return found_gaps


def _guarded(truth: TruthClosure, parts: tuple[GapsClosure, ...]) -> GapsClosure:
    def found_gaps(here: Situation, found: Gaps) -> None:
        if truth(here) is False:
            for part in parts:
                part(here, found)

    return found_gaps


def _by_reference(op: ops.TruthOp) -> GapsClosure:
    def found_gaps(here: Situation, found: Gaps) -> None:
        for gap in gaps(op, here.interpreter):
            found[gap.fact.key, gap.value, gap.required] = gap

    return found_gaps


def _against_constant(
    op: ops.Compare, leaf: ops.FactNumber, constant: Fraction, compiler: Compiler
) -> GapsClosure | None:
    """A fact against a literal: the required value is known beforehand, and one unit less always misses it."""
    fact = compiler.vocabulary.by_key(leaf.key)
    required = _boundary(op.operator, constant)
    if required is None or not _within(fact, required):
        return None
    order, top, bottom = ORDERS[op.operator], constant.numerator, constant.denominator
    key, own, goal = compiler.key(fact, 0), fact.subject != "enterprise", Fraction(required)

    def found_gaps(here: Situation, found: Gaps) -> None:
        value = (here.own if own else here.company).get(key)
        if value.__class__ is not Fraction or order(value.numerator * bottom, top * value.denominator):
            return
        found[fact.key, value, goal] = Gap(fact, value, goal)

    return found_gaps


def _boundary(operator: str, constant: Fraction) -> int | None:
    """The whole number nearest the missed side at which `x operator constant` begins to hold."""
    if operator == "!=":
        return None
    whole = constant.denominator == 1
    if operator == "=":
        return constant.numerator if whole else None
    rising = operator in (">", ">=")
    boundary = ceil(constant) if rising else floor(constant)
    if whole and operator in (">", "<"):
        boundary += 1 if rising else -1
    return boundary


def _within(fact: Fact, value: int) -> bool:
    low, high = fact.bounds()
    return (low is None or low <= value) and (high is None or value <= high)
