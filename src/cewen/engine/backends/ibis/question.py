"""What one query answers: measures of one subject and the stacking rules applied inside it; and what none can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from cewen.base.period import InForce
from cewen.engine.backends.ibis.interpreter import TermInterpreter
from cewen.engine.backends.ibis.measure_terms import MeasureTerms, measure_terms
from cewen.engine.backends.ibis.stacking_terms import apply_rules
from cewen.engine.columns.local import in_pass_order
from cewen.engine.columns.results import in_force
from cewen.engine.columns.stacking import live_members
from cewen.rules.lower import LoweredMeasure, Plan


@dataclass(frozen=True, slots=True)
class Question:
    """Measures at some positions of a plan, all of one subject; `local` are rules that each row decides by itself.

    Without `with_reasons`, only amounts are asked for.
    """

    plan: Plan
    positions: tuple[int, ...]
    local: frozenset[int]
    year: int
    with_reasons: bool = True

    @property
    def measures(self) -> tuple[LoweredMeasure, ...]:
        return tuple(self.plan.measures[at] for at in self.positions)

    def terms(self, interpreter: TermInterpreter) -> dict[int, MeasureTerms]:
        """Every measure by its position, stacked as far as a row decides."""
        found = {at: measure_terms(self.plan.measures[at], interpreter) for at in self.positions}
        return apply_rules(self.plan, found, self.local)

    def parts(self) -> Iterator[object]:
        """All that the query depends on besides the register, for its digest."""
        yield self.year, self.positions, self.with_reasons
        yield from self.measures
        asked = set(self.positions)
        for at in in_pass_order(self.plan):
            members = [each for each in live_members(self.plan, self.plan.rules[at]) if each in asked]
            if at in self.local and len(members) > 1:
                rule = self.plan.rules[at]
                policies = [self.plan.measures[each].policy.id for each in members]
                ranks = [rule.members.index(self.plan.measures[each].key) for each in members]
                yield rule.rule.rule, rule.rule.across, rule.limit, members, policies, ranks


def live_measures(plan: Plan, as_if_in_force: bool) -> tuple[int, ...]:
    """Positions of the measures that are evaluated."""
    return tuple(at for at, force in enumerate(in_force(plan)) if as_if_in_force or force is InForce.IN_FORCE)


def by_subject(plan: Plan, positions: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """Positions of measures, those of each subject together."""
    found: dict[str, list[int]] = {}
    for at in positions:
        found.setdefault(plan.measures[at].measure.subject, []).append(at)
    return {subject: tuple(chosen) for subject, chosen in found.items()}


def entangled_measures(plan: Plan, live: Iterable[int], awards: pa.Table, local: frozenset[int]) -> set[int]:
    """Positions of measures that no row decides: another award may suppress or reduce them, of another row or made
    already; and whatever goes by a rule with such a measure."""
    evaluated = set(live)
    found: set[int] = set()
    for at, rule in enumerate(plan.rules):
        if at in local or rule.rule.rule not in ("highest_only", "joint_cap"):
            continue
        members = [at for at in live_members(plan, rule) if at in evaluated]
        if rule.rule.across == "issuer" and len({plan.measures[at].policy.id for at in members}) < 2:
            continue
        if len(members) > 1 or any(plan.measures[at].measure.subject != "enterprise" for at in members):
            found.update(members)
    awarded = set(pc.unique(awards["measure"]).to_pylist())
    found.update(at for at in evaluated if plan.measures[at].measure.frequency and plan.measures[at].key in awarded)
    return with_rivals(plan, evaluated, found)


def with_rivals(plan: Plan, live: Iterable[int], chosen: set[int]) -> set[int]:
    """The chosen measures and all that a chain of rules connects with them."""
    evaluated, found = set(live), set(chosen)
    groups = [evaluated.intersection(live_members(plan, rule)) for rule in plan.rules]
    while any(found & group and not group <= found for group in groups):
        found.update(at for group in groups if found & group for at in group)
    return found
