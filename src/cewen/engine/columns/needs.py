"""Which facts a measure may ask for: the meaning of the bits of its `needs` array."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.errors import CewenError
from cewen.engine.columns.measure_columns import Need
from cewen.rules import ops
from cewen.rules.facts import Vocabulary
from cewen.rules.lower import LoweredMeasure

LARGEST_COUNT = 62


def needed(measure: LoweredMeasure, vocabulary: Vocabulary, year: int) -> tuple[Need, ...]:
    """Facts the measure reads, with years where annual, in order of first appearance: conditions, then tiers.

    Raises CewenError (CW633) for a measure that reads more facts than an array of bits can tell apart.
    """
    found = tuple(dict.fromkeys(_needed(measure, vocabulary, year)))
    if len(found) > LARGEST_COUNT:
        message = f"措施“{measure.measure.title}”用到 {len(found)} 个事实，按列计算最多 {LARGEST_COUNT} 个"
        raise CewenError.of("CW633", message, "拆成几项措施，或改用引擎 reference。")
    return found


def _needed(measure: LoweredMeasure, vocabulary: Vocabulary, year: int) -> Iterator[Need]:
    for op in measure_ops(measure):
        for key, years_back in leaves(op):
            yield key, (year - years_back if vocabulary.by_key(key).is_annual else None)


def measure_ops(measure: LoweredMeasure) -> Iterator[ops.TruthOp | ops.NumberOp]:
    """Every operation of a measure in order: conditions, then condition and amount of each tier."""
    for condition in measure.conditions:
        yield condition.op
    for tier in measure.tiers:
        if tier.condition is not None:
            yield tier.condition
        yield tier.amount


def leaves(op: ops.TruthOp | ops.NumberOp) -> Iterator[tuple[str, int]]:
    """Key and years back of every fact below `op`, the year before a first time included."""
    key = getattr(op, "key", None)
    if isinstance(key, str):
        yield key, getattr(op, "years_back", 0)
    if isinstance(op, ops.FirstTime):
        yield op.fact.key, op.fact.years_back
        yield op.fact.key, op.fact.years_back + 1
    for child in ops.children(op):
        yield from leaves(child)
