"""A whole register to columns: files one after another, then what they say of each other."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow.parquet as pq

from cewen.base.diagnostic import Diagnostic
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.reading.stream import RegisterStream, whole
from cewen.engine.factsheet import FactKey
from cewen.engine.register.findings import Findings
from cewen.engine.register.read import Progress, read_register
from cewen.engine.register.source import NOTES, find_tables
from cewen.rules.load import Corpus

_OTHER_FORMATS = (".csv", ".xlsx", ".xlsm")


def read_columns(
    path: Path, corpus: Corpus, progress: Progress | None = None, keys: Collection[FactKey] | None = None
) -> tuple[Columns, tuple[Diagnostic, ...]]:
    """Read a register as columns; the second value is its warnings.

    Parquet is read column by column: money in yuan or fen, texts by distinct value, never a row at a time; other formats by
    `read_register`. `keys` names the facts to keep (`plan_keys`, and `NAME` for results with names); all are checked.
    Rows stay in the order of the file.

    Raises CewenError with every fault found, as `read_register`.
    """
    if not is_columnar(path):
        register = read_register(path, corpus, progress)
        return encode(register, corpus), register.findings
    stream = RegisterStream(path, corpus, keys, progress)
    columns = whole(stream)
    return columns, stream.warnings


def is_columnar(path: Path) -> bool:
    """Whether a register consists of parquet files alone."""
    if not path.is_dir():
        return path.suffix.lower() == ".parquet"
    files = [file for file in path.iterdir() if file.name[:1] not in (".", "~") and file.stem.lower() not in NOTES]
    endings = {file.suffix.lower() for file in files}
    return ".parquet" in endings and not endings & set(_OTHER_FORMATS)


def count_enterprises(path: Path) -> int | None:
    """Rows of the enterprise table of a parquet register, without reading it; None where only reading tells."""
    if not is_columnar(path):
        return None
    table = find_tables(path, Findings()).get("enterprise")
    return None if table is None else int(pq.read_metadata(table.file).num_rows)
