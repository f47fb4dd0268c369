"""One measure over all rows of its subject, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cewen.base.period import InForce
from cewen.engine.result import Status
from cewen.rules.lower import LoweredMeasure, Plan

NOT_IN_FORCE, NOT_MET, UNKNOWN, MET = range(4)
"""Codes of a `status` array."""

STATUSES: tuple[Status, ...] = (Status.NOT_IN_FORCE, Status.NOT_MET, Status.UNKNOWN, Status.MET)
"""The status of each code."""

NONE = -1
"""No amount, no tier, not suppressed."""

Need: TypeAlias = tuple[str, int | None]
"""Key of a fact that may be missing and, for annual facts, its year."""

Flags: TypeAlias = NDArray[np.bool_]
Money: TypeAlias = NDArray[np.int64]
"""Whole fen."""


@dataclass(frozen=True, eq=False)
class MeasureColumns:
    """Results of one measure (措施的结果列): arrays of one length, rows in the order of its subject's table.

    | array           | type                   | holds                                                          |
    |-----------------|------------------------|----------------------------------------------------------------|
    | `status`        | int8                   | a code of `STATUSES`                                           |
    | `low`, `high`   | int64, fen             | the interval; both -1 where the reference gives no amount      |
    | `tier`          | int8                   | position in `measure.tiers` of the named tier met, -1 for none |
    | `needs`         | int8 … int64           | bit i: `needed[i]` is missing and keeps the row from settling  |
    | `suppressed_by` | int16                  | position in `plan.measures` of what wins, -1 for none          |

    `needs` is zero unless the status is unknown. Arrays may be read-only views of a single value; replace, never write.
    """

    measure: LoweredMeasure
    in_force: InForce
    needed: tuple[Need, ...]
    status: NDArray[np.int8]
    low: Money
    high: Money
    tier: NDArray[np.int8]
    needs: NDArray[np.signedinteger]
    suppressed_by: NDArray[np.int16]

    @property
    def row_count(self) -> int:
        return len(self.status)

    @property
    def has_amount(self) -> Flags:
        """Rows with an interval."""
        found: Flags = self.high >= 0
        return found

    @property
    def is_open(self) -> Flags:
        """Rows met and not suppressed: what stacking may still touch."""
        found: Flags = (self.status == MET) & (self.suppressed_by == NONE)
        return found

    @property
    def counts(self) -> Flags:
        """Rows whose amount enters a total."""
        return self.is_open & self.has_amount


@dataclass(frozen=True, eq=False)
class MeasureAmounts:
    """Amounts of one measure (措施的金额列): `status`, `high` and `suppressed_by` of `MeasureColumns`, nothing else."""

    measure: LoweredMeasure
    status: NDArray[np.int8]
    high: Money
    suppressed_by: NDArray[np.int16]

    def add_to(self, total: Money, owner: NDArray[np.int64]) -> None:
        """Add what is met and not suppressed to the total of the enterprise in whose row `owner` says it stands."""
        rows = np.flatnonzero((self.status == MET) & (self.suppressed_by == NONE) & (self.high > 0))
        np.add.at(total, owner[rows], self.high[rows])


@dataclass(frozen=True, eq=False)
class Amounts:
    """Amounts of a register (金额): `by_measure` in the order of the plan, and `total` fen of each enterprise."""

    plan: Plan
    by_measure: tuple[MeasureAmounts, ...]
    total: Money


def needs_type(needed: tuple[Need, ...]) -> type[np.signedinteger]:
    """The least integer type with a bit for each need besides its sign."""
    bits = len(needed)
    return np.int8 if bits < 8 else np.int16 if bits < 16 else np.int32 if bits < 32 else np.int64


def not_in_force(measure: LoweredMeasure, in_force: InForce, rows: int) -> MeasureColumns:
    """The results of a measure of an instrument that does not count on the date: nothing but the status."""
    return MeasureColumns(
        measure,
        in_force,
        (),
        np.broadcast_to(np.int8(NOT_IN_FORCE), rows),
        nothing(rows),
        nothing(rows),
        np.broadcast_to(np.int8(NONE), rows),
        np.broadcast_to(np.int8(0), rows),
        not_suppressed(rows),
    )


def nothing(rows: int) -> Money:
    """No amount in any row; takes no memory."""
    return np.broadcast_to(np.int64(NONE), rows)


def not_suppressed(rows: int) -> NDArray[np.int16]:
    """No row suppressed; takes no memory."""
    return np.broadcast_to(np.int16(NONE), rows)
