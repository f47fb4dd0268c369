"""The compiled back-end: plan and columns in, result columns or sums out."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cewen.base.period import InForce, last_full_year
from cewen.engine.backends.kernel.bind import Binder
from cewen.engine.backends.kernel.compile import compiled
from cewen.engine.backends.kernel.source import ANY_POLICY, CHUNK, NEED_TYPES, WIDTH, Program, Rivals, write_program
from cewen.engine.backends.kernel.totals import (
    carry,
    district_sums,
    groups,
    measure_sums,
    not_in_force_sums,
    rivals,
    stacked,
)
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.measure_columns import NONE, MeasureColumns, not_in_force, not_suppressed, nothing
from cewen.engine.columns.needs import needed
from cewen.engine.columns.owners import row_count
from cewen.engine.columns.results import ColumnResults, in_force
from cewen.engine.columns.stacking import apply_stacking
from cewen.engine.columns.sums import DistrictSums, MeasureSums, sum_measure
from cewen.rules.lower import Plan

Prepared = tuple[tuple[Program, tuple[int, ...]], ...]
"""Programs of a plan by subject, each with the positions of its measures in the plan."""


class KernelBackend:
    """Compiled back-end (编译内核): one loop over the rows of each subject, all measures at once, on every core."""

    name = "kernel"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or len(os.sched_getaffinity(0))
        self._plans: dict[tuple[int, tuple[int, ...]], Prepared] = {}
        self._binders: dict[int, Binder] = {}

    def evaluate(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> ColumnResults:
        """Every measure over all rows, stacking applied. Raises CewenError (CW637, CW631, CW634, CW635, CW636)."""
        return apply_stacking(self.evaluate_raw(plan, columns, year=year, as_if_in_force=as_if_in_force))

    def evaluate_raw(
        self,
        plan: Plan,
        columns: Columns,
        *,
        year: int | None = None,
        as_if_in_force: bool = False,
        only: frozenset[int] | None = None,
    ) -> ColumnResults:
        """The same before stacking; of `only` some positions of the plan, the others stand as not in force."""
        facts_year = last_full_year(plan.on) if year is None else year
        stands = in_force(plan)
        found: dict[int, MeasureColumns] = {}
        for program, positions in self.prepare(plan, columns, _chosen(plan, as_if_in_force, only)):
            outcome = self._rows(program, plan, columns, facts_year, tuple(stands[at] for at in positions))
            found.update(zip(positions, outcome, strict=True))
        by_measure = tuple(
            found[at] if at in found else not_in_force(measure, stands[at], row_count(columns, measure.measure.subject))
            for at, measure in enumerate(plan.measures)
        )
        return ColumnResults(plan, columns, facts_year, by_measure, as_if_in_force)

    def sums(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> tuple[MeasureSums, ...]:
        """What `evaluate(…).sums()` gives, without keeping rows but of measures that stacking touches."""
        found = {at: not_in_force_sums(plan, columns, at) for at in range(len(plan.measures))}
        together = stacked(plan, columns)
        for program, positions, totals, _ in self._totals(plan, columns, year, as_if_in_force, False):
            rows = row_count(columns, program.subject)
            for column, at in enumerate(positions):
                found[at] = measure_sums(plan.measures[at], totals[:, column], rows)
        rest = frozenset(_chosen(plan, as_if_in_force, together))
        if rest:
            raw = self.evaluate_raw(plan, columns, year=year, as_if_in_force=as_if_in_force, only=together)
            every = apply_stacking(raw).by_measure
            found.update({at: sum_measure(every[at]) for at in rest})
        return tuple(found[at] for at in range(len(plan.measures)))

    def district_sums(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> tuple[DistrictSums, ...]:
        """What `evaluate(…).district_sums()` gives, without keeping rows but of measures that stacking touches."""
        together = stacked(plan, columns)
        found: dict[int, tuple[DistrictSums, ...]] = {}
        for _, positions, totals, names in self._totals(plan, columns, year, as_if_in_force, True):
            for column, at in enumerate(positions):
                found[at] = district_sums(plan.measures[at], totals[:, column], names)
        if _chosen(plan, as_if_in_force, together):
            raw = self.evaluate_raw(plan, columns, year=year, as_if_in_force=as_if_in_force, only=together)
            rows = apply_stacking(raw).district_sums()
            for at in together:
                found[at] = tuple(each for each in rows if each.measure == plan.measures[at].key)
        return tuple(each for at in sorted(found) for each in found[at])

    def _totals(
        self,
        plan: Plan,
        columns: Columns,
        year: int | None,
        as_if_in_force: bool,
        by_district: bool,
    ) -> Iterator[tuple[Program, tuple[int, ...], NDArray[np.int64], tuple[str | None, ...]]]:
        """Totals by group and measure of every program; those of measures that stacking touches are to be dropped.

        The loop goes over all measures all the same, so that one compiled program serves every register.
        """
        facts_year = last_full_year(plan.on) if year is None else year
        group, mask, names = groups(columns, by_district)
        for program, positions in self.prepare(plan, columns, _chosen(plan, as_if_in_force, None)):
            bound = self.arguments(program, plan, columns, facts_year)
            owner = self.binder(columns).owner(program.subject)
            function = compiled(program).sums
            parts: dict[int, NDArray[np.int64]] = {}

            def run(
                start: int,
                stop: int,
                *,
                call: Any = function,
                made: Program = program,
                to: dict[int, NDArray[np.int64]] = parts,
                own: Any = owner,
                arrays: list[Any] = bound,
            ) -> None:
                thread = get_ident()
                if thread not in to:
                    to[thread] = np.zeros((len(names), len(made.measures), WIDTH), np.int64)
                call(start, stop, own, made.parameters, made.tables, group, mask, to[thread], *arrays)
                carry(to[thread])

            self.run_chunks(row_count(columns, program.subject), run)
            empty = np.zeros((len(names), len(positions), WIDTH), np.int64)
            yield program, positions, sum(parts.values(), empty), names

    def prepare(self, plan: Plan, columns: Columns, positions: tuple[int, ...]) -> Prepared:
        """The programs of some measures of a plan, by subject, written once."""
        key = (id(plan), positions)
        if key not in self._plans:
            by_subject: dict[str, list[int]] = {}
            for at in positions:
                by_subject.setdefault(plan.measures[at].measure.subject, []).append(at)
            self._plans[key] = tuple(
                (self._written(plan, columns, subject, chosen), tuple(chosen)) for subject, chosen in by_subject.items()
            )
            weakref.finalize(plan, self._plans.pop, key, None)
        return self._plans[key]

    @staticmethod
    def _written(plan: Plan, columns: Columns, subject: str, chosen: list[int]) -> Program:
        local = {at: place for place, at in enumerate(chosen)}
        policies = {policy: number for number, policy in enumerate({plan.measures[at].policy.id: 0 for at in chosen})}
        groups_of_rivals: list[Rivals] = []
        for members, across in rivals(plan).items():
            present = [at for at in members if at in local]
            if len(present) > 1:
                sides = [policies[plan.measures[at].policy.id] if across else ANY_POLICY for at in present]
                groups_of_rivals.append(tuple((local[at], side) for at, side in zip(present, sides, strict=True)))
        return write_program(subject, [plan.measures[at] for at in chosen], columns.layout, groups_of_rivals)

    def binder(self, columns: Columns) -> Binder:
        """The arrays of a register, bound once."""
        key = id(columns)
        if key not in self._binders:
            kept = Columns(columns.layout, columns.tables, columns.awards)  # no reference back to `columns`
            self._binders[key] = Binder(kept)
            weakref.finalize(columns, self._binders.pop, key, None)
        return self._binders[key]

    def arguments(self, program: Program, plan: Plan, columns: Columns, year: int) -> list[Any]:
        """Arrays of every slot of a program."""
        binder = self.binder(columns)
        return [array for slot in program.slots for array in binder.array(slot, year, plan.on)]

    def _rows(
        self, program: Program, plan: Plan, columns: Columns, year: int, stands: tuple[InForce, ...]
    ) -> list[MeasureColumns]:
        count = row_count(columns, program.subject)
        outputs = program.outputs
        status = np.empty((len(outputs), count), np.int8)
        low, high, tier = (
            np.empty((_height([getattr(output, name) for output in outputs]), count), kind)
            for name, kind in (("low", np.int64), ("amount", np.int64), ("tier", np.int8))
        )
        needs = [
            np.empty((_height([o.needs[1] if o.needs[0] == at else None for o in outputs]), count), kind)
            for at, kind in enumerate(NEED_TYPES)
        ]
        bound = self.arguments(program, plan, columns, year)
        owner = self.binder(columns).owner(program.subject)
        function = compiled(program).rows

        def run(start: int, stop: int) -> None:
            function(start, stop, owner, program.parameters, program.tables, status, low, high, tier, *needs, *bound)

        self.run_chunks(count, run)
        return [
            MeasureColumns(
                measure,
                stand,
                needed(measure, columns.layout.vocabulary, year),
                status[at],
                _low(low, high, output.low, output.amount, count),
                nothing(count) if output.amount is None else high[output.amount],
                np.broadcast_to(np.int8(NONE), count) if output.tier is None else tier[output.tier],
                needs[output.needs[0]][output.needs[1]],
                not_suppressed(count),
            )
            for at, (measure, stand, output) in enumerate(zip(program.measures, stands, outputs, strict=True))
        ]

    def run_chunks(self, count: int, run: Callable[[int, int], None]) -> None:
        """Call `run(start, stop)` over all rows, in chunks, on every thread; the first error is raised."""
        starts = range(0, count, CHUNK)
        if len(starts) < 2 or self.threads < 2:
            for start in starts:
                run(start, min(start + CHUNK, count))
            return
        run(0, min(CHUNK, count))  # compiled by one thread before the others come
        with ThreadPoolExecutor(self.threads) as pool:
            for future in [pool.submit(run, start, min(start + CHUNK, count)) for start in starts[1:]]:
                future.result()


def _chosen(plan: Plan, as_if_in_force: bool, only: frozenset[int] | None) -> tuple[int, ...]:
    """Positions of the measures to evaluate."""
    return tuple(
        at
        for at, stands in enumerate(in_force(plan))
        if (as_if_in_force or stands is InForce.IN_FORCE) and (only is None or at in only)
    )


def _height(rows: list[int | None]) -> int:
    return max((row + 1 for row in rows if row is not None), default=0)


def _low(
    low: NDArray[np.int64], high: NDArray[np.int64], at: int | None, amount: int | None, count: int
) -> NDArray[np.int64]:
    """What is not definite begins at nothing."""
    if at is not None:
        own: NDArray[np.int64] = low[at]
        return own
    if amount is None:
        return nothing(count)
    from_nothing: NDArray[np.int64] = np.minimum(high[amount], 0)
    return from_nothing


def make_kernel(target: str) -> KernelBackend:
    """The back-end named "kernel"."""
    return KernelBackend()
