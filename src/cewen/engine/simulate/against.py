"""Another place's policy read as if this register lay there: conditions on where an enterprise is registered are met."""

from __future__ import annotations

from dataclasses import replace

from cewen.rules import ops
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.types import Kind


def without_regions(plan: Plan) -> Plan:
    """The plan with every condition on a region fact taken as met (视同在当地注册)."""
    vocabulary = plan.corpus.vocabulary
    regions = frozenset(fact.key for fact in vocabulary if fact.type is Kind.REGION)
    return replace(plan, measures=tuple(_without(measure, regions) for measure in plan.measures))


def _without(measure: LoweredMeasure, regions: frozenset[str]) -> LoweredMeasure:
    conditions = tuple(replace(each, op=_met(each.op, regions)) for each in measure.conditions)
    tiers = tuple(
        tier if tier.condition is None else replace(tier, condition=_met(tier.condition, regions))
        for tier in measure.tiers
    )
    return replace(measure, conditions=conditions, tiers=tiers)


def _met(op: ops.TruthOp, regions: frozenset[str], *, wanted: bool = True) -> ops.TruthOp:
    """Region tests give what helps to meet the condition: under 非 that is "no"."""
    match op:
        case ops.LiesIn() if op.key in regions:
            return ops.Certain(wanted)
        case ops.All() | ops.Any():
            return replace(op, parts=tuple(_met(part, regions, wanted=wanted) for part in op.parts))
        case ops.Not():
            return replace(op, operand=_met(op.operand, regions, wanted=not wanted))
    return op
