"""Which enterprise each object belongs to, and in which district it is registered."""

from __future__ import annotations

import weakref

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.engine.columns.layout import USCC, Columns

DISTRICT_KEY = "registered_in"

_KNOWN: dict[int, dict[str, NDArray[np.int64]]] = {}
"""Owners already found, by identity of the register; forgotten with it."""


def owners(columns: Columns, subject: str) -> NDArray[np.int64]:
    """Row of the enterprise of each row of a subject's table. Raises CewenError (CW634) for an unknown enterprise."""
    if subject == "enterprise":
        return np.arange(columns.enterprise_count, dtype=np.int64)
    if subject not in columns.tables:
        return np.zeros(0, np.int64)
    if id(columns) not in _KNOWN:
        _KNOWN[id(columns)] = {}
        weakref.finalize(columns, _KNOWN.pop, id(columns), None)
    known = _KNOWN[id(columns)]
    if subject not in known:
        known[subject] = _owners(columns, subject)
    return known[subject]


def _owners(columns: Columns, subject: str) -> NDArray[np.int64]:
    codes = columns.tables[subject][USCC]
    found = enterprise_rows(columns, codes)
    if len(found) and int(found.min()) < 0:
        at = int(np.argmin(found))
        message = f"{subject} 第 {at + 1} 行的代码 {codes[at].as_py()} 不在企业表里"
        raise CewenError.of("CW634", message, "核对代码，或先在企业表里登记这家企业。")
    return found


def enterprise_rows(columns: Columns, codes: pa.ChunkedArray) -> NDArray[np.int64]:
    """Row of the enterprise with each code, -1 where there is none."""
    found = pc.index_in(codes, value_set=columns.tables["enterprise"][USCC])
    rows: NDArray[np.int64] = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return rows


def row_count(columns: Columns, subject: str) -> int:
    """Rows of a subject; none where the register has no table of it."""
    return int(columns.tables[subject].num_rows) if subject in columns.tables else 0


def districts(columns: Columns) -> tuple[NDArray[np.int64], tuple[str | None, ...]]:
    """For each enterprise a position in the second value: the codes of all districts, and None for "not given"."""
    codes = columns.layout.region_codes
    names: tuple[str | None, ...] = (*codes, None)
    table = columns.tables["enterprise"]
    if DISTRICT_KEY not in table.column_names:
        return np.full(table.num_rows, len(codes), np.int64), names
    column = table[DISTRICT_KEY].cast(pa.int64())
    positions: NDArray[np.int64] = pc.fill_null(column, len(codes)).to_numpy()
    return positions, names
