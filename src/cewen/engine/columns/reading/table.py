"""One parquet file to columns, part by part: every column checked, the wanted ones kept, faults told with their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cewen.engine.columns.layout import OBJECT_NAME, USCC, Layout
from cewen.engine.columns.reading.cells import CellReader, is_filled
from cewen.engine.columns.reading.faults import RowFaults, Rows
from cewen.engine.columns.reading.parts import table_parts
from cewen.engine.factsheet import NAME_KEYS, FactKey
from cewen.engine.register.columns import AWARD_FACTS, CODE_KEY, Column, Labels, parse_header
from cewen.engine.register.findings import Findings
from cewen.engine.register.table import Row, Table, is_blank
from cewen.rules.types import Kind

PART = 1 << 18
"""Rows read at a time."""

_FEW_VALUES = (Kind.ENUM, Kind.SET, Kind.REGION, Kind.BOOLEAN)
"""Facts whose texts repeat: they come as a dictionary, however they were written."""


@dataclass(frozen=True, slots=True)
class TablePart:
    """Some rows of a table (一段): `columns` as `Layout` has them, and the rows of the file they were made of.

    Rows without a usable code are left out, those that hold anything as faults.
    """

    columns: pa.Table
    rows: Rows


class TableReader:
    """One table of a register (一张表). Its faults are complete once all parts were read.

    `keys` names the facts to keep; the others are checked all the same. Of objects and awards the name is kept too:
    it tells which claim they are.
    """

    def __init__(
        self, subject: str, table: Table, layout: Layout, findings: Findings, keys: Collection[FactKey] | None
    ) -> None:
        self.subject, self.layout, self.path = subject, layout, Path(table.file)
        self.names: list[str] = pq.read_schema(self.path).names
        self.schema: pa.Schema = pq.read_schema(self.path)
        self.row_count = int(pq.read_metadata(self.path).num_rows)
        self.columns = parse_header(table, Row(1, tuple(self.names)), Labels(layout.vocabulary, subject), findings)
        self.faults = RowFaults(table, np.zeros(self.row_count, np.bool_), findings.most)
        self.without_code = 0
        """Rows so far that hold something, but no usable code: whose they are nobody can tell."""
        self.keys = None if keys is None else {*keys, (CODE_KEY, None)}
        if self.keys is not None and subject != "enterprise":
            self.keys.update({(NAME_KEYS.get(subject, ""), None), *((fact.key, None) for fact in AWARD_FACTS)})
        self.readers = [CellReader(column, layout, findings.most) for column in self.columns]
        self.codes_are_sound = False
        """Set once `codes` found every code valid as it stands: none needs a second look."""

    @property
    def code_column(self) -> Column | None:
        """Whose rows these are; None where nobody can tell."""
        return next((column for column in self.columns if column.fact.key == CODE_KEY), None)

    @property
    def is_faulty(self) -> bool:
        """Whether anything was found so far that is an error."""
        return self.faults.has_errors or any(reader.cells.faults for reader in self.readers)

    def codes(self, rows: int = PART) -> Iterator[tuple[pa.Array, Rows]]:
        """The usable codes alone, with their rows, before anything else is read. Faults are found by `parts`."""
        column = self.code_column
        if column is None:
            return
        reader = CellReader(column, self.layout)
        start = 0
        for table in table_parts(self.path, [self.names[column.index]], rows, threads=False):
            codes = reader.read(table.column(0))
            valid = np.arange(start, start + len(codes))
            if codes.null_count:
                valid = valid[codes.is_valid().to_numpy(zero_copy_only=False)]
                codes = codes.drop_null()
            yield codes, valid
            start += table.num_rows
        self.codes_are_sound = reader.finds_all_sound

    def parts(self, rows: int = PART) -> Iterator[TablePart]:
        """The table, at most about `rows` rows at a time; nothing where there are no codes. Raises CewenError (CW610)."""
        start = 0
        try:
            for table in table_parts(self.path, self.names, rows, few_values=self._few_values()):
                part = self._part(table, start)
                start += table.num_rows
                if part is not None:
                    yield part
        finally:
            for reader in self.readers:
                self.faults.cells(reader.cells, reader.column.header, reader.column.index)

    def _few_values(self) -> list[str]:
        names = [self.names[column.index] for column in self.columns if column.fact.type in _FEW_VALUES]
        return [name for name in names if pa.types.is_string(self.schema.field(name).type)]

    def _part(self, table: pa.Table, start: int) -> TablePart | None:
        read = [self._read(reader, table.column(reader.column.index)) for reader in self.readers]
        wrong = [reader.cells.take_rows() for reader in self.readers]
        for rows in wrong:
            self.faults.faulty[rows] = True
        self._check_unnamed(table, start)
        column = self.code_column
        if column is None:
            return None
        at = self.columns.index(column)
        kept = self._rows_with_code(table, start, at, read[at], wrong[at] - start)
        made = self._assembled(read)
        if len(kept) < table.num_rows:
            made = made.take(pa.array(kept))
        return TablePart(made, kept + start)

    def _read(self, reader: CellReader, raw: pa.ChunkedArray) -> pa.Array:
        if reader.column is self.code_column and self.codes_are_sound:
            return _one_array(raw.cast(pa.string()))
        return reader.read(raw)

    def _rows_with_code(self, table: pa.Table, start: int, at: int, codes: pa.Array, wrong: Rows) -> Rows:
        """Rows with a usable code; a row that holds anything but has none is a fault. `wrong` codes are told already."""
        if not codes.null_count:
            return np.arange(len(codes))
        valid: NDArray[np.bool_] = codes.is_valid().to_numpy(zero_copy_only=False)
        missing = ~valid
        column = self.columns[at]
        missing[wrong] = False
        filled = np.zeros(table.num_rows, np.bool_)
        for raw in table.columns:
            filled |= is_filled(raw)
        remedy = "照营业执照填 18 位代码；合并过的单元格先取消合并再填满。"
        said = ("CW615", "这一行没有统一社会信用代码", remedy)
        rows = np.flatnonzero(missing & filled)
        self.faults.add(rows + start, said, column.header, column.index)
        self.without_code += len(rows) + len(wrong)
        return np.flatnonzero(valid)

    def _assembled(self, read: list[pa.Array]) -> pa.Table:
        """What is kept, under the names of `Layout`."""
        by_key = {
            column.key: values
            for column, values in zip(self.columns, read, strict=True)
            if self.keys is None or column.key in self.keys
        }
        codes = by_key[CODE_KEY, None]
        if self.subject == "awards":
            return pa.table({key: values for (key, _), values in by_key.items()})
        name = by_key.get((NAME_KEYS[self.subject], None))
        arrays = {USCC: codes, OBJECT_NAME: pa.nulls(len(codes), pa.string()) if name is None else name}
        facts = {column.key: column.fact for column in self.columns if self.layout.has_column(column.fact)}
        for key, fact in sorted(facts.items(), key=lambda each: (each[0][0], each[0][1] or 0)):
            if key in by_key:
                arrays[self.layout.column(fact, key[1])] = by_key[key]
        return pa.table(arrays)

    def _check_unnamed(self, table: pa.Table, start: int) -> None:
        for at, name in enumerate(self.names):
            if is_blank(name):
                said = ("CW601", f"第 {at + 1} 列有内容，却没有列名", "给这一列写上列名，或删去它。")
                self.faults.add(np.flatnonzero(is_filled(table.column(at))) + start, said)


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def joined(parts: list[TablePart]) -> tuple[pa.Table, Rows]:
    """Parts as one table, columns without any value left out, and its rows of the file."""
    table = pa.concat_tables([part.columns for part in parts])
    keys = (USCC, OBJECT_NAME)
    names = [name for name in table.column_names if name in keys or table[name].null_count < table.num_rows]
    return table.select(names).combine_chunks(), np.concatenate([part.rows for part in parts])
