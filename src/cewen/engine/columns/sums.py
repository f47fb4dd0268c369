"""Sums over result columns: exact however many rows, because no 64-bit number ever holds the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cewen.engine.columns.measure_columns import (
    MET,
    NONE,
    NOT_IN_FORCE,
    NOT_MET,
    UNKNOWN,
    MeasureColumns,
    Money,
)

_HALF = 32
_LOW_HALF = (1 << _HALF) - 1
_PIECE = 1 << 15
"""Rows worked on at a time, so that what is between stays in the cache of a core."""


@dataclass(frozen=True, slots=True)
class MeasureSums:
    """One measure over a register (按措施合计): rows by status; fen over what is met and not suppressed."""

    measure: str
    met: int
    unknown: int
    not_met: int
    not_in_force: int
    suppressed: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class DistrictSums:
    """One measure in one 注册地 as recorded (None: not given): rows that count, and their fen."""

    district: str | None
    measure: str
    count: int
    low: int
    high: int


def exact_sum(amounts: Money) -> int:
    """The sum of non-negative 64-bit amounts, for up to 2^31 of them."""
    return (int(np.sum(amounts >> _HALF)) << _HALF) + int(np.sum(amounts & _LOW_HALF))


def sum_measure(results: MeasureColumns) -> MeasureSums:
    """Counts and totals of one measure."""
    by_status = np.bincount(results.status, minlength=4)
    counts = results.counts
    return MeasureSums(
        results.measure.key,
        int(by_status[MET]),
        int(by_status[UNKNOWN]),
        int(by_status[NOT_MET]),
        int(by_status[NOT_IN_FORCE]),
        int(np.count_nonzero(results.suppressed_by != NONE)),
        exact_sum(results.low[counts]),
        exact_sum(results.high[counts]),
    )


def add_counting(total: Money, results: MeasureColumns, owner: NDArray[np.int64] | None) -> None:
    """Add amounts that are met and not suppressed to `total`, in the row `owner` gives; in the same row for None."""
    for start in range(0, len(results.status), _PIECE):
        rows = slice(start, start + _PIECE)
        counts = (results.status[rows] == MET) & (results.suppressed_by[rows] == NONE) & (results.high[rows] > 0)
        if owner is None:
            total[rows] += results.high[rows] * counts
        else:
            np.add.at(total, owner[rows][counts], results.high[rows][counts])


def sum_districts(
    results: MeasureColumns, district_of: NDArray[np.int64], names: Sequence[str | None]
) -> tuple[DistrictSums, ...]:
    """Rows met and not suppressed by district, with their amounts where they have one.

    `district_of` gives, for each row, a position in `names`. Districts without a row that counts are left out.
    """
    rows = np.flatnonzero(results.is_open)
    if not len(rows):
        return ()
    at = district_of[rows]
    totals = np.zeros((len(names), 5), np.int64)
    np.add.at(totals[:, 0], at, 1)
    for column, amounts in ((1, results.low[rows]), (3, results.high[rows])):
        known = np.maximum(amounts, 0)
        np.add.at(totals[:, column], at, known & _LOW_HALF)
        np.add.at(totals[:, column + 1], at, known >> _HALF)
    return tuple(
        DistrictSums(names[place], results.measure.key, count, joined(low, low_top), joined(high, high_top))
        for place, (count, low, low_top, high, high_top) in enumerate(totals.tolist())
        if count
    )


def joined(low_half: int, high_half: int) -> int:
    """The sum whose halves were summed apart."""
    return low_half + (high_half << _HALF)
