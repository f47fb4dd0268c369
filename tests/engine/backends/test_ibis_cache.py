"""Queries are compiled once for what they are made of, and again when any of it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.cache import Cache
from cewen.engine.backends.ibis.engine_duckdb import DuckDB
from cewen.engine.columns.layout import Columns
from cewen.engine.edges import edge_register
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus


@pytest.fixture
def plan(corpus: Corpus) -> Plan:
    whole = lower_corpus(corpus, date(2024, 6, 30))
    return replace(whole, measures=tuple(each for each in whole.measures if each.measure.id == "rd-subsidy"))


def test_the_same_question_is_compiled_once(plan: Plan) -> None:
    backend = IbisBackend(DuckDB(), Cache())
    columns = edge_register(plan, 40, seed=1, missing=0.1)
    backend.evaluate(plan, columns)
    turned = {subject: table.take(list(range(table.num_rows))[::-1]) for subject, table in columns.tables.items()}
    backend.evaluate(plan, Columns(columns.layout, turned, columns.awards))
    assert (backend.queries.misses, backend.queries.hits) == (1, 1)


def test_what_the_columns_hold_is_part_of_the_question(plan: Plan) -> None:
    backend = IbisBackend(DuckDB(), Cache())
    columns = edge_register(plan, 40, seed=1, missing=0.0)
    backend.evaluate(plan, columns)
    table = columns.tables["enterprise"]
    at = table.schema.get_field_index("rd_spend_2023")
    empty = table.set_column(at, "rd_spend_2023", pa.nulls(table.num_rows, pa.int64()))
    results = backend.evaluate(plan, Columns(columns.layout, {**columns.tables, "enterprise": empty}, columns.awards))
    assert backend.queries.misses == 2
    assert not (results.by_measure[0].status == 3).any()


def test_a_year_and_a_rule_are_part_of_the_question(plan: Plan) -> None:
    backend = IbisBackend(DuckDB(), Cache())
    columns = edge_register(plan, 40, seed=1, missing=0.0)
    backend.evaluate(plan, columns)
    backend.evaluate(plan, columns, year=2022)
    changed = replace(plan, measures=(replace(plan.measures[0], conditions=()),))
    backend.evaluate(changed, columns)
    assert backend.queries.misses == 3


def test_old_queries_make_room() -> None:
    cache = Cache(limit=2)
    for key in "abc":
        cache.get(key, lambda: "made")
    assert cache.get("a", lambda: "again") == "again"
