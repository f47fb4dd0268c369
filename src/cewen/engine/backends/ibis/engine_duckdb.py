"""DuckDB: in this process, over Arrow tables and Parquet files as they are."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from threading import Lock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.compile import ROWS, rows_table, sql_text
from cewen.engine.backends.ibis.engines import Arrays, Build
from cewen.engine.backends.ibis.resident import Resident
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
        with closing(_database().cursor()) as cursor:
            try:
                return cursor.execute(_asked(cursor, query, rows)).to_arrow_table(_BATCH)
            except duckdb.Error as error:
                raise gave_up("DuckDB", error) from error

    def arrays(self, query: Any, rows: pa.Table) -> Arrays:
        """As a relation, which DuckDB gathers on all threads; a statement's answer is drawn by one."""
        with closing(_database().cursor()) as cursor:
            try:
                found: Arrays = cursor.sql(_asked(cursor, query, rows)).fetchnumpy()
            except duckdb.Error as error:
                raise gave_up("DuckDB", error) from error
        if any(isinstance(values, np.ma.MaskedArray) for values in found.values()):
            raise gave_up("DuckDB", ValueError("a null where there can be none"))
        return found


@dataclass(frozen=True, slots=True)
class _Database:
    """The database in memory of one process: opening one takes longer than a query."""

    connection: duckdb.DuckDBPyConnection
    resident: Resident

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own, with no views but those it makes."""
        return self.connection.cursor()


_DATABASES: dict[int, _Database] = {}
"""By process, because none lives on in a fork."""

_OPENING = Lock()


def _database() -> _Database:
    with _OPENING:
        if os.getpid() not in _DATABASES:
            connection = duckdb.connect(config={"preserve_insertion_order": "true"})
            _DATABASES[os.getpid()] = _Database(connection, Resident())
        return _DATABASES[os.getpid()]


def kept_tables() -> tuple[str, ...]:
    """Names of the tables kept for registers that were asked about more than once."""
    rows = _database().cursor().execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()
    return tuple(name for (name,) in rows)


def _asked(cursor: duckdb.DuckDBPyConnection, query: str, rows: Rows) -> str:
    """The query, with the rows where it looks for them."""
    if isinstance(rows, FileRows):
        cursor.execute(f"CREATE TEMP VIEW {ROWS} AS {joined_files(rows, 'read_parquet({})')}")
        return query
    batches = pa.Table.from_batches(rows.to_batches(max_chunksize=_MORSEL), rows.schema)
    name = _database().resident.name(cursor, rows, batches)
    if name is not None:
        return query.replace(f'"{ROWS}"', f'"{name}"')
    cursor.register(ROWS, batches)
    return query


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
