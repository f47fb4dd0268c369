"""Sums without rows: what live simulation asks for. Amounts are added where they arise and never stored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cewen.base.certainty import Certainty
from cewen.engine.backends.kernel.source import HIGH, HIGH_TOP
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.owners import districts, row_count
from cewen.engine.columns.stacking import live_members
from cewen.engine.columns.sums import DistrictSums, MeasureSums, joined
from cewen.rules.lower import LoweredMeasure, Plan

_HALF = 32


def stacked(plan: Plan, columns: Columns) -> frozenset[int]:
    """Positions of measures whose totals depend on others or on past awards, so that rows are needed first."""
    found: set[int] = set()
    if columns.awards.num_rows:
        paid = set(columns.awards["measure"].unique().to_pylist())
        found |= {
            at
            for at, measure in enumerate(plan.measures)
            if measure.measure.frequency is not None and measure.key in paid
        }
    bites = [members for rule in plan.rules if len(members := live_members(plan, rule)) > 1]
    in_loop = {at for group in rivals(plan) for at in group}
    alone = {members for members in bites if not set(members) <= in_loop}
    found |= {at for members in alone for at in members}
    while any(found & set(members) and not set(members) <= found for members in bites):
        found |= {at for members in bites if found & set(members) for at in members}
    return frozenset(found)


def rivals(plan: Plan) -> dict[tuple[int, ...], bool]:
    """Members of highest-only rules that compete within one row, as positions; true where policies are compared.

    Those are rules among measures for enterprises that no second rule touches: the loop decides them itself.
    """
    live = {at: live_members(plan, rule) for at, rule in enumerate(plan.rules)}
    found: dict[tuple[int, ...], bool] = {}
    for at, members in live.items():
        rule = plan.rules[at].rule
        others = {each for other, positions in live.items() if other != at for each in positions}
        subjects = {plan.measures[each].measure.subject for each in members}
        if (
            rule.rule == "highest_only"
            and subjects == {"enterprise"}
            and len(members) > 1
            and not others & set(members)
        ):
            found[members] = rule.across == "issuer"
    return found


def groups(columns: Columns, by_district: bool) -> tuple[NDArray[np.int32], int, tuple[str | None, ...]]:
    """(group of each enterprise, mask for its row, names): districts that occur, or all enterprises in one group."""
    if not by_district:
        return np.zeros(1, np.int32), 0, (None,)
    of_enterprise, names = districts(columns)
    occurs = np.bincount(of_enterprise, minlength=len(names)) > 0
    number = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    chosen = tuple(name for name, present in zip(names, occurs.tolist(), strict=True) if present)
    return number[of_enterprise].astype(np.int32), -1, chosen


def carry(totals: NDArray[np.int64]) -> None:
    """Move what exceeds the lower half of each sum to the upper one, in place."""
    totals[..., HIGH_TOP] += totals[..., HIGH] >> _HALF
    totals[..., HIGH] &= (1 << _HALF) - 1


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
