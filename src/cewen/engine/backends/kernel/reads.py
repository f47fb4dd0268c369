"""What a measure reads, by kind: tests, literals, numbers, first times, past awards."""

from __future__ import annotations

from collections.abc import Iterable

from cewen.engine.columns.layout import Layout
from cewen.engine.columns.needs import measure_ops
from cewen.rules import ops
from cewen.rules.lower import LoweredMeasure

LEAF = (ops.IsTrue, ops.OneOf, ops.Holds, ops.LiesIn)
"""Tests of facts that are no numbers."""


def walk(op: ops.TruthOp | ops.NumberOp) -> Iterable[ops.TruthOp | ops.NumberOp]:
    """The operation and everything below it."""
    yield op
    for child in ops.children(op):
        yield from walk(child)


def all_ops(measure: LoweredMeasure) -> Iterable[ops.TruthOp | ops.NumberOp]:
    """Every operation of a measure, those inside others too."""
    for op in measure_ops(measure):
        yield from walk(op)


def leaf_truths(measure: LoweredMeasure) -> list[ops.TruthOp]:
    """Tests of facts that are no numbers, each once."""
    return list(dict.fromkeys(op for op in all_ops(measure) if isinstance(op, LEAF)))


def constants(measure: LoweredMeasure) -> list[ops.Constant]:
    """Every literal, in order."""
    return [op for op in all_ops(measure) if isinstance(op, ops.Constant)]


def number_facts(op: ops.TruthOp | ops.NumberOp) -> Iterable[tuple[str, int]]:
    """Key and years back of each number fact that has to be known for an exact answer."""
    for each in walk(op):
        if isinstance(each, ops.FactNumber):
            yield each.key, each.years_back
        elif isinstance(each, ops.FirstTime):
            yield each.fact.key, each.fact.years_back + 1


def first_times(measure: LoweredMeasure) -> Iterable[tuple[str, int]]:
    """Key of each fact asked for a first time, and the year (back) before which all years count."""
    return ((op.fact.key, op.fact.years_back + 1) for op in all_ops(measure) if isinstance(op, ops.FirstTime))


def awarded_measures(measure: LoweredMeasure) -> Iterable[tuple[str, ...]]:
    """Groups of measures whose past awards count."""
    return (op.measures for op in all_ops(measure) if isinstance(op, ops.AwardedAmount))


def folded(pair: tuple[str, int], layout: Layout) -> tuple[str, int]:
    """Point facts have no year, however far back they are asked for."""
    return pair if layout.vocabulary.by_key(pair[0]).is_annual else (pair[0], 0)


def as_needed(pairs: Iterable[tuple[str, int]], layout: Layout) -> dict[tuple[str, int], None]:
    """The facts in the order of the bits of `needs`."""
    return dict.fromkeys(folded(pair, layout) for pair in pairs)
