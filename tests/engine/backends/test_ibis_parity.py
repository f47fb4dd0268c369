"""Engines that Ibis writes queries for against the reference: every field of every result, on registers and edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from cewen.base.errors import CewenError
from cewen.engine.backends.base import load_backend
from cewen.engine.backends.ibis.backend import IbisBackend, make_ibis
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.engine.register.read import read_register
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus
from ibis_support import ENGINES, backends

Need = Callable[[object, str], None]
ON = date(2024, 6, 30)


@pytest.fixture(params=ENGINES)
def backend(request: pytest.FixtureRequest, need: Need) -> Iterator[IbisBackend]:
    yield from backends(str(request.param), need)


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, ON)


@pytest.fixture(scope="module")
def example(repo: Path, corpus: Corpus) -> Columns:
    return encode(read_register(repo / "examples" / "register", corpus), corpus)


@pytest.mark.parametrize("as_if_in_force", [True, False])
def test_the_example_register_has_the_results_of_the_reference(
    backend: IbisBackend, plan: Plan, example: Columns, as_if_in_force: bool
) -> None:
    found = compare_with_reference(backend, plan, example, as_if_in_force=as_if_in_force)
    assert found.compared > 10_000
    assert found.different == 0, str(found)


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.5])
def test_registers_on_the_edges_have_the_results_of_the_reference(
    backend: IbisBackend, plan: Plan, missing: float
) -> None:
    columns = edge_register(plan, 400, seed=int(missing * 100), missing=missing)
    found = compare_with_reference(backend, plan, columns)
    assert found.compared > 10_000
    assert found.different == 0, str(found)


def test_another_year_reads_other_columns(backend: IbisBackend, plan: Plan) -> None:
    columns = edge_register(plan, 60, seed=5, missing=0.1)
    found = compare_with_reference(backend, plan, columns, year=plan.on.year - 2)
    assert found.different == 0, str(found)


def test_a_register_of_nobody_has_no_results(backend: IbisBackend, plan: Plan) -> None:
    whole = edge_register(plan, 40)
    columns = Columns(whole.layout, {name: table.slice(0, 0) for name, table in whole.tables.items()}, whole.awards)
    results = backend.evaluate(plan, columns, as_if_in_force=True)
    assert [measure.row_count for measure in results.by_measure] == [0] * len(plan.measures)
    assert results.total() == (0, 0)


def test_a_register_that_says_nothing_leaves_everything_open(backend: IbisBackend, plan: Plan) -> None:
    columns = edge_register(plan, 5)
    bare = Columns(
        columns.layout,
        {subject: table.select(["uscc", "name"]) for subject, table in columns.tables.items()},
        columns.awards,
    )
    found = compare_with_reference(backend, plan, bare)
    assert found.different == 0, str(found)


def test_the_registry_of_back_ends_knows_them(plan: Plan) -> None:
    columns = edge_register(plan, 5)
    for name in ("duckdb", "polars"):
        backend = load_backend(name)
        assert backend.name == name
        assert len(backend.evaluate(plan, columns).by_measure) == len(plan.measures)


@pytest.mark.parametrize("target", ["postgres", "clickhouse", "oracle://host/name"])
def test_an_engine_without_an_address_is_an_error_with_a_remedy(target: str) -> None:
    with pytest.raises(CewenError) as caught:
        make_ibis(target)
    assert caught.value.diagnostics[0].code == "CW630"
    assert "duckdb" in caught.value.diagnostics[0].remedy
