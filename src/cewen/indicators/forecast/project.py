"""The level of a year that is not known yet: value, interval, the method and on what past error it rests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from cewen.indicators.forecast.backtest import Backtest, Distance, Score, distance_to, forecasts, run_backtest
from cewen.indicators.forecast.candidates import Candidate
from cewen.indicators.forecast.known import Known

NATION = "全国"
COVERAGE = 0.8
LEAST_SPREAD = 0.01
"""No forecast is surer than one in a hundred: the stored vintages are few."""

BORROWED = 1.5
"""What the nation's error is multiplied by when it stands for a region without back-tests of its own."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Projection (预测): level with the interval that holds it in `COVERAGE` of cases, in the unit asked for.

    `spread` is the standard deviation of its logarithm; `is_naive`: no method beat the naive lines, so one of them is
    used; `borrowed_from` names the region whose back-test is used.
    """

    year: int
    value: float
    low: float
    high: float
    spread: float
    candidate: Candidate
    distance: Distance
    trials: int
    borrowed_from: str | None

    @property
    def is_naive(self) -> bool:
        return self.candidate.is_naive

    def probability_of(self, least: float | None, most: float | None) -> float:
        """Probability that the level is at least `least`, or at most `most`."""
        normal = NormalDist(math.log(self.value), self.spread)
        if least is not None:
            return 1.0 if least <= 0 else 1 - normal.cdf(math.log(least))
        assert most is not None
        return 0.0 if most <= 0 else normal.cdf(math.log(most))

    @property
    def method(self) -> str:
        """In one sentence."""
        whose = (
            f"{self.borrowed_from}的回测误差（放宽到 {BORROWED:g} 倍）" if self.borrowed_from else "本序列的回测误差"
        )
        naive = "；没有方法胜过两条朴素线，用朴素线" if self.is_naive else ""
        return f"{self.candidate.label}（{self.distance.label}，{whose} ±{self.spread * 100:.1f}%，{self.trials} 次{naive}）"


def project(known: Known, year: int) -> Projection | None:
    """The projected level of a year; None where nothing can be said from what is known."""
    said = forecasts(known, year)
    if not said:
        return None
    distance = distance_to(known, year)
    for region in dict.fromkeys((known.region, NATION)):
        found = _champion(backtest_of(known.of(region)), distance, said)
        if found is None:
            continue
        score, at = found
        borrowed = None if region == known.region else region
        further = math.sqrt(max(distance.years, 1) / max(at.years, 1))
        spread = max(score.spread * further, LEAST_SPREAD) * (BORROWED if borrowed else 1)
        value = said[score.candidate.name]
        reach = NormalDist().inv_cdf((1 + COVERAGE) / 2) * spread
        low, high = value * math.exp(-reach), value * math.exp(reach)
        return Projection(year, value, low, high, spread, score.candidate, distance, score.trials, borrowed)
    return None


def _champion(backtest: Backtest, distance: Distance, said: dict[str, float]) -> tuple[Score, Distance] | None:
    """The champion at this distance, else at the nearest shorter one; one that can speak now."""
    tried = [distance, *(Distance(years) for years in range(distance.years - 1, 0, -1))]
    for at in tried:
        champion = backtest.champion(at)
        if champion is not None and champion.candidate.name in said:
            return champion, at
        able = [each for each in backtest.scores(at) if each.candidate.name in said]
        if champion is not None and able:
            return min(able, key=lambda each: each.mean_absolute_error), at
    return None


def backtest_of(known: Known) -> Backtest:
    """The back-test of a series, run once for each state of knowledge."""
    vintages = known.observations.vintages(known.key, known.region)
    growth = known.indicators.growth_of(known.key)
    rates = known.observations.vintages(growth.key, known.region) if growth else ()
    return _backtest(_Key(known, tuple(each.id for each in (*vintages, *rates))))


@dataclass(frozen=True)
class _Key:
    known: Known
    ids: tuple[str, ...]

    def __hash__(self) -> int:
        return hash((self.known.key, self.known.region, self.known.unit, self.ids))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (self.known.key, self.known.region, self.known.unit, self.ids) == (
            other.known.key,
            other.known.region,
            other.known.unit,
            other.ids,
        )


@lru_cache(maxsize=64)
def _backtest(key: _Key) -> Backtest:
    return run_backtest(key.known)
