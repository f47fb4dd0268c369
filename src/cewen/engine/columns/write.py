"""Result columns to files: the rows, order and values of the row-by-row path, written by the block."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cewen.base.errors import CewenError
from cewen.engine.batch import COLUMNS, SIMULATED_COLUMN, AwardRow
from cewen.engine.columns.layout import Columns, empty_awards
from cewen.engine.columns.measure_columns import MET, MeasureColumns
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sparse import SCHEMA, SIMULATED, coded_table
from cewen.engine.export.flat import neutral
from cewen.engine.export.workbook import MOST_ROWS, workbook_sink
from cewen.engine.summary import Summary

MOST_RESULTS = 1 << 21
"""Rows of a block at most, about: what a block takes of memory does not grow with the register."""


def sparse_blocks(results: ColumnResults, *, show_all: bool = False) -> Iterator[pa.Table]:
    """`results.sparse(…)` in parts, enterprise by enterprise, so that millions never stand in memory at once.

    Texts come as dictionaries.
    """
    count = results.columns.enterprise_count
    rows = count_rows(results, show_all=show_all)
    if rows <= MOST_RESULTS:
        simulated = results.as_if_in_force
        yield coded_table(results.columns, results.by_measure, show_all=show_all, simulated=simulated)
        return
    subjects = [subject for subject in results.columns.tables if subject != "enterprise"]
    owner_of = {subject: owners(results.columns, subject) for subject in subjects}
    by_owner = {subject: np.argsort(owner, kind="stable") for subject, owner in owner_of.items()}
    step = max(1, count * MOST_RESULTS // rows)
    for start in range(0, count, step):
        stop = min(start + step, count)
        chosen: dict[str, Any] = {"enterprise": slice(start, stop)}
        tables = {"enterprise": results.columns.tables["enterprise"].slice(start, stop - start)}
        for subject, order in by_owner.items():
            low, high = np.searchsorted(owner_of[subject], (start, stop), sorter=order)
            chosen[subject] = np.sort(order[low:high])
            tables[subject] = results.columns.tables[subject].take(pa.array(chosen[subject]))
        part = Columns(results.columns.layout, tables, empty_awards())
        by_measure = [_part(each, chosen[each.measure.measure.subject]) for each in results.by_measure]
        yield coded_table(part, by_measure, show_all=show_all, simulated=results.as_if_in_force)


def count_rows(results: ColumnResults, *, show_all: bool) -> int:
    """Rows `results.sparse(…)` has."""
    return sum(each.row_count if show_all else int(np.count_nonzero(each.status == MET)) for each in results.by_measure)


_CODED = pa.dictionary(pa.int32(), pa.string())


class Writer(Protocol):
    """Takes results block by block (逐块写出)."""

    def write(self, results: ColumnResults) -> None: ...


def open_writer(
    path: Path, ending: str, summary: Summary, *, show_all: bool, simulated: bool
) -> AbstractContextManager[Writer]:
    """Write awards, or with `show_all` every result, to `path` in the format of `ending`: .xlsx, .csv or .parquet.

    A workbook adds sums and clauses from `summary` as it stands at the end; CewenError (CW621) for more rows than a sheet holds.
    """
    return {".parquet": _columnar, ".csv": _delimited, ".xlsx": _workbook}[ending](path, summary, show_all, simulated)


@contextmanager
def _columnar(path: Path, summary: Summary, show_all: bool, simulated: bool) -> Iterator[Writer]:
    schema = SCHEMA.append(SIMULATED) if simulated else SCHEMA
    coded = pa.schema([pa.field(f.name, _CODED) if f.type == pa.string() else f for f in schema])
    # Without the schema of Arrow readers see plain texts, which is what they are.
    with pq.ParquetWriter(path, coded, compression="zstd", store_schema=False) as writer:
        yield _Blocks(show_all, writer.write_table)


@contextmanager
def _delimited(path: Path, summary: Summary, show_all: bool, simulated: bool) -> Iterator[Writer]:
    """As `engine.export` writes csv: UTF-8 with a mark, nothing a spreadsheet would run."""
    names = [*COLUMNS, SIMULATED_COLUMN] if simulated else list(COLUMNS)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)

        def take(block: pa.Table) -> None:
            for batch in block.select(names).to_batches(max_chunksize=1 << 16):
                writer.writerows(zip(*(_texts(column) for column in batch.columns), strict=True))

        yield _Blocks(show_all, take)


@contextmanager
def _workbook(path: Path, summary: Summary, show_all: bool, simulated: bool) -> Iterator[Writer]:
    with workbook_sink(path, summary, simulated=simulated) as sink:

        def take(block: pa.Table) -> None:
            for row in _rows(block):
                sink.write(row)

        yield _Blocks(show_all, take, MOST_ROWS - 1)


class _Blocks:
    def __init__(self, show_all: bool, take: Callable[[pa.Table], None], most: int | None = None) -> None:
        self.show_all, self.take, self.most, self.count = show_all, take, most, 0

    def write(self, results: ColumnResults) -> None:
        self.count += count_rows(results, show_all=self.show_all)
        if self.most is not None and self.count > self.most:
            message = f"结果超过工作表的 {self.most + 1} 行"
            raise CewenError.of("CW621", message, "改写成 csv 或 parquet，或去掉 --all。")
        for block in sparse_blocks(results, show_all=self.show_all):
            self.take(block)


def _texts(column: pa.Array) -> list[str]:
    if not pa.types.is_dictionary(column.type):
        return ["" if value is None else str(value) for value in column.to_pylist()]
    used = column.indices.unique().drop_null()  # of a slice, most of the dictionary is not
    texts = dict(zip(used.to_pylist(), map(neutral, column.dictionary.take(used).to_pylist()), strict=True))
    return [texts.get(at, "") for at in column.indices.to_pylist()]


def _rows(block: pa.Table) -> Iterator[AwardRow]:
    simulated = SIMULATED_COLUMN in block.column_names
    for batch in block.to_batches(max_chunksize=1 << 14):
        for row in batch.to_pylist():
            needs = tuple(row["needs"].split("、")) if row["needs"] else ()
            yield AwardRow(
                row["uscc"], row["name"], row["subject"], row["measure"], row["status"], row["certainty"],
                row["low_fen"], row["high_fen"], needs, row["suppressed_by"],
                row[SIMULATED_COLUMN] if simulated else None,
            )  # fmt: skip


def _part(each: MeasureColumns, rows: Any) -> MeasureColumns:
    return replace(
        each, status=each.status[rows], low=each.low[rows], high=each.high[rows], tier=each.tier[rows],
        needs=each.needs[rows], suppressed_by=each.suppressed_by[rows],
    )  # fmt: skip
