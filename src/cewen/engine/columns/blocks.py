"""A register in blocks of enterprises: results of millions need not stand in memory at once.

No rule looks from one enterprise at another, so the results of the blocks are those of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.layout import USCC, Columns, Layout
from cewen.engine.columns.owners import enterprise_rows, know_owners, owners

BLOCK = 1 << 18
"""Enterprises of a block; a multiple of eight, so that validity bits are sliced between bytes."""

Rows = NDArray[np.int64]


def split(columns: Columns, step: int = BLOCK) -> Iterator[Columns]:
    """Blocks of `step` enterprises in order, each with its objects and awards; the register itself where it is small.

    Raises CewenError (CW634) for an object of no enterprise.
    """
    count = columns.enterprise_count
    if count <= step:
        yield columns
        return
    others = {subject: table for subject, table in columns.tables.items() if subject != "enterprise"}
    owner = {subject: owners(columns, subject) for subject in others}
    belongings = Belongings(others, columns.awards, owner, enterprise_rows(columns, columns.awards[USCC]))
    for start in range(0, count, step):
        stop = min(start + step, count)
        part = columns.tables["enterprise"].slice(start, stop - start)
        yield belongings.with_block(columns.layout, part, np.arange(start, stop))


class Belongings:
    """Objects and awards (项目、产品、园区、已获奖补) in the order of their enterprises, so that a block is a slice.

    Things of one enterprise keep their order. What belongs to row -1 is left out.
    """

    def __init__(self, tables: Mapping[str, pa.Table], awards: pa.Table, owner: Mapping[str, Rows], of_award: Rows):
        self.objects = {subject: _Ordered(table, owner[subject]) for subject, table in tables.items()}
        self.awards = _Ordered(awards, of_award)

    def with_block(self, layout: Layout, enterprises: pa.Table, rows: Rows) -> Columns:
        """Enterprises, in rising `rows`, with everything that is theirs; nobody has to look up again whose it is."""
        parts = {subject: ordered.of(rows) for subject, ordered in self.objects.items()}
        awards, of_award = self.awards.of(rows)
        tables = {"enterprise": enterprises, **{subject: table for subject, (table, _) in parts.items()}}
        columns = Columns(layout, tables, awards)
        codes = pc.unique(awards[USCC])
        first = np.unique(of_award, return_index=True)[1]  # sorted as the awards are, so in the order of `codes`
        know_owners(columns, {subject: owner for subject, (_, owner) in parts.items()}, codes, of_award[first])
        return columns


class _Ordered:
    def __init__(self, table: pa.Table, owner: Rows) -> None:
        if len(owner) and (np.diff(owner) < 0).any():
            order = np.argsort(owner, kind="stable")
            table, owner = table.take(pa.array(order)), owner[order]
        self.table, self.owner = table.combine_chunks(), owner

    def of(self, rows: Rows) -> tuple[pa.Table, Rows]:
        """What belongs to enterprises in some rows, and to which of them."""
        if not len(rows):
            return self.table.slice(0, 0), np.zeros(0, np.int64)
        low, high = np.searchsorted(self.owner, (rows[0], rows[-1] + 1)).tolist()
        table, owner = self.table.slice(low, high - low), self.owner[low:high]
        place = np.searchsorted(rows, owner)
        own = rows[place] == owner
        return (table, place) if own.all() else (table.filter(pa.array(own)), place[own])
