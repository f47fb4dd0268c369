"""Reading reforms: simulators kept warm, what a change does over the register in scope, and the scenarios one may see."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock

import numpy as np
import pyarrow.compute as pc
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.base.period import InForce
from cewen.engine.backends.base import is_installed
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sums import exact_sum
from cewen.engine.simulate.apply import Reformed, apply_reform
from cewen.engine.simulate.bunching import Bunching
from cewen.engine.simulate.compare import MoneyKind
from cewen.engine.simulate.distribution import Distribution
from cewen.engine.simulate.reform import ReformFile
from cewen.engine.simulate.simulate import Settings, Simulation, Simulator
from cewen.engine.simulate.tally import Tally
from cewen.engine.simulate.threshold import Threshold, thresholds
from cewen.engine.summary import region_name
from cewen.portal.access import Actor
from cewen.portal.policies.selectors import CorpusEdition, corpus, edition
from cewen.portal.reforms.domain import Axis, Bin, Curve, bin_edges, expressions
from cewen.portal.reforms.models import Scenario
from cewen.portal.runs.domain import WIDTH, Column, Tile, column_pairs, short_money, step_path, tile_map
from cewen.portal.runs.selectors import may_see_rows, register_columns
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.readback import readback
from cewen.rules.types import Kind

MOST_TICKS = 6
"""Words under a curve."""
MARGIN = 2
"""Bins shown on either side of those where anything happens."""
MOST_WARM = 6
"""Simulators kept: each holds the results of a register, some 60 bytes an enterprise and measure."""


class LiveSimulator(Simulator):
    """Simulator that remembers the reform it evaluated last (常备模拟器): charts need rows, not only sums."""

    latest: tuple[ColumnResults, Tally] | None = None

    def reform(self, reformed: Reformed) -> tuple[ColumnResults, Tally]:
        self.latest = super().reform(reformed)
        return self.latest


@dataclass(eq=False)
class _Warm:
    """A simulator, made when first asked, and the lock its engine needs: its arrays serve one caller at a time.

    It keeps the register alive whose identity is part of its key: no other object can take that place.
    """

    columns: Columns
    simulator: LiveSimulator | None = None
    lock: Lock = field(default_factory=Lock)


Key = tuple[int, str, date, int, bool]
_warm: OrderedDict[Key, _Warm] = OrderedDict()
_warming = Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a simulation is asked on (试算条件): the day, the year annual facts mean, and whether drafts count."""

    on: date
    year: int
    as_if_in_force: bool


def engine_name() -> str:
    """The fastest engine of this installation."""
    return next((name for name in ("kernel", "duckdb") if is_installed(name)), "reference")


def _place(kept: CorpusEdition, columns: Columns, asked: Asked) -> _Warm:
    """The place of a simulator; the one not used for longest gives way."""
    key: Key = (id(columns), kept.digest, asked.on, asked.year, asked.as_if_in_force)
    with _warming:
        found = _warm.setdefault(key, _Warm(columns))
        _warm.move_to_end(key)
        while len(_warm) > MOST_WARM:
            _warm.popitem(last=False)
        return found


@dataclass(frozen=True)
class Outcome:
    """What a reform does (改革结果) to the register in scope, with the curve of the measure looked at."""

    simulation: Simulation
    reformed: Reformed
    curve: Curve | None


def simulate(actor: Actor, reform: ReformFile, asked: Asked, measure_key: str = "", axis: str = "") -> Outcome:
    """The reform over the register in the actor's scope. Raises CewenError with every fault of the reform."""
    kept, columns = edition(), register_columns(actor)
    if not columns.enterprise_count:
        raise CewenError.of("CW730", "您的范围里没有登记的企业", "先导入企业名册，或请管理员核对您的区域。")
    reformed = apply_reform(kept.corpus, reform, asked.on)
    warm = _place(kept, columns, asked)
    with warm.lock:
        if warm.simulator is None:
            settings = Settings(asked.on, engine_name(), asked.year, asked.as_if_in_force)
            warm.simulator = LiveSimulator(kept.corpus, columns, settings)
        found = warm.simulator.simulate(reformed, reform.reform.title)
        assert warm.simulator.latest is not None
        results = warm.simulator.latest[0]
        curve = _curve(columns, warm.simulator.results, results, measure_key, asked.year, axis) if measure_key else None
    if not may_see_rows(actor):
        found = replace(found, shifts=tuple(replace(each, top_winners=(), top_losers=()) for each in found.shifts))
    return Outcome(found, reformed, curve)


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
    return [(int(each.value), each.value_text) for each in own]


# --- what the page draws ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CurveDrawing:
    """A curve as paths (曲线图): `ticks` and `limits` are (x, words); a limit also says on which side it stands."""

    curve: Curve
    before: str
    after: str
    greatest: str
    ticks: tuple[tuple[int, str], ...]
    limits: tuple[tuple[int, str, str], ...]


def draw_curve(curve: Curve) -> CurveDrawing | None:
    """The lines of a curve; None where nobody gets anything on either side."""
    bins = curve.bins
    if not curve.greatest:
        return None
    before = [each.mean_before if each.recipients_before else None for each in bins]
    after = [each.mean_after if each.recipients_after else None for each in bins]
    edges = [each.least for each in bins]

    def place(value: int) -> int | None:
        return edges.index(value) * WIDTH // len(bins) if value in edges else None

    step = max(1, -(-len(bins) // MOST_TICKS))
    ticks = tuple(
        (at * WIDTH // len(bins), short_money(least) if curve.axis.is_money else f"{least} {curve.axis.unit}")
        for at, least in enumerate(edges)
        if at % step == 0
    )
    old, new = set(curve.limits_before), set(curve.limits_after)
    limits = [
        (place(value), words, "before" if (value, words) not in new else "after") for value, words in sorted(old | new)
    ]
    shown = tuple((x, words, style) for x, words, style in limits if x is not None)
    return CurveDrawing(
        curve,
        step_path(before, curve.greatest),
        step_path(after, curve.greatest),
        short_money(curve.greatest),
        ticks,
        shown,
    )


@dataclass(frozen=True, slots=True)
class Deciles:
    """Tenths of the recipients of one kind of money (十分位) as columns, with their table."""

    kind: MoneyKind
    columns: tuple[Column, ...]
    before: Distribution
    after: Distribution

    @property
    def rows(self) -> tuple[tuple[int, int, int], ...]:
        """Number of the tenth, fen before, fen after."""
        both = zip(self.before.deciles, self.after.deciles, strict=True)
        return tuple((at + 1, old, new) for at, (old, new) in enumerate(both))


def draw_deciles(found: Simulation) -> tuple[Deciles, ...]:
    """Both kinds of money, without a kind nobody gets."""
    drawn = []
    for kind in MoneyKind:
        before, after = found.distributions[kind]
        pairs = [
            (str(at + 1), old, new) for at, (old, new) in enumerate(zip(before.deciles, after.deciles, strict=True))
        ]
        columns = column_pairs(pairs)
        if columns:
            drawn.append(Deciles(kind, columns, before, after))
    return tuple(drawn)


def draw_tiles(found: Simulation) -> tuple[MoneyKind, tuple[Tile, ...]]:
    """The district tiles of the kind of money that moves most: what each district gets more or less."""
    moved = {kind: _moved(found, kind) for kind in MoneyKind}
    kind = max(MoneyKind, key=lambda each: sum(map(abs, moved[each].values())))
    return kind, tile_map(corpus().regions, moved[kind])


def _moved(found: Simulation, kind: MoneyKind) -> dict[str, int]:
    regions = corpus().regions
    codes = {region_name(regions, code): code for code in regions.codes()}
    moved = {codes[line.name]: line.after - line.before for line in found.districts if line.name in codes}
    return {code: cost.definite if kind is MoneyKind.DEFINITE else cost.ceiling for code, cost in moved.items()}


def near_thresholds(found: Simulation, key: str) -> tuple[tuple[str, Bunching], ...]:
    """Rows near the thresholds of one measure, before and after; one line where both sides have the same threshold."""
    lines: dict[tuple[str, str], tuple[str, Bunching]] = {}
    for side, both in zip(("before", "after"), found.bunching, strict=True):
        for each in both:
            if any(measure.key == key for measure in each.threshold.measures):
                place = (each.threshold.words, each.threshold.value_text)
                lines[place] = ("both" if place in lines else side, each)
    return tuple(lines.values())


# --- scenarios -------------------------------------------------------------------------------------------------


def scenarios_in_scope(actor: Actor, words: str = "") -> QuerySet[Scenario]:
    """The actor's own scenarios, newest first; `words`: only those whose title or note holds it."""
    named = Q(title__icontains=words) | Q(note__icontains=words) if words else Q()
    return Scenario.objects.filter(named, author_id=actor.row_id, removed_at__isnull=True)


def shared_scenario(secret: str) -> Scenario | None:
    """A scenario by the secret of its link."""
    if not secret:
        return None
    return Scenario.objects.select_related("author").filter(share_secret=secret, removed_at__isnull=True).first()
