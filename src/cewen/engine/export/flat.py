"""Results as flat files: csv for people and spreadsheets, parquet for machines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cewen.engine.batch import COLUMNS, SIMULATED_COLUMN, AwardRow

_FORMULA_MARKS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_BATCH = 8192


def neutral(text: str) -> str:
    """Text a spreadsheet will not run: an apostrophe before a first character that would begin a formula."""
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


@contextmanager
def csv_sink(path: Path, *, simulated: bool) -> Iterator[_CsvSink]:
    """UTF-8 with a mark, so that Excel shows Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield _CsvSink(csv.writer(file), simulated)


class _CsvSink:
    def __init__(self, writer: Any, simulated: bool) -> None:
        self.writer, self.simulated = writer, simulated
        writer.writerow((*COLUMNS, SIMULATED_COLUMN) if simulated else COLUMNS)

    def write(self, row: AwardRow) -> None:
        texts = [neutral(text or "") for text in row.texts()]
        self.writer.writerow([*texts, row.as_if_in_force or ""] if self.simulated else texts)


@contextmanager
def parquet_sink(path: Path, *, simulated: bool) -> Iterator[_ParquetSink]:
    """Yuan as decimals with two places, and `low_fen`, `high_fen` as 64-bit integers."""
    text = {name: pa.string() for name in COLUMNS}
    money = pa.decimal128(21, 2)
    fields = {**text, "low": money, "high": money, "low_fen": pa.int64(), "high_fen": pa.int64()}
    if simulated:
        fields[SIMULATED_COLUMN] = pa.string()
    schema = pa.schema(list(fields.items()))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        sink = _ParquetSink(writer, schema)
        yield sink
        sink.flush()


class _ParquetSink:
    def __init__(self, writer: Any, schema: Any) -> None:
        self.writer, self.schema = writer, schema
        self.columns: dict[str, list[object]] = {name: [] for name in schema.names}

    def write(self, row: AwardRow) -> None:
        values: dict[str, object] = dict(zip(COLUMNS, row.texts(), strict=True))
        values["low"], values["high"] = _yuan(row.low), _yuan(row.high)
        values["low_fen"], values["high_fen"] = row.low, row.high
        values[SIMULATED_COLUMN] = row.as_if_in_force
        for name, column in self.columns.items():
            column.append(values[name])
        if len(self.columns["uscc"]) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if self.columns["uscc"]:
            self.writer.write_table(pa.table(self.columns, schema=self.schema))
            for column in self.columns.values():
                column.clear()


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen).scaleb(-2)
