"""Steps over one expression: the interval each covers, for tiers and for 分档(…)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cewen.rules import ops
from cewen.rules.check.examined import Examined
from cewen.rules.check.interval import Interval, satisfying
from cewen.rules.check.linear import Terms, bounded, constant_of, is_whole
from cewen.rules.lower import LoweredMeasure
from cewen.rules.measure import Tier

Over = tuple[str, Terms]
"""What steps are compared over: "now" or "first" (首次达到), and the expression."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step (档): the numbers for which it applies. `index` is its position in the file."""

    name: str
    index: int
    over: Over
    covers: Interval


def tier_steps(examined: Examined, lowered: LoweredMeasure) -> tuple[Step, ...]:
    """The tiers that apply within one interval of one expression, lowest first as written."""
    found = (_step(index, tier, examined) for index, tier in enumerate(lowered.tiers))
    return tuple(step for step in found if step is not None)


def _step(index: int, tier: Tier, examined: Examined) -> Step | None:
    covered = covered_by(tier.condition, examined) if tier.condition is not None else None
    return None if covered is None else Step(tier.name or str(index + 1), index, *covered)


def covered_by(op: ops.TruthOp, examined: Examined) -> tuple[Over, Interval] | None:
    """The expression a condition bounds and the interval it allows; None for conditions of another kind."""
    match op:
        case ops.Compare():
            form = bounded(op)
            allowed = satisfying(form.operator, form.bound)
            if not form.terms or allowed is None:
                return None
            whole = is_whole(form.terms, examined.corpus.vocabulary)
            return ("now", form.terms), allowed.whole() if whole else allowed
        case ops.FirstTime():
            now = covered_by(ops.Compare(op.operator, op.fact, op.threshold), examined)
            return None if now is None else (("first", now[0][1]), now[1])
        case ops.All():
            parts = [covered_by(part, examined) for part in op.parts]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts) or len({over for over, _ in known}) != 1:
                return None
            met = Interval()
            for _, interval in known:
                met = met.meet(interval)
            return known[0][0], met
    return None


def choices_in(op: ops.NumberOp | ops.TruthOp) -> Iterator[ops.Choose]:
    """Every 分档(…) inside an operation."""
    if isinstance(op, ops.Choose):
        yield op
    for child in ops.children(op):
        yield from choices_in(child)


def choices_of(lowered: LoweredMeasure) -> Iterator[ops.Choose]:
    """Every 分档(…) of a measure."""
    for condition in lowered.conditions:
        yield from choices_in(condition.op)
    for tier in lowered.tiers:
        yield from choices_in(tier.amount)
        if tier.condition is not None:
            yield from choices_in(tier.condition)


def thresholds_rise(choice: ops.Choose) -> bool:
    """True when the thresholds of a 分档(…) are known numbers that grow from each to the next, or are not known."""
    bounds = [constant_of(condition.right) for condition, _ in choice.branches if isinstance(condition, ops.Compare)]
    return all(one is None or other is None or one < other for one, other in pairwise(bounds))
