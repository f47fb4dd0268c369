"""Polars: in this process. Ibis translates an expression once, into steps that any frame can go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import ibis
import polars
import pyarrow as pa
from ibis.backends.polars.compiler import translate
from ibis.expr.operations import DatabaseTable

from cewen.engine.backends.ibis.compile import ROWS
from cewen.engine.backends.ibis.engine_duckdb import gave_up
from cewen.engine.backends.ibis.engines import Arrays, Build
from cewen.engine.backends.ibis.exact import Narrowed, WholeQuotient, Widened
from cewen.engine.backends.ibis.rows import FileRows, Rows


def _whole_quotient(op: Any, **context: Any) -> Any:
    """Polars divides whole numbers exactly; by zero it gives null."""
    return translate(op.left, **context) // translate(op.right, **context)


def _widened(op: Any, **context: Any) -> Any:
    return translate(op.arg, **context).cast(polars.Int128)


def _narrowed(op: Any, **context: Any) -> Any:
    """A strict cast: an error, never a wrong number."""
    return translate(op.arg, **context).cast(polars.Int64)


translate.register(WholeQuotient, _whole_quotient)
translate.register(Widened, _widened)
translate.register(Narrowed, _narrowed)


Step = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method of a frame, and what it is called with."""


class _Steps:
    """Stands in for a frame while Ibis translates, and keeps what is asked of it: a real query would hold its rows."""

    def __init__(self, steps: tuple[Step, ...] = ()) -> None:
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: _Steps((*self._steps, (name, args, kwargs)))

    def over(self, frame: polars.LazyFrame) -> polars.LazyFrame:
        """The query for a frame."""
        query: Any = frame
        for name, args, kwargs in self._steps:
            query = getattr(query, name)(*args, **kwargs)
        return cast(polars.LazyFrame, query)


@dataclass(frozen=True, eq=False)
class _Source:
    """What Ibis takes for a connection: a table of it is a frame by name."""

    _tables: Mapping[str, _Steps]


@dataclass(frozen=True, slots=True)
class Polars:
    """Polars frames. The order of rows is kept."""

    name: str = "polars"
    keeps_order: bool = True

    def compile(self, build: Build, schema: pa.Schema) -> _Steps:
        source = _Source({ROWS: _Steps()})
        table = DatabaseTable(ROWS, ibis.Schema.from_pyarrow(schema), source).to_expr()
        return cast(_Steps, translate(build(table).op()))

    def run(self, query: Any, rows: Rows) -> pa.Table:
        return _collected(query, rows).to_arrow()

    def arrays(self, query: Any, rows: pa.Table) -> Arrays:
        """Each column in one piece, put together on all threads."""
        return {column.name: column.to_numpy() for column in _collected(query, rows).rechunk().get_columns()}


def _collected(query: _Steps, rows: Rows) -> polars.DataFrame:
    frame = _joined_files(rows) if isinstance(rows, FileRows) else _frame(rows)
    try:
        return query.over(frame).collect(engine="streaming")
    except polars.exceptions.PolarsError as error:
        raise gave_up("Polars", error) from error


def _frame(rows: pa.Table) -> polars.LazyFrame:
    """The table as it stands in memory, nothing copied."""
    return cast(polars.DataFrame, polars.from_arrow(rows, rechunk=False)).lazy()


def _joined_files(rows: FileRows) -> polars.LazyFrame:
    frame = polars.scan_parquet(rows.path)
    if rows.path == rows.enterprise:
        return frame.select(rows.own)
    others = polars.scan_parquet(rows.enterprise).select("uscc", *rows.others, owner_code="uscc")
    joined = frame.select("uscc", *rows.own).join(others, on="uscc", how="left")
    return joined.select(*rows.own, *rows.others, "owner_code")
