"""One parquet file to columns: every column checked, the wanted ones kept, faults told with their rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Layout
from cewen.engine.columns.reading.cells import Cells, is_filled, read_cells
from cewen.engine.columns.reading.faults import RowFaults, Rows
from cewen.engine.factsheet import NAME_KEYS, FactKey
from cewen.engine.register.columns import AWARD_FACTS, CODE_KEY, Column, Labels, parse_header
from cewen.engine.register.findings import Findings
from cewen.engine.register.table import Row, Table, is_blank
from cewen.rules.types import Kind

THREADS = 2
"""Columns read at the same time; each takes memory until it is decoded."""

PART = 1 << 18
"""Rows decoded at a time."""

_FEW_VALUES = (Kind.ENUM, Kind.SET, Kind.REGION, Kind.BOOLEAN)
"""Facts whose texts repeat: they come as a dictionary, however they were written."""

Tell = Callable[[int], None]


@dataclass(frozen=True)
class TableColumns:
    """One table of a register (一张表). `rows` are the rows of the file it was made of; `faults` to be added to.

    `columns` is None where the table has no codes, so that nobody can tell whose rows they are.
    """

    columns: pa.Table | None
    rows: Rows
    faults: RowFaults


def read_table(
    subject: str, table: Table, layout: Layout, findings: Findings, keys: Collection[FactKey] | None, tell: Tell
) -> TableColumns:
    """The columns of a subject's file, rows without anything in them left out; `tell` is called with rows read.

    Raises CewenError (CW610) for a file that breaks off.
    """
    file = _File(Path(table.file))
    header = Row(1, tuple(file.names))
    columns = parse_header(table, header, Labels(layout.vocabulary, subject), findings)
    faults = RowFaults(table)
    kept_keys = None if keys is None else {*keys, (CODE_KEY, None)}
    if kept_keys is not None and subject != "enterprise":  # the name of an object tells which claim it is
        kept_keys.update({(NAME_KEYS.get(subject, ""), None), *((fact.key, None) for fact in AWARD_FACTS)})
    read = file.read_all(columns, layout, kept_keys, tell)
    for column, cells in zip(columns, read, strict=True):
        faults.cells(cells.faults, cells.left_out, column.header, column.index)
    _check_unnamed(file, faults)
    codes = next((at for at, column in enumerate(columns) if column.fact.key == CODE_KEY), None)
    if codes is None:
        return TableColumns(None, np.zeros(0, np.int64), faults)
    kept = _rows_with_code(file, columns[codes], read[codes], faults)
    made = _assembled(subject, columns, read, layout)
    if len(kept) < file.row_count:
        made = made.take(pa.array(kept))
    return TableColumns(made, kept, faults)


def _rows_with_code(file: _File, column: Column, codes: Cells, faults: RowFaults) -> Rows:
    """Rows with a usable code; a row that holds anything but has none is a fault."""
    assert codes.values is not None, "codes are always kept"
    valid = codes.values.is_valid().to_numpy()
    if valid.all():
        return np.arange(file.row_count)
    missing = ~valid
    missing[[row for row, _ in codes.faults]] = False
    if codes.left_out:  # which rows the others are is not known; there are errors enough
        missing[:] = False
    filled = np.zeros(file.row_count, np.bool_)
    for at in range(len(file.names)):
        filled |= file.filled(at)
    remedy = "照营业执照填 18 位代码；合并过的单元格先取消合并再填满。"
    said = ("CW615", "这一行没有统一社会信用代码", remedy)
    faults.add(np.flatnonzero(missing & filled), said, column.header, column.index)
    return np.flatnonzero(valid)


def _assembled(subject: str, columns: tuple[Column, ...], read: list[Cells], layout: Layout) -> pa.Table:
    """What was kept, under the names of `Layout`; columns without any value are left out."""
    by_key = {column.key: cells.values for column, cells in zip(columns, read, strict=True) if cells.values is not None}
    codes = by_key[CODE_KEY, None]
    if subject == "awards":
        return pa.table({key: values for (key, _), values in by_key.items()})
    arrays = {USCC: codes, OBJECT_NAME: by_key.get((NAME_KEYS[subject], None), pa.nulls(len(codes), pa.string()))}
    facts = {column.key: column.fact for column in columns if layout.has_column(column.fact)}
    for key, fact in sorted(facts.items(), key=lambda each: (each[0][0], each[0][1] or 0)):
        values = by_key.get(key)
        if values is not None and values.null_count < len(values):
            arrays[layout.column(fact, key[1])] = values
    return pa.table(arrays)


def _check_unnamed(file: _File, faults: RowFaults) -> None:
    for at, name in enumerate(file.names):
        if is_blank(name):
            said = ("CW601", f"第 {at + 1} 列有内容，却没有列名", "给这一列写上列名，或删去它。")
            faults.add(np.flatnonzero(file.filled(at)), said)


class _File:
    """A parquet file, one column at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with pq.ParquetFile(path) as file:
            self.metadata, self.schema = file.metadata, file.schema_arrow
        self.names: list[str] = self.schema.names
        self.row_count: int = self.metadata.num_rows

    def read(self, at: int, *, few_values: bool = False) -> Iterator[pa.ChunkedArray]:
        """A column, part by part; as a dictionary where its texts repeat."""
        name = self.names[at]
        few_values = few_values and pa.types.is_string(self.schema.field(at).type)
        dictionary = [name] if few_values else None
        try:
            with pq.ParquetFile(self.path, metadata=self.metadata, read_dictionary=dictionary) as file:
                for batch in file.iter_batches(batch_size=PART, columns=[name], use_threads=False):
                    yield pa.chunked_array([batch.column(0)])
        except (pa.ArrowException, OSError) as error:
            place = Place(str(self.path), field=name)
            raise CewenError.of("CW610", "读到一半出错：文件不完整", "重新导出 parquet。", place) from error

    def filled(self, at: int) -> NDArray[np.bool_]:
        """Which cells of a column hold anything."""
        return np.concatenate([np.zeros(0, np.bool_), *map(is_filled, self.read(at))])

    def read_all(
        self, columns: tuple[Column, ...], layout: Layout, keys: Collection[FactKey] | None, tell: Tell
    ) -> list[Cells]:
        """The cells of some columns, in order; those of `keys` kept, the others checked only."""

        def one(column: Column) -> Cells:
            raw = self.read(column.index, few_values=column.fact.type in _FEW_VALUES)
            return read_cells(column, raw, layout, keep=keys is None or column.key in keys)

        found: list[Cells] = []
        pool: Any = ThreadPoolExecutor(THREADS)
        try:
            for cells in pool.map(one, columns):
                found.append(cells)
                tell(self.row_count * len(found) // len(columns))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return found
