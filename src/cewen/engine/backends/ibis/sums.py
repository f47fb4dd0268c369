"""Totals without rows: the engine itself counts and sums by measure and by district, straight from memory or Parquet.

What other awards may suppress or reduce cannot be summed apart: such measures are evaluated row by row first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from cewen.base.errors import CewenError
from cewen.base.period import last_full_year
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.cache import digest
from cewen.engine.backends.ibis.compile import OWNED, sum_expression
from cewen.engine.backends.ibis.interpreter import TermInterpreter
from cewen.engine.backends.ibis.query import EVERY_ROW, Part, SumDecoding, Unfit, sum_query
from cewen.engine.backends.ibis.question import Question, by_subject, entangled_measures, live_measures, with_rivals
from cewen.engine.backends.ibis.rows import (
    FileRows,
    ParquetRegister,
    Rows,
    file_states,
    table_rows,
    table_states,
)
from cewen.engine.backends.ibis.wanted import wanted_columns
from cewen.engine.columns.earlier import awarded_amount
from cewen.engine.columns.layout import USCC, Columns
from cewen.engine.columns.local import local_rules
from cewen.engine.columns.owners import DISTRICT_KEY, owners, row_count
from cewen.engine.columns.sums import DistrictSums, MeasureSums
from cewen.rules.lower import LoweredMeasure, Plan

Register = Columns | ParquetRegister


@dataclass(frozen=True, slots=True)
class RegisterSums:
    """Totals of a register (合计): by measure in the order of the plan, and by measure and district.

    `by_rows` are the measures that could not be summed by the engine alone.
    """

    by_measure: tuple[MeasureSums, ...]
    by_district: tuple[DistrictSums, ...]
    by_rows: tuple[str, ...]

    @property
    def total(self) -> tuple[int, int]:
        """Least and greatest total in fen."""
        return sum(each.low for each in self.by_measure), sum(each.high for each in self.by_measure)


def sum_register(
    backend: IbisBackend,
    plan: Plan,
    register: Register,
    *,
    year: int | None = None,
    as_if_in_force: bool = False,
) -> RegisterSums:
    """What `evaluate(…).sums()` and `.district_sums()` give, without a row leaving the engine where that is possible."""
    facts_year = last_full_year(plan.on) if year is None else year
    live = live_measures(plan, as_if_in_force)
    local = rules_of_rows(plan, register)
    entangled = entangled_measures(plan, live, register.awards, local)
    sums: dict[int, MeasureSums] = {}
    districts: dict[int, tuple[DistrictSums, ...]] = {}
    for subject, positions in by_subject(plan, live).items():
        free = tuple(at for at in positions if at not in entangled)
        try:
            answers = _sum(backend, register, Question(plan, free, local, facts_year), subject)
        except Unfit as unfit:
            entangled |= {at for at in free if plan.measures[at].key in unfit.measures}
            entangled = with_rivals(plan, live, entangled)
            free = tuple(at for at in free if at not in entangled)
            answers = _sum(backend, register, Question(plan, free, local, facts_year), subject)
        for at, (total, by_district) in zip(free, answers, strict=True):
            sums[at], districts[at] = total, by_district
    if entangled:
        chosen = sorted(entangled)
        part = replace(plan, measures=tuple(plan.measures[at] for at in chosen))
        columns = register if isinstance(register, Columns) else _loaded(register, part, facts_year)
        results = backend.evaluate(part, columns, year=facts_year, as_if_in_force=as_if_in_force)
        for at, total in zip(chosen, results.sums(), strict=True):
            sums[at] = total
        for each in results.district_sums():
            at = next(at for at in chosen if plan.measures[at].key == each.measure)
            districts[at] = (*districts.get(at, ()), each)
    return RegisterSums(
        tuple(
            sums.get(at) or MeasureSums(measure.key, 0, 0, 0, _rows_of(register, measure), 0, 0, 0)
            for at, measure in enumerate(plan.measures)
        ),
        tuple(each for at in range(len(plan.measures)) for each in districts.get(at, ())),
        tuple(plan.measures[at].key for at in sorted(entangled)),
    )


def rules_of_rows(plan: Plan, register: Register) -> frozenset[int]:
    """Positions of the stacking rules that a row decides by itself; no rows are needed to tell."""
    if isinstance(register, Columns):
        return local_rules(plan, register)
    return local_rules(plan, Columns(register.layout, {}, register.awards))


@dataclass(frozen=True, slots=True)
class _Compiled:
    query: Any
    decodings: tuple[SumDecoding, ...]
    awarded: dict[tuple[str, ...], str]


Summed = tuple[MeasureSums, tuple[DistrictSums, ...]]
"""The sums of one measure: in all, and by district."""


def _sum(backend: IbisBackend, register: Register, question: Question, subject: str) -> list[Summed]:
    return _Summing(backend, register, question, subject).run() if question.positions else []


@dataclass(frozen=True)
class _Summing:
    """Measures of one subject, summed by the engine."""

    backend: IbisBackend
    register: Register
    question: Question
    subject: str

    def run(self) -> list[Summed]:
        measures, year = self.question.measures, self.question.year
        layout = self.register.layout
        names = self._names()
        wanted = wanted_columns(measures, layout, year, names)
        by = DISTRICT_KEY if DISTRICT_KEY in names["enterprise"] else None
        if by is not None:
            wanted[by] = layout.vocabulary.by_key(by)
        if isinstance(self.register, Columns):
            states = table_states(self.register, wanted)
            schemas = {subject: table.schema for subject, table in self.register.tables.items()}
        else:
            states = file_states(self.register, wanted)
            schemas = {subject: self.register.schema(subject) for subject in self.register.paths}
        schema = {name: schemas[fact.subject].field(name).type for name, fact in wanted.items()}
        owned = OWNED if isinstance(self.register, ParquetRegister) and self.subject != "enterprise" else None
        engine = self.backend.engine
        total = row_total(self.register, self.subject)
        most_rows = 1 << max(20, -(-total.bit_length() // 4) * 4)
        key = digest("sums", engine, states, schema, by, owned, layout, most_rows, *self.question.parts())

        def compile_query() -> _Compiled:
            interpreter = TermInterpreter(layout, states, year)
            terms = self.question.terms(interpreter)
            query = sum_query({self.question.plan.measures[at].key: each for at, each in terms.items()}, most_rows)
            fields = {**schema, **dict.fromkeys(interpreter.awarded.values(), pa.int64())}
            if owned is not None:
                fields[owned] = pa.string()
            made = engine.compile(
                lambda table: sum_expression(table, query.outputs, by, owned),
                pa.schema(list(fields.items()) or [("row", pa.int8())]),
            )
            return _Compiled(made, tuple(query.decodings), interpreter.awarded)

        compiled = self.backend.queries.get(key, compile_query)
        if not total:
            return [(_sums(measure, each, []), ()) for measure, each in zip(measures, compiled.decodings, strict=True)]
        rows = self._rows(wanted, compiled.awarded)
        answer = engine.run(compiled.query, rows).to_pylist()
        self._check(answer, total, owned)
        codes = layout.region_codes
        return [
            (_sums(measure, each, answer), tuple(_by_district(measure, each, answer, by, codes)))
            for measure, each in zip(measures, compiled.decodings, strict=True)
        ]

    def _names(self) -> dict[str, frozenset[str]]:
        if isinstance(self.register, ParquetRegister):
            return self.register.names()
        return {subject: frozenset(table.column_names) for subject, table in self.register.tables.items()}

    def _rows(self, wanted: dict[str, Any], awarded: dict[tuple[str, ...], str]) -> Rows:
        slim = self.register
        if isinstance(slim, ParquetRegister):
            if not awarded:
                own = tuple(name for name, fact in wanted.items() if fact.subject == self.subject)
                others = tuple(name for name, fact in wanted.items() if fact.subject != self.subject)
                return FileRows(slim.paths[self.subject], own, slim.paths["enterprise"], others)
            slim = slim.with_columns(wanted)
        further = {
            name: pa.array(awarded_amount(slim, self.subject, of, self.question.plan.on))
            for of, name in awarded.items()
        }
        if isinstance(self.register, ParquetRegister) and self.subject != "enterprise":
            further[OWNED] = slim.tables[self.subject][USCC]
        owners(slim, self.subject)
        return table_rows(slim, self.subject, wanted, further)

    def _check(self, answer: list[dict[str, Any]], total: int, owned: str | None) -> None:
        """Every row counted once, and every object with its enterprise."""
        if sum(row[EVERY_ROW] for row in answer) != total:
            message = f"{self.subject} 表有 {total} 行，按企业代码连接后行数不同：企业表里有重复的代码"
            raise CewenError.of("CW634", message, "一家企业只占一行；合并重复的行。")
        if owned is not None and (lost := total - sum(row[OWNED] for row in answer)):
            message = f"{self.subject} 表有 {lost} 行的代码不在企业表里"
            raise CewenError.of("CW634", message, "核对代码，或先在企业表里登记这些企业。")


def _total(row: dict[str, Any], parts: tuple[Part, ...]) -> int:
    return sum(int(row[name]) * factor for name, factor in parts)


def _sums(measure: LoweredMeasure, each: SumDecoding, answer: list[dict[str, Any]]) -> MeasureSums:
    met, unknown, suppressed, high = (
        sum(_total(row, parts) for row in answer) for parts in (each.met, each.unknown, each.suppressed, each.high)
    )
    rows = sum(row[EVERY_ROW] for row in answer)
    low = high if each.is_definite else 0
    return MeasureSums(measure.key, met, unknown, rows - met - unknown, 0, suppressed, low, high)


def _by_district(
    measure: LoweredMeasure, each: SumDecoding, answer: list[dict[str, Any]], by: str | None, codes: tuple[str, ...]
) -> Iterable[DistrictSums]:
    def position(row: dict[str, Any]) -> int:
        place = None if by is None else row[by]
        return len(codes) if place is None else int(place)

    for row in sorted(answer, key=position):
        count, high = _total(row, each.met) - _total(row, each.suppressed), _total(row, each.high)
        if count:
            district = (*codes, None)[position(row)]
            yield DistrictSums(district, measure.key, count, high if each.is_definite else 0, high)


def row_total(register: Register, subject: str) -> int:
    """Rows of a subject."""
    return register.row_count(subject) if isinstance(register, ParquetRegister) else row_count(register, subject)


def _rows_of(register: Register, measure: LoweredMeasure) -> int:
    return row_total(register, measure.measure.subject)


def _loaded(register: ParquetRegister, plan: Plan, year: int) -> Columns:
    """The columns that the measures of a plan read, in memory."""
    wanted = wanted_columns(plan.measures, register.layout, year, register.names())
    if DISTRICT_KEY in register.names()["enterprise"]:
        wanted[DISTRICT_KEY] = register.layout.vocabulary.by_key(DISTRICT_KEY)
    return register.with_columns(wanted)
