"""年均增长: on published comparable growth and on published levels, side by side, and what the years left must bring."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from statistics import NormalDist

from cewen.indicators.definition import Indicators
from cewen.indicators.observation import Observation
from cewen.indicators.store import Observations
from cewen.indicators.unit import convert

COVERAGE = 0.8
LEAST_SPREAD = 0.005


@dataclass(frozen=True, slots=True)
class AverageGrowth:
    """Average growth (年均增长) from `base` to `due`, as fractions a year.

    `published` maps a year to its published growth; `by_levels` is from the level of the base year to that of the due
    year, None while one is missing.
    """

    base: int
    due: int
    published: dict[int, float]
    by_levels: float | None
    last: Observation

    @property
    def is_complete(self) -> bool:
        """Whether the growth of every year is published."""
        return all(year in self.published for year in self._years)

    @property
    def _years(self) -> range:
        return range(self.base + 1, self.due + 1)

    @property
    def by_growth(self) -> float:
        """Geometric mean of the published growth of the years so far."""
        return math.exp(statistics.fmean(math.log1p(rate) for rate in self.published.values())) - 1

    @property
    def rates(self) -> tuple[float, ...]:
        return (self.by_growth,) if self.by_levels is None else (self.by_growth, self.by_levels)

    @property
    def sentence(self) -> str:
        until = max(self.published)
        parts = [f"{self.base + 1}—{until}年公布的同比增速几何平均 {self.by_growth * 100:.1f}%"]
        if self.by_levels is not None:
            parts.append(f"按两端公布数计算 {self.by_levels * 100:.1f}%")
        missing = [str(year) for year in self._years if year not in self.published]
        if missing:
            parts.append(f"{'、'.join(missing)}年还没有公布")
        return "；".join(parts)

    def needed(self, goal: float) -> float | None:
        """Average growth the years without a figure must bring."""
        left = len(self._years) - len(self.published)
        if not left:
            return None
        total = len(self._years) * math.log1p(goal) - sum(math.log1p(rate) for rate in self.published.values())
        return math.expm1(total / left)

    @property
    def _distribution(self) -> NormalDist:
        """Logarithm of the average over all years, the missing ones taken to be like those published."""
        logs = [math.log1p(rate) for rate in self.published.values()]
        left = len(self._years) - len(logs)
        mean = (sum(logs) + left * statistics.fmean(logs)) / len(self._years)
        yearly = statistics.stdev(logs) if len(logs) > 1 else 0.03
        return NormalDist(mean, max(yearly * math.sqrt(left) / len(self._years), LEAST_SPREAD))

    @property
    def reach(self) -> tuple[float, float, float]:
        """Expected average with its interval."""
        normal = self._distribution
        edge = (1 - COVERAGE) / 2
        return (
            math.expm1(normal.mean),
            math.expm1(normal.inv_cdf(edge)),
            math.expm1(normal.inv_cdf(1 - edge)),
        )

    def probability(self, goal: float) -> float:
        """Probability that the average reaches a goal."""
        return 1 - self._distribution.cdf(math.log1p(goal))

    @property
    def method(self) -> str:
        return f"已公布 {len(self.published)} 年的增速，其余各年取其均值与波动"


def average_growth(
    observations: Observations, indicators: Indicators, key: str, region: str, base: int, due: int
) -> AverageGrowth | None:
    """The average growth of an indicator; None without any published growth in those years."""
    growth = indicators.growth_of(key)
    rates = observations.series(growth.key, region) if growth else ()
    years = [each for each in rates if each.period.is_year and base < each.period.year <= due]
    if not years:
        return None
    published = {each.period.year: float(each.value) / 100 for each in years}
    first, last = (observations.at(key, region, str(year)) for year in (base, due))
    by_levels = None
    if first is not None and last is not None and first.value > 0:
        earlier = convert(first.value, first.unit, last.unit)
        if earlier:
            by_levels = float(last.value / earlier) ** (1 / (due - base)) - 1
    return AverageGrowth(base, due, published, by_levels, last or years[-1])
