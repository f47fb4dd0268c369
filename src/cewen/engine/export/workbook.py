"""Results as a workbook: the awards, the sums by measure, and the clauses they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.batch import COLUMNS, SIMULATED_COLUMN, AwardRow
from cewen.engine.result import Status
from cewen.engine.summary import Summary
from cewen.rules.lower import LoweredMeasure

MOST_ROWS = 1_048_576
"""Rows a sheet can hold, the header among them."""

_LARGEST_EXACT = 2**53
_WIDTHS = (21, 32, 22, 46, 12, 13, 16, 16, 30, 46, 15)
_SUMMARY = ("measure", "title", "clause", "certainty", "met", "unknown", "not_met", "suppressed", "low", "high")
_CLAUSES = ("measure", "title", "clause", "quote", "source")


@contextmanager
def workbook_sink(path: Path, summary: Summary, *, simulated: bool) -> Iterator[WorkbookSink]:
    """Sheets 奖补, 汇总, 条文; the last two are written at the end, from `summary` as it stands then."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sink = WorkbookSink(book, simulated)
    try:
        yield sink
        sink.write_summary(summary)
        sink.write_clauses(summary)
    except BaseException:
        # Closing is what removes the library's temporary files; the half file itself is thrown away by the caller.
        with suppress(Exception):
            book.close()
        raise
    try:
        book.close()
    except FileCreateError as error:
        message = "写不了工作簿"
        raise CewenError.of("CW020", message, "检查磁盘空间与权限；原来的文件没有动。", Place(str(path))) from error


class WorkbookSink:
    """Text cells are stored as text and marked so (quote prefix): none is ever a formula."""

    def __init__(self, book: Any, simulated: bool) -> None:
        self.book, self.simulated = book, simulated
        self.text = book.add_format({"quote_prefix": True})
        self.wrapped = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.sheet = self._sheet("奖补", (*COLUMNS, SIMULATED_COLUMN) if simulated else COLUMNS, _WIDTHS)
        self.row = 0

    def write(self, row: AwardRow) -> None:
        """Append one award. Raises CewenError (CW621) when the sheet is full."""
        self.row += 1
        if self.row >= MOST_ROWS:
            message = f"结果超过工作表的 {MOST_ROWS} 行"
            raise CewenError.of("CW621", message, "改写成 csv 或 parquet，或去掉 --all。")
        texts = row.texts() + ((row.as_if_in_force,) if self.simulated else ())
        for column, text in enumerate(texts):
            name = COLUMNS[column] if column < len(COLUMNS) else SIMULATED_COLUMN
            if name in ("low", "high"):
                self._money(self.sheet, self.row, column, row.low if name == "low" else row.high)
            elif text is not None:
                self._text(self.sheet, self.row, column, text)

    def write_summary(self, summary: Summary) -> None:
        """Sums by measure, then the totals: definite and at most in lines of their own."""
        columns = (*_SUMMARY, SIMULATED_COLUMN) if self.simulated else _SUMMARY
        sheet = self._sheet("汇总", columns, (46, 34, 12, 12, 8, 8, 8, 11, 18, 18, 15))
        at = 0
        for at, each in enumerate(summary.measures.values(), start=1):
            measure = each.measure.measure
            for column, text in enumerate((each.measure.key, measure.title, measure.clause, measure.certainty.value)):
                self._text(sheet, at, column, text)
            counts = (each.results[Status.MET], each.results[Status.UNKNOWN], each.results[Status.NOT_MET])
            for column, count in enumerate((*counts, each.suppressed), start=4):
                sheet.write_number(at, column, count)
            self._money(sheet, at, 8, each.low)
            self._money(sheet, at, 9, each.high)
            if each.simulated:
                self._text(sheet, at, 10, each.in_force.value)
        lines = (("合计：确定", summary.sums.definite), ("合计：另有上限（最高）", summary.sums.ceiling))
        for offset, (label, fen) in enumerate(lines, start=2):
            self._text(sheet, at + offset, 1, label)
            self._money(sheet, at + offset, 9, fen)
        notes = (f"日期 {summary.plan.on}", f"企业 {summary.enterprises} 家", f"有可享奖补的 {summary.entitled} 家")
        for offset, label in enumerate(notes, start=5):
            self._text(sheet, at + offset, 1, label)

    def write_clauses(self, summary: Summary) -> None:
        """The words every amount rests on."""
        sheet = self._sheet("条文", _CLAUSES, (46, 34, 12, 90, 60))
        for at, each in enumerate(summary.measures.values(), start=1):
            measure = each.measure.measure
            texts = (each.measure.key, measure.title, measure.clause, measure.quote, source_text(each.measure))
            for column, text in enumerate(texts):
                self._text(sheet, at, column, text, self.wrapped)

    def _sheet(self, name: str, columns: tuple[str, ...], widths: tuple[int, ...]) -> Any:
        sheet = self.book.add_worksheet(name)
        for column, width in zip(range(len(columns)), widths, strict=False):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, self.head)
        return sheet

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        sheet.write_string(row, column, text, form or self.text)

    def _money(self, sheet: Any, row: int, column: int, fen: int | None) -> None:
        """Yuan as a number; as text where a spreadsheet's number could not hold every fen."""
        if fen is None:
            return
        yuan = Decimal(fen).scaleb(-2)
        if fen > _LARGEST_EXACT:
            self._text(sheet, row, column, str(yuan))
        else:
            sheet.write_number(row, column, yuan, self.money)


def source_text(measure: LoweredMeasure) -> str:
    """Where a quote stands: 《title》（number） and the characters of the official text."""
    header = measure.policy.header
    number = f"（{header.number}）" if header.number else ""
    where = f" 第 {measure.span.start}–{measure.span.end} 字符" if measure.span else ""
    return f"《{header.title}》{number}{where}"
