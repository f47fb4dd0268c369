"""Sums and long tables say what the rows of the reference say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.engine.backends.base import is_installed
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.batch import COLUMNS, award_rows, evaluate_register
from cewen.engine.columns.encode import decode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sums import exact_sum
from cewen.engine.edges import edge_register
from cewen.engine.summary import district_code
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))


@pytest.fixture(scope="module")
def columns() -> Columns:
    return edge_register(PLAN, 120, seed=5, missing=0.1)


@pytest.fixture(scope="module")
def results(columns: Columns, need: Callable[[object, str], None]) -> ColumnResults:
    need(is_installed("kernel"), "numba")
    return KernelBackend().evaluate(PLAN, columns, as_if_in_force=True)


@given(st.lists(st.integers(0, 2**63 - 1), max_size=50))
def test_sum_when_amounts_are_huge_then_exact(amounts: list[int]) -> None:
    assert exact_sum(np.array(amounts, np.int64)) == sum(amounts)


@pytest.mark.parametrize("show_all", [False, True])
def test_sparse_when_compared_with_the_reference_then_the_same_rows_in_the_same_order(
    results: ColumnResults, columns: Columns, show_all: bool
) -> None:
    expected = [
        (*(value or "" for value in row.texts()), row.low, row.high, row.as_if_in_force)
        for enterprise in evaluate_register(PLAN, decode(columns), as_if_in_force=True)
        for row in award_rows(enterprise, show_all=show_all)
    ]
    table = results.sparse(show_all=show_all)
    found = [
        (*("" if row[name] is None else str(row[name]) for name in COLUMNS),
         row["low_fen"], row["high_fen"], row["as_if_in_force"])
        for row in table.to_pylist()
    ]  # fmt: skip
    at_needs = COLUMNS.index("needs")
    assert [_labels_sorted(row, at_needs) for row in found] == [_labels_sorted(row, at_needs) for row in expected]


def _labels_sorted(row: Iterable[object], at: int) -> list[object]:
    """The order of labels is that of the rule here and of the interpreter's questions there."""
    return ["、".join(sorted(str(each).split("、"))) if place == at else each for place, each in enumerate(row)]


def test_sums_when_added_up_from_the_reference_then_the_same(results: ColumnResults, columns: Columns) -> None:
    low: Counter[str] = Counter()
    high: Counter[str] = Counter()
    by_district: Counter[tuple[str | None, str]] = Counter()
    for enterprise in evaluate_register(PLAN, decode(columns), as_if_in_force=True):
        for result in enterprise.evaluation.results:
            if result.counts and result.amount is not None:
                low[result.measure.key] += result.amount.low
                high[result.measure.key] += result.amount.high
                by_district[district_code(enterprise), result.measure.key] += result.amount.high
    assert {each.measure: (each.low, each.high) for each in results.sums()} == {
        measure.key: (low[measure.key], high[measure.key]) for measure in PLAN.measures
    }
    assert {(s.district, s.measure): s.high for s in results.district_sums() if s.high} == {
        key: value for key, value in by_district.items() if value
    }
    assert results.total() == (low.total(), high.total())


def test_results_when_a_measure_is_unknown_then_key_error(results: ColumnResults) -> None:
    assert results.measure(PLAN.measures[0].key) is results.by_measure[0]
    with pytest.raises(KeyError):
        results.measure("没有#这项")
