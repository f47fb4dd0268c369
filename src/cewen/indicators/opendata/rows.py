"""Observations as rows of one table, dimensions first; gaps between years stand as empty observations."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cewen.indicators.definition import Indicator, Indicators
from cewen.indicators.observation import Bound, Observation, Trust
from cewen.indicators.store import Observations

DIMENSIONS = ("FREQ", "REF_AREA", "INDICATOR", "TRANSFORM", "MATURITY", "BASIS", "TIME_PERIOD")
ATTRIBUTES = (
    "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "BOUND", "TRUST", "BASE_PER", "PUBLISHED", "PUBLISHED_ESTIMATED",
    "SOURCE", "SOURCE_URL", "NOTE",
)  # fmt: skip
COLUMNS = (*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)

NATION = "全国"
LEVEL, YEAR_TO_DATE, GROWTH, YEAR_TO_DATE_GROWTH, AVERAGE = "N", "YTD", "G1Y", "YTD_G1Y", "AVG"
TRANSFORMS = {
    LEVEL: "本期数", YEAR_TO_DATE: "本年累计", GROWTH: "同比增速", YEAR_TO_DATE_GROWTH: "累计同比增速", AVERAGE: "年均增速"
}  # fmt: skip
STATUSES = {"A": "正常", "E": "推算", "P": "快报或月度累计", "M": "没有公布"}


@dataclass(frozen=True, slots=True)
class OpenData:
    """Open data (开放数据) of a day: rows under `COLUMNS`, and the code lists they use (code → Chinese name)."""

    on: date
    rows: tuple[dict[str, str], ...]
    areas: dict[str, str]
    indicators: dict[str, str]


def open_data(observations: Observations, indicators: Indicators, on: date) -> OpenData:
    """The best figure of every series, period and maturity published by a day."""
    known = observations.as_of(on)
    best: dict[tuple[str, ...], tuple[tuple[object, ...], dict[str, str]]] = {}
    areas: dict[str, str] = {}
    names: dict[str, str] = {}
    for each in known.entries:
        indicator = indicators.find(each.indicator)
        if indicator is None:
            continue
        row = _row(each, indicator, indicators)
        areas[row["REF_AREA"]] = each.region
        names[row["INDICATOR"]] = _measured(indicator, indicators).label
        key = tuple(row[name] for name in DIMENSIONS)
        rank = (each.bound is Bound.EXACT, -each.trust.rank, each.published_on, each.id)
        if key not in best or rank > best[key][0]:
            best[key] = (rank, row)
    rows = [row for _, row in best.values()]
    rows += _gaps(rows)
    rows.sort(key=lambda row: tuple(row[name] for name in DIMENSIONS))
    return OpenData(on, tuple(rows), dict(sorted(areas.items())), dict(sorted(names.items())))


def _row(each: Observation, indicator: Indicator, indicators: Indicators) -> dict[str, str]:
    period, cumulative = each.period, each.period.is_cumulative
    if indicator.measure == "growth":
        transform = YEAR_TO_DATE_GROWTH if cumulative else GROWTH
    elif indicator.measure == "average_growth":
        transform = AVERAGE
    else:
        transform = YEAR_TO_DATE if cumulative else LEVEL
    yearly = period.is_year or len(period.text) == 9
    derived = each.trust is Trust.DERIVED
    return {
        "FREQ": "A" if yearly else "M",
        "REF_AREA": area_code(each.region, each.region_code),
        "INDICATOR": _code(_measured(indicator, indicators).key),
        "TRANSFORM": transform,
        "MATURITY": each.maturity.code.upper(),
        "BASIS": each.basis.code.upper(),
        "TIME_PERIOD": f"{period.year}" if yearly else f"{period.end:%Y-%m}",
        "OBS_VALUE": decimal(each.value),
        "OBS_STATUS": "E" if derived else ("P" if each.maturity.code in ("panel", "preliminary") else "A"),
        "CONF_STATUS": "F",
        "UNIT_MEASURE": each.unit,
        "BOUND": each.bound.code,
        "TRUST": each.trust.code,
        "BASE_PER": str(period.start.year) if len(period.text) == 9 else "",
        "PUBLISHED": each.published_on.isoformat(),
        "PUBLISHED_ESTIMATED": "yes" if each.is_estimated else "no",
        "SOURCE": each.source_title,
        "SOURCE_URL": each.source_url,
        "NOTE": each.note,
    }


def _gaps(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Years without a figure between the first and the last of an annual series."""
    years: dict[tuple[str, ...], set[int]] = defaultdict(set)
    units: dict[tuple[str, ...], str] = {}
    for row in rows:
        if row["FREQ"] == "A" and row["TRANSFORM"] != AVERAGE and row["BASIS"] == "CURRENT":
            key = tuple(row[name] for name in ("REF_AREA", "INDICATOR", "TRANSFORM"))
            years[key].add(int(row["TIME_PERIOD"]))
            units[key] = row["UNIT_MEASURE"]
    empty = dict.fromkeys(COLUMNS, "")
    return [
        empty
        | dict(zip(("REF_AREA", "INDICATOR", "TRANSFORM"), key, strict=True))
        | {"FREQ": "A", "MATURITY": "UNSTATED", "BASIS": "CURRENT", "TIME_PERIOD": str(year)}
        | {"OBS_STATUS": "M", "CONF_STATUS": "F", "UNIT_MEASURE": units[key]}
        for key, known in sorted(years.items())
        for year in range(min(known), max(known))
        if year not in known
    ]


def _measured(indicator: Indicator, indicators: Indicators) -> Indicator:
    """Whose growth it is, for growth; itself for the rest."""
    base = indicators.find(indicator.of) if indicator.of else None
    return base or indicator


def _code(key: str) -> str:
    return key.upper().replace("-", "_")


def area_code(name: str, code: str = "") -> str:
    """GB/T 2260 code where there is one, CN for the nation, else a code made of the name that stays the same."""
    if code:
        return code
    return "CN" if name == NATION else "Z" + hashlib.sha256(name.encode()).hexdigest()[:8].upper()


PLACES = 12


def decimal(value: Fraction) -> str:
    """A decimal as short as it is exact; to `PLACES` where it never ends."""
    places = 0
    while places < PLACES and (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(round(value * 10**places))).rjust(places + 1, "0")
    whole, rest = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    return ("-" if value < 0 else "") + whole + (f".{rest}" if rest else "")
