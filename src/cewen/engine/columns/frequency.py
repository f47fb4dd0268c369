"""一次性、每年、连续N年 over columns: an award already made uses up the claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.earlier import award_pairs, is_awarded, same_object
from cewen.engine.columns.measure_columns import NONE, MeasureColumns
from cewen.engine.columns.owners import enterprise_rows, owners
from cewen.engine.columns.results import ColumnResults
from cewen.rules import ops
from cewen.rules.measure import ForYears


def apply_frequency(results: ColumnResults) -> ColumnResults:
    """Suppress every met row whose claim an earlier award has used up; it then names itself as what wins."""
    awards = results.columns.awards
    if not awards.num_rows:
        return results
    awards = awards.filter(pc.less_equal(awards["on"], pa.scalar(results.plan.on)))
    enterprise = enterprise_rows(results.columns, awards["uscc"])
    paid = pc.dictionary_encode(awards["measure"]).combine_chunks()
    codes = {key: code for code, key in enumerate(paid.dictionary.to_pylist())}
    of_award = paid.indices.to_numpy()
    changed: list[tuple[int, MeasureColumns]] = []
    for at, columns in enumerate(results.by_measure):
        if columns.measure.measure.frequency is None:
            continue
        own = np.flatnonzero(of_award == codes.get(columns.measure.key, -1))
        if not len(own):
            continue
        used = _used_up(results, columns, awards.take(pa.array(own)), enterprise[own])
        if len(used):
            suppressed = columns.suppressed_by.copy()
            suppressed[used] = at
            changed.append((at, replace(columns, suppressed_by=suppressed)))
    return results.with_measures(changed)


def _used_up(
    results: ColumnResults, columns: MeasureColumns, awards: pa.Table, enterprise: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Open rows for which nothing is left to claim."""
    owner = owners(results.columns, columns.measure.measure.subject)
    is_open = np.flatnonzero(columns.is_open & is_awarded(enterprise, results.columns.enterprise_count)[owner])
    at, award = award_pairs(owner[is_open], enterprise)
    row = is_open[at]
    keep = _same_claim(results, columns, awards, row, award)
    row, award = row[keep], award[keep]
    frequency = columns.measure.measure.frequency
    if frequency == "one_off":
        return np.unique(row)
    years = pc.year(awards["on"]).to_numpy()[award]
    this_year = np.unique(row[years == results.plan.on.year])
    if not isinstance(frequency, ForYears):
        return this_year
    distinct = np.unique(np.stack([row, years], axis=1), axis=0)[:, 0]
    rows, counts = np.unique(distinct, return_counts=True)
    return np.union1d(this_year, rows[counts >= frequency.years])


def _same_claim(
    results: ColumnResults, columns: MeasureColumns, awards: pa.Table, row: NDArray[np.int64], award: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """As `engine.stacking` has it: the same object, or the same tier by its name or, failing that, by its amount."""
    measure = columns.measure
    subject, counts_per = measure.measure.subject, measure.measure.counts_per
    if subject != "enterprise" and counts_per != "measure":
        return same_object(results.columns, subject, row, awards, award)
    everything = np.ones(len(row), np.bool_)
    if counts_per != "tier":
        return everything
    first = {tier.name: at for at, tier in reversed(list(enumerate(measure.tiers))) if tier.name is not None}
    same_name = np.array([*(first.get(tier.name or "", NONE) for tier in measure.tiers), NONE])
    tier = same_name[columns.tier[row]]  # NONE is -1 and finds the last entry
    written = awards["tier"].to_pylist()
    award_tier = np.array([NONE if name is None else first.get(name, len(measure.tiers)) for name in written])[award]
    amounts = awards["amount"].to_numpy()
    tier_amounts = [
        int(each.amount.value)
        for each in measure.tiers
        if isinstance(each.amount, ops.Constant) and each.amount.value.denominator == 1
    ]
    own_amount, high = amounts[award], columns.high[row]
    by_amount = (high == NONE) | (own_amount == high) | ~np.isin(own_amount, np.array(tier_amounts, np.int64))
    decided = np.where(award_tier == NONE, by_amount, award_tier == tier)
    return np.where(tier == NONE, everything, decided)
