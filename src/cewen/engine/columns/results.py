"""What a back-end gives back: every measure of a plan over a whole register, and the views people ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from cewen.base.period import InForce
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.measure_columns import (
    MET,
    NONE,
    NOT_IN_FORCE,
    NOT_MET,
    STATUSES,
    UNKNOWN,
    MeasureColumns,
    Money,
    Need,
    needs_type,
    not_in_force,
    not_suppressed,
    nothing,
)
from cewen.engine.columns.owners import districts, owners
from cewen.engine.columns.sparse import sparse_table
from cewen.engine.columns.sums import DistrictSums, MeasureSums, add_counting, sum_districts, sum_measure
from cewen.rules.lower import Plan

__all__ = [
    "MET", "NONE", "NOT_IN_FORCE", "NOT_MET", "STATUSES", "UNKNOWN", "ColumnResults", "DistrictSums", "MeasureColumns",
    "MeasureSums", "Need", "needs_type", "not_in_force", "not_suppressed", "nothing",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class ColumnResults:
    """All results of a register (全部结果列): `by_measure` in the order of `plan.measures`.

    `year` is the year annual facts mean. A measure of an instrument that is not in force stands with status
    not_in_force, or, evaluated as if in force, with its real status and `in_force` telling how the instrument stands.
    """

    plan: Plan
    columns: Columns
    year: int
    by_measure: tuple[MeasureColumns, ...]
    as_if_in_force: bool = False
    totals: Money | None = None
    """What `enterprise_totals` gives, where a back-end has found it already."""

    def measure(self, key: str) -> MeasureColumns:
        """The results of the measure `policy#measure`; KeyError when the plan has none of this name."""
        found = next((results for results in self.by_measure if results.measure.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def with_measures(self, changed: Iterable[tuple[int, MeasureColumns]]) -> ColumnResults:
        """The same results with those at some positions replaced."""
        by_position = dict(changed)
        if not by_position:
            return self
        measures = tuple(by_position.get(at, results) for at, results in enumerate(self.by_measure))
        return replace(self, by_measure=measures, totals=None)

    def sums(self) -> tuple[MeasureSums, ...]:
        """Counts by status and totals in fen of every measure."""
        return tuple(sum_measure(results) for results in self.by_measure)

    def total(self) -> tuple[int, int]:
        """Least and greatest total in fen, over what is met and not suppressed."""
        sums = self.sums()
        return sum(each.low for each in sums), sum(each.high for each in sums)

    def enterprise_totals(self) -> Money:
        """Fen each enterprise gets at most: what is met and not suppressed, in the order of the register."""
        if self.totals is not None:
            return self.totals
        total = np.zeros(self.columns.enterprise_count, np.int64)
        for results in self.by_measure:
            subject = results.measure.measure.subject
            add_counting(total, results, None if subject == "enterprise" else owners(self.columns, subject))
        return total

    def district_sums(self) -> tuple[DistrictSums, ...]:
        """The same by 注册地 of the enterprise, as it is recorded."""
        of_enterprise, names = districts(self.columns)
        found: list[DistrictSums] = []
        for results in self.by_measure:
            subject = results.measure.measure.subject
            of_row = of_enterprise if subject == "enterprise" else of_enterprise[owners(self.columns, subject)]
            found.extend(sum_districts(results, np.asarray(of_row), names))
        return tuple(found)

    def sparse(self, *, show_all: bool = False) -> pa.Table:
        """One row for each award that is met (suppressed ones included), or for everything; enterprise by enterprise.

        Columns are those of the contract for Parquet: yuan as decimals, `low_fen` and `high_fen` as 64-bit integers.
        """
        return sparse_table(
            self.columns,
            self.by_measure,
            show_all=show_all,
            simulated=self.as_if_in_force,
        )


def in_force(plan: Plan) -> tuple[InForce, ...]:
    """How the instrument of each measure stands on the date of the plan."""
    return tuple(measure.policy.header.validity.on(plan.on) for measure in plan.measures)
