"""The Ibis back-end: one query for each subject, and the stacking that no row decides by itself after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from cewen.base.errors import CewenError
from cewen.base.period import last_full_year
from cewen.engine.backends.ibis.cache import Cache, digest
from cewen.engine.backends.ibis.compile import ROW_NUMBER, row_expression
from cewen.engine.backends.ibis.decode import Answer, add_claims, decode
from cewen.engine.backends.ibis.engines import Engine
from cewen.engine.backends.ibis.interpreter import ColumnState, TermInterpreter
from cewen.engine.backends.ibis.kept import once
from cewen.engine.backends.ibis.query import Decoding, row_query
from cewen.engine.backends.ibis.question import Question, by_subject, entangled_measures, live_measures
from cewen.engine.backends.ibis.rows import table_rows, table_states
from cewen.engine.backends.ibis.wanted import wanted_columns
from cewen.engine.columns.earlier import awarded_amount
from cewen.engine.columns.layout import Columns, Layout
from cewen.engine.columns.local import local_rules
from cewen.engine.columns.measure_columns import Amounts, MeasureAmounts, MeasureColumns, not_in_force
from cewen.engine.columns.owners import owners, row_count
from cewen.engine.columns.results import ColumnResults, in_force
from cewen.engine.columns.stacking import apply_stacking
from cewen.rules.facts import Fact
from cewen.rules.lower import Plan

QUERIES = Cache()
"""Compiled queries of this process."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query and how to read its answer; `awarded` are columns of past awards it needs, by the measures meant.

    `query` is None where nothing depends on the row.
    """

    query: Any
    decodings: tuple[Decoding, ...]
    awarded: Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Read:
    """What a question reads of a register: columns with their facts, states and types; `content` is a digest of all."""

    layout: Layout
    wanted: Mapping[str, Fact]
    states: Mapping[str, ColumnState]
    schema: Mapping[str, pa.DataType]
    content: str


def _read(question: Question, columns: Columns, asked: str) -> Read:
    names = {each: frozenset(table.column_names) for each, table in columns.tables.items()}
    wanted = wanted_columns(question.measures, columns.layout, question.year, names)
    states = table_states(columns, wanted)
    schema = {name: columns.tables[fact.subject].schema.field(name).type for name, fact in wanted.items()}
    return Read(columns.layout, wanted, states, schema, digest(asked, states, schema))


@dataclass(frozen=True)
class IbisBackend:
    """Computing engine (计算引擎) that Ibis writes queries for. Exact: whole numbers of 64 or, where needed, 128 bits."""

    engine: Engine
    queries: Cache = field(default=QUERIES, repr=False)

    @property
    def name(self) -> str:
        return self.engine.name

    def evaluate(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> ColumnResults:
        """Every measure of `plan` over all rows, stacking applied; as `Backend.evaluate` says."""
        positions = live_measures(plan, as_if_in_force)
        facts_year = last_full_year(plan.on) if year is None else year
        return replace(self._stacked(plan, columns, facts_year, positions), as_if_in_force=as_if_in_force)

    def amounts(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> Amounts:
        """Status and amount of every measure over all rows and what each enterprise gets, stacking applied.

        The same as `evaluate` without tiers, least amounts and what is missing.
        """
        facts_year = last_full_year(plan.on) if year is None else year
        live, local = live_measures(plan, as_if_in_force), local_rules(plan, columns)
        apart = entangled_measures(plan, live, columns.awards, local)
        rest = self._stacked(plan, columns, facts_year, tuple(sorted(apart)))
        results = dict(enumerate(rest.by_measure))
        for subject, positions in by_subject(plan, tuple(at for at in live if at not in apart)).items():
            question = Question(plan, positions, local, facts_year, with_reasons=False)
            answer, decodings = self._subject(question, columns, subject)
            for at, decoding in zip(positions, decodings, strict=True):
                results[at] = decode(answer, plan.measures[at], decoding, results[at].in_force)
        found = [
            MeasureAmounts(each.measure, each.status, each.high, each.suppressed_by)
            for _, each in sorted(results.items())
        ]
        total = np.zeros(columns.enterprise_count, np.int64)
        for at in live:
            subject = plan.measures[at].measure.subject
            if subject == "enterprise":
                add_claims(total, found[at])
            else:
                found[at].add_to(total, owners(columns, subject))
        return Amounts(plan, tuple(found), total)

    def _stacked(self, plan: Plan, columns: Columns, year: int, positions: tuple[int, ...]) -> ColumnResults:
        """Measures at some positions of the plan, the others standing as not in force."""
        forces, local = in_force(plan), local_rules(plan, columns)
        found: dict[int, MeasureColumns] = {}
        for subject, chosen in by_subject(plan, positions).items():
            answer, decodings = self._subject(Question(plan, chosen, local, year), columns, subject)
            for at, decoding in zip(chosen, decodings, strict=True):
                found[at] = decode(answer, plan.measures[at], decoding, forces[at])
        by_measure = tuple(
            found.get(at) or not_in_force(measure, forces[at], row_count(columns, measure.measure.subject))
            for at, measure in enumerate(plan.measures)
        )
        return apply_stacking(ColumnResults(plan, columns, year, by_measure), local)

    def _subject(self, question: Question, columns: Columns, subject: str) -> tuple[Answer, tuple[Decoding, ...]]:
        """The answer for measures of one subject."""
        asked = digest(columns.layout, *question.parts())
        read = once(columns, ("read", asked), lambda: _read(question, columns, asked))
        compiled = self.queries.get(digest("rows", self.engine, read.content), lambda: self._compile(question, read))
        count = row_count(columns, subject)
        if subject != "enterprise":
            owners(columns, subject)  # an object of an unknown enterprise is an error whatever the rules read
        if compiled.query is None or not count:
            return Answer(count, {}), compiled.decodings
        further = {
            name: pa.array(awarded_amount(columns, subject, meant, question.plan.on))
            for meant, name in compiled.awarded.items()
        }
        if not self.engine.keeps_order:
            further[ROW_NUMBER] = pa.array(np.arange(count))
        answer = self.engine.arrays(compiled.query, table_rows(columns, subject, read.wanted, further))
        for values in answer.values():
            if len(values) != count:
                message = f"{self.name} 给出 {len(values)} 行结果，应为 {count} 行"
                raise CewenError.of("CW638", message, "改用引擎 reference 或 kernel 重算。")
        if not self.engine.keeps_order:
            order = np.argsort(answer[ROW_NUMBER])
            answer = {name: values[order] for name, values in answer.items()}
        return Answer(count, answer), compiled.decodings

    def _compile(self, question: Question, read: Read) -> Compiled:
        interpreter = TermInterpreter(read.layout, read.states, question.year)
        query = row_query(question.terms(interpreter).values(), with_reasons=question.with_reasons)
        if not query.outputs:
            return Compiled(None, tuple(query.decodings), {})
        fields = {**read.schema, **dict.fromkeys(interpreter.awarded.values(), pa.int64())}
        keep: tuple[str, ...] = ()
        if not self.engine.keeps_order:
            fields[ROW_NUMBER], keep = pa.int64(), (ROW_NUMBER,)
        made = self.engine.compile(
            lambda table: row_expression(table, query.outputs, keep), pa.schema(list(fields.items()))
        )
        return Compiled(made, tuple(query.decodings), interpreter.awarded)


_DATABASES = {"postgres": "postgres", "postgresql": "postgres", "clickhouse": "clickhouse"}


def make_ibis(target: str) -> IbisBackend:
    """The back-end of a name (duckdb, polars, spark) or of the address of a database.

    Raises CewenError (CW639) where Spark or the database does not answer.
    """
    scheme = target.partition("://")[0]
    if scheme == "duckdb":
        from cewen.engine.backends.ibis.engine_duckdb import DuckDB

        return IbisBackend(DuckDB())
    if scheme == "polars":
        from cewen.engine.backends.ibis.engine_polars import Polars

        return IbisBackend(Polars())
    if scheme == "spark":
        from cewen.engine.backends.ibis.engine_spark import Spark

        return IbisBackend(Spark(target if "://" in target else "local[*]"))
    if scheme in _DATABASES and "://" in target:
        from cewen.engine.backends.ibis.engine_database import Database

        return IbisBackend(Database(target, _DATABASES[scheme]))
    message = f"“{scheme}”要写成数据库的地址" if scheme in _DATABASES else f"没有名为“{scheme}”的计算引擎"
    remedy = "如 postgres://用户名@主机/数据库；或用 duckdb、polars、spark。"
    raise CewenError.of("CW630", message, remedy)
