"""Sums without rows: what live simulation asks for. Amounts are added where they arise and never stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cewen.base.certainty import Certainty
from cewen.base.period import InForce
from cewen.engine.backends.kernel.chunk import Chunk
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.local import local_rules, may_be_used_up
from cewen.engine.columns.owners import districts, row_count
from cewen.engine.columns.results import in_force
from cewen.engine.columns.stacking import live_members
from cewen.engine.columns.sums import DistrictSums, MeasureSums, joined
from cewen.rules.lower import LoweredMeasure, Plan


def chosen(plan: Plan, as_if_in_force: bool, only: frozenset[int] | None) -> tuple[int, ...]:
    """Positions of the measures to evaluate."""
    return tuple(
        at
        for at, stands in enumerate(in_force(plan))
        if (as_if_in_force or stands is InForce.IN_FORCE) and (only is None or at in only)
    )


def stacked(plan: Plan, columns: Columns) -> frozenset[int]:
    """Positions of measures whose totals depend on more than their own row, so that rows are needed first."""
    found = may_be_used_up(plan, columns)
    decided = local_rules(plan, columns)
    bites = {at: live_members(plan, rule) for at, rule in enumerate(plan.rules)}
    found |= {each for at, members in bites.items() if at not in decided for each in members}
    while any(found & set(members) and not set(members) <= found for members in bites.values()):
        found |= {each for members in bites.values() if found & set(members) for each in members}
    return frozenset(found)


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of rows that are summed apart (分组): names, and the group of each row of a chunk, None for one of all."""

    names: tuple[str | None, ...]
    of_chunk: Callable[[Chunk], NDArray[np.int32]] | None


EVERYWHERE = Groups((None,), None)
"""All rows in one group."""


def district_groups(columns: Columns) -> Groups:
    """The districts that occur."""
    of_enterprise, names = districts(columns)
    occurs = np.bincount(of_enterprise, minlength=len(names)) > 0
    number = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    group = number[of_enterprise].astype(np.int32)

    def of_chunk(chunk: Chunk) -> NDArray[np.int32]:
        return group[chunk.start : chunk.stop] if chunk.rows is None else group[chunk.rows]

    return Groups(tuple(name for name, present in zip(names, occurs.tolist(), strict=True) if present), of_chunk)


def measure_sums(measure: LoweredMeasure, totals: NDArray[np.int64], rows: int) -> MeasureSums:
    """The sums of one measure from its totals in every group."""
    count, unknown, suppressed, half, top = totals.sum(axis=0).tolist()
    met, low, high = count + suppressed, *_interval(measure, joined(half, top))
    return MeasureSums(measure.key, met, unknown, rows - met - unknown, 0, suppressed, low, high)


def district_sums(
    measure: LoweredMeasure, totals: NDArray[np.int64], names: Sequence[str | None]
) -> tuple[DistrictSums, ...]:
    """The sums of one measure by district, those without a met row left out."""
    return tuple(
        DistrictSums(names[at], measure.key, count, *_interval(measure, joined(half, top)))
        for at, (count, _, _, half, top) in enumerate(totals.tolist())
        if count
    )


def _interval(measure: LoweredMeasure, high: int) -> tuple[int, int]:
    return (high if measure.measure.certainty is Certainty.DEFINITE else 0), high


def not_in_force_sums(plan: Plan, columns: Columns, at: int) -> MeasureSums:
    """The sums of a measure of an instrument that is not in force."""
    rows = row_count(columns, plan.measures[at].measure.subject)
    return MeasureSums(plan.measures[at].key, 0, 0, 0, rows, 0, 0, 0)
