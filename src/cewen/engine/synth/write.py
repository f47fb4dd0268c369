"""A register to disk, chunk by chunk: parquet, csv, or one workbook. It appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from cewen.base.errors import CewenError
from cewen.base.source import Place

FORMATS = ("parquet", "csv", "xlsx")
FILES = {
    "enterprise": ("enterprises", "企业"), "project": ("projects", "项目"), "product": ("products", "产品"),
    "park": ("parks", "园区"), "awards": ("awards", "已获奖补"),
}  # fmt: skip
"""Subject -> name of its file, and of its sheet."""

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet can hold."""

Tables = dict[str, pa.RecordBatch]
"""Subject -> rows of a chunk."""


class Writer(Protocol):
    """Takes the chunks of a register in order."""

    def write(self, tables: Tables) -> None: ...


@contextmanager
def register_writer(out: Path, form: str) -> Iterator[Writer]:
    """Write to a folder (parquet, csv) or a workbook (xlsx) beside `out`, moved there when all went well.

    Raises CewenError (CW673) when `out` exists, or its folder cannot be written to.
    """
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise CewenError.of("CW673", "这个名称已有内容，不覆盖", "换一个名称，或先移走它。", Place(str(out)))
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        message = f"写不了名册：{error.strerror}"
        raise CewenError.of("CW673", message, "检查文件夹是否存在、是否可写。", Place(str(out))) from error
    try:
        made = scratch / out.name
        if form != "xlsx":
            made.mkdir()
        with ExitStack() as files:
            kinds: dict[str, type[_Parquet | _Csv | _Workbook]] = {"parquet": _Parquet, "csv": _Csv, "xlsx": _Workbook}
            yield kinds[form](made, files)
        if out.is_dir():
            out.rmdir()
        made.replace(out)
    except OSError as error:
        message = f"写到一半出错：{error.strerror or error}"
        raise CewenError.of("CW673", message, "检查磁盘空间与权限。", Place(str(out))) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Parquet:
    """One file a subject, one row group a chunk; texts that repeat stay dictionaries."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self.folder, self.files = folder, files
        self.writers: dict[str, Any] = {}

    def write(self, tables: Tables) -> None:
        for subject, batch in tables.items():
            if subject not in self.writers:
                repeating = [each.name for each in batch.schema if pa.types.is_dictionary(each.type)]
                writer = pq.ParquetWriter(
                    self.folder / f"{FILES[subject][0]}.parquet", batch.schema, compression="zstd",
                    compression_level=1, use_dictionary=repeating, store_schema=True,
                )  # fmt: skip
                self.writers[subject] = self.files.enter_context(writer)
            if batch.num_rows:
                self.writers[subject].write_batch(batch, row_group_size=max(batch.num_rows, 1))


class _Csv:
    """UTF-8 with a mark, so that a spreadsheet shows Chinese."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self.folder, self.files = folder, files
        self.writers: dict[str, Any] = {}

    def write(self, tables: Tables) -> None:
        for subject, batch in tables.items():
            plain = _plain(batch)
            if subject not in self.writers:
                file = self.files.enter_context((self.folder / f"{FILES[subject][0]}.csv").open("wb"))
                file.write("\ufeff".encode())
                options = pa_csv.WriteOptions(quoting_style="needed")
                self.writers[subject] = self.files.enter_context(
                    pa_csv.CSVWriter(file, plain.schema, write_options=options)
                )
            self.writers[subject].write_batch(plain)


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Dictionaries as texts, yes and no as 是 and 否."""
    columns = []
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        elif pa.types.is_boolean(column.type):
            column = pc.if_else(column, "是", "否")
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


class _Workbook:
    """One sheet a subject; money in yuan."""

    def __init__(self, path: Path, files: ExitStack) -> None:
        self.book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
        files.callback(self.book.close)
        self.rows: dict[str, int] = {}
        self.sheets: dict[str, Any] = {}
        self.head = self.book.add_format({"bold": True, "bottom": 1})

    def write(self, tables: Tables) -> None:
        for subject, batch in tables.items():
            plain = _plain(batch)
            if subject not in self.sheets:
                sheet = self.sheets[subject] = self.book.add_worksheet(FILES[subject][1])
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(batch.schema) - 1, 18)
                sheet.write_row(0, 0, [name.removesuffix(":fen") for name in batch.schema.names], self.head)
                self.rows[subject] = 0
            self._rows(subject, plain)

    def _rows(self, subject: str, batch: pa.RecordBatch) -> None:
        if self.rows[subject] + batch.num_rows > MOST_ROWS:
            message = f"“{FILES[subject][1]}”超过工作表的 {MOST_ROWS} 行"
            raise CewenError.of("CW673", message, "改用 --format parquet 或 csv。")
        in_fen = [name.endswith(":fen") for name in batch.schema.names]
        columns = [column.to_pylist() for column in batch.columns]
        sheet = self.sheets[subject]
        for cells in zip(*columns, strict=True):
            self.rows[subject] += 1
            for at, cell in enumerate(cells):
                if cell is None:
                    continue
                if in_fen[at]:
                    sheet.write_number(self.rows[subject], at, cell / 100)
                elif isinstance(cell, str):
                    sheet.write_string(self.rows[subject], at, cell)
                elif isinstance(cell, int):
                    sheet.write_number(self.rows[subject], at, cell)
                else:
                    sheet.write_datetime(self.rows[subject], at, cell)
