"""Totals without rows: the engine itself counts and sums by measure and by district, straight from memory or Parquet.

What other awards may suppress or reduce cannot be summed apart: such measures are evaluated row by row first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cewen.base.errors import CewenError
from cewen.base.period import InForce, last_full_year
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.cache import digest
from cewen.engine.backends.ibis.compile import COUNT, OWNED, sum_expression
from cewen.engine.backends.ibis.interpreter import TermInterpreter
from cewen.engine.backends.ibis.query import Part, SumDecoding, Unfit, sum_query
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
from cewen.engine.columns.owners import DISTRICT_KEY, owners, row_count
from cewen.engine.columns.results import in_force
from cewen.engine.columns.stacking import live_members
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
    forces = in_force(plan)
    live = [at for at, force in enumerate(forces) if as_if_in_force or force is InForce.IN_FORCE]
    entangled = entangled_measures(plan, live, register.awards)
    sums: dict[int, MeasureSums] = {}
    districts: dict[int, tuple[DistrictSums, ...]] = {}
    for subject in dict.fromkeys(plan.measures[at].measure.subject for at in live):
        free = [at for at in live if plan.measures[at].measure.subject == subject and at not in entangled]
        try:
            answers = _Summing(backend, plan, register, facts_year, subject, tuple(free)).run() if free else []
        except Unfit as unfit:
            entangled |= {at for at in free if plan.measures[at].key in unfit.measures}
            free = [at for at in free if at not in entangled]
            answers = _Summing(backend, plan, register, facts_year, subject, tuple(free)).run() if free else []
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


def entangled_measures(plan: Plan, live: Iterable[int], awards: pa.Table) -> set[int]:
    """Positions of measures another award may suppress or reduce: one made already, or a member of the same rule."""
    evaluated = set(live)
    found: set[int] = set()
    for rule in plan.rules:
        if rule.rule.rule not in ("highest_only", "joint_cap"):
            continue
        members = [at for at in live_members(plan, rule) if at in evaluated]
        if rule.rule.across == "issuer" and len({plan.measures[at].policy.id for at in members}) < 2:
            continue
        if len(members) > 1 or any(plan.measures[at].measure.subject != "enterprise" for at in members):
            found.update(members)
    awarded = set(pc.unique(awards["measure"]).to_pylist())
    found.update(at for at in evaluated if plan.measures[at].measure.frequency and plan.measures[at].key in awarded)
    return found


@dataclass(frozen=True, slots=True)
class _Compiled:
    query: Any
    decodings: tuple[SumDecoding, ...]
    awarded: dict[tuple[str, ...], str]


@dataclass(frozen=True)
class _Summing:
    """One subject's measures at some positions of a plan, summed by the engine."""

    backend: IbisBackend
    plan: Plan
    register: Register
    year: int
    subject: str
    positions: tuple[int, ...]

    def run(self) -> list[tuple[MeasureSums, tuple[DistrictSums, ...]]]:
        measures = tuple(self.plan.measures[at] for at in self.positions)
        layout = self.register.layout
        names = self._names()
        wanted = wanted_columns(measures, layout, self.year, names)
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
        key = digest("sums", engine, self.year, states, schema, by, owned, layout, *measures)

        def compile_query() -> _Compiled:
            interpreter = TermInterpreter(layout, states, self.year)
            query = sum_query(measures, interpreter)
            fields = {**schema, **dict.fromkeys(interpreter.awarded.values(), pa.int64())}
            if owned is not None:
                fields[owned] = pa.string()
            made = engine.compile(
                lambda table: sum_expression(table, query.outputs, by, owned),
                pa.schema(list(fields.items()) or [("row", pa.int8())]),
            )
            return _Compiled(made, tuple(query.decodings), interpreter.awarded)

        compiled = self.backend.queries.get(key, compile_query)
        total = row_total(self.register, self.subject)
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
        further = {name: pa.array(awarded_amount(slim, self.subject, of, self.plan.on)) for of, name in awarded.items()}
        if isinstance(self.register, ParquetRegister) and self.subject != "enterprise":
            further[OWNED] = slim.tables[self.subject][USCC]
        owners(slim, self.subject)
        return table_rows(slim, self.subject, wanted, further)

    def _check(self, answer: list[dict[str, Any]], total: int, owned: str | None) -> None:
        """Every row counted once, and every object with its enterprise."""
        if sum(row[COUNT] for row in answer) != total:
            message = f"{self.subject} 表有 {total} 行，按企业代码连接后行数不同：企业表里有重复的代码"
            raise CewenError.of("CW634", message, "一家企业只占一行；合并重复的行。")
        if owned is not None and (lost := total - sum(row[OWNED] for row in answer)):
            message = f"{self.subject} 表有 {lost} 行的代码不在企业表里"
            raise CewenError.of("CW634", message, "核对代码，或先在企业表里登记这些企业。")


def _total(row: dict[str, Any], parts: tuple[Part, ...]) -> int:
    return sum(int(row[name]) * factor for name, factor in parts)


def _sums(measure: LoweredMeasure, each: SumDecoding, answer: list[dict[str, Any]]) -> MeasureSums:
    met, unknown, high = (sum(_total(row, parts) for row in answer) for parts in (each.met, each.unknown, each.high))
    rows = sum(row[COUNT] for row in answer)
    return MeasureSums(measure.key, met, unknown, rows - met - unknown, 0, 0, high if each.is_definite else 0, high)


def _by_district(
    measure: LoweredMeasure, each: SumDecoding, answer: list[dict[str, Any]], by: str | None, codes: tuple[str, ...]
) -> Iterable[DistrictSums]:
    def position(row: dict[str, Any]) -> int:
        place = None if by is None else row[by]
        return len(codes) if place is None else int(place)

    for row in sorted(answer, key=position):
        met, high = _total(row, each.met), _total(row, each.high)
        if met:
            district = (*codes, None)[position(row)]
            yield DistrictSums(district, measure.key, met, high if each.is_definite else 0, high)


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
