"""Rows of tables as lines with tabs between their cells: what every format's tables become when they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cewen.base.source import Span

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\t]+")
_BLANK = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """表格的一行: its span without outer blanks and the spans of its cells that hold something, each without blanks."""

    span: Span
    cells: tuple[Span, ...]


def rows_of(text: str, within: Span) -> list[list[Row]]:
    """Tables in order: rows that follow each other with only blank lines between."""
    tables: list[list[Row]] = []
    for match in _LINE.finditer(text, within.start, within.end):
        if text.find("\t", match.start(), match.end()) < 0:
            continue
        cells = tuple(
            Span(start, end)
            for cell in _CELL.finditer(text, match.start(), match.end())
            for start, end in [_trimmed(text, cell.start(), cell.end())]
            if end > start
        )
        if len(cells) < 2:
            continue
        row = Row(Span(cells[0].start, cells[-1].end), cells)
        last = tables[-1][-1] if tables else None
        blank = _BLANK.match(text, last.span.end) if last else None
        if blank is not None and blank.end() >= row.span.start:
            tables[-1].append(row)
        else:
            tables.append([row])
    return tables


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
