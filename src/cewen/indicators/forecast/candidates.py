"""Ways to say the level of a year that is not published yet. Each gives None where it lacks what it needs."""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cewen.indicators.forecast.known import Known

DAMPING = 0.8
"""What is left of the distance between this year's growth and the usual one after each further year."""

USUAL_YEARS = 5
LEAST_YEARS = 6
"""Annual levels the state-space model needs."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Way of forecasting (预测方法). The naive ones are the lines a champion has to beat."""

    name: str
    label: str
    is_naive: bool
    predict: Callable[[Known, int], float | None]


def _no_change(known: Known, year: int) -> float | None:
    """The last annual level."""
    return None if known.last_year is None or known.last_year >= year else known.annual[known.last_year]


def _same_growth(known: Known, year: int) -> float | None:
    """The last annual level, growing as it was last published to grow."""
    last = known.last_year
    if last is None or last >= year:
        return None
    growth = _last(known.annual_growth, last)
    return None if growth is None else float(known.annual[last] * (1 + growth) ** (year - last))


def _year_to_date_share(known: Known, year: int) -> float | None:
    """This year's cumulative level over the share the same months had of the last years; region by region, because the
    monthly panel is narrower than the annual scope."""
    month = max((month for at, month in known.cumulative if at == year), default=None)
    if month is None:
        return None
    shares = [
        known.cumulative[at, month] / known.annual[at]
        for at in sorted(known.annual)
        if at < year and (at, month) in known.cumulative
    ]
    return known.cumulative[year, month] / statistics.fmean(shares[-3:]) if shares else None


def _comparable_base(known: Known, year: int) -> float | None:
    """Last year's level times the growth published so far this year on the comparable base."""
    if year - 1 not in known.annual:
        return None
    growth = known.annual_growth.get(year)
    month = max((month for at, month in known.cumulative_growth if at == year), default=None)
    if growth is None and month is not None:
        growth = known.cumulative_growth[year, month]
    return None if growth is None else known.annual[year - 1] * (1 + growth)


def _comparable_base_with_revision(known: Known, year: int) -> float | None:
    """The same, times what the annual level usually lies above base times growth (median of the years known)."""
    level = _comparable_base(known, year)
    drifts = [drift for at in sorted(known.annual) if at < year and (drift := known.drift(at)) is not None]
    return level * math.exp(statistics.median(drifts)) if level is not None and len(drifts) >= 2 else None


def _damped_growth(known: Known, year: int) -> float | None:
    """The last annual level; growth going from the newest published rate to the nation's usual one."""
    last = known.last_year
    if last is None or last >= year:
        return None
    nation = known.of("全国")
    usual = [nation.annual_growth[at] for at in sorted(nation.annual_growth)][-USUAL_YEARS:]
    newest = newest_growth(known)
    if newest is None and not usual:
        return None
    to = statistics.fmean(usual) if usual else newest
    rate = to if newest is None else newest
    assert rate is not None
    assert to is not None
    level = known.annual[last]
    for _ in range(last + 1, year + 1):
        level *= 1 + rate
        rate = to + DAMPING * (rate - to)
    return level


def _state_space(known: Known, year: int) -> float | None:
    """Damped local trend in logarithms of the annual levels (statsmodels), from the last unbroken run of years."""
    last = known.last_year
    if last is None or last >= year:
        return None
    run = [last]
    while run[0] - 1 in known.annual:
        run.insert(0, run[0] - 1)
    if len(run) < LEAST_YEARS:
        return None
    return _damped_trend(tuple(known.annual[at] for at in run), year - last)


@lru_cache(maxsize=1024)
def _damped_trend(levels: tuple[float, ...], steps: int) -> float:
    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few points: the optimiser says so each time, and the back-test judges it
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel

        fitted = ETSModel(np.log(np.array(levels)), trend="add", damped_trend=True).fit(disp=False)
        return math.exp(float(fitted.forecast(steps)[-1]))


def _last(by_year: dict[int, float], until: int) -> float | None:
    years = [year for year in by_year if year <= until]
    return by_year[max(years)] if years else None


def newest_growth(known: Known) -> float | None:
    """The newest published growth of the series, annual or cumulative."""
    rates = {(year, 12): rate for year, rate in known.annual_growth.items()}
    rates = known.cumulative_growth | rates
    return rates[max(rates)] if rates else None


CANDIDATES: tuple[Candidate, ...] = (
    Candidate("no_change", "与上年持平", True, _no_change),
    Candidate("same_growth", "上年增速不变", True, _same_growth),
    Candidate("year_to_date_share", "累计占全年比重", False, _year_to_date_share),
    Candidate("comparable_base", "可比基数乘累计增速", False, _comparable_base),
    Candidate("comparable_base_revised", "可比基数乘累计增速，再乘历年基数修订", False, _comparable_base_with_revision),
    Candidate("damped_growth", "增速逐年回到全国常年水平", False, _damped_growth),
    Candidate("state_space", "阻尼趋势状态空间模型", False, _state_space),
)
"""In the order they are tried; of equal errors the first is kept."""
