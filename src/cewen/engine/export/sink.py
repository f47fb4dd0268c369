"""The formats a result can be written in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from cewen.engine.batch import AwardRow
from cewen.engine.export.flat import csv_sink, parquet_sink
from cewen.engine.export.workbook import workbook_sink
from cewen.engine.summary import Summary


class Sink(Protocol):
    """Something that takes result rows."""

    def write(self, row: AwardRow) -> None: ...


FORMATS: tuple[str, ...] = (".xlsx", ".csv", ".parquet")
"""Endings of the file names that can be written."""


def open_sink(path: Path, ending: str, summary: Summary, *, simulated: bool) -> AbstractContextManager[Sink]:
    """Write to `path` in the format of `ending`; `simulated` adds the column `as_if_in_force`.

    A workbook adds sums and clauses from `summary` when it is closed.
    """
    match ending:
        case ".xlsx":
            return workbook_sink(path, summary, simulated=simulated)
        case ".csv":
            return csv_sink(path, simulated=simulated)
        case ".parquet":
            return parquet_sink(path, simulated=simulated)
    raise ValueError(f"no format {ending!r}; there are {FORMATS}")
