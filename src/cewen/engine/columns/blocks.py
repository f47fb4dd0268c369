"""A register in blocks of enterprises: results of millions need not stand in memory at once.

No rule looks from one enterprise at another, so the results of the blocks are those of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.layout import USCC, Columns

BLOCK = 1 << 20
"""Enterprises of a block; a multiple of eight, so that validity bits are sliced between bytes."""


def split(columns: Columns, step: int = BLOCK) -> Iterator[Columns]:
    """Blocks of `step` enterprises in order, each with its objects and awards; the register itself where it is small."""
    count = columns.enterprise_count
    if count <= step:
        yield columns
        return
    codes = columns.tables["enterprise"][USCC]
    others = {subject: table for subject, table in columns.tables.items() if subject != "enterprise"}
    by_owner = {subject: _Owned(table, codes, step) for subject, table in others.items()}
    awards = _Owned(columns.awards, codes, step)
    for start in range(0, count, step):
        stop = min(start + step, count)
        tables = {"enterprise": columns.tables["enterprise"].slice(start, stop - start)}
        tables.update({subject: owned.of(start, stop) for subject, owned in by_owner.items()})
        yield Columns(columns.layout, tables, awards.of(start, stop))


class _Owned:
    """A table whose rows belong to enterprises, those of one block found fast and kept in their order."""

    def __init__(self, table: pa.Table, codes: pa.ChunkedArray, step: int) -> None:
        self.table = table
        self.owner = _owners(table[USCC], codes, step)
        self.order = np.argsort(self.owner, kind="stable")

    def of(self, start: int, stop: int) -> pa.Table:
        low, high = np.searchsorted(self.owner, (start, stop), sorter=self.order)
        return self.table.take(pa.array(np.sort(self.order[low:high])))


def _owners(codes: pa.ChunkedArray, enterprises: pa.ChunkedArray, step: int) -> NDArray[np.int64]:
    """Row of the enterprise with each code; objects are few beside enterprises, so hashes are made of theirs.

    An object of no enterprise goes to the last block, where it is an error as it is in the whole.
    """
    wanted = pc.unique(codes)
    rows = np.full(len(wanted), len(enterprises) - 1, np.int64)
    for start in range(0, len(enterprises), step):
        places = pc.index_in(enterprises.slice(start, step), value_set=wanted)
        hits = np.flatnonzero(places.is_valid().to_numpy())
        rows[places.take(pa.array(hits)).to_numpy()] = start + hits
    owner: NDArray[np.int64] = rows[pc.index_in(codes, value_set=wanted).to_numpy()]
    return owner
