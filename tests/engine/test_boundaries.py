"""The knife edges an officer is asked about: exactly at a threshold, one fen beside it, a fact missing."""

from __future__ import annotations

import pytest

from cewen.engine.evaluate import Evaluation
from cewen.engine.result import Amount, Status
from engine_support import Explain, one

SOFTWARE = {"注册地": "420111", "企业类型": ["软件企业"]}


def rd(explain: Explain, revenue: str, spend: str | None) -> Evaluation:
    facts = {**SOFTWARE, "年营业收入": {"2023": revenue}}
    if spend is not None:
        facts["年研发投入"] = {"2023": spend}
    return explain({"enterprise": facts}, "2024-06-30")


@pytest.mark.parametrize(
    ("revenue", "spend", "status"),
    [
        ("5000000.00", "750000.00", Status.MET),
        ("4999999.99", "750000.00", Status.NOT_MET),
        ("33333333.40", "5000000.01", Status.MET),
        ("33333333.40", "5000000.00", Status.NOT_MET),
        ("33333333.41", "5000000.01", Status.NOT_MET),
        ("33333333.39", "5000000.01", Status.MET),
        ("33333333.33", "5000000.00", Status.MET),
    ],
)
def test_rd_subsidy_when_exactly_at_the_threshold_then_one_fen_decides(
    explain: Explain, revenue: str, spend: str, status: Status
) -> None:
    assert one(rd(explain, revenue, spend), "rd-subsidy").status is status


def test_rd_subsidy_when_a_fen_of_revenue_is_missing_then_the_gap_says_a_fen(explain: Explain) -> None:
    result = one(rd(explain, "4999999.99", "2000000"), "rd-subsidy")
    assert [gap.to_json() for gap in result.gaps] == [
        {"fact": "年营业收入", "value": "4999999.99", "required": "5000000.00", "missing": "0.01"}
    ]


def test_rd_subsidy_when_a_ceiling_then_an_interval_from_nothing(explain: Explain) -> None:
    result = one(rd(explain, "68000000", "12000000"), "rd-subsidy")
    assert result.amount == Amount(0, 100_000_000)


def test_rd_subsidy_when_spending_is_unknown_then_named_and_bounded_not_refused(explain: Explain) -> None:
    result = one(rd(explain, "68000000", None), "rd-subsidy")
    assert result.status is Status.UNKNOWN
    assert result.need_labels == ("年研发投入",)
    assert result.amount == Amount(0, 100_000_000)


def test_rd_subsidy_when_another_condition_already_fails_then_not_met_and_nothing_asked(explain: Explain) -> None:
    result = one(rd(explain, "100", None), "rd-subsidy")
    assert result.status is Status.NOT_MET
    assert result.needs == ()


@pytest.mark.parametrize(
    ("before", "now", "status", "amount"),
    [
        ("19亿元", "2000000000.00", Status.NOT_MET, None),
        ("19亿元", "2000000000.01", Status.MET, 30_000_000),
        ("20亿元", "2000000000.01", Status.MET, 30_000_000),
        ("2000000000.01", "21亿元", Status.NOT_MET, None),
        ("25亿元", "31亿元", Status.MET, 50_000_000),
        ("19亿元", "31亿元", Status.MET, 50_000_000),
        (None, "21亿元", Status.UNKNOWN, None),
    ],
)
def test_revenue_milestone_when_crossed_then_strictly_more_and_for_the_first_time(
    explain: Explain, before: str | None, now: str, status: Status, amount: int | None
) -> None:
    revenue = {"2025": now} | ({"2024": before} if before else {})
    evaluation = explain(
        {"enterprise": {"注册地": "420111", "软件业务收入": revenue}}, "2026-06-30", as_if_in_force=True
    )
    result = one(evaluation, "revenue-milestone")
    assert result.status is status
    if amount is not None:
        assert result.amount == Amount(amount, amount)
    if status is Status.UNKNOWN:
        assert [(need.fact.label, need.year) for need in result.needs] == [("软件业务收入", 2024)]


def test_revenue_milestone_when_an_earlier_year_was_above_then_not_the_first_time(explain: Explain) -> None:
    revenue = {"2021": "22亿元", "2024": "19亿元", "2025": "21亿元"}
    evaluation = explain(
        {"enterprise": {"注册地": "420111", "软件业务收入": revenue}}, "2026-06-30", as_if_in_force=True
    )
    result = one(evaluation, "revenue-milestone")
    assert result.status is Status.NOT_MET
    assert all(gap.required == 3 * 10**11 + 1 for gap in result.gaps)


def test_growth_when_last_year_was_nothing_then_no_rate_and_not_met(explain: Explain) -> None:
    facts = {**SOFTWARE, "年营业收入": {"2022": 0, "2023": "800万元"}}
    assert one(explain({"enterprise": facts}, "2024-06-30"), "growth-award").status is Status.NOT_MET


def test_in_force_when_asked_on_three_days_then_dates_decide(explain: Explain) -> None:
    facts = {"enterprise": {**SOFTWARE, "DCMM等级": 4, "CSMM等级": 5}}
    mid, late = explain(facts, "2024-06-30"), explain(facts, "2026-01-01")
    assert one(mid, "dcmm-award").amount == Amount(30_000_000, 30_000_000)
    assert one(mid, "csmm-award").status is Status.NOT_IN_FORCE
    assert one(mid, "csmm-award").reason == "draft"
    assert {one(late, name).reason for name in ("dcmm-award", "csmm-award")} == {"expired", "draft"}
    assert late.total == Amount(0, 0)


def test_as_if_in_force_when_asked_then_every_simulated_line_says_so(explain: Explain) -> None:
    facts = {"enterprise": {**SOFTWARE, "DCMM等级": 4}}
    evaluation = explain(facts, "2026-01-01", as_if_in_force=True)
    assert one(evaluation, "dcmm-award").status is Status.MET
    for result in evaluation.results:
        stands = result.measure.policy.header.validity.on(evaluation.on)
        assert result.simulated == (None if stands == "in_force" else stands)
    assert {"draft", "expired"} <= {result.simulated for result in evaluation.results}
