"""How awards go together, over columns: once only, highest only, joint caps. The same passes as `engine.stacking`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.frequency import apply_frequency
from cewen.engine.columns.measure_columns import MeasureColumns, Money
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sparse import object_names
from cewen.rules.lower import LoweredRule, Plan

Pass = Callable[[ColumnResults, frozenset[int]], ColumnResults]
Positions = NDArray[np.int64]


def apply_stacking(results: ColumnResults, decided: frozenset[int] = frozenset()) -> ColumnResults:
    """Run the passes in order: used up by earlier awards, highest only, joint caps.

    `decided` are positions in `plan.rules` of rules that `results` already show, as `columns.local.local_rules` allows;
    they are passed over.
    """
    for each in PASSES:
        results = each(results, decided)
    return results


@dataclass(frozen=True, eq=False)
class _Members:
    """Rows that compete under a rule, sorted by group and then by the order of the reference's results."""

    group: Positions
    measure: Positions
    row: Positions
    low: Money
    high: Money

    @property
    def first(self) -> Positions:
        """For each member the position of the first member of its group."""
        return np.searchsorted(self.group, self.group, side="left")

    def chosen(self, keep: NDArray[np.bool_] | Positions) -> _Members:
        return _Members(self.group[keep], self.measure[keep], self.row[keep], self.low[keep], self.high[keep])


def apply_highest_only(results: ColumnResults, decided: frozenset[int] = frozenset()) -> ColumnResults:
    """就高不重复: within each group the award with the highest amount stays; of equals the first."""
    for at, rule in enumerate(results.plan.rules):
        if rule.rule.rule != "highest_only" or at in decided:
            continue
        members = _members(results, rule)
        if members is None:
            continue
        count = len(members.group)
        by_amount = np.lexsort((np.arange(count), -members.high, members.group))
        winner = by_amount[members.first]
        loses = winner != np.arange(count)
        if rule.rule.across == "issuer":
            policy = _policies(results.plan)[members.measure]
            loses &= policy != policy[winner]
        results = _suppress(results, members, loses, members.measure[winner])
    return results


def apply_joint_caps(results: ColumnResults, decided: frozenset[int] = frozenset()) -> ColumnResults:
    """合计上限: members take from the limit in the order the rule names them; who finds nothing left is suppressed."""
    for at, rule in enumerate(results.plan.rules):
        if rule.rule.rule != "joint_cap" or rule.limit is None or at in decided:
            continue
        members = _members(results, rule)
        if members is None:
            continue
        rank = {key: at for at, key in reversed(list(enumerate(rule.members)))}
        ranks = np.array([rank.get(measure.key, 0) for measure in results.plan.measures], np.int64)[members.measure]
        members = members.chosen(np.lexsort((np.arange(len(members.group)), ranks, members.group)))
        taken = np.minimum(members.high, rule.limit)
        # Differences of wrapped sums are exact: what one group takes fits in 64 bits.
        running = np.cumsum(taken)
        before = running - taken
        before -= before[members.first]
        rest = np.maximum(rule.limit - before, 0)
        results = _suppress(results, members, rest == 0, members.measure[members.first])
        results = _reduce(results, members, (rest > 0) & (members.high > rest), rest)
    return results


def _used_up(results: ColumnResults, _: frozenset[int]) -> ColumnResults:
    return apply_frequency(results)


PASSES: tuple[Pass, ...] = (_used_up, apply_highest_only, apply_joint_caps)


def live_members(plan: Plan, rule: LoweredRule) -> tuple[int, ...]:
    """Positions of members that can carry an amount; none when the rule can never bite.

    One member alone still competes with itself where an enterprise has several of its objects: two projects share a
    joint cap that holds but one measure.
    """
    found = tuple(at for at, measure in enumerate(plan.measures) if measure.key in rule.members and measure.tiers)
    if len(found) == 1 and plan.measures[found[0]].measure.subject == "enterprise":
        return ()
    if rule.rule.across == "issuer" and len({plan.measures[at].policy.id for at in found}) < 2:
        return ()  # the rule speaks of other policies, not of measures of one policy among themselves
    return found


def _members(results: ColumnResults, rule: LoweredRule) -> _Members | None:
    """Groups of two or more met members: of one enterprise, or of one object of it (by name)."""
    measures, rows, owner_of, lows, highs = [], [], [], [], []
    owner_by_subject: dict[str, Positions] = {}
    for at in live_members(results.plan, rule):
        columns = results.by_measure[at]
        found = np.flatnonzero(columns.counts)
        if not len(found):
            continue
        subject = columns.measure.measure.subject
        if subject not in owner_by_subject:
            owner_by_subject[subject] = owners(results.columns, subject)
        measures.append(np.full(len(found), at))
        rows.append(found)
        owner_of.append(owner_by_subject[subject][found])
        lows.append(columns.low[found])
        highs.append(columns.high[found])
    if not rows:
        return None
    measure, row, owner = np.concatenate(measures), np.concatenate(rows), np.concatenate(owner_of)
    claimant = _claimants(results, rule, measure, row, owner_by_subject)
    group = owner if claimant is None else _group_numbers(owner, claimant)
    order = np.lexsort((row, measure, group))
    members = _Members(group, measure, row, np.concatenate(lows), np.concatenate(highs)).chosen(order)
    first = members.first
    size = np.searchsorted(members.group, members.group, side="right") - first
    keep = size > 1
    if rule.rule.across == "issuer":
        keep &= _holds_two_policies(members, first, _policies(results.plan))
    return members.chosen(keep) if keep.any() else None


def _claimants(
    results: ColumnResults, rule: LoweredRule, measure: Positions, row: Positions, owners_of: dict[str, Positions]
) -> Positions | None:
    """A number for what each member is claimed for, alike where the reference's names are; None: the enterprise."""
    if rule.rule.per == "enterprise" or set(owners_of) == {"enterprise"}:
        return None
    subjects = np.array([each.measure.measure.subject for each in results.by_measure])[measure]
    names: list[pa.Array] = []
    positions: list[Positions] = []
    for subject, owner in owners_of.items():
        at = np.flatnonzero(subjects == subject)
        if subject == "enterprise":
            names.append(pa.repeat(pa.scalar("enterprise"), len(at)))
        else:
            names.append(object_names(results.columns, subject, owner).take(pa.array(row[at])))
        positions.append(at)
    codes = pc.dictionary_encode(pa.chunked_array(names, pa.string())).combine_chunks().indices.to_numpy()
    claimant = np.empty(len(row), np.int64)
    claimant[np.concatenate(positions)] = codes
    return claimant


def _group_numbers(owner: Positions, claimant: Positions) -> Positions:
    """One number for each pair of enterprise and claimant."""
    numbers: Positions = np.unique(owner * (int(claimant.max()) + 1) + claimant, return_inverse=True)[1]
    return numbers


def _holds_two_policies(members: _Members, first: Positions, policies: Positions) -> NDArray[np.bool_]:
    policy = policies[members.measure]
    differs = policy != policy[first]
    any_in_group = np.zeros(len(first), np.bool_)
    any_in_group[first[differs]] = True
    return any_in_group[first]


def _policies(plan: Plan) -> Positions:
    """A number for the policy of each measure of a plan."""
    ids = {each: at for at, each in enumerate(dict.fromkeys(measure.policy.id for measure in plan.measures))}
    return np.array([ids[measure.policy.id] for measure in plan.measures], np.int64)


def _suppress(results: ColumnResults, members: _Members, which: NDArray[np.bool_], winner: Positions) -> ColumnResults:
    changed: list[tuple[int, MeasureColumns]] = []
    for at in np.unique(members.measure[which]).tolist():
        mine = which & (members.measure == at)
        suppressed = results.by_measure[at].suppressed_by.copy()
        suppressed[members.row[mine]] = winner[mine]
        changed.append((at, replace(results.by_measure[at], suppressed_by=suppressed)))
    return results.with_measures(changed)


def _reduce(results: ColumnResults, members: _Members, which: NDArray[np.bool_], rest: Money) -> ColumnResults:
    changed: list[tuple[int, MeasureColumns]] = []
    for at in np.unique(members.measure[which]).tolist():
        mine = which & (members.measure == at)
        low, high = results.by_measure[at].low.copy(), results.by_measure[at].high.copy()
        low[members.row[mine]] = np.minimum(members.low[mine], rest[mine])
        high[members.row[mine]] = rest[mine]
        changed.append((at, replace(results.by_measure[at], low=low, high=high)))
    return results.with_measures(changed)
