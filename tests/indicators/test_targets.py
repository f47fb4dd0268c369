"""Where the targets of the five documents stand, on the real published figures."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.indicators.assess import TargetStatus, assess_target
from cewen.indicators.goal import parse_goal
from cewen.indicators.observation import Bound, Trust
from cewen.indicators.store import Observations
from indicator_support import TODAY, assessed, observation, shipped

NATION = "cn/2021-software-plan#software-revenue"
NATION_GROWTH = "cn/2021-software-plan#software-revenue-growth"
NODES = "wuhan/2022-digital-economy-plan#identifier-nodes"
PROVINCE = "hubei/2025-software-action-plan-draft#software-revenue"
CITY = "wuhan/2022-software-plan#software-revenue"
SCENARIOS = "wuhan/2022-digital-economy-plan#scenarios-released"


def test_every_target_is_there_with_a_quote_of_its_clause() -> None:
    assert len(assessed()) == 93
    for each in assessed().values():
        assert each.policy.find(each.target.quote) is not None, each.id
        assert each.reason


def test_nation_revenue_is_met_and_names_its_evidence() -> None:
    found = assessed()[NATION]
    assert found.status is TargetStatus.MET
    assert found.observed is not None
    assert found.observed.value == 154800
    assert (found.observed.unit, found.observed.period.text) == ("亿元", "2025")
    assert found.observed.source_title


def test_average_growth_is_met_on_growth_and_on_levels() -> None:
    found = assessed()[NATION_GROWTH]
    assert found.status is TargetStatus.MET
    assert "13.1%" in found.reason
    assert "13.7%" in found.reason


def test_average_growth_is_open_while_years_are_missing() -> None:
    found = assessed(date(2024, 3, 1))[NATION_GROWTH]
    assert found.status in (TargetStatus.ON_TRACK, TargetStatus.AT_RISK)
    assert found.outlook is not None
    assert 0 < found.outlook.probability < 1
    assert "2024" in found.reason


def test_nodes_are_met_with_the_difference_in_scope_said() -> None:
    found = assessed()[NODES]
    assert found.status is TargetStatus.MET_EARLY
    assert "鄂湘赣豫" in found.reason
    assert assessed(date(2027, 1, 1))[NODES].status is TargetStatus.MET


def test_province_is_at_risk_and_not_in_force_while_a_draft() -> None:
    assert assessed()[PROVINCE].status is TargetStatus.NOT_IN_FORCE
    assert assessed()[PROVINCE].if_in_force is TargetStatus.AT_RISK
    found = assessed(as_if_in_force=True)[PROVINCE]
    assert found.status is TargetStatus.AT_RISK
    assert found.outlook is not None
    assert 0.25 <= found.outlook.probability < 0.75
    assert found.pace == pytest.approx(0.142, abs=0.001)
    assert found.observed is not None
    assert found.observed.source_title.startswith("推算")


def test_city_stands_at_the_line() -> None:
    found = assessed()[CITY]
    assert found.status is TargetStatus.AT_RISK
    assert found.pace == pytest.approx(0.143, abs=0.001)
    assert found.observed is not None
    assert found.observed.bound is Bound.LOWER
    assert found.outlook is not None
    assert found.outlook.low < 4000 < found.outlook.high
    assert "还没有公布" in found.reason


def test_annual_target_is_met_in_the_year_it_is_known_for_and_unknown_after() -> None:
    assert assessed(date(2023, 6, 1))[SCENARIOS].status is TargetStatus.MET
    later = assessed()[SCENARIOS]
    assert later.status is TargetStatus.NO_DATA
    assert "2022" in later.reason


def test_doubling_without_a_base_is_not_measurable() -> None:
    found = assessed()["wuhan/2022-digital-economy-plan#software-doubling"]
    assert found.status is TargetStatus.NOT_MEASURABLE
    assert "基期" in found.reason


def test_nothing_published_later_is_looked_at() -> None:
    found = assessed(date(2025, 6, 1))
    assert found[NATION].status is not TargetStatus.MET
    for each in found.values():
        assert each.observed is None or each.observed.published_on <= date(2025, 6, 1)


def _city_with(value: str, bound: Bound, on: date = TODAY, trust: Trust = Trust.OFFICIAL) -> TargetStatus:
    corpus, _, indicators = shipped()
    policy = corpus.policy("wuhan/2022-software-plan")
    assert policy is not None
    target = next(each for each in policy.targets if each.id == "software-revenue")
    known = Observations((observation("2025", value, "2026-03-01", bound=bound, trust=trust),))
    return assess_target(policy, target, known, indicators, on).status


def test_strictly_more_is_asked_and_a_bound_decides_only_its_own_way() -> None:
    assert _city_with("4000", Bound.EXACT) is TargetStatus.MISSED
    assert _city_with("4000.01", Bound.EXACT) is TargetStatus.MET
    assert _city_with("4100", Bound.LOWER) is TargetStatus.MET
    assert _city_with("3900", Bound.LOWER) is not TargetStatus.MISSED
    assert _city_with("4100", Bound.UPPER) is not TargetStatus.MET
    assert _city_with("5000", Bound.EXACT, date(2026, 2, 1)) is TargetStatus.NO_DATA


@given(st.sampled_from([">", ">=", "=", "<=", "<", "about"]), st.integers(1, 10**6), st.fractions(0, 2 * 10**6))
def test_comparators_order_values(op: str, value: int, observed: Fraction) -> None:
    corpus, _, _ = shipped()
    target = corpus.policies[0].targets[0].model_copy(update={"op": op, "value": str(value)})
    goal = parse_goal(target)
    assert goal is not None
    if op in (">", ">=", "=", "about"):
        assert goal.holds(observed) <= goal.holds(observed + 1)
        assert goal.holds(Fraction(value)) is (op != ">")
    else:
        assert goal.holds(observed) >= goal.holds(observed + 1)
        assert goal.holds(Fraction(value)) is (op != "<")


def test_targets_of_an_expired_document_say_so() -> None:
    expired = [each for each in assessed().values() if each.policy.id == "wuhan/2022-digital-economy-measures"]
    assert expired
    assert all("已于 2025-05-31 失效" in each.reason for each in expired)


def test_an_approximate_or_derived_figure_near_the_line_is_never_a_no() -> None:
    near = [_city_with(value, Bound.APPROXIMATE) for value in ("3990", "4010")]
    assert not {TargetStatus.MET, TargetStatus.MISSED} & set(near)
    assert _city_with("4200", Bound.APPROXIMATE) is TargetStatus.MET
    assert _city_with("3800", Bound.APPROXIMATE) is TargetStatus.MISSED
    assert _city_with("3900", Bound.UPPER) is TargetStatus.MISSED
    derived = [_city_with(value, Bound.EXACT, trust=Trust.DERIVED) for value in ("3000", "5000")]
    assert not {TargetStatus.MET, TargetStatus.MISSED} & set(derived)
