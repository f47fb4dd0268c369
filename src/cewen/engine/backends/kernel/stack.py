"""Stacking rules a row decides by itself, applied to a chunk right after its measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cewen.engine.backends.kernel.chunk import Lane
from cewen.engine.backends.kernel.compile import step
from cewen.engine.backends.kernel.place import Place
from cewen.engine.columns.local import in_pass_order
from cewen.engine.columns.stacking import live_members
from cewen.rules.lower import Plan

ANY_POLICY = -2
"""For rules that do not ask which policy a measure is of; -1 is the side of a row without a winner."""


@dataclass(frozen=True)
class RowRule:
    """A rule among measures of one row (行内叠加规则).

    `members` are positions in the plan with a number for the policy, `ANY_POLICY` where the rule does not ask; those of
    a joint cap stand in the order they take from `limit`, which is None for a highest-only rule.
    """

    members: tuple[tuple[int, int], ...]
    limit: int | None


def row_rules(plan: Plan, decided: frozenset[int], present: frozenset[int]) -> tuple[RowRule, ...]:
    """The rules at the positions `decided` in the order of the passes, among the measures that are evaluated."""
    policies = {policy: at for at, policy in enumerate(dict.fromkeys(each.policy.id for each in plan.measures))}
    found = []
    for at in in_pass_order(plan):
        rule = plan.rules[at]
        members = [each for each in live_members(plan, rule) if each in present]
        if at not in decided or len(members) < 2:
            continue
        if rule.limit is not None and rule.rule.rule == "joint_cap":
            members.sort(key=lambda each: rule.members.index(plan.measures[each].key))
            found.append(RowRule(tuple((each, ANY_POLICY) for each in members), rule.limit))
        else:
            asks = rule.rule.across == "issuer"
            sides = [policies[plan.measures[each].policy.id] if asks else ANY_POLICY for each in members]
            found.append(RowRule(tuple(zip(members, sides, strict=True)), None))
    return tuple(found)


Members = list[tuple[int, int, Place]]
"""Position, policy and place of each member of a rule."""


def apply_rules(lane: Lane, rules: Sequence[RowRule], places: Mapping[int, Place], count: int) -> None:
    """Suppress and reduce in the places of the members, in order. `places` by position in the plan."""
    for rule in rules:
        members = [(at, policy, places[at]) for at, policy in rule.members]
        if rule.limit is None:
            _highest_only(lane, members, count)
        else:
            _joint_cap(lane, members, rule.limit, count)


def _highest_only(lane: Lane, members: Members, count: int) -> None:
    best, winner, side = _three(lane, count)
    best.fill(-1)
    winner.fill(-1)
    side.fill(-1)
    challenge, give_way = step("challenge"), step("give_way")
    for at, policy, place in members:
        challenge(count, place.status, place.high, place.lost, at, policy, best, winner, side)
    for at, policy, place in members:
        # Where the rule does not ask, every member has the policy of the winner; another number lets all give way.
        own = policy if policy != ANY_POLICY else ANY_POLICY - 1
        give_way(count, place.status, place.high, place.lost, at, own, winner, side)


def _joint_cap(lane: Lane, members: Members, limit: int, count: int) -> None:
    rest, open_count, first = _three(lane, count)
    rest.fill(limit)
    open_count.fill(0)
    first.fill(-1)
    enter, draw = step("enter"), step("draw")
    for _, _, place in members:
        enter(count, place.status, place.high, place.lost, open_count)
    for at, _, place in members:
        draw(count, place.status, place.low, place.high, place.lost, at, open_count, rest, first)


def _three(lane: Lane, count: int) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.int16]]:
    """Scratch for an amount and two numbers of each row."""
    return (
        lane.scratch(np.int64, "rule")[:count],
        lane.scratch(np.int16, "rule", 1)[:count],
        lane.scratch(np.int16, "rule", 2)[:count],
    )
