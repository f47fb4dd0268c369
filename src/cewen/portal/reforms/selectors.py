"""Reading reforms: simulators kept warm, what a change does over the register in scope, and the scenarios one may see."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow.compute as pc
from django.db.models import Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.base.period import InForce
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sums import exact_sum
from cewen.engine.simulate.apply import Reformed, apply_reform
from cewen.engine.simulate.baseline import Baseline
from cewen.engine.simulate.bunching import Bunching
from cewen.engine.simulate.difference import Difference
from cewen.engine.simulate.reform import ReformFile
from cewen.engine.simulate.simulate import Simulation
from cewen.engine.simulate.sweep import Sweep, Swept, run_sweep
from cewen.engine.simulate.threshold import Threshold, thresholds
from cewen.portal.access import Actor
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.enterprises.selectors import register_version
from cewen.portal.policies.selectors import corpus, edition
from cewen.portal.reforms.domain import Axis, Bin, Curve, bin_edges, expressions
from cewen.portal.reforms.jobs import Asked as Asked
from cewen.portal.reforms.jobs import is_ready, warm_place
from cewen.portal.reforms.models import Scenario
from cewen.portal.runs.selectors import may_see_rows, register_columns
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.readback import readback
from cewen.rules.types import Kind

MARGIN = 2
"""Bins shown on either side of those where anything happens."""


@dataclass(frozen=True)
class Outcome:
    """What a reform does (改革结果) to the register in scope, with the curve of the measure looked at."""

    simulation: Simulation
    reformed: Reformed
    curve: Curve | None
    moved: dict[str, int]
    """How many enterprises of a group (a district, size or field by name) get another amount."""


def simulate(actor: Actor, reform: ReformFile, asked: Asked, measure_key: str = "", axis: str = "") -> Outcome:
    """The reform over the register in the actor's scope. Raises CewenError with every fault of the reform."""
    kept, columns = edition(), register_columns(actor)
    if not columns.enterprise_count:
        raise CewenError.of("CW730", "您的范围里没有登记的企业", "先导入企业名册，或请管理员核对您的区域。")
    reformed = apply_reform(kept.corpus, reform, asked.on)
    warm = warm_place(kept, columns, asked)
    with warm.lock:
        simulator = warm.simulator
        found = simulator.simulate(reformed, reform.reform.title)
        assert simulator.latest is not None
        results = simulator.latest[0]
        curve = _curve(columns, simulator.results, results, measure_key, asked.year, axis) if measure_key else None
        moved = _moved_of(simulator.baseline, Difference.between(simulator.tally, simulator.latest[1]))
    if not may_see_rows(actor):
        found = replace(found, shifts=tuple(replace(each, top_winners=(), top_losers=()) for each in found.shifts))
    return Outcome(found, reformed, curve, moved)


def _moved_of(baseline: Baseline, difference: Difference) -> dict[str, int]:
    rows = np.union1d(*difference.rows.values())
    found: dict[str, int] = {}
    for each in filter(None, (baseline.district, baseline.size, baseline.field)):
        grouping = each.grouping
        counts = np.bincount(grouping.part[rows], minlength=grouping.part_count).tolist()
        found |= {
            name: sum(counts[part] for part in parts)
            for name, parts in zip(grouping.names, grouping.parts_of, strict=True)
        }
    return found


LARGE = 5000
"""Enterprises from which on the first answer takes longer than a page may."""


def is_slow(asked: Asked) -> bool:
    """Whether an answer has to wait for a large register to be read."""
    return not is_ready(edition(), asked) and Enterprise.objects.count() > LARGE


def sweep(actor: Actor, reform: ReformFile, asked: Asked, wanted: Sweep) -> Swept:
    """One number moved step by step, the rest of the reform held. Raises CewenError as `simulate`."""
    kept, columns = edition(), register_columns(actor)
    if not columns.enterprise_count:
        raise CewenError.of("CW730", "您的范围里没有登记的企业", "先导入企业名册，或请管理员核对您的区域。")
    warm = warm_place(kept, columns, asked)
    with warm.lock:
        return run_sweep(warm.simulator, wanted, reform)


def changed_readback(reformed: Reformed, key: str) -> str:
    """The measure as a sentence after the reform; "" where the reform takes it away."""
    found = reformed.corpus.measure(key)
    return readback(found[1], found[0], reformed.corpus.vocabulary) if found else ""


def plain_readback(policy: Policy, measure: Measure) -> str:
    """The measure as a sentence as it is."""
    return readback(measure, policy, corpus().vocabulary)


def choices(on: date) -> tuple[tuple[Policy, tuple[Measure, ...]], ...]:
    """Policies with the measures that hold a number one may change; those in force on the day first."""
    found = [(policy, tuple(each for each in policy.measures if expressions(each, on))) for policy in corpus().policies]
    return tuple(
        sorted(
            ((policy, measures) for policy, measures in found if measures),
            key=lambda each: (each[0].header.validity.on(on) is not InForce.IN_FORCE, each[0].id),
        )
    )


def usual_day(policy: Policy, today: date) -> tuple[date, bool]:
    """A day the policy can be tried on, and whether it has to be taken as in force: today, else its last day, else as if."""
    validity = policy.header.validity
    state = validity.on(today)
    if state is InForce.IN_FORCE:
        return today, False
    ends = validity.expires_on or validity.repealed_on
    if state in (InForce.EXPIRED, InForce.REPEALED) and ends is not None and validity.on(ends) is InForce.IN_FORCE:
        return ends, False
    return today, True


# --- the curve -------------------------------------------------------------------------------------------------


def axes(measure: Measure, key: str, asked: Asked) -> tuple[Fact, ...]:
    """Facts the curve of a measure can be drawn over: money and counts of enterprises, those the measure reads first."""
    vocabulary = corpus().vocabulary
    text = " ".join((*measure.conditions, *(words for words, _ in measure.amount_expressions())))
    able = [fact for fact in vocabulary if fact.subject == "enterprise" and fact.type in (Kind.MONEY, Kind.COUNT)]
    annual = [fact for fact in able if fact.is_annual]
    return tuple(sorted(annual, key=lambda fact: fact.label not in text))


def _curve(
    columns: Columns, before: ColumnResults, after: ColumnResults, key: str, year: int, axis: str
) -> Curve | None:
    """Awards of one measure against a fact of the enterprise, in bins that begin at every threshold of that fact."""
    old, new = before.plan.measure(key), after.plan.measure(key)
    measure = new or old
    if measure is None or not measure.tiers:
        return None
    offered = axes(measure.measure, key, Asked(before.plan.on, year, before.as_if_in_force))
    fact = next((each for each in offered if each.key == axis), offered[0] if offered else None)
    if fact is None:
        return None
    name = columns.layout.column(fact, year if fact.is_annual else None)
    table = columns.tables["enterprise"]
    if name not in table.column_names:
        return None
    values, known = pc.fill_null(table[name], 0).to_numpy(), pc.is_valid(table[name]).to_numpy()
    limits = {
        side: _limits(plan, found, fact)
        for side, plan, found in (("before", before.plan, old), ("after", after.plan, new))
    }
    edges = bin_edges(int(values.max()) if len(values) else 0, [each for both in limits.values() for each, _ in both])
    place = np.searchsorted(np.array(edges, np.int64), values, side="right") - 1
    sides = [_awards(columns, results, key) for results in (before, after)]
    bins = []
    for at, least in enumerate(edges):
        inside = known & (place == at) & (values > 0)
        figures = []
        for amounts in sides:
            own = amounts[inside]
            recipients = int(np.count_nonzero(own > 0))
            figures += [recipients, exact_sum(own) // recipients if recipients else 0]
        bins.append(Bin(least, edges[at + 1] if at + 1 < len(edges) else None, int(np.count_nonzero(inside)), *figures))
    marked = {value for both in limits.values() for value, _ in both}
    full = [
        at for at, each in enumerate(bins) if each.recipients_before or each.recipients_after or each.least in marked
    ]
    bins = bins[max(0, full[0] - MARGIN) : full[-1] + 1 + MARGIN] if full else []
    chosen = Axis(fact.key, fact.label, fact.type is Kind.MONEY, fact.unit or "")
    return Curve(chosen, tuple(Axis(each.key, each.label, each.type is Kind.MONEY, each.unit or "") for each in offered),
                 tuple(bins), tuple(limits["before"]), tuple(limits["after"]), int(np.count_nonzero(~known)))  # fmt: skip


def _awards(columns: Columns, results: ColumnResults, key: str) -> NDArray[np.int64]:
    """Fen each enterprise gets under a measure, its objects together."""
    total = np.zeros(columns.enterprise_count, np.int64)
    found = next((each for each in results.by_measure if each.measure.key == key), None)
    if found is not None:
        rows = np.flatnonzero(found.counts)
        np.add.at(total, owners(columns, found.measure.measure.subject)[rows], found.high[rows])
    return total


def _limits(plan: Plan, measure: LoweredMeasure | None, fact: Fact) -> list[tuple[int, str]]:
    """Thresholds of a measure on the fact itself, this year's: their value and how the clause says it."""
    if measure is None:
        return []
    own: list[Threshold] = [
        each
        for each in thresholds(Plan(plan.corpus, plan.on, (measure,), ()), plan.corpus.vocabulary)
        if isinstance(each.expression, ops.FactNumber)
        and each.expression.key == fact.key
        and not each.expression.years_back
        and each.value.denominator == 1
    ]
    clause = measure.measure.clause
    return [(int(each.value), f"{each.value_text}（{clause}）") for each in own]


# --- thresholds --------------------------------------------------------------------------------------------------


def near_thresholds(found: Simulation, key: str) -> tuple[tuple[str, Bunching], ...]:
    """Rows near the thresholds of one measure, before and after; one line where both sides have the same threshold."""
    lines: dict[tuple[str, str], tuple[str, Bunching]] = {}
    for side, both in zip(("before", "after"), found.bunching, strict=True):
        for each in both:
            if any(measure.key == key for measure in each.threshold.measures):
                place = (each.threshold.words, each.threshold.value_text)
                lines[place] = ("both" if place in lines else side, each)
    return tuple(lines.values())


@dataclass(frozen=True, slots=True)
class NearRow:
    """Enterprise near a threshold (门槛附近的企业): what it has, on which side, and fen of the measure before and after."""

    uscc: str
    name: str
    value: Fraction
    is_reached: bool
    before: int
    after: int


MOST_NEAR = 100
BAND = Fraction(5, 100)
"""How far from the threshold counts as near."""


def near_rows(
    actor: Actor, reform: ReformFile, asked: Asked, key: str, at: int
) -> tuple[Threshold, tuple[NearRow, ...]] | None:
    """Enterprises within five per cent of the threshold at this place of `near_thresholds`, the nearest first.

    None where there is no such threshold, or it is not on a fact (or a quotient of two facts) of the enterprise itself.
    """
    kept, columns = edition(), register_columns(actor)
    if not columns.enterprise_count or not may_see_rows(actor):
        return None
    reformed = apply_reform(kept.corpus, reform, asked.on)
    warm = warm_place(kept, columns, asked)
    with warm.lock:
        found = near_thresholds(warm.simulator.simulate(reformed, reform.reform.title), key)
        assert warm.simulator.latest is not None
        sides = [_awards(columns, each, key) for each in (warm.simulator.results, warm.simulator.latest[0])]
    if not 0 <= at < len(found):
        return None
    threshold = found[at][1].threshold
    parts = [_fact_values(columns, op, asked.year) for op in _quotient(threshold.expression)]
    if threshold.subject != "enterprise" or not parts or None in parts:
        return None
    known = np.logical_and.reduce([part[1] for part in parts if part])
    tables = [part[0] for part in parts if part]
    rows = []
    for row in np.flatnonzero(known).tolist():
        bottom = int(tables[1][row]) if len(tables) > 1 else 1
        if bottom <= 0:
            continue
        value = Fraction(int(tables[0][row]), bottom)
        if abs(value - threshold.value) <= threshold.value * BAND:
            rows.append((abs(value - threshold.value), row, value))
    table = columns.tables["enterprise"]
    return threshold, tuple(
        NearRow(table[USCC][row].as_py(), table[OBJECT_NAME][row].as_py() or "", value, value >= threshold.value,
                int(sides[0][row]), int(sides[1][row]))
        for _distance, row, value in sorted(rows)[:MOST_NEAR]
    )  # fmt: skip


def _quotient(op: ops.NumberOp) -> tuple[ops.FactNumber, ...]:
    """A fact, or top and bottom of a quotient of two; nothing for any other expression."""
    both = (op.left, op.right) if isinstance(op, ops.Divide) else (op,)
    return (
        tuple(each for each in both if isinstance(each, ops.FactNumber))
        if all(isinstance(each, ops.FactNumber) for each in both)
        else ()
    )


def _fact_values(columns: Columns, op: ops.FactNumber, year: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
    """What a fact of the enterprise is in each row, and where it is known."""
    fact = columns.layout.vocabulary.by_key(op.key)
    name = columns.layout.column(fact, year - op.years_back if fact.is_annual else None)
    table = columns.tables["enterprise"]
    if fact.subject != "enterprise" or name not in table.column_names:
        return None
    return pc.fill_null(table[name], 0).to_numpy(), pc.is_valid(table[name]).to_numpy()


# --- scenarios -------------------------------------------------------------------------------------------------


def scenarios_in_scope(actor: Actor, words: str = "") -> QuerySet[Scenario]:
    """The actor's own scenarios, newest first; `words`: those whose title, note or changed measure holds it."""
    named = Q()
    if words:
        keys = [key for key, title in measure_titles().items() if words.lower() in title.lower()]
        named = Q(title__icontains=words) | Q(note__icontains=words) | Q(measure_key__in=keys)
    return Scenario.objects.filter(named, author_id=actor.row_id, removed_at__isnull=True)


def shared_scenario(secret: str, today: date | None = None) -> Scenario | None:
    """A scenario by the secret of its link, until the day the link ends."""
    if not secret:
        return None
    open_ones = Q(share_until__isnull=True) | Q(share_until__gte=today or timezone.localdate())
    found = Scenario.objects.select_related("author").filter(open_ones, share_secret=secret, removed_at__isnull=True)
    return found.first()


def measure_titles() -> dict[str, str]:
    """Titles of all measures by policy#measure."""
    return {f"{policy.id}#{each.id}": each.title for policy in corpus().policies for each in policy.measures}


def rules_digest(reform: dict[str, Any]) -> str:
    """SHA-256 over the policies whose measures a reform changes, as they are now."""
    keys = {str(change.get("measure", "")).partition("#")[0] for change in reform.get("measures", ())}
    total = hashlib.sha256()
    for policy in corpus().policies:
        if policy.id in keys:
            total.update("".join(each.model_dump_json() for each in (policy.header, *policy.measures)).encode())
    return total.hexdigest()


def changed_since(found: Scenario, version: int | None = None) -> tuple[str, ...]:
    """What changed after a scenario was saved: "register", "rules"; figures shown now are not those seen then.

    `version` is that of the register, where it is known already.
    """
    since = []
    if found.register_version is not None and found.register_version != (
        register_version() if version is None else version
    ):
        since.append("register")
    if found.rules_digest and found.rules_digest != rules_digest(found.reform):
        since.append("rules")
    return tuple(since)
