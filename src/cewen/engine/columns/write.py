"""Result columns to files: the rows, order and values of the row-by-row path, written by the block."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cewen.base.errors import CewenError
from cewen.engine.batch import COLUMNS, SIMULATED_COLUMN, AwardRow
from cewen.engine.columns.layout import Columns, empty_awards
from cewen.engine.columns.measure_columns import MET, MeasureColumns
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sparse import sparse_table
from cewen.engine.export.flat import neutral
from cewen.engine.export.workbook import MOST_ROWS, workbook_sink
from cewen.engine.summary import Summary

MOST_RESULTS = 1 << 21
"""Rows of a block at most, about: what a block takes of memory does not grow with the register."""


def sparse_blocks(results: ColumnResults, *, show_all: bool = False) -> Iterator[pa.Table]:
    """`results.sparse(…)` in parts, enterprise by enterprise, so that millions never stand in memory at once."""
    count = results.columns.enterprise_count
    rows = count_rows(results, show_all=show_all)
    step = count if rows <= MOST_RESULTS else max(1, count * MOST_RESULTS // rows)
    if step >= count:
        yield results.sparse(show_all=show_all)
        return
    subjects = [subject for subject in results.columns.tables if subject != "enterprise"]
    owner_of = {subject: owners(results.columns, subject) for subject in subjects}
    by_owner = {subject: np.argsort(owner, kind="stable") for subject, owner in owner_of.items()}
    for start in range(0, count, step):
        stop = min(start + step, count)
        chosen: dict[str, Any] = {"enterprise": slice(start, stop)}
        for subject, order in by_owner.items():
            low, high = np.searchsorted(owner_of[subject], (start, stop), sorter=order)
            chosen[subject] = np.sort(order[low:high])
        tables = {
            subject: table.slice(start, stop - start)
            if subject == "enterprise"
            else table.take(pa.array(chosen[subject]))
            for subject, table in results.columns.tables.items()
        }
        part = Columns(results.columns.layout, tables, empty_awards())
        by_measure = [_part(each, chosen[each.measure.measure.subject]) for each in results.by_measure]
        yield sparse_table(part, by_measure, show_all=show_all, simulated=results.as_if_in_force)


def count_rows(results: ColumnResults, *, show_all: bool) -> int:
    """Rows `results.sparse(…)` has."""
    return sum(each.row_count if show_all else int(np.count_nonzero(each.status == MET)) for each in results.by_measure)


def write_results(path: Path, ending: str, results: ColumnResults, summary: Summary, *, show_all: bool) -> None:
    """Write awards, or with `show_all` every result, to `path` in the format of `ending`: .xlsx, .csv or .parquet.

    Raises CewenError (CW621) at once for more rows than a sheet holds.
    """
    blocks = sparse_blocks(results, show_all=show_all)
    match ending:
        case ".parquet":
            _write_columnar(path, blocks)
        case ".csv":
            _write_delimited(path, blocks)
        case ".xlsx":
            if count_rows(results, show_all=show_all) >= MOST_ROWS:
                message = f"结果超过工作表的 {MOST_ROWS} 行"
                raise CewenError.of("CW621", message, "改写成 csv 或 parquet，或去掉 --all。")
            with workbook_sink(path, summary, simulated=results.as_if_in_force) as sink:
                for block in blocks:
                    for row in _rows(block):
                        sink.write(row)


def _write_columnar(path: Path, blocks: Iterator[pa.Table]) -> None:
    first = next(blocks)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for block in blocks:
            writer.write_table(block)


def _write_delimited(path: Path, blocks: Iterator[pa.Table]) -> None:
    """As `engine.export` writes csv: UTF-8 with a mark, nothing a spreadsheet would run."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for number, block in enumerate(blocks):
            names = [name for name in block.column_names if name in COLUMNS or name == SIMULATED_COLUMN]
            if not number:
                writer.writerow(names)
            for batch in block.select(names).to_batches(max_chunksize=1 << 16):
                writer.writerows(zip(*(_texts(column) for column in batch.columns), strict=True))


def _texts(column: pa.Array) -> list[str]:
    if not pa.types.is_string(column.type):
        return ["" if value is None else str(value) for value in column.to_pylist()]
    encoded = pc.fill_null(column, "").dictionary_encode()
    texts = [neutral(text) for text in encoded.dictionary.to_pylist()]
    return [texts[at] for at in encoded.indices.to_pylist()]


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
