"""The best admissible set of awards where they exclude each other: exact for small sets, a 0/1 program for large ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import gcd
from typing import Any

from cewen.base.certainty import Certainty
from cewen.engine.advise.worth import Worth, worth_of
from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result, Status
from cewen.engine.stacking import apply_highest_only, apply_joint_caps
from cewen.rules.lower import LoweredRule, Plan

MOST_TRIED = 12
"""Awards that exclude each other and are tried in every combination; more go to the 0/1 program."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Best choice (最佳组合): results to apply for, and those left out, each with the rule that keeps it out."""

    chosen: tuple[Result, ...]
    left_out: tuple[tuple[Result, str], ...]
    worth: Worth
    as_stacked: Worth
    """What the rules pay when everything is applied for."""


def choose(plan: Plan, results: tuple[Result, ...], sheet: FactSheet, ceiling_weight: Fraction) -> Choice:
    """The set with the greatest weighed worth. `results` are those of the plan before rules between measures.

    Each set is paid as the rules pay it (`apply_highest_only`, `apply_joint_caps`), so joint caps and exclusions hold.
    Of sets of equal worth the one with fewer awards, then the one with the earlier measures, is chosen.
    """
    open_results = [result for result in results if result.counts]
    free, tied = _parts(plan, open_results)
    chosen = list(free)
    for group in tied:
        chosen.extend(_best(plan, group, sheet, ceiling_weight))
    order = {id(result): at for at, result in enumerate(results)}
    chosen.sort(key=lambda result: order[id(result)])
    paid = _paid(plan, chosen, sheet)
    kept = [result for result in paid if result.counts]
    left = [result for result in open_results if all(result is not other for other in chosen)]
    reasons = [(result, _reason(plan, result, chosen)) for result in left]
    everything = worth_of(_paid(plan, open_results, sheet))
    return Choice(tuple(kept), tuple(reasons), worth_of(kept), everything)


def _paid(plan: Plan, results: Sequence[Result], sheet: FactSheet) -> tuple[Result, ...]:
    return apply_joint_caps(plan, apply_highest_only(plan, tuple(results), sheet), sheet)


def _parts(plan: Plan, results: Sequence[Result]) -> tuple[list[Result], list[list[Result]]]:
    """Results no rule ties to another, and the groups of those that hang together."""
    group_of = {at: {at} for at in range(len(results))}
    for rule in plan.rules:
        for members in _competing(rule, results):
            merged: set[int] = set().union(*(group_of[at] for at in members))
            for at in merged:
                group_of[at] = merged
    groups = {id(group): group for group in group_of.values()}
    free = [results[min(group)] for group in groups.values() if len(group) == 1]
    return free, [[results[at] for at in sorted(group)] for group in groups.values() if len(group) > 1]


def _competing(rule: LoweredRule, results: Sequence[Result]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for at, result in enumerate(results):
        if result.measure.key in rule.members:
            of_enterprise = rule.rule.per == "enterprise" or result.subject == "enterprise"
            claimant = "enterprise" if of_enterprise else result.object_name or result.subject
            groups.setdefault(claimant, []).append(at)
    found = [group for group in groups.values() if len(group) > 1]
    if rule.rule.across == "issuer":
        found = [group for group in found if len({results[at].measure.policy.id for at in group}) > 1]
    return found


def _best(plan: Plan, group: list[Result], sheet: FactSheet, weight: Fraction) -> list[Result]:
    if len(group) > MOST_TRIED:
        return _programmed(plan, group, sheet, weight)
    best: tuple[Fraction, list[Result]] = (Fraction(-1), [])
    for size in range(len(group) + 1):
        for picked in combinations(group, size):
            paid = _paid(plan, picked, sheet)
            if any(result.suppressed_by is not None for result in paid):
                continue  # not admissible: one of them would be taken away
            value = worth_of(paid).weighed(weight)
            if value > best[0]:
                best = (value, list(picked))
    return best[1]


def _programmed(plan: Plan, group: list[Result], sheet: FactSheet, weight: Fraction) -> list[Result]:
    """0/1 program: x_i for each award, y_i ≤ amount_i · x_i what it pays. Whole numbers, scaled by their divisor; the
    answer is a set, and its worth is computed again exactly."""
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.0)
    amounts = [result.amount.high if result.amount else 0 for result in group]
    limits = [rule.limit or 0 for rule in plan.rules if rule.rule.rule == "joint_cap"]
    unit = gcd(*amounts, *limits) or 1
    takes = [highs.addBinary() for _ in group]
    pays = [highs.addVariable(0, amount // unit) for amount in amounts]
    for take, pay, amount in zip(takes, pays, amounts, strict=True):
        highs.addConstr(pay <= (amount // unit) * take)
    for rule in plan.rules:
        for members in _competing(rule, group):
            if rule.rule.rule == "joint_cap":
                highs.addConstr(sum(pays[at] for at in members) <= (rule.limit or 0) // unit)
                continue
            for one, other in combinations(members, 2):
                same = group[one].measure.policy.id == group[other].measure.policy.id
                if not (rule.rule.across == "issuer" and same):
                    highs.addConstr(takes[one] + takes[other] <= 1)
    shares = [Fraction(1) if each.measure.measure.certainty is Certainty.DEFINITE else weight for each in group]
    scale = weight.denominator
    highs.maximize(sum(int(share * scale) * pay for share, pay in zip(shares, pays, strict=True)))
    solution = highs.vals(takes)
    picked = [result for result, take in zip(group, solution, strict=True) if take > 0.5]
    return list(_paid_origins(plan, picked, sheet))


def _paid_origins(plan: Plan, picked: list[Result], sheet: FactSheet) -> Iterable[Result]:
    """Of a set those awards that are really paid."""
    for result, paid in zip(picked, _paid(plan, picked, sheet), strict=True):
        if paid.suppressed_by is None:
            yield result


def _reason(plan: Plan, result: Result, chosen: Sequence[Result]) -> str:
    """Which rule keeps it out, beside which award."""
    for rule in plan.rules:
        for members in _competing(rule, [result, *chosen]):
            if 0 in members:
                others = "、".join(f"“{chosen[at - 1].measure.measure.title}”" for at in members if at)
                words = "就高不重复" if rule.rule.rule == "highest_only" else "合计上限"
                return f"{words}（{rule.rule.clause}），已选 {others}"
    return "不增加合计"


def before_rules(plan: Plan) -> Plan:
    """The plan without rules between measures: what each measure gives by itself, award history applied."""
    return replace(plan, rules=())


def is_open(result: Result) -> bool:
    """Met and not used up."""
    return result.status is Status.MET and result.suppressed_by is None
