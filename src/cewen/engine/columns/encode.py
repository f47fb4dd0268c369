"""Fact sheets to columns and back: the two shapes a register has, with the same meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from cewen.base.errors import CewenError
from cewen.engine.columns.layout import AWARDS, OBJECT_NAME, USCC, Columns, Layout, subjects
from cewen.engine.factsheet import NAME_KEYS, FactKey, FactSheet, PastAward, Record, Value, collection_of
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus
from cewen.rules.types import Kind


def encode(sheets: Iterable[FactSheet], corpus: Corpus) -> Columns:
    """Fact sheets as columns, in their order. Facts that have no column (text, dates, ratios) are left out.

    Raises CewenError (CW634) for an enterprise without a 统一社会信用代码, or with one that stands twice.
    """
    layout = Layout(corpus.vocabulary, corpus.regions)
    rows: dict[str, list[tuple[str, Record]]] = {subject: [] for subject in subjects()}
    awards: list[tuple[object, ...]] = []
    seen: set[str] = set()
    for number, sheet in enumerate(sheets, start=1):
        code = sheet.enterprise.values.get((USCC, None))
        if not isinstance(code, str) or code in seen:
            fault = "没有统一社会信用代码" if not isinstance(code, str) else f"的代码 {code} 与前面的重复"
            raise CewenError.of("CW634", f"第 {number} 家企业{fault}", "每家企业填一个代码，各不相同。")
        seen.add(code)
        rows["enterprise"].append((code, sheet.enterprise))
        for record in sheet.others:
            rows[record.subject].append((code, record))
        awards.extend((code, each.measure, each.on, each.amount, each.object, each.tier) for each in sheet.awards)
    tables = {subject: _table(layout, subject, rows[subject]) for subject in rows}
    columns = list(zip(*awards, strict=True)) if awards else [()] * len(AWARDS)
    return Columns(
        layout, tables, pa.table([pa.array(c, f.type) for c, f in zip(columns, AWARDS, strict=True)], AWARDS)
    )


def _table(layout: Layout, subject: str, rows: list[tuple[str, Record]]) -> pa.Table:
    facts = {fact.key: fact for fact in layout.vocabulary.of_subject(subject) if layout.has_column(fact)}
    keys = dict.fromkeys(key for _, record in rows for key in record.values if key[0] in facts)
    columns: dict[str, pa.Array] = {
        USCC: pa.array([code for code, _ in rows], pa.string()),
        OBJECT_NAME: pa.array([record.name for _, record in rows], pa.string()),
    }
    for key, year in sorted(keys, key=lambda each: (each[0], each[1] or 0)):
        fact = facts[key]
        cells = [_code(layout, fact, record.values.get((key, year))) for _, record in rows]
        columns[layout.column(fact, year)] = pa.array(cells, layout.column_type(fact))
    return pa.table(columns)


def _code(layout: Layout, fact: Fact, value: Value | None) -> int | None:
    match value:
        case None:
            return None
        case bool():
            return int(value)
        case Fraction():
            return int(value)
        case frozenset():
            return layout.mask(fact, value)
        case str() if fact.type is Kind.REGION:
            return layout.region_position(value)
        case str():
            return layout.code(fact, value)
    raise TypeError(f"no code for {value!r}")


def decode(columns: Columns, start: int = 0, stop: int | None = None) -> Iterator[FactSheet]:
    """Fact sheets of the enterprises in rows `start` to `stop`, with everything that belongs to them."""
    table = columns.tables["enterprise"].slice(start, None if stop is None else stop - start)
    codes: list[str] = table[USCC].to_pylist()
    chosen = pa.array(codes, pa.string())
    others: dict[str, list[Record]] = {}
    for subject in subjects()[1:]:
        if subject in columns.tables:
            whole = columns.tables[subject]
            own = whole.filter(pc.is_in(whole[USCC], value_set=chosen))
            places: dict[str, int] = {}
            for code, record in zip(own[USCC].to_pylist(), _records(columns.layout, subject, own), strict=True):
                place = places[code] = places.get(code, -1) + 1
                path = f"{collection_of(subject)}[{place}]"
                others.setdefault(code, []).append(Record(subject, path, record))
    awards: dict[str, list[PastAward]] = {}
    for row in columns.awards.filter(pc.is_in(columns.awards[USCC], value_set=chosen)).to_pylist():
        award = PastAward(row["measure"], row["on"], row["amount"], row["object"], row["tier"])
        awards.setdefault(row[USCC], []).append(award)
    for code, values in zip(codes, _records(columns.layout, "enterprise", table), strict=True):
        values[USCC, None] = code
        enterprise = Record("enterprise", "enterprise", values)
        yield FactSheet(enterprise, tuple(others.get(code, ())), tuple(awards.get(code, ())))


def _records(layout: Layout, subject: str, table: pa.Table) -> Iterator[dict[FactKey, Value]]:
    """The values of each row under their fact keys."""
    records: list[dict[FactKey, Value]] = [{} for _ in range(table.num_rows)]

    for record, name in zip(records, table[OBJECT_NAME].to_pylist(), strict=True):
        if name is not None:
            record[NAME_KEYS[subject], None] = name
    for fact in layout.vocabulary.of_subject(subject):
        if not layout.has_column(fact):
            continue
        for name, year in _columns_of(layout, fact, table):
            for record, code in zip(records, table[name].to_pylist(), strict=True):
                if code is not None:
                    record[fact.key, year] = _value(layout, fact, code)
    return iter(records)


def _columns_of(layout: Layout, fact: Fact, table: pa.Table) -> Iterator[tuple[str, int | None]]:
    if not fact.is_annual:
        if fact.key in table.column_names:
            yield fact.key, None
        return
    prefix = f"{fact.key}_"
    for name in table.column_names:
        year = name.removeprefix(prefix)
        if name.startswith(prefix) and year.isdecimal() and len(year) == 4:
            yield name, int(year)


def _value(layout: Layout, fact: Fact, code: int) -> Value:
    match fact.type:
        case Kind.BOOLEAN:
            return code == 1
        case Kind.ENUM:
            return fact.values[code]
        case Kind.SET:
            return frozenset(value for bit, value in enumerate(fact.values) if code >> bit & 1)
        case Kind.REGION:
            return layout.region_codes[code]
    return Fraction(code)
