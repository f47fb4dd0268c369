"""PostgreSQL, a real server: rows go into a temporary table, and the results are those of the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from cewen.base.errors import CewenError
from cewen.engine.backends.base import load_backend
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.engine.register.read import read_register
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus
from postgres_support import postgres
from stacking_support import AMOUNTS, FIXED, stacked_plan
from term_support import YEAR, edge_columns

Need = Callable[[object, str], None]


@pytest.fixture(scope="module")
def address(need: Need) -> Iterator[str]:
    with postgres(need) as found:
        yield found


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, date(2024, 6, 30))


@pytest.fixture(scope="module")
def backend(address: str) -> IbisBackend:
    found = load_backend(address)
    assert isinstance(found, IbisBackend)
    return found


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.5])
def test_registers_on_the_edges_have_the_results_of_the_reference(
    backend: IbisBackend, plan: Plan, missing: float
) -> None:
    columns = edge_register(plan, 300, seed=int(missing * 100), missing=missing)
    found = compare_with_reference(backend, plan, columns)
    assert found.compared > 5_000
    assert found.different == 0, str(found)


def test_the_example_register_has_the_results_of_the_reference(
    backend: IbisBackend, plan: Plan, repo: Path, corpus: Corpus
) -> None:
    example = encode(read_register(repo / "examples" / "register", corpus), corpus)
    found = compare_with_reference(backend, plan, example)
    assert found.different == 0, str(found)


def test_sums_are_those_of_the_rows(backend: IbisBackend, plan: Plan) -> None:
    columns = edge_register(plan, 300, seed=8, missing=0.2)
    results = backend.evaluate(plan, columns, as_if_in_force=True)
    found = sum_register(backend, plan, columns, as_if_in_force=True)
    assert found.by_measure == results.sums()
    assert found.by_district == results.district_sums()


def test_rules_are_decided_inside_the_query(backend: IbisBackend, corpus: Corpus) -> None:
    plan = stacked_plan(corpus, AMOUNTS, [False, False, False, True, False], FIXED)
    columns = edge_columns(plan, 200, 1, 0.2, least=0)
    found = compare_with_reference(backend, plan, columns, year=YEAR)
    assert found.different == 0, str(found)
    assert sum_register(backend, plan, columns, year=YEAR, as_if_in_force=True).by_rows == ()


def test_a_register_of_nobody_has_no_results(backend: IbisBackend, plan: Plan) -> None:
    whole = edge_register(plan, 40)
    nobody = Columns(whole.layout, {name: table.slice(0, 0) for name, table in whole.tables.items()}, whole.awards)
    assert backend.evaluate(plan, nobody, as_if_in_force=True).total() == (0, 0)


def test_a_server_that_does_not_answer_is_told_without_its_password(address: str, plan: Plan) -> None:
    backend = load_backend("postgres://somebody:secret@127.0.0.1:1/nowhere")
    with pytest.raises(CewenError) as caught:
        backend.evaluate(plan, edge_register(plan, 5))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "CW639"
    assert "secret" not in str(caught.value)
