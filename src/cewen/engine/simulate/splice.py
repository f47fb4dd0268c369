"""Re-simulation: only measures a reform can reach are evaluated again; the rest keep their very arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.base.period import InForce
from cewen.engine.backends.base import Backend
from cewen.engine.columns.measure_columns import NONE, MeasureColumns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.stacking import live_members
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredMeasure, LoweredRule, Plan, lower_measure, lower_rule


def evaluate_difference(backend: Backend, before: ColumnResults, after: Plan) -> ColumnResults:
    """The results of `after` over the columns of `before`, as if all of it had been evaluated."""
    again = reached(before.plan, after, as_if_in_force=before.as_if_in_force)
    positions = {measure.key: at for at, measure in enumerate(after.measures)}
    measures = tuple(measure for measure in after.measures if measure.key in again)
    part = replace(after, measures=measures)
    evaluated: tuple[MeasureColumns, ...] = ()
    if measures:
        simulated = before.as_if_in_force
        evaluated = backend.evaluate(part, before.columns, year=before.year, as_if_in_force=simulated).by_measure
    moved = _moves(before.plan, positions)
    found = {each.measure.key: each for each in _renumbered(evaluated, _moves(part, positions))}
    is_same_order = all(at == new for at, new in enumerate(moved))
    kept = (each for each in before.by_measure if each.measure.key in positions and each.measure.key not in found)
    found.update((each.measure.key, each) for each in (kept if is_same_order else _renumbered(kept, moved)))
    by_measure = tuple(found[measure.key] for measure in after.measures)
    return ColumnResults(after, before.columns, before.year, by_measure, before.as_if_in_force)


def lower_difference(known: Plan, corpus: Corpus) -> Plan:
    """`lower_corpus` for the date of a known plan; measures that are the very same are not lowered again."""
    findings: list[Diagnostic] = []
    lowered = {id(each.measure): each for each in known.measures}
    measures = tuple(
        replace(lowered[id(measure)], policy=policy)
        if id(measure) in lowered
        else lower_measure(corpus, policy, measure, known.on, findings)
        for policy in corpus.policies
        for measure in policy.measures
    )
    rules = tuple(
        lower_rule(corpus, policy, rule, index, findings)
        for policy in corpus.policies
        for index, rule in enumerate(policy.header.stacking)
    )
    if has_errors(findings):
        raise CewenError(findings)
    return Plan(corpus, known.on, measures, rules)


def reached(before: Plan, after: Plan, *, as_if_in_force: bool = False) -> frozenset[str]:
    """Keys of the measures of `after` whose results may differ: changed ones, and those that stack with them."""
    old = {measure.key: _meaning(measure) for measure in before.measures}
    new = {measure.key: _meaning(measure) for measure in after.measures}
    found = {key for key in {**old, **new} if old.get(key) != new.get(key)}
    rules = [(before, rule) for rule in before.rules] + [(after, rule) for rule in after.rules]
    known, wanted = ({_rule_meaning(rule) for rule in plan.rules} for plan in (before, after))
    for _, rule in rules:
        if _rule_meaning(rule) in known ^ wanted:
            found.update(rule.members)
    groups = [frozenset(_competing(plan, rule, as_if_in_force)) for plan, rule in rules]
    while any(group & found and not group <= found for group in groups):
        for group in groups:
            if group & found:
                found |= group
    return frozenset(found & set(new))


def _meaning(measure: LoweredMeasure) -> tuple[object, ...]:
    model = measure.measure
    conditions = tuple(condition.op for condition in measure.conditions)
    return (
        conditions, measure.tiers, model.subject, model.certainty, model.frequency, model.counts_per,
        measure.policy.header.validity, measure.policy.header.issuer,
    )  # fmt: skip


def _rule_meaning(rule: LoweredRule) -> tuple[object, ...]:
    return rule.policy.id, rule.rule.id, rule.rule.rule, rule.rule.across, rule.rule.per, rule.members, rule.limit


def _competing(plan: Plan, rule: LoweredRule, as_if_in_force: bool) -> Iterator[str]:
    """Members that can carry an amount on the date; none where the rule can not bite."""
    live = [plan.measures[at] for at in live_members(plan, rule)]
    live = [each for each in live if as_if_in_force or each.policy.header.validity.on(plan.on) is InForce.IN_FORCE]
    if rule.rule.across == "issuer" and len({each.policy.id for each in live}) < 2:
        return
    yield from (each.key for each in live)


def _moves(plan: Plan, positions: dict[str, int]) -> tuple[int, ...]:
    """For each measure of a plan its position in the new one, -1 where it is gone."""
    return tuple(positions.get(measure.key, NONE) for measure in plan.measures)


def _renumbered(results: Iterable[MeasureColumns], moves: tuple[int, ...]) -> Iterator[MeasureColumns]:
    """The same results with `suppressed_by` in the numbers of the new plan."""
    table = np.array((*moves, NONE), np.int16)  # the last serves -1
    for each in results:
        is_used = bool((each.suppressed_by != NONE).any())
        yield replace(each, suppressed_by=table[each.suppressed_by]) if is_used else each
