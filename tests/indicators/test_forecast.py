"""Forecasts: judged on what was known then, never better than they were."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from cewen.indicators.forecast.backtest import Backtest, Distance
from cewen.indicators.forecast.known import Known
from cewen.indicators.forecast.project import backtest_of, project
from indicator_support import REVENUE, shipped


def _known(region: str, on: date = date(2026, 11, 22)) -> Known:
    _, observations, indicators = shipped()
    return Known(observations.as_of(on), indicators, REVENUE, region, "亿元")


@lru_cache(maxsize=1)
def _nation() -> Backtest:
    return backtest_of(_known("全国"))


def test_annual_figure_of_the_nation_from_september_is_within_three_quarters_of_a_percent() -> None:
    found = project(_known("全国", date(2024, 10, 31)), 2024)
    assert found is not None
    assert found.value == pytest.approx(137_276, rel=0.0075)
    assert found.low < 137_276 < found.high


def test_no_trial_saw_what_was_published_later() -> None:
    _, observations, _ = shipped()
    for trial in _nation().trials:
        published = observations.at(REVENUE, "全国", str(trial.year))
        assert published is not None
        assert trial.on < published.published_on


@pytest.mark.parametrize("distance", [Distance(0, True), Distance(0), Distance(1), Distance(2), Distance(3)])
def test_champion_beats_both_naive_lines_on_shared_trials_or_is_one_of_them(distance: Distance) -> None:
    champion = _nation().champion(distance)
    assert champion is not None
    if champion.candidate.is_naive:
        return
    trials = [trial for trial in _nation().trials if trial.distance == distance]
    for naive in ("no_change", "same_growth"):
        shared = [
            (abs(mine), abs(other))
            for trial in trials
            if (mine := trial.error(champion.candidate.name)) is not None and (other := trial.error(naive)) is not None
        ]
        assert len(shared) >= 3
        assert sum(mine for mine, _ in shared) < sum(other for _, other in shared)


def test_a_naive_line_says_that_it_is_one() -> None:
    found = project(_known("全国", date(2024, 3, 1)), 2026)
    assert found is not None
    assert found.is_naive == ("朴素线" in found.method)


def test_further_ahead_is_less_sure() -> None:
    spreads = [found.spread for year in (2025, 2026, 2028) if (found := project(_known("武汉市"), year))]
    assert len(spreads) == 3
    assert spreads == sorted(spreads)


def test_nothing_is_said_from_nothing() -> None:
    assert project(_known("襄阳市"), 2028) is None
