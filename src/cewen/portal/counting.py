"""Counts that all workers of a machine share, in a small file of their own: the portal's database never waits for them."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path
from threading import local

_KEPT = 2
"""Windows a count is kept: the present one and the one before."""
_log = logging.getLogger(__name__)
_open = local()


def count_up(path: Path, key: str, window: int) -> int:
    """One more for a key in a window, whoever else counts at the same moment; how many there are now.

    Gives 1 where the file cannot be used: a full disk shuts nobody out.
    """
    try:
        (found,) = (
            _connection(path)
            .execute(
                "INSERT INTO counts (key, window, used) VALUES (?, ?, 1) ON CONFLICT (key) DO UPDATE SET "
                "used = CASE WHEN window = excluded.window THEN used + 1 ELSE 1 END, window = excluded.window "
                "RETURNING used",
                (key, window),
            )
            .fetchone()
        )
        return int(found)
    except sqlite3.Error:
        _log.exception("calls cannot be counted in %s", path)
        _forget(path)
        return 1


def drop_old(path: Path, window: int) -> int:
    """Remove counts of windows that are over; how many."""
    return _connection(path).execute("DELETE FROM counts WHERE window <= ?", (window - _KEPT,)).rowcount


def _connection(path: Path) -> sqlite3.Connection:
    """One for each thread and process, which a fork does not inherit."""
    known: dict[Path, tuple[int, sqlite3.Connection]] = _open.__dict__.setdefault("known", {})
    held = known.get(path)
    if held is not None and held[0] == os.getpid():
        return held[1]
    made = sqlite3.connect(path, timeout=2, isolation_level=None)
    # Nothing here has to survive a crash; one statement is one transaction.
    made.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
    made.execute(
        "CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, window INTEGER NOT NULL, used INTEGER NOT NULL) "
        "WITHOUT ROWID"
    )
    known[path] = (os.getpid(), made)
    return made


def _forget(path: Path) -> None:
    _open.__dict__.setdefault("known", {}).pop(path, None)
