"""Two readings of progress anyone can do on paper, shown beside the status and never deciding it.

The ratio of growth rates is how Eurostat reads targets of sustainable development; 时间过半、完成过半 is how a
mid-term review is worded. Both divide published levels, whose bases need not be the same: they say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cewen.indicators.assess import Assessment, evidence
from cewen.indicators.definition import Indicators
from cewen.indicators.observation import Observation
from cewen.indicators.store import Observations
from cewen.indicators.unit import convert

SIGNIFICANT, MODERATE = 0.95, 0.6
"""Eurostat's limits for the ratio of actual to required growth."""


@dataclass(frozen=True, slots=True)
class GrowthRateRatio:
    """Growth-rate ratio (增速比): yearly growth so far over the yearly growth needed from the base, as fractions."""

    actual: float
    required: float

    @property
    def ratio(self) -> float | None:
        """None where no growth was needed."""
        return self.actual / self.required if self.required > 0 else None

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.ratio >= SIGNIFICANT:
            return "进展充分"
        if self.ratio >= MODERATE:
            return "进展一般"
        return "进展不足" if self.ratio >= 0 else "方向相反"

    @property
    def sentence(self) -> str:
        said = f"年均增长 {self.actual * 100:.1f}%，自基期起每年须增 {self.required * 100:.1f}%"
        return f"{said}，比值 {self.ratio:.2f}：{self.verdict}" if self.ratio is not None else f"{said}：{self.verdict}"


@dataclass(frozen=True, slots=True)
class HalfTime:
    """时间过半、完成过半: shares of the time gone by and of the increase achieved, as fractions."""

    elapsed: float
    done: float

    @property
    def keeps_pace(self) -> bool:
        return self.done >= self.elapsed

    @property
    def sentence(self) -> str:
        word = "完成进度不慢于时间进度" if self.keeps_pace else "完成进度慢于时间进度"
        return f"时间过 {self.elapsed * 100:.0f}%，增量完成 {self.done * 100:.0f}%：{word}"


def growth_rate_ratio(base: float, last: float, goal: float, years_gone: int, years_all: int) -> GrowthRateRatio | None:
    """Compound yearly growth from `base` to `last` in `years_gone`, against that to `goal` in `years_all`.

    None where a level is not above zero or no year went by.
    """
    if min(base, last, goal) <= 0 or years_gone <= 0 or years_all <= 0:
        return None
    return GrowthRateRatio((last / base) ** (1 / years_gone) - 1, (goal / base) ** (1 / years_all) - 1)


def half_time(base: float, last: float, goal: float, starts: date, known_until: date, due: date) -> HalfTime | None:
    """The share of the days from `starts` to `due` gone by `known_until`, and of the way from `base` to `goal`.

    `known_until` is the end of the period `last` speaks of, not the day one looks. None where there is no way to go.
    """
    days = (due - starts).days
    if days <= 0 or goal == base:
        return None
    elapsed = min(max((known_until - starts).days / days, 0.0), 1.0)
    return HalfTime(elapsed, (last - base) / (goal - base))


@dataclass(frozen=True, slots=True)
class PublicReadings:
    """The two readings (两种公开算法) of one target, with the figures they rest on."""

    base: Observation
    last: Observation
    ratio: GrowthRateRatio | None
    half: HalfTime | None


def public_readings(each: Assessment, known: Observations, indicators: Indicators) -> PublicReadings | None:
    """Both readings from published annual levels; None for targets that are no level with a year, or without figures.

    The base is the base year of the document, else the last year that had ended when the document was issued.
    """
    indicator, goal, due = each.indicator, each.goal, each.target.year
    if indicator is None or goal is None or due is None or indicator.measure not in ("flow", "stock"):
        return None
    if each.target.frequency == "annual":
        return None
    series, _, _ = evidence(known, indicator, each.target.region)
    years = {one.period.year: one for one in series if one.period.is_year}
    header = each.policy.header
    issued = header.issued_on or header.effective_on or header.consulted_on
    wanted = each.target.base_year or (issued.year - 1 if issued else None)
    if wanted is None or not years or min(years) > wanted:
        return None
    base = years[max(year for year in years if year <= wanted)]
    last = years[max(years)]
    if last.period.year <= base.period.year or last.period.year > due:
        return None
    levels = [convert(one.value, one.unit, goal.unit) for one in (base, last)]
    if levels[0] is None or levels[1] is None:
        return None
    first, now, target = float(levels[0]), float(levels[1]), float(goal.threshold)
    gone, everything = last.period.year - base.period.year, due - base.period.year
    return PublicReadings(
        base,
        last,
        growth_rate_ratio(first, now, target, gone, everything),
        half_time(first, now, target, base.period.end, last.period.end, date(due, 12, 31)),
    )
