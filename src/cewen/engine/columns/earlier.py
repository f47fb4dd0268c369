"""What rules ask of years long past and of awards already made, as one column each."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns
from cewen.engine.columns.owners import enterprise_rows, owners, row_count
from cewen.rules.facts import LARGEST_MONEY, Fact

LARGEST_AWARDED = 10 * LARGEST_MONEY
"""What one recipient may have been awarded in all, in fen; the proof of bit widths counts on it."""


def earlier_maximum(columns: Columns, fact: Fact, before: int) -> pa.ChunkedArray | None:
    """The greatest known value of an annual fact in years before `before`; None where no year has a column.

    首次达到 and 首次突破 ask whether any earlier year passed the threshold, and the greatest value answers for all.
    """
    if fact.subject not in columns.tables:
        return None
    table = columns.tables[fact.subject]
    older = [table[columns.layout.column(fact, year)] for year in columns.years(fact) if year < before]
    if not older:
        return None
    return older[0] if len(older) == 1 else pc.max_element_wise(*older, skip_nulls=True)


def awarded_amount(columns: Columns, subject: str, measures: tuple[str, ...], on: date) -> NDArray[np.int64]:
    """已获金额: fen awarded until `on` under any of `measures` to each row of a subject's table.

    An award that names an object counts for that object only; an object without a name takes every award of its
    enterprise, as in the reference. Raises CewenError (CW635) for sums beyond what widths are proven for.
    """
    sums = np.zeros(row_count(columns, subject), np.int64)
    awards = columns.awards
    if not awards.num_rows:
        return sums
    chosen = pc.and_(pc.is_in(awards["measure"], pa.array(measures, pa.string())), pc.less_equal(awards["on"], on))
    awards = awards.filter(chosen)
    enterprise = enterprise_rows(columns, awards[USCC])
    pairs_row, pairs_award = award_pairs(owners(columns, subject), enterprise)
    if subject != "enterprise":
        keep = same_object(columns, subject, pairs_row, awards, pairs_award, nameless_takes_all=True)
        pairs_row, pairs_award = pairs_row[keep], pairs_award[keep]
    np.add.at(sums, pairs_row, awards["amount"].to_numpy()[pairs_award])
    if len(sums) and int(np.abs(sums).max()) > LARGEST_AWARDED:
        message = "已获奖补的合计大得不像真的（超过 100 万亿元）"
        raise CewenError.of("CW635", message, "检查已获奖补表的金额单位与位数。")
    return sums


def award_pairs(owner: NDArray[np.int64], enterprise: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every row of a subject with every award of its enterprise, as two arrays of positions; awards in their order."""
    order = np.argsort(enterprise, kind="stable")
    sorted_enterprise = enterprise[order]
    awarded = np.flatnonzero(is_awarded(enterprise, int(owner.max(initial=-1)) + 1)[owner])
    owner = owner[awarded]
    first = np.searchsorted(sorted_enterprise, owner, side="left")
    counts = np.searchsorted(sorted_enterprise, owner, side="right") - first
    rows = np.repeat(awarded, counts)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, order[np.repeat(first, counts) + within]


def is_awarded(enterprise: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Which of `count` enterprises have an award; few do, and the others need not be looked at again."""
    found = np.zeros(count, np.bool_)
    found[enterprise[(enterprise >= 0) & (enterprise < count)]] = True
    return found


def same_object(
    columns: Columns,
    subject: str,
    rows: NDArray[np.int64],
    awards: pa.Table,
    positions: NDArray[np.int64],
    *,
    nameless_takes_all: bool = False,
) -> NDArray[np.bool_]:
    """Whether an award names no object, or the one in the row (compared by name)."""
    names = columns.tables[subject][OBJECT_NAME].take(pa.array(rows))
    objects = awards["object"].take(pa.array(positions))
    same = pc.or_kleene(pc.is_null(objects), pc.equal(objects, names))
    if nameless_takes_all:
        same = pc.or_kleene(same, pc.is_null(names))
    found: NDArray[np.bool_] = pc.fill_null(same, False).to_numpy()
    return found
