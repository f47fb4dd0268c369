"""Who gains and who loses: every enterprise compared, those with the greatest difference listed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns
from cewen.engine.columns.measure_columns import Money
from cewen.engine.columns.sums import exact_sum
from cewen.engine.simulate.compare import Balance, EnterpriseChange, MoneyKind, Shift
from cewen.engine.simulate.difference import Difference
from cewen.engine.simulate.grouping import Grouping

TOP_COUNT = 20


def shift(columns: Columns, district: Grouping, difference: Difference, kind: MoneyKind, top: int = TOP_COUNT) -> Shift:
    """Compare every enterprise; the lists hold those with the greatest difference."""
    rows, amounts = difference.rows[kind], difference.amounts(kind)
    winners = int(np.count_nonzero(amounts > 0))
    losers = len(rows) - winners
    return Shift(
        kind,
        winners,
        losers,
        columns.enterprise_count - len(rows),
        exact_sum(np.maximum(amounts, 0)),
        exact_sum(np.maximum(-amounts, 0)),
        _listed(columns, district, difference, kind, rows[_greatest(amounts, winners, top)]),
        _listed(columns, district, difference, kind, rows[_greatest(-amounts, losers, top)]),
    )


def balance(difference: Difference) -> Balance:
    """winners + losers + mixed + same is every enterprise."""
    up, down = ([_rows(difference, kind, sign) for kind in MoneyKind] for sign in (1, -1))
    mixed = sum(len(np.intersect1d(up[at], down[1 - at], assume_unique=True)) for at in (0, 1))
    winners, losers = (len(np.union1d(*rows)) - mixed for rows in (up, down))
    return Balance(winners, losers, mixed, len(difference.before.awards) - winners - losers - mixed)


def _rows(difference: Difference, kind: MoneyKind, sign: int) -> NDArray[np.int64]:
    """Enterprises that get more (sign 1) or less (-1) of one kind of money."""
    return difference.rows[kind][difference.amounts(kind) * sign > 0]


def _greatest(difference: Money, count: int, top: int) -> NDArray[np.int64]:
    """Positions of the greatest positive differences, of equal ones the earlier first."""
    kept = min(top, count)
    if not kept:
        return np.zeros(0, np.int64)
    positions = np.flatnonzero(difference > 0)
    positive = difference[positions]
    least = np.partition(positive, len(positive) - kept)[len(positive) - kept]
    positions = positions[positive >= least]
    found: NDArray[np.int64] = positions[np.argsort(-difference[positions], kind="stable")][:kept]
    return found


def _listed(
    columns: Columns, district: Grouping, difference: Difference, kind: MoneyKind, rows: NDArray[np.int64]
) -> tuple[EnterpriseChange, ...]:
    old, new = (kind.of(side)[rows].tolist() for side in (difference.before, difference.after))
    table = columns.tables["enterprise"]
    codes, names = table[USCC], table[OBJECT_NAME]
    return tuple(
        EnterpriseChange(codes[row].as_py(), names[row].as_py() or "", district.names[part], before, after)
        for row, part, before, after in zip(rows.tolist(), district.part[rows].tolist(), old, new, strict=True)
    )
