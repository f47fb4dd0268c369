"""The compiled back-end: plan and columns in, result columns, amounts or sums out."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cewen.base.diagnostic import Diagnostic
from cewen.base.period import last_full_year
from cewen.engine.backends.kernel import compile as kernel_compile
from cewen.engine.backends.kernel.bind import Binder
from cewen.engine.backends.kernel.memory import Memory
from cewen.engine.backends.kernel.place import RowStore, SumStore
from cewen.engine.backends.kernel.run import Run, bind
from cewen.engine.backends.kernel.source import Program, write_program
from cewen.engine.backends.kernel.stack import RowRule, row_rules
from cewen.engine.backends.kernel.totals import (
    EVERYWHERE,
    Groups,
    chosen,
    district_groups,
    district_sums,
    measure_sums,
    not_in_force_sums,
    stacked,
)
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.local import local_rules
from cewen.engine.columns.measure_columns import (
    NONE,
    Amounts,
    MeasureAmounts,
    MeasureColumns,
    not_in_force,
    not_suppressed,
    nothing,
)
from cewen.engine.columns.needs import needed
from cewen.engine.columns.owners import owners, row_count
from cewen.engine.columns.results import ColumnResults, in_force
from cewen.engine.columns.stacking import apply_stacking
from cewen.engine.columns.sums import DistrictSums, MeasureSums, add_counting, sum_measure
from cewen.rules.lower import Plan

Prepared = tuple[tuple[Program, tuple[int, ...]], ...]
"""Programs of a plan by subject, each with the positions of its measures in the plan."""

Sums = tuple[tuple[MeasureSums, ...], tuple[DistrictSums, ...]]


class KernelBackend:
    """Compiled back-end (编译内核): a loop for each measure over chunks of rows, on every core."""

    name = "kernel"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or len(os.sched_getaffinity(0))
        self._plans: dict[tuple[int, tuple[int, ...]], Prepared] = {}
        self._binders: dict[int, Binder] = {}
        self._districts: dict[int, Groups] = {}

    @property
    def notices(self) -> tuple[Diagnostic, ...]:
        """What was wrong with the cache of compiled code (CW660, CW661); results are the same with and without it."""
        return kernel_compile.notices()

    def evaluate(
        self,
        plan: Plan,
        columns: Columns,
        *,
        year: int | None = None,
        as_if_in_force: bool = False,
        with_totals: bool = False,
    ) -> ColumnResults:
        """Every measure over all rows, stacking applied. Raises CewenError (CW637, CW631, CW634, CW635, CW636).

        `with_totals` finds `enterprise_totals` in the same pass, where no rule looks beyond one row.
        """
        decided = local_rules(plan, columns)
        raw = self._evaluate(plan, columns, year, as_if_in_force, None, decided, with_totals)
        return apply_stacking(raw, decided)

    def evaluate_raw(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> ColumnResults:
        """The same before stacking."""
        return self._evaluate(plan, columns, year, as_if_in_force, None, frozenset())

    def amounts(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> Amounts:
        """Status and amount of every measure over all rows and what each enterprise gets, stacking applied.

        The same as `evaluate` without tiers, least amounts and what is missing.
        """
        facts_year = last_full_year(plan.on) if year is None else year
        decided, apart = local_rules(plan, columns), stacked(plan, columns)
        wanted = chosen(plan, as_if_in_force, None)
        memory = self.binder(columns).memory
        total = _zeros(memory, columns)
        found: dict[int, MeasureAmounts] = {}
        for program, positions in self.prepare(plan, columns, tuple(at for at in wanted if at not in apart)):
            run = self._bound(program, positions, plan, columns, facts_year)
            rules = row_rules(plan, decided, frozenset(positions))
            of_enterprise = program.subject == "enterprise"
            store = _row_store(run, rules, memory, with_reasons=False, total=total if of_enterprise else None)
            run.into(store, rules, self.threads)
            for each in run.steps:
                found[each.at] = made = MeasureAmounts(
                    each.code.measure,
                    store.status[each.at],
                    store.high.get(each.at, nothing(run.rows)),
                    store.lost.get(each.at, not_suppressed(run.rows)),
                )
                if not of_enterprise:
                    made.add_to(total, owners(columns, program.subject))
        rest = apart.intersection(wanted)
        if rest:
            raw = self._evaluate(plan, columns, year, as_if_in_force, rest, decided)
            every = apply_stacking(raw, decided).by_measure
            for at in rest:
                one = every[at]
                found[at] = made = MeasureAmounts(one.measure, one.status, one.high, one.suppressed_by)
                made.add_to(total, owners(columns, one.measure.measure.subject))
        for at, stands in enumerate(in_force(plan)):
            if at not in found:
                measure = plan.measures[at]
                none = not_in_force(measure, stands, row_count(columns, measure.measure.subject))
                found[at] = MeasureAmounts(measure, none.status, none.high, none.suppressed_by)
        return Amounts(plan, tuple(found[at] for at in range(len(plan.measures))), total)

    def sums(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> tuple[MeasureSums, ...]:
        """What `evaluate(…).sums()` gives, without keeping rows but of measures that need more than their row."""
        return self._sums(plan, columns, year, as_if_in_force, EVERYWHERE)[0]

    def district_sums(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> tuple[DistrictSums, ...]:
        """What `evaluate(…).district_sums()` gives, as `sums` does."""
        return self.all_sums(plan, columns, year=year, as_if_in_force=as_if_in_force)[1]

    def all_sums(self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False) -> Sums:
        """`sums` and `district_sums` in one pass over the rows."""
        key = id(columns)
        if key not in self._districts:
            self._districts[key] = district_groups(columns)
            weakref.finalize(columns, self._districts.pop, key, None)
        return self._sums(plan, columns, year, as_if_in_force, self._districts[key])

    def _sums(self, plan: Plan, columns: Columns, year: int | None, as_if_in_force: bool, into: Groups) -> Sums:
        facts_year = last_full_year(plan.on) if year is None else year
        decided, apart = local_rules(plan, columns), stacked(plan, columns)
        wanted = chosen(plan, as_if_in_force, None)
        found = {at: not_in_force_sums(plan, columns, at) for at in range(len(plan.measures))}
        by_district: dict[int, tuple[DistrictSums, ...]] = {}
        for program, positions in self.prepare(plan, columns, tuple(at for at in wanted if at not in apart)):
            run = self._bound(program, positions, plan, columns, facts_year)
            rules = row_rules(plan, decided, frozenset(positions))
            members = frozenset(at for rule in rules for at, _ in rule.members)
            places = {at: number for number, at in enumerate(positions)}
            store = SumStore(places, len(into.names), into.of_chunk, members, {})
            run.into(store, rules, self.threads)
            for at, totals in zip(positions, store.totals(), strict=True):
                found[at] = measure_sums(plan.measures[at], totals, run.rows)
                by_district[at] = district_sums(plan.measures[at], totals, into.names)
        rest = apart.intersection(wanted)
        if rest:
            results = apply_stacking(self._evaluate(plan, columns, year, as_if_in_force, rest, decided), decided)
            found.update({at: sum_measure(results.by_measure[at]) for at in rest})
            if into.of_chunk is not None:
                for each in results.district_sums():
                    at = next(at for at in rest if plan.measures[at].key == each.measure)
                    by_district[at] = (*by_district.get(at, ()), each)
        sums = tuple(found[at] for at in range(len(plan.measures)))
        return sums, tuple(each for at in sorted(by_district) for each in by_district[at])

    # --- programs and arrays --------------------------------------------------------------------------------------

    def prepare(self, plan: Plan, columns: Columns, positions: tuple[int, ...]) -> Prepared:
        """The programs of some measures of a plan, by subject, written once."""
        key = (id(plan), positions)
        if key not in self._plans:
            by_subject: dict[str, list[int]] = {}
            for at in positions:
                by_subject.setdefault(plan.measures[at].measure.subject, []).append(at)
            self._plans[key] = tuple(
                (write_program(subject, [plan.measures[at] for at in own], columns.layout), tuple(own))
                for subject, own in by_subject.items()
            )
            weakref.finalize(plan, self._plans.pop, key, None)
        return self._plans[key]

    def binder(self, columns: Columns) -> Binder:
        """The arrays of a register, bound once."""
        key = id(columns)
        if key not in self._binders:
            kept = Columns(columns.layout, columns.tables, columns.awards)  # no reference back to `columns`
            self._binders[key] = Binder(kept)
            weakref.finalize(columns, self._binders.pop, key, None)
        return self._binders[key]

    def _bound(self, program: Program, positions: tuple[int, ...], plan: Plan, columns: Columns, year: int) -> Run:
        rows = row_count(columns, program.subject)
        return bind(program, positions, self.binder(columns), year, plan.on, rows, self.threads)

    def _evaluate(
        self,
        plan: Plan,
        columns: Columns,
        year: int | None,
        as_if_in_force: bool,
        only: frozenset[int] | None,
        decided: frozenset[int],
        with_totals: bool = False,
    ) -> ColumnResults:
        """Rows with the rules at the positions `decided` applied; measures that are not in `only` stand as not in force."""
        facts_year = last_full_year(plan.on) if year is None else year
        stands, memory = in_force(plan), self.binder(columns).memory
        total = _zeros(memory, columns) if with_totals else None
        found: dict[int, MeasureColumns] = {}
        for program, positions in self.prepare(plan, columns, chosen(plan, as_if_in_force, only)):
            run = self._bound(program, positions, plan, columns, facts_year)
            rules = row_rules(plan, decided, frozenset(positions))
            store = _row_store(
                run, rules, memory, with_reasons=True, total=total if program.subject == "enterprise" else None
            )
            run.into(store, rules, self.threads)
            for each in run.steps:
                at, measure, rows = each.at, each.code.measure, run.rows
                high = store.high.get(at, nothing(rows))
                found[at] = MeasureColumns(
                    measure,
                    stands[at],
                    needed(measure, columns.layout.vocabulary, facts_year),
                    store.status[at],
                    store.low.get(at, store.floors.get(at, high)),
                    high,
                    store.tier.get(at, np.broadcast_to(np.int8(NONE), rows)),
                    store.needs.get(at, np.broadcast_to(getattr(np, each.code.outputs.needs)(0), rows)),
                    store.lost.get(at, not_suppressed(rows)),
                )
                if total is not None and program.subject != "enterprise":
                    add_counting(total, found[at], owners(columns, program.subject))
        by_measure = tuple(
            found[at] if at in found else not_in_force(measure, stands[at], row_count(columns, measure.measure.subject))
            for at, measure in enumerate(plan.measures)
        )
        return ColumnResults(plan, columns, facts_year, by_measure, as_if_in_force, total)


def _row_store(
    run: Run, rules: tuple[RowRule, ...], memory: Memory, *, with_reasons: bool, total: NDArray[np.int64] | None
) -> RowStore:
    """Arrays for all rows. Where every fact is known, least and greatest amounts are one array and nothing is missing."""
    members = {at for rule in rules for at, _ in rule.members}

    def made(kind: str, wanted: Mapping[int, bool]) -> dict[int, NDArray[np.generic]]:
        return {at: memory.array(kind, run.rows) for at, is_wanted in wanted.items() if is_wanted}

    outputs = {each.at: (each.code.outputs, each.gaps is not None) for each in run.steps}
    needs: dict[int, NDArray[np.generic]] = {}
    if with_reasons:
        needs = {at: memory.array(own.needs, run.rows) for at, (own, has_gaps) in outputs.items() if has_gaps}
    return RowStore(
        made("int8", dict.fromkeys(outputs, True)),
        made("int64", {at: with_reasons and own.low and has_gaps for at, (own, has_gaps) in outputs.items()}),
        made("int64", {at: own.amount for at, (own, _) in outputs.items()}),
        made("int8", {at: with_reasons and own.tier for at, (own, _) in outputs.items()}),
        needs,
        made("int16", {at: at in members for at in outputs}),
        made("int64", {at: with_reasons and own.amount and not own.low for at, (own, _) in outputs.items()}),
        total,
    )


def _zeros(memory: Memory, columns: Columns) -> NDArray[np.int64]:
    """Nothing for each enterprise yet."""
    total: NDArray[np.int64] = memory.array("int64", columns.enterprise_count)
    total.fill(0)
    return total


def make_kernel(target: str) -> KernelBackend:
    """The back-end named "kernel"."""
    return KernelBackend()
