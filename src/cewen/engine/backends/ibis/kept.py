"""What is worked out once for a register in memory, and forgotten with its tables."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from cewen.engine.columns.layout import Columns

Kept = TypeVar("Kept")

_KEPT: dict[tuple[int, ...], dict[Hashable, Any]] = {}
"""By identity of the tables: registers never change, and one that is read again is another."""

_LOCK = Lock()


def once(columns: Columns, key: Hashable, make: Callable[[], Kept]) -> Kept:
    """What `make` gives, made at the first question only; an error is not kept."""
    kept = _of(columns)
    if key not in kept:
        kept[key] = make()
    found: Kept = kept[key]
    return found


def _of(columns: Columns) -> dict[Hashable, Any]:
    tables = tuple(columns.tables.values())
    identity = tuple(map(id, tables))
    with _LOCK:
        if identity not in _KEPT:
            _KEPT[identity] = {}
            for table in tables:
                weakref.finalize(table, _KEPT.pop, identity, None)
        return _KEPT[identity]
