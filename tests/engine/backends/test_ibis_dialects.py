"""Databases that no test can reach: their SQL, read as their dialect and said in DuckDB's, means the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
import sqlglot

from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.cache import Cache
from cewen.engine.backends.ibis.engine_database import Database
from cewen.engine.backends.ibis.engine_duckdb import DuckDB
from cewen.engine.backends.ibis.engines import Arrays, arrays_of
from cewen.engine.backends.ibis.rows import Rows
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus


@dataclass(frozen=True)
class Translated:
    """The SQL of a database, run by DuckDB."""

    dialect: str
    keeps_order: bool = False

    @property
    def name(self) -> str:
        return self.dialect

    def compile(self, build: Any, schema: pa.Schema) -> str:
        text, _ = Database("nowhere://", self.dialect).compile(build, schema)
        return sqlglot.transpile(text, read=self.dialect, write="duckdb")[0]

    def run(self, query: Any, rows: Rows) -> pa.Table:
        return DuckDB().run(query, rows)

    def arrays(self, query: Any, rows: pa.Table) -> Arrays:
        return arrays_of(self.run(query, rows))


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, date(2024, 6, 30))


def test_the_sql_for_postgres_means_the_same(plan: Plan) -> None:
    columns = edge_register(plan, 200, seed=3, missing=0.2)
    found = compare_with_reference(IbisBackend(Translated("postgres"), Cache()), plan, columns)
    assert found.compared > 5_000
    assert found.different == 0, str(found)


def test_rows_go_into_a_table_and_come_back_in_order(plan: Plan) -> None:
    """By way of a database that is always there: DuckDB as a server is."""
    columns = edge_register(plan, 200, seed=4, missing=0.2)
    backend = IbisBackend(Database("duckdb://", "duckdb"), Cache())
    assert not backend.engine.keeps_order
    found = compare_with_reference(backend, plan, columns)
    assert found.different == 0, str(found)


@pytest.mark.parametrize(("dialect", "division"), [("clickhouse", "intDiv("), ("duckdb", "//"), ("spark", " DIV ")])
def test_every_dialect_divides_whole_numbers(plan: Plan, dialect: str, division: str) -> None:
    seen: list[str] = []

    class Watched(DuckDB):
        def compile(self, build: Any, schema: pa.Schema) -> str:
            seen.append(Database("nowhere://", dialect).compile(build, schema)[0])
            return super().compile(build, schema)

    IbisBackend(Watched(), Cache()).evaluate(plan, edge_register(plan, 5), as_if_in_force=True)
    assert any(division in text for text in seen)
    assert not any("FLOOR" in text.upper() or "DOUBLE" in text.upper() for text in seen)
