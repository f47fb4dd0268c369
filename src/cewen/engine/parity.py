"""The reference decides: every row of a back-end's results against the interpreter, first differences in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from cewen.base.period import last_full_year
from cewen.engine.backends.base import Backend
from cewen.engine.columns.encode import decode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.measure_columns import NONE, STATUSES, MeasureColumns, Need
from cewen.engine.columns.needs import needed
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result
from cewen.rules.lower import Plan

FIELDS = ("status", "low", "high", "tier", "needs", "suppressed_by")
"""What is compared; `needs` as bits, `tier` by its name, `suppressed_by` by its measure."""

BATCH = 2_000

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value a back-end gives otherwise than the reference (不一致)."""

    measure: str
    uscc: str
    subject: str
    field: str
    expected: object
    found: object
    facts: str

    def __str__(self) -> str:
        return (
            f"{self.measure} · {self.uscc} {self.subject}：{self.field} 应为 {self.expected}，得到 {self.found}\n"
            f"  事实：{self.facts}"
        )


@dataclass(frozen=True, slots=True)
class Parity:
    """一致性: how much was compared, how many values differ, and the first differences."""

    backend: str
    enterprises: int
    compared: int
    different: int
    first: tuple[Difference, ...]

    def __str__(self) -> str:
        head = f"{self.backend}：{self.enterprises} 家企业，{self.compared} 条结果，{self.different} 处不一致"
        return "\n".join([head, *map(str, self.first)])


@dataclass(frozen=True)
class _Task:
    plan: Plan
    columns: Columns
    year: int
    as_if_in_force: bool
    needed: tuple[dict[tuple[str, int | None], int], ...]


_TASK: list[_Task] = []
"""The task of a worker process; set before the processes are forked, so that nothing is copied to them."""


def compare_with_reference(
    backend: Backend,
    plan: Plan,
    columns: Columns,
    *,
    year: int | None = None,
    as_if_in_force: bool = True,
    processes: int = 1,
    show: int = 5,
) -> Parity:
    """Evaluate `columns` twice and compare every result; at most `show` differences are told in words."""
    found = backend.evaluate(plan, columns, year=year, as_if_in_force=as_if_in_force)
    expected = reference_rows(plan, columns, year=year, as_if_in_force=as_if_in_force, processes=processes)
    return compare_rows(backend.name, found, expected, show=show)


def compare_rows(backend: str, found: ColumnResults, expected: Sequence[Rows], *, show: int = 5) -> Parity:
    """Compare results with rows of `reference_rows` for the same plan, register, year and force.

    Raises AssertionError where the number of measures or rows differs: then nothing can be compared.
    """
    compared = different = 0
    first: list[Difference] = []
    for at, (results, rows) in enumerate(zip(found.by_measure, expected, strict=True)):
        own = _as_rows(results, _needed(found.plan, found.columns, found.year)[at])
        compared += len(own)
        if own.shape != rows.shape:
            raise AssertionError(f"{results.measure.key}: {len(own)} rows, the reference has {len(rows)}")
        wrong = own != rows
        different += int(np.count_nonzero(wrong))
        for row in np.flatnonzero(wrong.any(axis=1))[: max(0, show - len(first))].tolist():
            first.append(_difference(found, at, row, rows[row], own[row]))
    return Parity(backend, found.columns.enterprise_count, compared, different, tuple(first))


def reference_rows(
    plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = True, processes: int = 1
) -> list[Rows]:
    """The reference's results of each measure as rows of whole numbers in the order of `FIELDS`.

    Bit i of `needs` is the i-th fact of `columns.needs.needed`. The rows owe nothing to any back-end.
    """
    facts_year = last_full_year(plan.on) if year is None else year
    needed = tuple({need: bit for bit, need in enumerate(each)} for each in _needed(plan, columns, facts_year))
    task = _Task(plan, columns, facts_year, as_if_in_force, needed)
    spans = [(start, start + BATCH) for start in range(0, columns.enterprise_count, BATCH)]
    _TASK[:] = [task]
    try:
        if processes > 1 and len(spans) > 1:
            with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
                parts = list(pool.map(_evaluate, spans))
        else:
            parts = [_evaluate(span) for span in spans]
    finally:
        _TASK.clear()
    return [
        _in_row_order(columns, measure.measure.subject, [part[at] for part in parts])
        for at, measure in enumerate(plan.measures)
    ]


def _needed(plan: Plan, columns: Columns, year: int) -> tuple[tuple[Need, ...], ...]:
    return tuple(needed(measure, columns.layout.vocabulary, year) for measure in plan.measures)


def _in_row_order(columns: Columns, subject: str, parts: list[Rows]) -> Rows:
    """The reference goes enterprise by enterprise; the objects of one may stand anywhere in their table."""
    rows = np.concatenate([np.zeros((0, len(FIELDS)), np.int64), *parts])
    if subject == "enterprise":
        return rows
    ordered = np.empty_like(rows)
    ordered[np.argsort(owners(columns, subject), kind="stable")] = rows
    return ordered


def _evaluate(span: tuple[int, int]) -> list[Rows]:
    (task,) = _TASK
    position = {measure.key: at for at, measure in enumerate(task.plan.measures)}
    found: list[list[tuple[int, ...]]] = [[] for _ in task.plan.measures]
    for sheet in decode(task.columns, *span):
        evaluation = evaluate_factsheet(task.plan, sheet, year=task.year, as_if_in_force=task.as_if_in_force)
        for result in evaluation.results:
            at = position[result.measure.key]
            found[at].append(_row(result, position, task.needed[at]))
    return [np.array(rows, np.int64).reshape(-1, len(FIELDS)) for rows in found]


def _row(result: Result, position: dict[str, int], needed: dict[tuple[str, int | None], int]) -> tuple[int, ...]:
    names = [tier.name for tier in result.measure.tiers]
    return (
        STATUSES.index(result.status),
        result.amount.low if result.amount else NONE,
        result.amount.high if result.amount else NONE,
        names.index(result.tier) if result.tier is not None else NONE,
        sum(1 << needed[missing.fact.key, missing.year] for missing in result.needs),
        position[result.suppressed_by.measure] if result.suppressed_by else NONE,
    )


def _as_rows(results: MeasureColumns, order: tuple[Need, ...]) -> Rows:
    """One measure's arrays as rows; the bits of `needs` in `order`, whatever order the back-end keeps them in."""
    first = {name: at for at, name in reversed(list(enumerate(tier.name for tier in results.measure.tiers)))}
    names = np.array([*(first[tier.name] for tier in results.measure.tiers), NONE], np.int64)
    needs = results.needs.astype(np.int64)
    if results.needed and results.needed != order:
        needs = sum(
            ((needs >> bit & 1) << order.index(need) for bit, need in enumerate(results.needed)), np.zeros_like(needs)
        )
    columns = (results.status, results.low, results.high, names[results.tier], needs, results.suppressed_by)
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


def _difference(results: ColumnResults, at: int, row: int, expected: Rows, found: Rows) -> Difference:
    measure = results.by_measure[at]
    subject = measure.measure.measure.subject
    owner = int(owners(results.columns, subject)[row])
    sheet = next(decode(results.columns, owner, owner + 1))
    path = "enterprise"
    if subject != "enterprise":
        place = int(np.count_nonzero(owners(results.columns, subject)[:row] == owner))
        path = sheet.of_subject(subject)[place].path
    field = int(np.flatnonzero(expected != found)[0])
    return Difference(
        measure.measure.key,
        str(sheet.enterprise.values["uscc", None]),
        path,
        FIELDS[field],
        _said(results, measure, field, int(expected[field])),
        _said(results, measure, field, int(found[field])),
        "，".join(_facts(results, measure, sheet, path)),
    )


def _said(results: ColumnResults, measure: MeasureColumns, field: int, value: int) -> object:
    match FIELDS[field]:
        case "status":
            return STATUSES[value].value
        case "needs":
            order = needed(measure.measure, results.columns.layout.vocabulary, results.year)
            return [need for bit, need in enumerate(order) if value >> bit & 1]
        case "suppressed_by":
            measures = results.plan.measures
            return None if value == NONE else measures[value].key if value < len(measures) else f"第 {value} 条（没有）"
        case "tier":
            tiers = measure.measure.tiers
            return None if value == NONE else tiers[value].name if 0 <= value < len(tiers) else f"第 {value} 档（没有）"
    return None if value == NONE else value


def _facts(results: ColumnResults, measure: MeasureColumns, sheet: FactSheet, path: str) -> Iterator[str]:
    vocabulary = results.columns.layout.vocabulary
    record = next(each for each in (sheet.enterprise, *sheet.others) if each.path == path)
    for key, year in needed(measure.measure, vocabulary, results.year):
        fact = vocabulary.by_key(key)
        source = sheet.enterprise if fact.subject == "enterprise" else record
        value = source.values.get((key, year))
        yield f"{fact.label}{'' if year is None else f'（{year}年）'} = {'未提供' if value is None else value}"
    for award in sheet.awards:
        yield f"已获 {award.measure} {award.on} {award.amount} 分 {award.object or ''}{award.tier or ''}"
