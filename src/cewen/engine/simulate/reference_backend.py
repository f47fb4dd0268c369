"""The reference interpreter as a back-end: rows of columns become fact sheets again, one enterprise at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cewen.base.period import last_full_year
from cewen.engine.columns.encode import decode
from cewen.engine.columns.layout import Columns, subjects
from cewen.engine.columns.measure_columns import NONE, STATUSES, MeasureColumns, needs_type
from cewen.engine.columns.needs import needed
from cewen.engine.columns.owners import owners, row_count
from cewen.engine.columns.results import ColumnResults
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.result import Result
from cewen.engine.simulate.largest import LARGEST_AWARD, oversized
from cewen.rules.lower import LoweredMeasure, Plan

_STATUS_CODES = {status: code for code, status in enumerate(STATUSES)}


@dataclass(frozen=True, slots=True)
class ReferenceBackend:
    """Reference interpreter (参照解释器) over columns: slow, and by definition right."""

    name: str = "reference"

    def evaluate(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> ColumnResults:
        facts_year = last_full_year(plan.on) if year is None else year
        collected = [_Collected(plan, measure, columns, facts_year) for measure in plan.measures]
        for sheet, rows in zip(decode(columns), _rows(columns), strict=True):
            evaluation = evaluate_factsheet(plan, sheet, year=year, as_if_in_force=as_if_in_force)
            results = iter(evaluation.results)
            for each in collected:
                for row in rows[each.measure.measure.subject]:
                    each.put(row, next(results))
        by_measure = tuple(each.columns() for each in collected)
        return ColumnResults(plan, columns, facts_year, by_measure, as_if_in_force)


def _rows(columns: Columns) -> list[dict[str, list[int]]]:
    """For each enterprise the rows of each subject that belong to it, in order."""
    found: list[dict[str, list[int]]] = [
        {subject: [] for subject in subjects()} for _ in range(columns.enterprise_count)
    ]
    for subject in subjects():
        for row, owner in enumerate(owners(columns, subject).tolist()):
            found[owner][subject].append(row)
    return found


class _Collected:
    """The arrays of one measure while they are filled."""

    def __init__(self, plan: Plan, measure: LoweredMeasure, columns: Columns, year: int) -> None:
        self.plan, self.measure, self.year = plan, measure, year
        self.needed = needed(measure, columns.layout.vocabulary, year)
        count = row_count(columns, measure.measure.subject)
        self.status = np.zeros(count, np.int8)
        self.low, self.high = np.full(count, NONE, np.int64), np.full(count, NONE, np.int64)
        self.tier = np.full(count, NONE, np.int8)
        self.needs = np.zeros(count, needs_type(self.needed))
        self.suppressed_by = np.full(count, NONE, np.int16)
        self.positions = {each.key: at for at, each in enumerate(plan.measures)}
        self.tiers = {tier.name: at for at, tier in enumerate(measure.tiers) if tier.name is not None}

    def put(self, row: int, result: Result) -> None:
        self.status[row] = _STATUS_CODES[result.status]
        if result.amount is not None:
            if result.amount.high > LARGEST_AWARD:
                raise oversized(self.measure)
            self.low[row], self.high[row] = result.amount.low, result.amount.high
        if result.tier is not None:
            self.tier[row] = self.tiers[result.tier]
        self.needs[row] = sum(1 << at for at in self._bits(result))
        if result.suppressed_by is not None:
            self.suppressed_by[row] = self.positions[result.suppressed_by.measure]

    def _bits(self, result: Result) -> Iterator[int]:
        for missing in result.needs:
            yield self.needed.index((missing.fact.key, missing.year))

    def columns(self) -> MeasureColumns:
        return MeasureColumns(
            self.measure, self.measure.policy.header.validity.on(self.plan.on), self.needed, self.status, self.low,
            self.high, self.tier, self.needs, self.suppressed_by,
        )  # fmt: skip
