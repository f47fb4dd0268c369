"""Rules a row decides by itself are decided inside the query: by any rules, what the reference interpreter does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cewen.engine.backends.base import load_backend
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.columns.layout import AWARDS, Columns
from cewen.engine.columns.local import local_rules
from cewen.engine.columns.owners import owners
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.rules import ops
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from cewen.rules.types import MONEY
from ibis_support import ENGINES, backends
from stacking_support import AMOUNTS, FIXED, MEMBERS, stacked_plan
from term_support import YEAR, edge_columns

Need = Callable[[object, str], None]

numbers = st.sampled_from(
    (
        ops.FactNumber(MONEY, "turnover"),
        ops.FactNumber(MONEY, "turnover", 1),
        ops.FactNumber(MONEY, "floored"),
        ops.FactNumber(MONEY, "banded"),
        ops.Add(MONEY, ops.FactNumber(MONEY, "floored"), ops.FactNumber(MONEY, "turnover")),
        ops.Constant(MONEY, Fraction(3)),
    )
)
truths = st.sampled_from((ops.IsTrue("flag"), ops.OneOf("grade", ("a", "b")), ops.Certain(True)))
certainties = st.sampled_from(("definite", "ceiling"))
rules: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    rule=st.sampled_from(("highest_only", "joint_cap")),
    members=st.lists(st.integers(0, MEMBERS - 1), min_size=2, max_size=MEMBERS, unique=True),
    across=st.sampled_from((None, None, "issuer")),
    limit=st.integers(0, 9),
)


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    drawn=st.lists(st.tuples(truths, numbers, certainties), min_size=2, max_size=MEMBERS),
    policies=st.lists(st.booleans(), min_size=MEMBERS, max_size=MEMBERS),
    chosen=st.lists(rules, min_size=1, max_size=3),
    seed=st.integers(0, 3),
    missing=st.sampled_from((0.0, 0.3)),
)
def test_rules_inside_the_query_mean_what_the_reference_says(
    engine: str, corpus: Corpus, drawn: list[Any], policies: list[bool], chosen: list[Any], seed: int, missing: float
) -> None:
    plan = stacked_plan(corpus, drawn, policies, chosen)
    columns = edge_columns(plan, 40, seed, missing, least=0)
    backend = load_backend(engine)
    assert isinstance(backend, IbisBackend)
    found = compare_with_reference(backend, plan, columns, year=YEAR)
    assert found.different == 0, str(found)
    sums = sum_register(backend, plan, columns, year=YEAR, as_if_in_force=True)
    assert sums.by_measure == backend.evaluate(plan, columns, year=YEAR, as_if_in_force=True).sums()
    assert not sums.by_rows or len(local_rules(plan, columns)) < len(plan.rules)


@pytest.fixture(params=ENGINES)
def backend(request: pytest.FixtureRequest, need: Need) -> Iterator[IbisBackend]:
    yield from backends(str(request.param), need)


def test_every_engine_decides_rules_inside_the_query(backend: IbisBackend, corpus: Corpus) -> None:
    plan = stacked_plan(corpus, AMOUNTS, [False, False, False, True, False], FIXED)
    columns = edge_columns(plan, 400, 1, 0.2, least=0)
    assert local_rules(plan, columns) == {0, 1, 2}
    results = backend.evaluate(plan, columns, year=YEAR, as_if_in_force=True)
    assert all(
        (each.suppressed_by >= 0).any() for each in results.by_measure[:4]
    )  # the last takes from the limit first
    found = compare_with_reference(backend, plan, columns, year=YEAR)
    assert found.different == 0, str(found)
    sums = sum_register(backend, plan, columns, year=YEAR, as_if_in_force=True)
    assert sums.by_rows == ()
    assert sums.by_measure == results.sums()
    assert set(sums.by_district) == set(results.district_sums())


@pytest.mark.parametrize("as_if_in_force", [True, False])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_amounts_alone_are_those_of_the_whole_evaluation(
    backend: IbisBackend, corpus: Corpus, missing: float, as_if_in_force: bool
) -> None:
    """Awards made already, projects and products, rules of one row and of several."""
    plan = lower_corpus(corpus, date(2024, 6, 30))
    columns = edge_register(plan, 300, seed=11, missing=missing)
    whole = backend.evaluate(plan, columns, as_if_in_force=as_if_in_force)
    found = backend.amounts(plan, columns, as_if_in_force=as_if_in_force)
    total = np.zeros(columns.enterprise_count, np.int64)
    for one, other in zip(found.by_measure, whole.by_measure, strict=True):
        for name in ("status", "high", "suppressed_by"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), (one.measure.key, name)
        np.add.at(total, owners(columns, other.measure.measure.subject), np.where(other.counts, other.high, 0))
    assert np.array_equal(found.total, total)
    assert total.sum() == whole.total()[1]


def test_fixed_amounts_add_up_beyond_32_bits(backend: IbisBackend, corpus: Corpus) -> None:
    most = ops.Constant(MONEY, Fraction(2 * 10**9))
    plan = stacked_plan(corpus, [(ops.IsTrue("flag"), most, "definite")] * 3, [False] * 3, [
        {"rule": "joint_cap", "members": [0, 1, 2], "across": None, "limit": 5 * 10**9},
    ])  # fmt: skip
    columns = edge_columns(plan, 40, 3, 0.0)
    found = compare_with_reference(backend, plan, columns, year=YEAR)
    assert found.different == 0, str(found)
    assert backend.amounts(plan, columns, year=YEAR, as_if_in_force=True).total.max() == 5 * 10**9
    unbound = replace(plan, rules=())
    assert backend.amounts(unbound, columns, year=YEAR, as_if_in_force=True).total.max() == 6 * 10**9


def test_a_rule_that_an_earlier_award_may_decide_is_left_to_the_rows(corpus: Corpus) -> None:
    backend = load_backend("duckdb")
    assert isinstance(backend, IbisBackend)
    plan = stacked_plan(corpus, AMOUNTS, [False] * 5, FIXED[:1])
    first = plan.measures[0]
    once = replace(first, measure=first.measure.model_copy(update={"frequency": "one_off"}))
    plan = replace(plan, measures=(once, *plan.measures[1:]))
    columns = edge_columns(plan, 60, 2, 0.1, least=0)
    codes = columns.tables["enterprise"]["uscc"]
    paid = {"uscc": codes[:9], "measure": [once.key] * 9, "on": [date(2023, 5, 1)] * 9, "amount": [1] * 9}
    awards = pa.table({**paid, "object": pa.nulls(9, pa.string()), "tier": pa.nulls(9, pa.string())}, AWARDS)
    columns = Columns(columns.layout, columns.tables, awards)
    found = compare_with_reference(backend, plan, columns, year=YEAR)
    assert found.different == 0, str(found)
    sums = sum_register(backend, plan, columns, year=YEAR, as_if_in_force=True)
    assert set(sums.by_rows) == {plan.measures[at].key for at in (0, 1, 2)}
    assert sums.by_measure == backend.evaluate(plan, columns, year=YEAR, as_if_in_force=True).sums()
