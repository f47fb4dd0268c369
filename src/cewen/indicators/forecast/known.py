"""What a forecaster may look at: annual levels, cumulative levels and published growth of one series, as of a day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from cewen.indicators.definition import Indicators
from cewen.indicators.observation import Observation
from cewen.indicators.store import Observations
from cewen.indicators.unit import convert


@dataclass(frozen=True)
class Known:
    """What is known of a series (已知数), levels in `unit`, growth as a fraction. Statistics, not money: floats."""

    observations: Observations
    indicators: Indicators
    key: str
    region: str
    unit: str

    def of(self, region: str) -> Known:
        """The same indicator of another region."""
        return Known(self.observations, self.indicators, self.key, region, self.unit)

    @cached_property
    def annual(self) -> dict[int, float]:
        """Level of each full year."""
        return {each.period.year: self._level(each) for each in self._series if each.period.is_year and each.value > 0}

    @cached_property
    def cumulative(self) -> dict[tuple[int, int], float]:
        """Level of each run of months from January: by year and last month."""
        return {
            (each.period.year, each.period.end.month): self._level(each)
            for each in self._series
            if each.period.is_cumulative and each.value > 0
        }

    @cached_property
    def annual_growth(self) -> dict[int, float]:
        """Published growth of each full year."""
        return {each.period.year: float(each.value) / 100 for each in self._rates if each.period.is_year}

    @cached_property
    def cumulative_growth(self) -> dict[tuple[int, int], float]:
        """Published growth of each run of months from January."""
        return {
            (each.period.year, each.period.end.month): float(each.value) / 100
            for each in self._rates
            if each.period.is_cumulative
        }

    @cached_property
    def last_year(self) -> int | None:
        """The last year with an annual level."""
        return max(self.annual, default=None)

    def latest_month(self, year: int) -> int | None:
        """The last month of a year with a cumulative level or growth."""
        return max((month for at, month in {*self.cumulative, *self.cumulative_growth} if at == year), default=None)

    def level_growth(self, year: int) -> float | None:
        """Quotient of two published annual levels; for models of levels only, never shown as growth."""
        if year in self.annual and year - 1 in self.annual:
            return self.annual[year] / self.annual[year - 1] - 1
        return None

    def drift(self, year: int) -> float | None:
        """How far the level of a year lies from base times published growth, in logarithms (基数修订)."""
        if year in self.annual and year - 1 in self.annual and year in self.annual_growth:
            return math.log(self.annual[year] / (self.annual[year - 1] * (1 + self.annual_growth[year])))
        return None

    @cached_property
    def _series(self) -> tuple[Observation, ...]:
        return self.observations.series(self.key, self.region)

    @cached_property
    def _rates(self) -> tuple[Observation, ...]:
        growth = self.indicators.growth_of(self.key)
        return self.observations.series(growth.key, self.region) if growth else ()

    def _level(self, each: Observation) -> float:
        value = convert(each.value, each.unit, self.unit)
        return float(each.value if value is None else value)
