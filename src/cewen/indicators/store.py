"""All observations, none ever overwritten; every read says as of which day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.indicators.definition import Indicators, load_indicators
from cewen.indicators.observation import Basis, Bound, Observation, read_observations
from cewen.rules.load import policies_home


@dataclass(frozen=True)
class Observations:
    """Observations (观测库) by two times: the period a figure speaks of, and the day it was published."""

    entries: tuple[Observation, ...]
    _by_series: dict[tuple[str, str], tuple[Observation, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        series: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        for each in self.entries:
            series[each.indicator, each.region].append(each)
        ordered = {key: tuple(sorted(found, key=_order)) for key, found in series.items()}
        object.__setattr__(self, "_by_series", ordered)

    def add(self, more: Iterable[Observation]) -> Observations:
        """With further observations; one that is there already is not said twice."""
        known = {each.id for each in self.entries}
        return Observations((*self.entries, *(each for each in more if each.id not in known)))

    def regions(self, indicator: str) -> tuple[str, ...]:
        """Regions an indicator has figures for."""
        return tuple(sorted(region for key, region in self._by_series if key == indicator))

    def as_of(self, on: date) -> Observations:
        """Only what was published by the end of a day."""
        return Observations(tuple(each for each in self.entries if each.published_on <= on))

    def vintages(self, indicator: str, region: str) -> tuple[Observation, ...]:
        """Every figure of a series, by period and then by day of publication (全部版本)."""
        return self._by_series.get((indicator, region), ())

    def series(self, indicator: str, region: str, basis: Basis = Basis.CURRENT) -> tuple[Observation, ...]:
        """The best figure of each period, in order: the most final; of those the exact ones before bounds,
        then by trust, then the last published."""
        best: dict[str, Observation] = {}
        for each in self.vintages(indicator, region):
            if each.basis is basis:
                other = best.get(each.period.text)
                if other is None or _rank(each) > _rank(other):
                    best[each.period.text] = each
        return tuple(sorted(best.values(), key=lambda each: each.period))

    def at(self, indicator: str, region: str, period: str, basis: Basis = Basis.CURRENT) -> Observation | None:
        """The best figure of one period."""
        return next((each for each in self.series(indicator, region, basis) if each.period.text == period), None)

    def conflicts(self, indicator: str, region: str) -> tuple[tuple[Observation, ...], ...]:
        """Periods for which figures of the same maturity differ; shown side by side, never averaged."""
        groups: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
        for each in self.vintages(indicator, region):
            groups[each.period.text, each.maturity.code, each.basis.code].append(each)
        return tuple(tuple(group) for group in groups.values() if len({each.value for each in group}) > 1)


def _order(each: Observation) -> tuple[object, ...]:
    return (each.period, each.published_on, each.maturity.rank, each.id)


def _rank(each: Observation) -> tuple[int, bool, int, date, str]:
    return (each.maturity.rank, each.bound is Bound.EXACT, -each.trust.rank, each.published_on, each.id)


def load_observations(path: Path | None = None, indicators: Indicators | None = None) -> Observations:
    """The shipped observations or those of a file. Raises CewenError with the finding of every faulty row."""
    path = path or policies_home() / "observations" / "observations.csv"
    if not path.is_file():
        raise CewenError.of("CW805", f"没有观测文件“{path}”", "用 --observations 指明 csv 或 xlsx 文件。")
    found, findings = read_observations(path, indicators or load_indicators())
    if findings:
        raise CewenError(findings)
    return Observations(found)
