"""Every candidate tried on every stored vintage: what it would have said then, against what was published later."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from cewen.indicators.forecast.candidates import CANDIDATES, Candidate
from cewen.indicators.forecast.known import Known

LEAST_TRIALS = 3
"""Fewer errors say nothing about a method."""


EARLY_MONTHS = 5
"""Up to May little of a year is known; from June on the months decide."""


@dataclass(frozen=True, slots=True, order=True)
class Distance:
    """How far a forecast looks (预测距离): whole years ahead, 0 within the year, then whether half the year is known."""

    years: int
    is_late: bool = False

    @property
    def label(self) -> str:
        if self.years:
            return f"提前{self.years}年"
        return "年内，已有半年以上累计" if self.is_late else "年内，累计不足半年"


@dataclass(frozen=True, slots=True)
class Trial:
    """One forecast made with what was known on a day, and what was published later (回测)."""

    on: date
    year: int
    distance: Distance
    predicted: dict[str, float]
    actual: float

    def error(self, name: str) -> float | None:
        """Logarithm of predicted over actual."""
        return math.log(self.predicted[name] / self.actual) if name in self.predicted else None


@dataclass(frozen=True, slots=True)
class Score:
    """Errors of one candidate at a distance (回测误差): mean size and root mean square, both as logarithms."""

    candidate: Candidate
    trials: int
    mean_absolute_error: float
    spread: float


@dataclass(frozen=True)
class Backtest:
    """All trials of a series and what follows: the champion (优胜方法) for a distance."""

    trials: tuple[Trial, ...]

    def scores(self, distance: Distance) -> tuple[Score, ...]:
        """One for each candidate with enough trials at a distance."""
        found: list[Score] = []
        for candidate in CANDIDATES:
            errors = list(self._errors(candidate.name, distance).values())
            if len(errors) >= LEAST_TRIALS:
                size = statistics.fmean(abs(error) for error in errors)
                spread = math.sqrt(statistics.fmean(error * error for error in errors))
                found.append(Score(candidate, len(errors), size, spread))
        return tuple(found)

    def champion(self, distance: Distance) -> Score | None:
        """Of the candidates that beat both naive lines the one that beats most of the others, always on the trials
        the two share; where none beats the naive lines, the better of these. None where there are too few trials."""
        scores = self.scores(distance)
        naive = [each for each in scores if each.candidate.is_naive]
        able = [each for each in scores if not each.candidate.is_naive and self._beats_all(each, naive, distance)]
        if not able:
            return min(naive, key=lambda each: each.mean_absolute_error, default=None)

        def losses(each: Score) -> tuple[int, float]:
            lost = sum(self._beats(other, each, distance) for other in able)
            return lost, each.mean_absolute_error

        return min(able, key=losses)

    def _errors(self, name: str, distance: Distance) -> dict[tuple[date, int], float]:
        return {
            (trial.on, trial.year): error
            for trial in self.trials
            if trial.distance == distance and (error := trial.error(name)) is not None
        }

    def _beats_all(self, one: Score, others: list[Score], distance: Distance) -> bool:
        return bool(others) and all(self._beats(one, other, distance) for other in others)

    def _beats(self, one: Score, other: Score, distance: Distance) -> bool:
        """Whether the mean error of `one` is less on the trials both took part in, if these are enough."""
        own, rival = (self._errors(each.candidate.name, distance) for each in (one, other))
        shared = own.keys() & rival.keys()
        if len(shared) < LEAST_TRIALS:
            return False
        return sum(abs(own[at]) for at in shared) < sum(abs(rival[at]) for at in shared)


def run_backtest(known: Known, *, years_ahead: int = 3) -> Backtest:
    """Forecast every published annual level from every earlier day on which something new was published.

    Within the year: the day of each cumulative figure. Years ahead: the day of each annual figure.
    """
    everything = known.observations
    actual = known.annual
    origins: dict[date, set[int]] = defaultdict(set)
    for each in everything.vintages(known.key, known.region):
        if each.period.is_cumulative and each.period.months < 12:
            origins[each.published_on].add(each.period.year)
        elif each.period.is_year:
            origins[each.published_on].update(each.period.year + step for step in range(1, years_ahead + 1))
    trials: list[Trial] = []
    for day, years in sorted(origins.items()):
        then = Known(everything.as_of(day), known.indicators, known.key, known.region, known.unit)
        for year in sorted(years):
            if year not in actual or year in then.annual or then.last_year is None:
                continue
            predicted = forecasts(then, year)
            if predicted:
                trials.append(Trial(day, year, distance_to(then, year), predicted, actual[year]))
    return Backtest(tuple(trials))


def forecasts(known: Known, year: int) -> dict[str, float]:
    """What each candidate that can says."""
    return {each.name: level for each in CANDIDATES if (level := each.predict(known, year)) is not None and level > 0}


def distance_to(known: Known, year: int) -> Distance:
    """How far a year is from what is known."""
    month = known.latest_month(year)
    if month is not None and known.last_year is not None and known.last_year >= year - 1:
        return Distance(0, month > EARLY_MONTHS)
    return Distance(year - (year - 1 if known.last_year is None else known.last_year))
