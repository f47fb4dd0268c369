"""The shipped corpus, indicators and observations, and observations made up for a test."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache

from cewen.indicators.all_targets import assess_targets
from cewen.indicators.assess import Assessment
from cewen.indicators.definition import Indicators, load_indicators
from cewen.indicators.observation import Basis, Bound, Maturity, Observation, Trust
from cewen.indicators.reporting_period import parse_period
from cewen.indicators.store import Observations, load_observations
from cewen.rules.load import Corpus, load_corpus

TODAY = date(2026, 11, 22)
REVENUE = "software-business-revenue"


@lru_cache(maxsize=1)
def shipped() -> tuple[Corpus, Observations, Indicators]:
    """Loaded once for all tests."""
    indicators = load_indicators()
    return load_corpus(), load_observations(indicators=indicators), indicators


@lru_cache(maxsize=8)
def assessed(on: date = TODAY, as_if_in_force: bool = False) -> dict[str, Assessment]:
    """All shipped targets on a day, by id."""
    corpus, observations, indicators = shipped()
    found = assess_targets(corpus, observations, indicators, on, as_if_in_force=as_if_in_force)
    return {each.id: each for each in found}


def observation(
    period: str,
    value: str,
    published_on: str,
    *,
    indicator: str = REVENUE,
    region: str = "武汉市",
    unit: str = "亿元",
    bound: Bound = Bound.EXACT,
    trust: Trust = Trust.OFFICIAL,
    maturity: Maturity = Maturity.PRELIMINARY,
    source: str = "统计公报",
) -> Observation:
    """One made-up figure."""
    return Observation(
        indicator, region, "", parse_period(period), Fraction(value), unit, bound, trust, maturity, Basis.CURRENT,
        date.fromisoformat(published_on), False, source, "",
    )  # fmt: skip
