"""DuckDB: in this process, over Arrow tables and Parquet files as they are."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.compile import ROWS, rows_table, sql_text
from cewen.engine.backends.ibis.engines import Build
from cewen.engine.backends.ibis.rows import FileRows, Rows

_BATCH = 1 << 20
_MORSEL = 1 << 17
"""Rows of a batch: DuckDB gives each batch to one thread, so a table in one piece would be read by one."""


@dataclass(frozen=True, slots=True)
class DuckDB:
    """DuckDB in memory. It keeps the order of insertion (`preserve_insertion_order`) unless told otherwise."""

    name: str = "duckdb"
    keeps_order: bool = True

    def compile(self, build: Build, schema: pa.Schema) -> str:
        return sql_text(build(rows_table(schema)), "duckdb")

    def run(self, query: Any, rows: Rows) -> pa.Table:
        with closing(duckdb.connect()) as connection:
            connection.execute("SET preserve_insertion_order = true")
            if isinstance(rows, FileRows):
                connection.execute(f"CREATE TEMP VIEW {ROWS} AS {joined_files(rows, 'read_parquet({})')}")
            else:
                connection.register(ROWS, pa.Table.from_batches(rows.to_batches(max_chunksize=_MORSEL), rows.schema))
            try:
                return connection.execute(query).to_arrow_table(_BATCH)
            except duckdb.Error as error:
                raise gave_up("DuckDB", error) from error


def joined_files(rows: FileRows, read: str) -> str:
    """SQL that reads the files of `rows`; `read` says how, {} standing for the quoted path."""

    def table(path: object) -> str:
        return read.format("'" + str(path).replace("'", "''") + "'")

    own = [f'o."{name}"' for name in rows.own]
    if rows.path == rows.enterprise:
        return f"SELECT {', '.join(own) or '0 AS nothing'} FROM {table(rows.path)} o"
    others = [*(f'e."{name}"' for name in rows.others), 'e."uscc" AS "owner_code"']
    return (
        f"SELECT {', '.join((*own, *others))} FROM {table(rows.path)} o "
        f'LEFT JOIN {table(rows.enterprise)} e ON o."uscc" = e."uscc"'
    )


def gave_up(engine: str, error: Exception) -> CewenError:
    """The error for a query an engine does not finish: it says so instead of a wrong number."""
    said = " ".join(str(error).split())[:300]
    return CewenError.of(
        "CW638", f"{engine} 没有算完：{said}", "改用引擎 reference 或 kernel 重算，并把这句话报告给我们。"
    )
