"""An empty register to fill: a workbook with a sheet for each subject, and one that says what each column means."""

from __future__ import annotations

import io

import xlsxwriter

from cewen.engine.register.columns import AWARD_FACTS, CODE_KEY
from cewen.engine.register.source import SHEETS
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.types import Kind

YEARS = 3
"""Years an annual fact has a column for."""
_TOLD = (("表", 10), ("列", 26), ("单位", 24), ("可填", 50), ("意思", 60), ("来源", 30))
_MONEY = "元（也可写 6800万元）"


def template_workbook(vocabulary: Vocabulary, last_year: int) -> bytes:
    """The workbook: headings as the reader of registers knows them, annual facts for the years up to `last_year`."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    head, wrap = book.add_format({"bold": True, "bg_color": "#eaf0f8"}), book.add_format({"text_wrap": True})
    told: list[tuple[str, ...]] = []
    code = vocabulary.by_key(CODE_KEY)
    for subject, name in SHEETS.items():
        own = AWARD_FACTS if subject == "awards" else vocabulary.of_subject(subject)
        facts = [code, *(fact for fact in own if fact.key != CODE_KEY)]
        labels = [label for fact in facts for label in _labels(fact, last_year)]
        page = book.add_worksheet(name)
        page.freeze_panes(1, 1)
        page.write_row(0, 0, labels, head)
        page.set_column(0, len(labels) - 1, 20)
        told += [_meaning(name, fact) for fact in facts]
    page = book.add_worksheet("说明")
    page.write_row(0, 0, [title for title, _width in _TOLD], head)
    for at, (_title, width) in enumerate(_TOLD):
        page.set_column(at, at, width, wrap)
    for number, row in enumerate(told, start=1):
        page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def _labels(fact: Fact, last_year: int) -> list[str]:
    if not fact.is_annual:
        return [fact.label]
    return [f"{fact.label}:{year}" for year in range(last_year, last_year - YEARS, -1)]


def _meaning(sheet: str, fact: Fact) -> tuple[str, ...]:
    may = "是、否" if fact.type is Kind.BOOLEAN else "、".join(fact.values)
    return sheet, fact.label, _MONEY if fact.type is Kind.MONEY else fact.unit, may, fact.definition, fact.source
