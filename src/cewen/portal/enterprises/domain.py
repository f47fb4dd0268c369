"""Facts as the register keeps them, without a database: text to values and back, and the figures lists show."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from cewen.base.money import display_money, yuan_text
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout
from cewen.engine.fact_value import read_value
from cewen.engine.factsheet import NAME_KEYS, FactKey, FactSheet, PastAward, Record, Value
from cewen.engine.register.findings import Findings
from cewen.engine.register.source import find_tables
from cewen.rules.facts import COLLECTIONS, SUBJECTS, Fact, Vocabulary
from cewen.rules.load import Corpus
from cewen.rules.regions import Regions
from cewen.rules.types import Kind

FactTexts = dict[str, dict[str, str]]
"""{key: {year or "": text}}."""

_MOST_CELLS = 40

NOTHING = "无"
"""How a set that is known to be empty is written."""

OWN_COLUMNS = ("uscc", "name")
"""Facts that stand in columns of their own."""

ENTERPRISE = "enterprise"


def write_value(fact: Fact, value: Value) -> str:
    """The one text of a value: money in yuan with two decimals, 是/否, members of a set joined by 、."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        if fact.type is Kind.MONEY:
            return yuan_text(int(value))
        if value.denominator == 1:
            return str(value.numerator)
        return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or NOTHING
    return value.isoformat() if isinstance(value, date) else value


def parse_value(fact: Fact, text: str, regions: Regions) -> Value | None:
    """The value of a text; None for what is not known. Raises ValueFault."""
    if fact.type is Kind.SET and text.strip() == NOTHING and NOTHING not in fact.values:
        return frozenset()
    return read_value(fact, text, regions)


def sheet_of(
    uscc: str, name: str, facts: FactTexts, objects: Iterable[Mapping[str, Any]], awards: Iterable[PastAward],
    corpus: Corpus,
) -> FactSheet:  # fmt: skip
    """The fact sheet of stored texts. Facts no longer declared, and texts that no longer fit, count as not known."""
    values: dict[FactKey, Value] = {("uscc", None): uscc} if uscc else {}
    if name:
        values["name", None] = name
    known = {fact.key: fact for fact in corpus.vocabulary}
    for key, by_year in facts.items():
        fact = known.get(key)
        for year, text in by_year.items() if fact is not None else ():
            _put(values, fact, int(year) if year else None, text, corpus.regions)
    others, counts = [], dict.fromkeys(COLLECTIONS, 0)
    for each in objects:
        subject = str(each["subject"])
        if subject not in COLLECTIONS:
            continue
        own: dict[FactKey, Value] = {}
        for key, text in each["facts"].items():
            _put(own, known.get(key), None, text, corpus.regions)
        others.append(Record(subject, f"{COLLECTIONS[subject]}[{counts[subject]}]", own))
        counts[subject] += 1
    return FactSheet(Record(ENTERPRISE, ENTERPRISE, values), tuple(others), tuple(awards))


def _put(values: dict[FactKey, Value], fact: Fact | None, year: int | None, text: str, regions: Regions) -> None:
    if fact is None or fact.is_annual != (year is not None):
        return
    try:
        value = parse_value(fact, text, regions)
    except ValueError:
        return
    if value is not None:
        values[fact.key, year] = value


def texts_of(record: Record, vocabulary: Vocabulary) -> FactTexts:
    """The texts of a record's values, those with columns of their own left out."""
    found: FactTexts = {}
    for (key, year), value in record.values.items():
        if key not in OWN_COLUMNS:
            found.setdefault(key, {})["" if year is None else str(year)] = write_value(vocabulary.by_key(key), value)
    return found


def objects_of(sheet: FactSheet, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Projects, products and parks as they are stored."""
    return [
        {
            "subject": each.subject,
            "facts": {key: write_value(vocabulary.by_key(key), value) for (key, _), value in each.values.items()},
        }
        for each in sheet.others
    ]


@dataclass(frozen=True, slots=True)
class Figures:
    """What lists show of an enterprise (列表字段): the last known year of what is annual."""

    region_code: str
    size: str
    fields: str
    revenue: int | None
    revenue_year: int | None
    employees: int | None
    employees_year: int | None


def figures_of(facts: FactTexts) -> Figures:
    """Figures of stored texts, which are canonical (`write_value`)."""
    revenue, employees = _last(facts.get("revenue")), _last(facts.get("employees"))
    kinds = facts.get("enterprise_kinds", {}).get("", "")
    return Figures(
        facts.get("registered_in", {}).get("", ""),
        facts.get("enterprise_size", {}).get("", ""),
        "" if kinds == NOTHING else kinds,
        int(revenue[1].replace(".", "")) if revenue else None,
        revenue[0] if revenue else None,
        int(employees[1]) if employees else None,
        employees[0] if employees else None,
    )


def _last(by_year: Mapping[str, str] | None) -> tuple[int, str] | None:
    if not by_year:
        return None
    year = max(by_year)
    return int(year), by_year[year]


def object_label(each: Mapping[str, Any], corpus: Corpus) -> str:
    """How an object is called: its name, else its kind."""
    subject = str(each["subject"])
    return str(each["facts"].get(NAME_KEYS.get(subject, ""), "")) or subject


class ColumnsBuilder:
    """Stored texts to the columns engines evaluate (按列的企业库): texts are collected by column, then turned at once."""

    def __init__(self, corpus: Corpus) -> None:
        self.layout = Layout(corpus.vocabulary, corpus.regions)
        self.known = {fact.key: fact for fact in corpus.vocabulary if self.layout.has_column(fact)}
        self.heads: dict[str, list[tuple[str, str | None]]] = {subject: [] for subject in SUBJECTS}
        self.cells: dict[tuple[str, str, str], tuple[list[int], list[str]]] = {}

    def add(self, uscc: str, name: str, facts: FactTexts, objects: Iterable[Mapping[str, Any]]) -> None:
        """One enterprise with what belongs to it."""
        at = self._row(ENTERPRISE, uscc, name or None)
        for key, by_year in facts.items():
            for year, text in by_year.items():
                self._cell(ENTERPRISE, key, year, at, text)
        for each in objects:
            subject, own = str(each["subject"]), each["facts"]
            at = self._row(subject, uscc, own.get(NAME_KEYS[subject]))
            for key, text in own.items():
                self._cell(subject, key, "", at, text)

    def _row(self, subject: str, uscc: str, name: str | None) -> int:
        self.heads[subject].append((uscc, name))
        return len(self.heads[subject]) - 1

    def _cell(self, subject: str, key: str, year: str, at: int, text: str) -> None:
        if key in self.known:
            rows, texts = self.cells.setdefault((subject, key, year), ([], []))
            rows.append(at)
            texts.append(text)

    def build(self, awards: pa.Table) -> Columns:
        """The columns; `awards` as `AWARDS` has them."""
        tables: dict[str, pa.Table] = {}
        for subject, heads in self.heads.items():
            columns = {
                USCC: pa.array([code for code, _ in heads], pa.string()),
                OBJECT_NAME: pa.array([name for _, name in heads], pa.string()),
            }
            for (owner, key, year), (rows, texts) in sorted(self.cells.items()):
                if owner == subject:
                    fact = self.known[key]
                    place = np.full(len(heads), -1, np.int64)
                    place[rows] = np.arange(len(rows))
                    values = self._values(fact, texts)
                    name = self.layout.column(fact, int(year) if year else None)
                    columns[name] = values.take(pa.array(place, mask=place < 0))
            tables[subject] = pa.table(columns)
        return Columns(self.layout, tables, awards)

    def _values(self, fact: Fact, texts: list[str]) -> pa.Array:
        kind = self.layout.column_type(fact)
        raw = pa.array(texts, pa.string())
        if fact.type is Kind.MONEY:
            return pc.replace_substring(raw, ".", "").cast(kind)
        if fact.type in (Kind.COUNT, Kind.INTEGER):
            return raw.cast(kind)
        words = raw.dictionary_encode()
        codes = pa.array([self._code(fact, word) for word in words.dictionary.to_pylist()], kind)
        return codes.take(words.indices)

    def _code(self, fact: Fact, text: str) -> int | None:
        value = parse_value(fact, text, self.layout.regions)
        if isinstance(value, frozenset):
            return self.layout.mask(fact, value)
        if isinstance(value, bool):
            return int(value)
        if value is None:
            return None
        code = str(value)
        return self.layout.region_position(code) if fact.type is Kind.REGION else self.layout.code(fact, code)


@dataclass(frozen=True, slots=True)
class DistrictSum:
    """What fits in one district (分区合计): last known revenue in fen, without the `unknown` enterprises; None: no one's."""

    code: str
    count: int
    revenue: int | None
    unknown: int
    awards: int


@dataclass(frozen=True, slots=True)
class Known:
    """A value as pages show it (已知的值): exact text, short text, and who says so since when."""

    text: str
    shown: str
    source: str = ""
    on: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact over the years (历年事实): `by_year` has a value or None for each year of the table."""

    fact: Fact
    by_year: tuple[tuple[str, Known | None], ...]
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of a small chart (柱): position and height in a field of 100 × 40."""

    x: int
    y: int
    width: int
    height: int
    year: str
    shown: str


@dataclass(frozen=True, slots=True)
class FactTable:
    """All facts of an enterprise (事实表): annual ones by year, the others below them."""

    years: tuple[str, ...]
    annual: tuple[FactRow, ...]
    points: tuple[tuple[Fact, Known | None], ...]


def known_value(fact: Fact, text: str, regions: Regions, said: Iterable[str] = ()) -> Known:
    """A stored text as it is shown."""
    source, on, owner = (*said, "", "", "")[:3]
    if fact.type is Kind.MONEY:
        return Known(text, display_money(int(text.replace(".", ""))), source, on, owner)
    if fact.type is Kind.REGION:
        return Known(text, regions.name(text), source, on, owner)
    return Known(text, f"{text}\u2009{fact.unit}" if fact.type.is_number and fact.unit else text, source, on, owner)


def yearly_table(facts: FactTexts, sources: Mapping[str, Mapping[str, Iterable[str]]], corpus: Corpus) -> FactTable:
    """The facts of an enterprise laid out; years that stand anywhere, latest last."""
    declared = [fact for fact in corpus.vocabulary.of_subject(ENTERPRISE) if fact.key not in OWN_COLUMNS]
    years = tuple(sorted({year for fact in declared if fact.is_annual for year in facts.get(fact.key, {})}))

    def known(fact: Fact, year: str) -> Known | None:
        text = facts.get(fact.key, {}).get(year)
        return (
            None if text is None else known_value(fact, text, corpus.regions, sources.get(fact.key, {}).get(year, ()))
        )

    annual = []
    for fact in declared:
        if fact.is_annual:
            by_year = tuple((year, known(fact, year)) for year in years)
            annual.append(FactRow(fact, by_year, _bars(by_year)))
    return FactTable(years, tuple(annual), tuple((fact, known(fact, "")) for fact in declared if not fact.is_annual))


def _bars(by_year: tuple[tuple[str, Known | None], ...]) -> tuple[Bar, ...]:
    """Bars from zero; a year that is not known leaves a gap."""
    sizes = [abs(int(known.text.replace(".", ""))) if known else 0 for _, known in by_year]
    most, width = max(sizes, default=0) or 1, 100 // max(1, len(by_year))
    return tuple(
        Bar(at * width + 1, 40 - size * 40 // most, max(1, width - 2), size * 40 // most, year, known.shown)
        for at, ((year, known), size) in enumerate(zip(by_year, sizes, strict=True))
        if known is not None
    )


def with_cells(findings: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """Findings with the cell they are about (`cell`) and what names the row (`of`), read once more from the file."""
    wanted = {(each["sheet"] or each["file"], each["row"]) for each in findings if each["row"]}
    if not wanted:
        return findings
    rows: dict[tuple[str, int], tuple[list[str], list[str]]] = {}
    for table in find_tables(path, Findings()).values():
        place, header = table.sheet or Path(table.file).name, None
        for row in table.rows:
            cells = ["" if cell is None else str(cell).strip() for cell in row.cells]
            if header is None and sum(map(bool, cells)) > 1:
                header = cells
            if header is not None and (place, row.number) in wanted:
                rows[place, row.number] = (header, cells)
    for each in findings:
        header, cells = rows.get((each["sheet"] or each["file"], each["row"]), ([], []))
        by_label = dict(zip(header or [], cells, strict=False))
        each["cell"] = by_label.get(each["field"], "")[:200]
        if each["field"] in by_label:
            each["at"] = f"{_letters(header.index(each['field']))}{each['row']}"
        each["whole"] = [[name[:40], cell[:60]] for name, cell in zip(header, cells, strict=False) if name][
            :_MOST_CELLS
        ]
        each["of"] = " ".join(filter(None, (by_label.get("名称", ""), by_label.get("统一社会信用代码", ""))))[:200]
    return findings


def findings_found(
    findings: Iterable[Mapping[str, Any]], words: str = "", code: str = "", sort: str = ""
) -> list[Mapping[str, Any]]:
    """Findings of one code that hold the words anywhere; in the order of the file, or by column."""
    told = ("sheet", "of", "field", "cell", "message", "at")
    found = [
        each
        for each in findings
        if code in ("", each.get("code"))
        and words.lower() in " ".join(str(each.get(name) or "") for name in told).lower()
    ]
    return (
        sorted(found, key=lambda each: (str(each.get("field") or ""), each.get("row") or 0))
        if sort == "field"
        else found
    )


def _letters(at: int) -> str:
    """A column as a workbook calls it: 0 is A, 26 is AA."""
    first, last = divmod(at, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)


def findings_workbook(findings: Iterable[Mapping[str, Any]]) -> bytes:
    """Findings as a workbook, one a row."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("问题")
    head, fault = book.add_format({"bold": True}), book.add_format({"bg_color": "#fff3c4"})
    sheet.freeze_panes(1, 0)
    columns = (("文件", "file", 18), ("工作表", "sheet", 10), ("行", "row", 6), ("单元格", "at", 8), ("是谁", "of", 36), ("列", "field", 18),
               ("单元格内容", "cell", 24), ("问题", "message", 48), ("怎么改", "remedy", 48), ("代码", "code", 8))  # fmt: skip
    for at, (title, _, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, head)
    for number, each in enumerate(findings, start=1):
        for at, (_, key, _width) in enumerate(columns):
            cell = each.get(key)
            if isinstance(cell, int):
                sheet.write_number(number, at, cell)
            else:
                sheet.write_string(number, at, str(cell or ""), fault if key == "cell" else None)
    book.close()
    return buffer.getvalue()
