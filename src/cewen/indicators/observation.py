"""Published figures with their source; read from csv or xlsx, every fault named by its row."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from python_calamine import CalamineWorkbook

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.indicators.definition import Indicator, Indicators
from cewen.indicators.reporting_period import ReportingPeriod, parse_period
from cewen.indicators.unit import parse_unit

COLUMNS = (
    "indicator", "region", "region_code", "period", "basis", "value", "unit", "bound", "trust", "maturity",
    "published_on", "published_estimated", "source_title", "source_url", "note",
)  # fmt: skip
"""Columns of a file of observations. `region_code`, `basis`, `bound`, `published_estimated`, `source_url` and `note`
may be empty or absent."""

_TEXTS = ("region", "region_code", "source_title", "source_url", "note")
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r](?=.)")
_LONGEST_NUMBER = 60
_ENDLESS = re.compile(r"[eE][+-]?[0-9]{3,}")
REQUIRED = ("indicator", "region", "period", "value", "unit", "trust", "published_on", "source_title")


class Trust(Enum):
    """Trust class of a source (来源等级), best first."""

    OFFICIAL = ("official", "官方", 0)
    REPOST = ("repost", "转载", 1)
    SECONDHAND = ("secondhand", "二手", 2)
    DERIVED = ("derived", "推算", 3)

    def __init__(self, code: str, label: str, rank: int) -> None:
        self.code, self.label, self.rank = code, label, rank


class Maturity(Enum):
    """How final a figure is (数据成熟度): monthly panel, first annual figure, verified annual figure."""

    UNSTATED = ("unstated", "未注明", 0)
    PANEL = ("panel", "月度累计", 0)
    PRELIMINARY = ("preliminary", "快报", 1)
    FINAL = ("final", "年报核实", 2)

    def __init__(self, code: str, label: str, rank: int) -> None:
        self.code, self.label, self.rank = code, label, rank


class Bound(Enum):
    """What a published number says of the true one (界): 突破3500 is a lower bound."""

    EXACT = ("exact", "")
    LOWER = ("lower", "超")
    UPPER = ("upper", "不到")
    APPROXIMATE = ("approximate", "约")

    def __init__(self, code: str, label: str) -> None:
        self.code, self.label = code, label


class Basis(Enum):
    """Whose report a figure stands in (口径): this year's, or next year's as 去年同期 on the comparable base."""

    CURRENT = ("current", "本期")
    PRIOR_BASE = ("prior_base", "去年同期（可比基数）")

    def __init__(self, code: str, label: str) -> None:
        self.code, self.label = code, label


@dataclass(frozen=True, slots=True)
class Observation:
    """Observation (观测): one published number. `published_on` is when it could be known; `is_estimated` says that
    the day follows the usual calendar of releases and was not read from the page."""

    indicator: str
    region: str
    region_code: str
    period: ReportingPeriod
    value: Fraction
    unit: str
    bound: Bound
    trust: Trust
    maturity: Maturity
    basis: Basis
    published_on: date
    is_estimated: bool
    source_title: str
    source_url: str
    note: str = ""

    @property
    def id(self) -> str:
        """A stable short name: hash of all that is published."""
        parts = (self.indicator, self.region, self.period.text, self.basis.code, str(self.value), self.unit,
                 self.published_on.isoformat(), self.source_title, self.source_url)  # fmt: skip
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def read_observations(path: Path, indicators: Indicators) -> tuple[tuple[Observation, ...], tuple[Diagnostic, ...]]:
    """Rows of a csv or xlsx file, and a finding for each row left out.

    Findings: CW801 a period, CW803 an indicator nobody defined, CW804 no source, CW805 a value, unit or date, CW806 a
    row said twice. Raises CewenError (CW805) where the file has not the columns of `REQUIRED`.
    """
    found: dict[str, Observation] = {}
    findings: list[Diagnostic] = []
    for number, row in _rows(path):
        place = Place(path.name, number, 1)
        try:
            each = _observation(row, indicators)
        except CewenError as error:
            findings += [Diagnostic(d.code, d.message, d.remedy, place) for d in error.diagnostics]
            continue
        if each.id in found:
            message = f"{each.region}{each.period.label}这一条与前面的一行相同"
            findings.append(Diagnostic("CW806", message, "删去重复的一行。", place))
            continue
        found[each.id] = each
    return tuple(found.values()), tuple(findings)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if path.suffix.lower() == ".xlsx":
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        head = [str(cell).strip() for cell in sheet[0]] if sheet else []
        _check_head(head, path)
        for number, cells in enumerate(sheet[1:], 2):
            yield number, {name: _text(cell) for name, cell in zip(head, cells, strict=True)}
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        _check_head(list(reader.fieldnames or ()), path)
        for row in reader:
            yield reader.line_num, {name: (row[name] or "").strip() for name in reader.fieldnames or ()}


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if isinstance(cell, date) else str(cell).strip()


def _check_head(head: list[str], path: Path) -> None:
    missing = [name for name in REQUIRED if name not in head]
    if missing:
        remedy = f"第一行写上各列的名称：{'、'.join(COLUMNS)}。"
        raise CewenError.of("CW805", f"{path.name} 缺少列：{'、'.join(missing)}", remedy, Place(path.name, 1, 1))


def _observation(row: Mapping[str, str], indicators: Indicators) -> Observation:
    indicator = indicators.find(row["indicator"])
    if indicator is None:
        raise CewenError.of("CW803", f"没有登记指标“{row['indicator']}”", "先在 indicators.yaml 里登记它的单位与口径。")
    if not row["source_title"]:
        message = f"{row['region']}{row['period']}的“{indicator.label}”没有写来源"
        raise CewenError.of("CW804", message, "没有来源的数不收：填 source_title，有网址的填 source_url。")
    for name in _TEXTS:
        if _FORMULA.match(row.get(name, "")):
            message = f"{name} 以“{row[name][0]}”开头，表格软件会当作公式"
            raise CewenError.of("CW805", message, "改成普通的文字；公布的文件要能直接用表格软件打开。")
    if not row["region"]:
        raise CewenError.of("CW805", f"“{indicator.label}”没有写地区", "填 region，如 武汉市。")
    return Observation(
        indicator.key,
        row["region"],
        row.get("region_code", ""),
        parse_period(row["period"]),
        _value(row["value"]),
        _unit(row["unit"], indicator),
        _choice(Bound, row.get("bound") or "exact", "bound"),
        _choice(Trust, row["trust"], "trust"),
        _choice(Maturity, row.get("maturity") or "unstated", "maturity"),
        _choice(Basis, row.get("basis") or "current", "basis"),
        _date(row["published_on"]),
        row.get("published_estimated", "") == "yes",
        row["source_title"],
        row.get("source_url", ""),
        row.get("note", ""),
    )


def read_number(text: str) -> Fraction:
    """An exact number with or without thousands separators. Raises ValueError; a number nobody could write out is none."""
    plain = text.replace(",", "").strip()
    if len(plain) > _LONGEST_NUMBER or _ENDLESS.search(plain):
        raise ValueError("not a number of statistics")
    return Fraction(plain)


def _value(text: str) -> Fraction:
    try:
        return read_number(text)
    except (ValueError, ZeroDivisionError):
        raise CewenError.of("CW805", f"“{text[:60]}”不是数", "value 只写数字，单位写在 unit。") from None


def _unit(text: str, indicator: Indicator) -> str:
    if parse_unit(text).base != parse_unit(indicator.unit).base:
        message = f"“{indicator.label}”的单位是{indicator.unit}，这一行写的是{text or '空'}"
        raise CewenError.of("CW805", message, f"换算成{indicator.unit}，或换一个指标。")
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CewenError.of("CW805", f"“{text}”不是日期", "published_on 写成 2025-01-26。") from None


_Choice = TypeVar("_Choice", Trust, Maturity, Bound, Basis)


def _choice(kind: type[_Choice], code: str, column: str) -> _Choice:
    for each in kind:
        if each.code == code:
            return each
    known = "、".join(each.code for each in kind)
    raise CewenError.of("CW805", f"{column} 不能是“{code}”", f"可用的值：{known}。")
