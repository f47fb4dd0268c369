"""Which enterprise each object belongs to, and in which district it is registered."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.engine.columns.layout import USCC, Columns

DISTRICT_KEY = "registered_in"


@dataclass(slots=True)
class _Known:
    """What was found of one register (已查到的归属): codes something belongs to with their rows, and rows by subject."""

    codes: pa.Array | None = None
    rows: NDArray[np.int64] | None = None
    owners: dict[str, NDArray[np.int64]] = field(default_factory=dict)


_KNOWN: dict[tuple[int, ...], _Known] = {}
"""By identity of the tables of a register; forgotten as soon as one of them is."""


def owners(columns: Columns, subject: str) -> NDArray[np.int64]:
    """Row of the enterprise of each row of a subject's table. Raises CewenError (CW634) for an unknown enterprise."""
    if subject not in columns.tables:
        return np.zeros(0, np.int64)
    known = _known(columns)
    if subject not in known.owners:
        known.owners[subject] = _owners(columns, subject)
    return known.owners[subject]


def know_owners(
    columns: Columns, rows_of: Mapping[str, NDArray[np.int64]], codes: pa.Array, rows: NDArray[np.int64]
) -> None:
    """Take over what is known: the enterprise of each object, by subject; and where `codes`, each once, stand."""
    known = _known(columns)
    known.owners.update(rows_of)
    known.codes, known.rows = codes, rows


def enterprise_rows(columns: Columns, codes: pa.ChunkedArray) -> NDArray[np.int64]:
    """Row of the enterprise with each code, -1 where there is none."""
    known = _known(columns)
    if known.codes is None or known.rows is None:
        known.codes = _owning_codes(columns)
        known.rows = _rows_of(columns, known.codes)
    places = pc.index_in(codes, value_set=known.codes)
    if places.null_count:  # codes that nothing in this register belongs to
        distinct = pc.unique(codes)
        rows, places = _rows_of(columns, distinct), pc.index_in(codes, value_set=distinct)
    else:
        rows = known.rows
    found: NDArray[np.int64] = rows[places.to_numpy()]
    return found


def _known(columns: Columns) -> _Known:
    tables = (*columns.tables.values(), columns.awards)
    key = tuple(map(id, tables))
    if key not in _KNOWN:
        _KNOWN[key] = _Known()
        for table in tables:
            weakref.finalize(table, _KNOWN.pop, key, None)
    return _KNOWN[key]


def _owners(columns: Columns, subject: str) -> NDArray[np.int64]:
    if subject == "enterprise":
        return np.arange(columns.enterprise_count, dtype=np.int64)
    codes = columns.tables[subject][USCC]
    found = enterprise_rows(columns, codes)
    if len(found) and int(found.min()) < 0:
        at = int(np.argmin(found))
        message = f"{subject} 第 {at + 1} 行的代码 {codes[at].as_py()} 不在企业表里"
        raise CewenError.of("CW634", message, "核对代码，或先在企业表里登记这家企业。")
    return found


def _owning_codes(columns: Columns) -> pa.Array:
    """The codes of everything that belongs to an enterprise, each once."""
    tables = [table for subject, table in columns.tables.items() if subject != "enterprise"]
    chunks = [chunk for table in (*tables, columns.awards) for chunk in table[USCC].chunks]
    return pc.unique(pa.chunked_array(chunks, pa.string()))


def _rows_of(columns: Columns, codes: pa.Array) -> NDArray[np.int64]:
    """Row of each of `codes`. Objects are few beside enterprises, so the hash table is made of their codes."""
    rows = np.full(len(codes), -1, np.int64)
    places = pc.index_in(columns.tables["enterprise"][USCC], value_set=codes)
    hits = np.flatnonzero(places.is_valid().to_numpy())
    rows[places.take(pa.array(hits)).to_numpy()[::-1]] = hits[::-1]  # of a code that stands twice the first row
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
