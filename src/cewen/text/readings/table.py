"""Tables of indicators that a page flattened to lines: 指标 单位 目标值, one row a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.flow import fold_text

_HEADER = re.compile(r"指标.{0,40}单位|单位.{0,40}(?:目标|20\d{2}年)|指标.{0,30}(?:目标|20\d{2}年)")
_ROW = re.compile(
    r"(?P<name>\S.*?)[ \t　]+(?P<unit>[^\d０-９\s]{1,12}(?:[ \t　]*[／/][ \t　]*[^\d０-９\s]{1,8})?)[ \t　]+(?P<number>[\d０-９][\d０-９,，.．]*)[ \t　]*$"
)
_UNIT = re.compile(
    r"(?:%|‰|[百千万亿]*(?:元|美元|个|家|项|人|件|户|张|座|公里|平方米|平方公里|吨|亩|台|套|次|所|条|倍|天|年|辆|人次|小时)|[A-Za-z]{1,10})(?:/[一-鿿A-Za-z]{1,6})?$"
)
_YEAR = re.compile(r"20\d{2}(?=年|$|\D)")
_FOOTNOTE = re.compile(r"[①-⑳]|\[\d{1,2}\]$")
ROWS_WITHOUT_MATCH = 14
"""A table ends after so many lines that are no row."""


@dataclass(frozen=True, slots=True)
class TableTarget:
    """A row of a table of indicators (目标表)."""

    name: str
    unit: str
    value: Fraction
    year: int | None
    span: Span
    number_span: Span


def read_table_targets(document: Document) -> tuple[TableTarget, ...]:
    """Rows below a header that names 指标 and 单位 or a target year."""
    rows: list[TableTarget] = []
    lines = list(_lines(document))
    at = 0
    while at < len(lines):
        line = lines[at][1]
        if len(line) < 60 and _HEADER.search(fold_text(line)):
            year = _year_near(lines, at)
            at, found = _rows(lines, at + 1, year)
            rows.extend(found)
        else:
            at += 1
    return tuple(rows)


def _lines(document: Document) -> list[tuple[int, str]]:
    result, at = [], document.body.start
    for line in document.text[document.body.start : document.body.end].split("\n"):
        result.append((at, line))
        at += len(line) + 1
    return result


def _year_near(lines: list[tuple[int, str]], at: int) -> int | None:
    """The target year of the header line or of the title above it."""
    for position in (at, at - 1, at - 2, at - 3):
        if position >= 0:
            years = _YEAR.findall(fold_text(lines[position][1]))
            if years:
                return int(years[-1])
    return None


def _rows(lines: list[tuple[int, str]], at: int, year: int | None) -> tuple[int, list[TableTarget]]:
    found: list[TableTarget] = []
    missed = 0
    while at < len(lines) and missed < ROWS_WITHOUT_MATCH:
        start, line = lines[at]
        row = _ROW.match(line) if len(line) < 120 else None
        unit = fold_text(row["unit"]) if row else ""
        if row and _UNIT.match(unit):
            missed = 0
            name = _FOOTNOTE.sub("", fold_text(row["name"]))
            value = Fraction(fold_text(row["number"]).replace(",", "").rstrip("."))
            found.append(
                TableTarget(name, unit, value, year, Span(start + row.start("name"), start + row.end("number")),
                            Span(start + row.start("number"), start + row.end("number")))
            )  # fmt: skip
        elif len(line) > 60:
            break
        else:
            missed += bool(line.strip()) and bool(found)
        at += 1
    return at, found
