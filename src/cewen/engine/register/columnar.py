"""Columnar files (parquet), read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.register.table import Cell, Row, Table

_BATCH = 4096


def read_columnar(path: Path) -> Table:
    """The table of a parquet file, named after the file. Raises CewenError (CW610) for a file that is none."""
    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        message = "读不出这个 parquet 文件：文件损坏，或格式不符"
        raise CewenError.of("CW610", message, "重新导出 parquet。", Place(str(path))) from error
    inexact = frozenset(index for index, each in enumerate(schema) if pa.types.is_floating(each.type))
    return Table(str(path), None, path.stem, _rows(file, path), inexact)


def _rows(file: Any, path: Path) -> Iterator[Row]:
    yield Row(1, tuple(file.schema_arrow.names))
    number = 1
    try:
        for batch in file.iter_batches(batch_size=_BATCH):
            columns = [column.to_pylist() for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield Row(number, tuple(_cell(cell) for cell in cells))
    except (pa.ArrowException, OSError) as error:
        place = Place(str(path), row=number + 1)
        raise CewenError.of("CW610", "读到一半出错：文件不完整", "重新导出 parquet。", place) from error


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    found: Cell = value
    return found
