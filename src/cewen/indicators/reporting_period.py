"""Periods of statistics as ISO 8601 writes them: a year, a month, a run of months, a run of years."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from cewen.base.errors import CewenError

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MONTHS = re.compile(r"(\d{4})-(\d{2})/(\d{4})-(\d{2})")
_YEARS = re.compile(r"(\d{4})/(\d{4})")


@dataclass(frozen=True, slots=True, order=True)
class ReportingPeriod:
    """Reporting period (统计期): first and last day. A run of years, `2018/2021`, is that of an average growth."""

    end: date
    start: date
    text: str

    @property
    def year(self) -> int:
        """The year it ends in."""
        return self.end.year

    @property
    def months(self) -> int:
        """Months it spans."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def is_year(self) -> bool:
        return len(self.text) == 4

    @property
    def is_cumulative(self) -> bool:
        """January to some month of the same year (本年累计), December included."""
        return "/" in self.text and self.start.month == 1 and self.start.year == self.end.year

    @property
    def label(self) -> str:
        """As a table shows it."""
        if self.is_year:
            return f"{self.text}年"
        if "/" not in self.text:
            return f"{self.end.year}年{self.end.month}月"
        if len(self.text) == 9:
            return f"{self.start.year}—{self.end.year}年"
        return f"{self.start.year}年{self.start.month}—{self.end.month}月"


def parse_period(text: str) -> ReportingPeriod:
    """`2024`, `2024-03`, `2024-01/2024-05` or `2018/2021`. Raises CewenError (CW801)."""
    text = text.strip()
    try:
        if _YEAR.fullmatch(text):
            return ReportingPeriod(date(int(text), 12, 31), date(int(text), 1, 1), text)
        if found := _MONTH.fullmatch(text):
            year, month = (int(part) for part in found.groups())
            return ReportingPeriod(_last_day(year, month), date(year, month, 1), text)
        if found := _MONTHS.fullmatch(text):
            first_year, first_month, year, month = (int(part) for part in found.groups())
            start, end = date(first_year, first_month, 1), _last_day(year, month)
        elif found := _YEARS.fullmatch(text):
            start, end = date(int(found[1]), 1, 1), date(int(found[2]), 12, 31)
        else:
            raise ValueError
        if start > end:
            raise ValueError
        return ReportingPeriod(end, start, text)
    except ValueError:
        remedy = "写成 2024、2024-03、2024-01/2024-05 或 2018/2021。"
        raise CewenError.of("CW801", f"看不懂统计期“{text}”", remedy) from None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
