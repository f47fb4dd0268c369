"""Stacking (叠加) inside the query: rules that a row decides by itself, as terms of the measures' own.

The same passes as `engine.columns.stacking`, for groups that are one row (see `engine.columns.local`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cewen.engine.backends.ibis import terms
from cewen.engine.backends.ibis.measure_terms import NOBODY, MeasureTerms
from cewen.engine.backends.ibis.term import Term
from cewen.engine.backends.ibis.terms import FALSE, all_of, any_of, case, certain, negation
from cewen.engine.columns.local import in_pass_order
from cewen.engine.columns.stacking import live_members
from cewen.rules.lower import LoweredRule, Plan

ZERO = terms.number(0)


def apply_rules(plan: Plan, measures: Mapping[int, MeasureTerms], rules: frozenset[int]) -> dict[int, MeasureTerms]:
    """The measures by their position in the plan, after the rules at `rules` of it, in the order of the passes."""
    found = dict(measures)
    for at in in_pass_order(plan):
        members = [member for member in live_members(plan, plan.rules[at]) if member in found]
        if at in rules and len(members) > 1:
            apply = _highest_only if plan.rules[at].rule.rule == "highest_only" else _joint_cap
            found.update(apply(plan, plan.rules[at], {member: found[member] for member in members}))
    return found


def _highest_only(plan: Plan, rule: LoweredRule, members: Mapping[int, MeasureTerms]) -> Mapping[int, MeasureTerms]:
    """就高不重复: the highest claim stays, of equals the first; with `across`, those of the winner's policy stay too."""
    (first, *others) = members
    best, winner = members[first].claim, terms.number(first)
    passed: dict[int, Term] = {}
    for at in others:
        passed[at] = terms.below(best, members[at].claim)
        winner = case(passed[at], terms.number(at), winner)
        best = terms.greatest(best, members[at].claim)

    def stays(one: int) -> Term:
        """Whether the winner is this one, or of its policy."""
        found = certain(_goes_with(plan, rule, one, first))
        for at in others:
            found = case(passed[at], certain(_goes_with(plan, rule, one, at)), found)
        return found

    return {
        at: each.losing(all_of((each.is_open, negation(stays(at)))), _other(members, at) or winner)
        for at, each in members.items()
    }


def _other(members: Mapping[int, MeasureTerms], one: int) -> Term | None:
    """Of two, the one that is not `one`: what wins where that loses."""
    if len(members) != 2:
        return None
    (other,) = (at for at in members if at != one)
    return terms.number(other)


def _goes_with(plan: Plan, rule: LoweredRule, one: int, other: int) -> bool:
    alike = plan.measures[one].policy.id == plan.measures[other].policy.id
    return one == other or (rule.rule.across == "issuer" and alike)


def _joint_cap(plan: Plan, rule: LoweredRule, members: Mapping[int, MeasureTerms]) -> Mapping[int, MeasureTerms]:
    """合计上限: each takes from the limit in the order of the rule; who finds nothing left is suppressed."""
    assert rule.limit is not None  # such a rule is none that a row decides
    limit = terms.number(rule.limit)
    rank = {key: place for place, key in reversed(list(enumerate(rule.members)))}
    order = sorted(members, key=lambda at: rank[plan.measures[at].key])
    first = NOBODY
    for at in reversed(order):
        first = case(members[at].is_open, terms.number(at), first)
    several = _at_least_two(members[at].is_open for at in order)
    found: dict[int, MeasureTerms] = {}
    before: Term = ZERO
    for at in order:
        each = members[at]
        rest = terms.greatest(terms.add(limit, terms.negate(before)), ZERO)
        left = terms.below(ZERO, rest)
        loses = all_of((several, each.is_open, negation(left)))
        cut = all_of((several, left, terms.below(rest, each.claim)))
        found[at] = each.reduced(cut, rest).losing(
            loses, terms.number(order[0]) if len(order) == 2 and at == order[1] else first
        )
        before = terms.add(before, terms.greatest(terms.least(each.claim, limit), ZERO))
    return found


def _at_least_two(truths: Iterable[Term]) -> Term:
    any_before, two = FALSE, FALSE
    for each in truths:
        two = any_of((two, all_of((any_before, each))))
        any_before = any_of((any_before, each))
    return two
