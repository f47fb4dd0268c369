"""The two readings on paper."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.indicators.methods import growth_rate_ratio, half_time, public_readings
from indicator_support import TODAY, assessed, shipped


def test_the_growth_needed_from_now_on_the_way_gives_one() -> None:
    found = growth_rate_ratio(100, 121, 146.41, 2, 4)
    assert found is not None
    assert found.ratio == pytest.approx(1)
    assert found.verdict == "进展充分"


@pytest.mark.parametrize(("last", "verdict"), [(107, "进展一般"), (103, "进展不足"), (90, "方向相反")])
def test_less_growth_gives_a_lower_verdict(last: float, verdict: str) -> None:
    found = growth_rate_ratio(100, last, 110, 1, 1)
    assert found is not None
    assert found.verdict == verdict


def test_no_ratio_without_a_base_or_a_year() -> None:
    assert growth_rate_ratio(0, 5, 10, 1, 2) is None
    assert growth_rate_ratio(5, 5, 10, 0, 2) is None


@given(st.floats(1, 1e6), st.floats(1.01, 10))
def test_half_of_the_way_at_half_of_the_time_keeps_pace(base: float, times: float) -> None:
    goal = base * times
    found = half_time(base, (base + goal) / 2 * 1.0000001, goal, date(2021, 1, 1), date(2023, 1, 1), date(2025, 1, 1))
    assert found is not None
    assert found.elapsed == pytest.approx(0.5, abs=0.01)
    assert found.done == pytest.approx(0.5, abs=0.001)
    assert found.keeps_pace


def test_the_shipped_targets_are_read_from_published_levels() -> None:
    _, observations, indicators = shipped()
    known = observations.as_of(TODAY)
    read = {
        key: found
        for key, each in assessed().items()
        if (found := public_readings(each, known, indicators)) is not None
    }
    assert read
    for found in read.values():
        assert found.base.period.year < found.last.period.year
        assert found.base.source_title
