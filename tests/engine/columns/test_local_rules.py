"""Rules a row decides by itself: bringing them forward changes no result, whatever else the plan holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cewen.base.period import InForce
from cewen.engine.columns.layout import AWARDS, Columns, Layout
from cewen.engine.columns.local import in_pass_order, local_rules
from cewen.engine.columns.measure_columns import MET, MeasureColumns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.stacking import apply_highest_only, apply_joint_caps, apply_stacking
from cewen.rules.lower import Plan, lower_corpus
from engine_support import MakeCorpus, measure

ROWS = 12
ON = date(2024, 6, 30)
QUOTE = "对企业给予奖励（m0）"


def rule(identity: str, kind: str, members: str, **entries: object) -> dict[str, object]:
    names = [f"m{member}" for member in members]
    return {"id": identity, "rule": kind, "clause": "一", "quote": QUOTE, "members": names, **entries}


RULES = [
    rule("a", "joint_cap", "12", limit="30元"),
    rule("b", "highest_only", "01"),
    rule("c", "highest_only", "34"),
    rule("d", "joint_cap", "546", limit="20元", per="enterprise"),
    rule("e", "highest_only", "7"),
    rule("f", "highest_only", "128"),
]
"""b and f share m1; d has a member that is a project; e can never bite. m4 and m8 may be used up by earlier awards."""


@pytest.fixture
def plan(make_corpus: MakeCorpus) -> Plan:
    def made(at: int) -> dict[str, Any]:
        frequency = {"frequency": "annual"} if at in (4, 8) else {}
        return measure(f"m{at}", subject="project" if at == 6 else "enterprise", **frequency)

    return lower_corpus(make_corpus(*(made(at) for at in range(9)), stacking=RULES), ON)


def columns_of(plan: Plan, awarded: list[tuple[int, int]]) -> Columns:
    """Twelve enterprises with a project each; earlier awards as (row, measure)."""
    codes = [f"code{row}" for row in range(ROWS)]
    tables = {
        "enterprise": pa.table({"uscc": codes, "name": codes}),
        "project": pa.table({"uscc": codes, "name": pa.array(codes)}),
    }
    awards = [(codes[row], f"here/one#m{at}", date(2024, 1, 1), 100, None, None) for row, at in awarded]
    values = list(zip(*awards, strict=True)) if awards else [()] * len(AWARDS)
    table = pa.table([pa.array(each, field.type) for each, field in zip(values, AWARDS, strict=True)], AWARDS)
    return Columns(Layout(plan.corpus.vocabulary, plan.corpus.regions), tables, table)


def raw(plan: Plan, columns: Columns, amounts: list[int]) -> ColumnResults:
    """Results before stacking: an amount of -1 stands for not met."""
    high = np.array(amounts, np.int64).reshape(len(plan.measures), ROWS)
    none, tier = np.full(ROWS, -1, np.int16), np.full(ROWS, -1, np.int8)
    measures = tuple(
        MeasureColumns(
            each, InForce.IN_FORCE, (), np.where(own < 0, 1, MET).astype(np.int8), own, own, tier, np.zeros(ROWS, np.int8), none
        )
        for each, own in zip(plan.measures, high, strict=True)
    )  # fmt: skip
    return ColumnResults(plan, columns, 2023, measures)


def test_local_rules_when_nothing_was_awarded_then_all_between_enterprises_that_nothing_earlier_touches(
    plan: Plan,
) -> None:
    found = local_rules(plan, columns_of(plan, []))
    assert [plan.rules[at].rule.id for at in in_pass_order(plan) if at in found] == ["b", "c", "f", "a"]


def test_local_rules_when_a_member_may_be_used_up_then_neither_it_nor_what_shares_its_members_is_local(
    plan: Plan,
) -> None:
    def ids(awarded: list[tuple[int, int]]) -> set[str]:
        return {plan.rules[at].rule.id for at in local_rules(plan, columns_of(plan, awarded))}

    assert ids([(0, 4)]) == {"a", "b", "f"}
    assert ids([(0, 8)]) == {"b", "c"}
    assert ids([(0, 1)]) == {"a", "b", "c", "f"}  # m1 may be claimed however often


def test_local_rules_when_brought_forward_then_the_same_results(plan: Plan) -> None:
    amount = st.one_of(st.just(-1), st.integers(0, 4).map(lambda each: each * 1000))
    amounts = st.lists(amount, min_size=9 * ROWS, max_size=9 * ROWS)
    awarded = st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, 8)), max_size=4)

    @settings(max_examples=60)
    @given(amounts, awarded)
    def same(amounts: list[int], awarded: list[tuple[int, int]]) -> None:
        columns = columns_of(plan, awarded)
        before = raw(plan, columns, amounts)
        decided = local_rules(plan, columns)
        others = frozenset(range(len(plan.rules))) - decided
        first = apply_joint_caps(apply_highest_only(before, others), others)
        for one, other in zip(
            apply_stacking(first, decided).by_measure, apply_stacking(before).by_measure, strict=True
        ):
            assert one.high.tolist() == other.high.tolist()
            assert one.low.tolist() == other.low.tolist()
            assert one.suppressed_by.tolist() == other.suppressed_by.tolist()

    same()
