"""Stacking rules a row decides by itself, so that a back-end may apply them where it computes the row."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from cewen.engine.columns.layout import Columns
from cewen.engine.columns.stacking import live_members
from cewen.rules.lower import Plan

PASS_ORDER = ("highest_only", "joint_cap")
"""Kinds of rules in the order their passes run; once-only awards come before both."""


def local_rules(plan: Plan, columns: Columns) -> frozenset[int]:
    """Positions in `plan.rules` of rules (叠加规则) whose every group is a single row of `columns`.

    Such a rule has two or more live members, all of the enterprise, whose row is its own group. A back-end may apply
    these rules to a row, in the order of `in_pass_order`, before anything else of stacking, and then call
    `apply_stacking(results, decided)` for the rest. The order of the passes stays right, because what is brought
    forward meets its members as it would have met them in its turn:

    - the pass of once-only awards changes none of them: no member has an award in `columns` that could use it up;
    - no rule that comes earlier and is not brought forward has a member in common with it;
    - rules brought forward keep their order among themselves;
    - what is passed over has no member in common with it, so it does not matter which of the two comes first.

    Rules that can never bite (`live_members` gives none) are left out and hold nothing up.
    """
    touched = may_be_used_up(plan, columns)
    found: set[int] = set()
    for at in in_pass_order(plan):
        members = live_members(plan, plan.rules[at])
        if not members:
            continue
        of_enterprise = all(plan.measures[each].measure.subject == "enterprise" for each in members)
        if of_enterprise and not touched.intersection(members) and _is_plain(plan, at):
            found.add(at)
        else:
            touched.update(members)
    return frozenset(found)


def in_pass_order(plan: Plan) -> Iterator[int]:
    """Positions of the stacking rules in the order they are applied: highest-only before joint caps, each as written."""
    for kind in PASS_ORDER:
        yield from (at for at, rule in enumerate(plan.rules) if rule.rule.rule == kind)


def _is_plain(plan: Plan, at: int) -> bool:
    """Joint caps need a limit, and are between measures, not between policies."""
    rule = plan.rules[at]
    return rule.rule.rule == "highest_only" or (rule.limit is not None and rule.rule.across is None)


def may_be_used_up(plan: Plan, columns: Columns) -> set[int]:
    """Positions of measures for which an award already made may leave nothing to claim."""
    if not columns.awards.num_rows:
        return set()
    paid = set(pc.unique(columns.awards["measure"]).to_pylist())
    return {
        at for at, measure in enumerate(plan.measures) if measure.measure.frequency is not None and measure.key in paid
    }
