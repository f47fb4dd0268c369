"""Tables of DuckDB's own for rows it is asked about again: their statistics spare it most checks for overflow."""

from __future__ import annotations

import weakref
from threading import Lock

import duckdb
import pyarrow as pa

LARGEST = 1 << 29
"""Bytes of rows that are copied at most, in all; what finds no room is read where it is, every time."""


class Resident:
    """Rows by identity (驻留表): read where they are at the first question, copied at the second, dropped with them.

    A table is never dropped while its rows live, because another thread may be reading it.
    """

    def __init__(self) -> None:
        self._asked: set[int] = set()
        self._names: dict[int, tuple[str, int]] = {}
        self._gone: list[str] = []
        self._made = 0
        self._lock = Lock()

    def name(self, cursor: duckdb.DuckDBPyConnection, rows: pa.Table, batches: pa.Table) -> str | None:
        """The table that holds `rows`; None where they are to be read from `batches`, the same rows for all threads."""
        with self._lock:
            while self._gone:
                cursor.execute(f'DROP TABLE IF EXISTS "{self._gone.pop()}"')
            identity = id(rows)
            if identity not in self._asked:
                self._asked.add(identity)
                weakref.finalize(rows, self._forget, identity)
                return None
            if identity not in self._names:
                if rows.nbytes + sum(size for _, size in list(self._names.values())) > LARGEST:
                    return None
                self._names[identity] = self._copy(cursor, batches), rows.nbytes
            return self._names[identity][0]

    def _copy(self, cursor: duckdb.DuckDBPyConnection, batches: pa.Table) -> str:
        self._made += 1
        name = f"kept_rows_{self._made}"
        cursor.register("copied_rows", batches)
        cursor.execute(f'CREATE TABLE "{name}" AS SELECT * FROM copied_rows')
        cursor.unregister("copied_rows")
        return name

    def _forget(self, identity: int) -> None:
        """Called by the garbage collector at any time, so it only takes note."""
        self._asked.discard(identity)
        kept = self._names.pop(identity, None)
        if kept is not None:
            self._gone.append(kept[0])
