"""The Ibis back-end: one query for each subject, then the stacking that every back-end shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from cewen.base.errors import CewenError
from cewen.base.period import InForce, last_full_year
from cewen.engine.backends.ibis.cache import Cache, digest
from cewen.engine.backends.ibis.compile import ROW_NUMBER, row_expression
from cewen.engine.backends.ibis.decode import Answer, decode
from cewen.engine.backends.ibis.engines import Engine
from cewen.engine.backends.ibis.interpreter import TermInterpreter
from cewen.engine.backends.ibis.query import Decoding, row_query
from cewen.engine.backends.ibis.rows import table_rows, table_states
from cewen.engine.backends.ibis.wanted import wanted_columns
from cewen.engine.columns.earlier import awarded_amount
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.measure_columns import MeasureColumns, not_in_force
from cewen.engine.columns.owners import owners, row_count
from cewen.engine.columns.results import ColumnResults, in_force
from cewen.engine.columns.stacking import apply_stacking
from cewen.rules.lower import LoweredMeasure, Plan

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
        facts_year = last_full_year(plan.on) if year is None else year
        forces = in_force(plan)
        live = [at for at, force in enumerate(forces) if as_if_in_force or force is InForce.IN_FORCE]
        found: dict[int, MeasureColumns] = {}
        for subject in dict.fromkeys(plan.measures[at].measure.subject for at in live):
            positions = [at for at in live if plan.measures[at].measure.subject == subject]
            answer, decodings = self._subject(plan, columns, subject, positions, facts_year)
            for at, decoding in zip(positions, decodings, strict=True):
                found[at] = decode(answer, plan.measures[at], decoding, forces[at])
        by_measure = tuple(
            found.get(at) or not_in_force(measure, forces[at], row_count(columns, measure.measure.subject))
            for at, measure in enumerate(plan.measures)
        )
        return apply_stacking(ColumnResults(plan, columns, facts_year, by_measure, as_if_in_force))

    def _subject(
        self, plan: Plan, columns: Columns, subject: str, positions: list[int], year: int
    ) -> tuple[Answer, tuple[Decoding, ...]]:
        """The answer for the measures of one subject at `positions` of the plan."""
        measures = tuple(plan.measures[at] for at in positions)
        names = {each: frozenset(table.column_names) for each, table in columns.tables.items()}
        wanted = wanted_columns(measures, columns.layout, year, names)
        states = table_states(columns, wanted)
        schema = {name: columns.tables[fact.subject].schema.field(name).type for name, fact in wanted.items()}
        key = digest("rows", self.engine, year, states, schema, columns.layout, *measures)
        compiled = self.queries.get(key, lambda: self._compile(measures, columns, states, schema, year))
        count = row_count(columns, subject)
        owners(columns, subject)  # an object of an unknown enterprise is an error whatever the rules read
        if compiled.query is None or not count:
            return Answer(count, None), compiled.decodings
        further = {
            name: pa.array(awarded_amount(columns, subject, meant, plan.on)) for meant, name in compiled.awarded.items()
        }
        if not self.engine.keeps_order:
            further[ROW_NUMBER] = pa.array(np.arange(count))
        answer = self.engine.run(compiled.query, table_rows(columns, subject, wanted, further))
        if not self.engine.keeps_order:
            answer = answer.sort_by(ROW_NUMBER)
        if answer.num_rows != count:
            message = f"{self.name} 给出 {answer.num_rows} 行结果，应为 {count} 行"
            raise CewenError.of("CW638", message, "改用引擎 reference 或 kernel 重算。")
        return Answer(count, answer), compiled.decodings

    def _compile(
        self, measures: tuple[LoweredMeasure, ...], columns: Columns, states: Any, schema: Any, year: int
    ) -> Compiled:
        interpreter = TermInterpreter(columns.layout, states, year)
        query = row_query(measures, interpreter)
        if not query.outputs:
            return Compiled(None, tuple(query.decodings), {})
        fields = {**schema, **dict.fromkeys(interpreter.awarded.values(), pa.int64())}
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
