"""Measures of one policy or two under stacking rules, made up so that a row decides each rule by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from cewen.rules import ops
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredRule, Plan, lower_corpus
from cewen.rules.policy import StackingRule
from cewen.rules.types import MONEY
from term_support import random_plan

MEMBERS = 5

FIXED: list[dict[str, Any]] = [
    {"rule": "highest_only", "members": [0, 1, 2], "across": None, "limit": 0},
    {"rule": "highest_only", "members": [2, 3], "across": "issuer", "limit": 0},
    {"rule": "joint_cap", "members": [4, 3, 0], "across": None, "limit": 7},
]
AMOUNTS = [
    (ops.Certain(True), ops.FactNumber(MONEY, "turnover"), "definite"),
    (ops.IsTrue("flag"), ops.FactNumber(MONEY, "floored"), "ceiling"),
    (ops.OneOf("grade", ("a", "b")), ops.FactNumber(MONEY, "banded"), "definite"),
    (ops.Certain(True), ops.FactNumber(MONEY, "turnover", 1), "definite"),
    (ops.IsTrue("flag"), ops.Constant(MONEY, Fraction(3)), "definite"),
]


def stacked_plan(corpus: Corpus, drawn: list[Any], policies: list[bool], rules: list[dict[str, Any]]) -> Plan:
    """Random measures of one policy or two, under random rules."""
    whole = lower_corpus(corpus, date(2024, 6, 30))
    plan = random_plan(whole, [([condition], [(None, amount)], kind) for condition, amount, kind in drawn])
    model = plan.measures[0]
    other = next(each.policy for each in whole.measures if each.policy.id != model.policy.id)
    measures = tuple(
        replace(each, policy=other) if elsewhere else each
        for each, elsewhere in zip(plan.measures, policies, strict=False)
    )
    lowered = []
    for at, rule in enumerate(rules):
        members = tuple(measures[member].key for member in rule["members"] if member < len(measures))
        written = StackingRule(
            id=f"rule-{at}", rule=rule["rule"], clause="一", quote="就高不重复",
            across=rule["across"] if rule["rule"] == "highest_only" else None,
        )  # fmt: skip
        limit = rule["limit"] if rule["rule"] == "joint_cap" else None
        lowered.append(LoweredRule(model.policy, written, members, limit))
    return replace(plan, measures=measures, rules=tuple(lowered))
