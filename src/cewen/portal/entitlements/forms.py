"""What is asked and what comes in: questions about facts, moved facts, a workbook of one's own facts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpRequest
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from cewen.base.errors import CewenError
from cewen.base.period import last_full_year
from cewen.engine.advise.step import FactChange
from cewen.engine.fact_value import ValueFault
from cewen.engine.factsheet import FactSheet, Record
from cewen.portal import uploads
from cewen.portal.enterprises.domain import (
    ENTERPRISE,
    NOTHING,
    OWN_COLUMNS,
    Known,
    known_value,
    parse_value,
    write_value,
)
from cewen.portal.entitlements.domain import Question, Slot, gap_text, parts_of
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.lower import Plan
from cewen.rules.regions import Regions
from cewen.rules.types import Kind

FIRST = ("registered_in", "enterprise_kinds", "revenue", "rd_spend")
"""What the calculator asks first; everything after is chosen by what it settles."""
_ORDER = {"number": 0, "choice": 1, "choices": 2}
LARGEST_WORKBOOK = 2 * 1024 * 1024
DOOR = uploads.Door(kind="CW721", size="CW722", path="CW723", unpacked=30 * 1024 * 1024)
FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2040, 12, 31)
MOST_ROWS = 5000
COLUMNS = ("对象", "事实", "年度", "值", "单位", "可填", "说明", "位置", "键")
"""Of the workbook of own facts; the last two say which fact a row is, and are not to be changed."""
_MOVED = re.compile(r"f\.(?:([a-z]+\[\d+\])\.)?([a-z][a-z0-9_]*)(?:\.(\d{4}))?")


def input_text(fact: Fact, text: str, regions: Regions) -> str:
    """A stored text as one would type it: money in 万元, a region by its name."""
    if fact.type is Kind.MONEY and text:
        return f"{(Decimal(text) / 10000).normalize():f}万元"
    return regions.name(text) if fact.type is Kind.REGION else text


def joined(parts: Iterable[str]) -> str:
    """What was chosen or typed as one text; of a set its members, 无 only where it stands alone."""
    chosen = [each for each in parts if each.strip()]
    return "、".join(each for each in chosen if len(chosen) == 1 or each != NOTHING)


def in_wan(fact: Fact, text: str) -> str:
    """Money is asked in 万元; a unit that is typed all the same counts as typed."""
    return f"{text}万元" if fact.type is Kind.MONEY and re.fullmatch(r"-?[\d,.]+", text) else text


def first_questions(plan: Plan) -> list[Question]:
    """What the calculator asks first, open."""
    facts = {fact.key: fact for fact in plan.corpus.vocabulary.of_subject(ENTERPRISE)}
    year = last_full_year(plan.on)
    return [
        Question(facts[key], ENTERPRISE, year if facts[key].is_annual else None, "") for key in FIRST if key in facts
    ]


def questions_of(plan: Plan, sheet: FactSheet) -> Iterator[tuple[Record, tuple[Question, ...]]]:
    """What may be filled in for each record: the facts some measure reads, for the years it reads."""
    read, regions = parts_of(plan).facts_read, plan.corpus.regions
    year = last_full_year(plan.on)
    for record in (sheet.enterprise, *sheet.others):
        own = []
        for fact in plan.corpus.vocabulary.of_subject(record.subject):
            if fact.key in OWN_COLUMNS or (fact.key not in read and not fact.key.endswith("_name")):
                continue
            for back in read.get(fact.key, (0,)) if fact.is_annual else (None,):
                of_year = None if back is None else year - back
                value = record.values.get((fact.key, of_year))
                text = "" if value is None else input_text(fact, write_value(fact, value), regions)
                own.append(Question(fact, record.path, of_year, text))
        yield record, tuple(own)


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact as the page lists it (一项事实): the question, and the value with who says so since when."""

    question: Question
    known: Known | None
    is_awaited: bool

    @property
    def asked(self) -> str:
        """Which fact it is, as a query."""
        path, key, year = self.question.slot
        return f"path={quote(path)}&key={key}&year={year}"


@dataclass(frozen=True, slots=True)
class FactGroup:
    """The facts of a record (一组事实): those known, and those still open, awaited ones first."""

    record: Record
    known: tuple[FactLine, ...]
    open: tuple[FactLine, ...]

    @property
    def awaited_count(self) -> int:
        return sum(each.is_awaited for each in self.open)


def fact_groups(
    plan: Plan, sheet: FactSheet, awaited: Iterable[Slot], sources: Mapping[str, Mapping[str, Iterable[str]]],
) -> tuple[FactGroup, ...]:  # fmt: skip
    """All facts by record, with their sources; `awaited` are those that keep some result open."""
    wanted, regions = set(awaited), plan.corpus.regions
    groups = []
    for record, questions in questions_of(plan, sheet):
        known: list[FactLine] = []
        still_open: list[FactLine] = []
        for each in questions:
            value = record.values.get((each.fact.key, each.year))
            said = sources.get(each.fact.key, {}).get(each.year_text, ()) if each.path == ENTERPRISE else ()
            shown = None if value is None else known_value(each.fact, write_value(each.fact, value), regions, said)
            (still_open if shown is None else known).append(FactLine(each, shown, each.slot in wanted))
        still_open.sort(key=lambda line: not line.is_awaited)
        groups.append(FactGroup(record, tuple(known), tuple(still_open)))
    return tuple(groups)


def find_fact(
    plan: Plan, sheet: FactSheet, slot: Slot, sources: Mapping[str, Mapping[str, Iterable[str]]]
) -> tuple[Record, FactLine] | None:
    """One fact with its record; None where no measure reads it."""
    for group in fact_groups(plan, sheet, (), sources):
        for line in (*group.known, *group.open):
            if line.question.slot == slot:
                return group.record, line
    return None


# --- a request taken apart ---------------------------------------------------------------------------------------------


def asked_day(request: HttpRequest, default: date) -> date:
    """The day asked for, within reason."""
    asked = request.POST.get("on") or request.GET.get("on") or ""
    try:
        return min(max(date.fromisoformat(asked), FIRST_DAY), LAST_DAY)
    except ValueError:
        return default


def typed(request: HttpRequest) -> str:
    """What was typed or chosen; "" where the fact is to be unknown again."""
    return "" if request.POST.get("forget") else joined(request.POST.getlist("text")).strip()


def is_supposed(request: HttpRequest) -> bool:
    """Whether what is not in force is to count as if it were."""
    return (request.POST.get("as_if") or request.GET.get("as_if") or "") == "1"


def place_of(request: HttpRequest) -> str:
    """Which place of the page the field stands in."""
    name = request.POST.get("slot") or request.GET.get("slot") or ""
    return name if re.fullmatch(r"[a-z0-9_-]{1,100}", name) else ""


# --- moved facts -----------------------------------------------------------------------------------------------------


def moved_facts(given: Any, vocabulary: Vocabulary) -> dict[Slot, str]:
    """Facts moved in a query: names as `Question.name`; "" for one that is to be unknown."""
    found: dict[Slot, str] = {}
    known = {fact.key: fact for fact in vocabulary}
    for name in given:
        match = _MOVED.fullmatch(name)
        if match and match[2] in known:
            text = joined(given.getlist(name))
            found[match[1] or ENTERPRISE, match[2], match[3] or ""] = in_wan(known[match[2]], text.strip())
    return found


def step_words(change: FactChange) -> str:
    """A change of a next step as a sentence: money in 万元, rounded up so that who adds it gets there."""
    if change.fact.type is not Kind.MONEY or not isinstance(change.after, Fraction):
        return change.words
    label = change.fact.label if change.year is None else f"{change.fact.label}（{change.year} 年）"
    before = change.before if isinstance(change.before, Fraction) else Fraction(0)
    if change.after <= before:
        return change.words
    return _("%(label)s增加 %(more)s，到 %(target)s") % {
        "label": label, "more": gap_text(change.fact, change.after - before), "target": gap_text(change.fact, change.after),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Control:
    """Control of a moved fact (试算项): a slider with its number, or the choice of the fact."""

    question: Question
    now: str
    top: int
    step: int
    unit: str

    @property
    def position(self) -> int:
        """Where the slider stands."""
        try:
            return max(0, min(self.top, int(Decimal(self.question.text or 0))))
        except ArithmeticError:
            return 0


def controls_of(plan: Plan, sheet: FactSheet, moved: Mapping[Slot, str]) -> list[tuple[Record, list[Control]]]:
    """A control for every fact some measure reads, for the year that counts; by record."""
    year, found = last_full_year(plan.on), []
    for record, questions in questions_of(plan, sheet):
        own = []
        for each in questions:
            if each.year not in (None, year) or each.control in ("text", "region"):
                continue
            is_money = each.fact.type is Kind.MONEY
            now = each.text.removesuffix("万元")
            text = moved.get(each.slot, each.text).removesuffix("万元")
            _low, high = each.fact.bounds()
            top = int(high) if high is not None and not is_money else 10
            if each.control == "number" and (is_money or high is None):
                top = max(100 if is_money else 10, int(2 * Decimal(now or 0)))
            shown = Question(each.fact, each.path, each.year, text)
            own.append(Control(shown, now, top, max(1, top // 200), "万元" if is_money else each.fact.unit))
        if own:
            found.append((record, sorted(own, key=lambda each: _ORDER[each.question.control])))
    return found


# --- a workbook of own facts -----------------------------------------------------------------------------------------


def facts_workbook(plan: Plan, sheet: FactSheet) -> bytes:
    """Every fact some measure reads as a row to fill, with what is known already in place."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("事实")
    head, fill = book.add_format({"bold": True}), book.add_format({"bg_color": "#fff3c4", "text_wrap": True})
    muted = book.add_format({"font_color": "#5b6470", "text_wrap": True})
    page.freeze_panes(1, 2)
    for at, width in enumerate((22, 24, 8, 26, 8, 40, 46, 14, 22)):
        page.set_column(at, at, width)
    page.write_row(0, 0, COLUMNS, head)
    number = 0
    for record, questions in questions_of(plan, sheet):
        for each in questions:
            number += 1
            unit = "万元" if each.fact.type is Kind.MONEY else each.fact.unit
            may = "、".join(each.options) if each.control in ("choice", "choices") else ""
            place = "企业" if record.subject == ENTERPRISE else record.name or record.path
            cells = (place, each.fact.label, each.year_text, each.text.removesuffix("万元") if unit == "万元" else
                     each.text, unit, may, each.fact.definition, each.path, each.fact.key)  # fmt: skip
            for at, cell in enumerate(cells):
                page.write_string(number, at, cell, fill if at == 3 else muted if at > 3 else None)
    book.close()
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one row of the workbook says or gets wrong (逐行结果)."""

    row: int
    slot: Slot
    label: str
    old: str
    text: str
    fault: str = ""


def read_facts_workbook(content: bytes, plan: Plan, sheet: FactSheet) -> list[Finding]:
    """Rows that change something, and rows that cannot be taken, each with its sentence.

    An empty value leaves a fact as it is. Raises ValueError, in Chinese, for what is no such workbook.
    """
    asked = {each.slot: each for _record, questions in questions_of(plan, sheet) for each in questions}
    found: list[Finding] = []
    for number, cells in _rows(content):
        year, value, slot_path, key = (cells[COLUMNS.index(name)] for name in ("年度", "值", "位置", "键"))
        question = asked.get((slot_path, key, year))
        if question is None:
            if value:
                found.append(Finding(number, (slot_path, key, year), cells[1], "", value, _("没有这个事实。请用下载的表，不要改最后两列和年度。")))  # fmt: skip
            continue
        label = f"{question.fact.label}{f'（{year}）' if year else ''}"
        if not value:
            continue
        text = in_wan(question.fact, value)
        try:
            parsed = parse_value(question.fact, text, plan.corpus.regions)
            known = "" if parsed is None else write_value(question.fact, parsed)
            shown = input_text(question.fact, known, plan.corpus.regions)
            if shown != question.text:
                found.append(Finding(number, question.slot, label, question.text, shown))
        except ValueFault as fault:
            found.append(Finding(number, question.slot, label, question.text, value, f"{fault}。{fault.remedy}"))
    return found


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows under the header, as text."""
    wrong = ValueError(_("这不是事实表。请下载空表，填好后再传（xlsx，不带宏，不超过 2 MB）。"))
    if len(content) > LARGEST_WORKBOOK:
        raise wrong
    try:
        uploads.check_package(io.BytesIO(content), _("事实表"), DOOR, uploads.WORKBOOK)
    except CewenError as error:
        raise ValueError("".join(f"{each.message}{each.remedy}" for each in error.diagnostics)) from error
    try:
        table = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = table.to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
    except ValueError:
        raise
    except Exception as error:  # a reader of broken files raises what it likes
        raise wrong from error
    if not rows or tuple(_cell(each) for each in rows[0][: len(COLUMNS)]) != COLUMNS:
        raise wrong
    for number, row in enumerate(rows[1:], start=2):
        yield number, [_cell(each) for each in (*row, *[""] * len(COLUMNS))[: len(COLUMNS)]]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value).strip()
