"""One fact sheet against a prepared plan: the same answer as `evaluate_factsheet`, many times faster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cewen.base.period import InForce
from cewen.engine.evaluate import Evaluation, awards_before
from cewen.engine.factsheet import FactSheet
from cewen.engine.reference import Missing
from cewen.engine.result import Amount, Result, Status, Suppression
from cewen.engine.single.prepare import Prepared, PreparedPlan, prepare
from cewen.engine.single.situation import Situation
from cewen.rules.lower import LoweredMeasure, Plan


@dataclass(frozen=True, slots=True)
class Decision:
    """结论 without its reasons: one measure for one subject; `amount` in whole fen, None where there is no bound."""

    measure: LoweredMeasure
    subject: str
    status: Status
    amount: Amount | None
    tier: str | None
    needs: tuple[Missing, ...]
    suppressed_by: Suppression | None


def evaluate_one(plan: Plan, sheet: FactSheet, *, year: int | None = None, as_if_in_force: bool = False) -> Evaluation:
    """Every measure of `plan` for `sheet` with its full trace; equal to what `evaluate_factsheet` gives.

    The plan is prepared at the first call and kept while somebody holds it.
    """
    prepared = prepare(plan, year)
    results = [
        Result(each.measure, here.record.path, here.name, Status.NOT_IN_FORCE, reason=each.in_force)
        if each.in_force is not InForce.IN_FORCE and not as_if_in_force
        else each.program.trace(each.measure, here, None if each.in_force is InForce.IN_FORCE else each.in_force)
        for each, here in _situations(prepared, plan, sheet)
    ]
    return Evaluation(plan.on, prepared.competition.settle(plan, results, sheet))


def decide(
    plan: Plan, sheet: FactSheet, *, year: int | None = None, as_if_in_force: bool = False
) -> tuple[Decision, ...]:
    """The decisions alone: status, interval, tier, missing facts and who suppresses whom, as `evaluate_factsheet`."""
    prepared = prepare(plan, year)
    results: list[Result] = []
    for each, here in _situations(prepared, plan, sheet):
        if each.in_force is not InForce.IN_FORCE and not as_if_in_force:
            results.append(Result(each.measure, here.record.path, here.name, Status.NOT_IN_FORCE))
            continue
        status, amount, tier = each.program.verdict(here)
        needs = tuple(each.program.needs(here).values()) if status is Status.UNKNOWN else ()
        results.append(Result(each.measure, here.record.path, here.name, status, amount, None, None, tier, (), needs))
    return tuple(
        [
            Decision(each.measure, each.subject, each.status, each.amount, each.tier, each.needs, each.suppressed_by)
            for each in prepared.competition.settle(plan, results, sheet)
        ]
    )


def _situations(prepared: PreparedPlan, plan: Plan, sheet: FactSheet) -> Iterator[tuple[Prepared, Situation]]:
    """Every measure with every record it applies to; records are looked at once, whatever number of measures do."""
    awards = awards_before(sheet, plan.on)
    found: dict[str, tuple[Situation, ...]] = {}
    for each in prepared.measures:
        here = found.get(each.subject)
        if here is None:
            records = sheet.of_subject(each.subject)
            here = found[each.subject] = tuple(
                [
                    Situation(record, sheet, prepared.year, awards, prepared.vocabulary, prepared.chains)
                    for record in records
                ]
            )
        for situation in here:
            yield each, situation
