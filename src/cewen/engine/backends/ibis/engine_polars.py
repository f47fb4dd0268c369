"""Polars: in this process; the expression is translated by Ibis for each run, because a query holds its frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import ibis
import polars
import pyarrow as pa
from ibis.backends.polars.compiler import translate

from cewen.engine.backends.ibis.compile import ROWS
from cewen.engine.backends.ibis.engine_duckdb import gave_up
from cewen.engine.backends.ibis.engines import Build
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


@dataclass(frozen=True, slots=True)
class Polars:
    """Polars frames. The order of rows is kept."""

    name: str = "polars"
    keeps_order: bool = True

    def compile(self, build: Build, schema: pa.Schema) -> Build:
        return build

    def run(self, query: Any, rows: Rows) -> pa.Table:
        frame = _joined_files(rows) if isinstance(rows, FileRows) else _frame(rows)
        connection = ibis.polars.connect({ROWS: frame})
        try:
            answer = connection.compile(query(connection.table(ROWS))).collect(
                engine="streaming" if isinstance(rows, FileRows) else "in-memory"
            )
        except polars.exceptions.PolarsError as error:
            raise gave_up("Polars", error) from error
        return answer.to_arrow()


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
