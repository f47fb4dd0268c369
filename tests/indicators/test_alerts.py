"""Alerts say why they fire and why they do not; small bases stay quiet."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from cewen.indicators.alert_rules import shipped_alert_rules
from cewen.indicators.alerts import Alert, Situation, evaluate_alerts
from indicator_support import TODAY, assessed, observation, shipped


@lru_cache(maxsize=4)
def _round(on: date, before: date) -> tuple[Alert, ...]:
    _, observations, indicators = shipped()
    now, then = tuple(assessed(on).values()), tuple(assessed(before).values())
    return evaluate_alerts(shipped_alert_rules(), Situation(on, before, now, then, observations, indicators))


def _of(alerts: tuple[Alert, ...], rule: str, subject: str = "") -> list[Alert]:
    return [each for each in alerts if each.rule.rule == rule and subject in each.subject]


def test_a_status_that_changed_fires_and_one_that_did_not_says_so() -> None:
    alerts = _round(date(2026, 3, 1), date(2025, 12, 1))
    nation = _of(alerts, "status_changed", "cn/2021-software-plan#software-revenue-growth")
    assert [each.fired for each in nation] == [True]
    quiet = [each for each in _of(alerts, "status_changed") if not each.fired]
    assert quiet
    assert all(each.because for each in alerts)


def test_small_bases_never_alert() -> None:
    _, observations, indicators = shipped()
    growth = next(each for each in observations.entries if each.region == "青海省")
    assert growth.value > 300
    before = date(growth.published_on.year, 1, 1)
    situation = Situation(growth.published_on, before, (), (), observations, indicators)
    found = _of(evaluate_alerts(shipped_alert_rules(), situation), "unusual_growth", "青海省")
    assert [each.fired for each in found] == [False]


def test_a_base_below_the_floor_is_named_and_one_above_fires() -> None:
    _, observations, indicators = shipped()
    key = "software-business-revenue-growth"
    past = [
        observation(str(year), str(10 + year % 3), f"{year + 1}-02-01", indicator=key, region="某市", unit="%")
        for year in range(2015, 2024)
    ]

    def fired(level: str) -> Alert:
        more = [
            *past,
            observation("2024", "300", "2025-02-01", indicator=key, region="某市", unit="%"),
            observation("2024", level, "2025-02-01", region="某市"),
        ]
        situation = Situation(date(2025, 3, 1), date(2025, 1, 1), (), (), observations.add(more), indicators)
        return _of(evaluate_alerts(shipped_alert_rules(), situation), "unusual_growth", "某市")[0]

    assert fired("80").fired
    assert not fired("4").fired
    assert "低于 2亿元" in fired("4").because


def test_revision_and_conflict_are_shown_with_both_figures() -> None:
    _, observations, indicators = shipped()
    situation = Situation(date(2020, 8, 1), date(2020, 7, 1), (), (), observations, indicators)
    revised = _of(evaluate_alerts(shipped_alert_rules(), situation), "revised", "software-business-revenue|全国|2019")
    assert len(revised) == 1
    assert not revised[0].fired
    assert "71768" in revised[0].because
    assert "72072" in revised[0].because
    conflict = _of(_round(TODAY, date(2026, 10, 22)), "sources_conflict", "digital-industry-revenue|全国|2025")
    assert conflict[0].fired
    assert "383000" in conflict[0].because


def test_targets_nobody_is_named_for_are_listed() -> None:
    alerts = _of(_round(TODAY, date(2026, 10, 22)), "no_owner")
    assert any(each.fired for each in alerts)
    assert all(each.owner != "无人负责" for each in alerts if not each.fired)
