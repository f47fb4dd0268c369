"""A Parquet file in parts of a bounded number of rows, whatever its row groups are like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cewen.base.errors import CewenError
from cewen.base.source import Place


def table_parts(
    path: Path, columns: Sequence[str], rows: int, *, few_values: Sequence[str] = (), threads: bool = True
) -> Iterator[pa.Table]:
    """Some columns, at most about `rows` rows at a time; `few_values` come as dictionaries.

    Raises CewenError (CW610) for a file that breaks off.
    """
    try:
        with pq.ParquetFile(path, read_dictionary=list(few_values) or None) as file:
            for groups, count in _runs(file.metadata, rows):
                if count <= rows:
                    yield file.read_row_groups(groups, columns=list(columns), use_threads=threads)
                    continue
                for batch in file.iter_batches(rows, row_groups=groups, columns=list(columns), use_threads=threads):
                    yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise CewenError.of("CW610", "读到一半出错：文件不完整", "重新导出 parquet。", Place(str(path))) from error


def _runs(metadata: pq.FileMetaData, rows: int) -> Iterator[tuple[list[int], int]]:
    """Row groups to read together, with their rows: as many as fit, or one that does not fit alone."""
    run: list[int] = []
    total = 0
    for group in range(metadata.num_row_groups):
        count = metadata.row_group(group).num_rows
        if run and total + count > rows:
            yield run, total
            run, total = [], 0
        run.append(group)
        total += count
    if run:
        yield run, total
