"""DuckDB keeps rows it is asked about again in a table of its own, and lets go of them with the register."""

from __future__ import annotations

import gc
from datetime import date

import pyarrow as pa
import pytest

from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.cache import Cache
from cewen.engine.backends.ibis.engine_duckdb import DuckDB, kept_tables
from cewen.engine.columns.layout import Columns
from cewen.engine.edges import edge_register
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, date(2024, 6, 30))


def test_results_are_the_same_from_the_table_it_keeps(plan: Plan) -> None:
    backend = IbisBackend(DuckDB(), Cache())
    columns = edge_register(plan, 120, seed=4, missing=0.1)
    asked = [backend.evaluate(plan, columns, as_if_in_force=True) for _ in range(3)]
    before = set(kept_tables())
    assert before
    for other in asked[1:]:
        assert other.sums() == asked[0].sums()
        for one, same in zip(asked[0].by_measure, other.by_measure, strict=True):
            for name in ("status", "low", "high", "tier", "needs", "suppressed_by"):
                assert (getattr(one, name) == getattr(same, name)).all()
    other_rows = edge_register(plan, 50, seed=5, missing=0.1)
    assert backend.evaluate(plan, other_rows).columns is other_rows


def test_the_tables_go_with_the_register(plan: Plan) -> None:
    backend = IbisBackend(DuckDB(), Cache())

    def ask_twice(seed: int) -> set[str]:
        columns = edge_register(plan, 30, seed=seed)
        before = set(kept_tables())
        for _ in range(2):
            backend.evaluate(plan, columns)
        return set(kept_tables()) - before

    made = ask_twice(6)
    assert made
    gc.collect()
    remaining = edge_register(plan, 30, seed=7)
    backend.evaluate(plan, remaining)  # the next question lets go of what is gone
    assert not made & set(kept_tables())


def test_a_changed_column_is_another_register(plan: Plan) -> None:
    backend = IbisBackend(DuckDB(), Cache())
    columns = edge_register(plan, 60, seed=8)
    for _ in range(3):
        before = backend.evaluate(plan, columns).total()
    table = columns.tables["enterprise"]
    at = table.schema.get_field_index("revenue_2023")
    emptied = table.set_column(at, "revenue_2023", pa.nulls(table.num_rows, pa.int64()))
    changed = Columns(columns.layout, {**columns.tables, "enterprise": emptied}, columns.awards)
    assert backend.evaluate(plan, changed).total() != before
    assert backend.evaluate(plan, columns).total() == before
