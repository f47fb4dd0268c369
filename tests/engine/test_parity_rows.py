"""The judge of the back-ends itself: whatever order the bits of needs stand in, and whatever field differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from cewen.engine.backends.base import load_backend
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.measure_columns import MeasureColumns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.edges import edge_register
from cewen.engine.parity import FIELDS, Rows, compare_rows, reference_rows
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus

PLAN: Plan = lower_corpus(require_sound(load_corpus(policies_home())), date(2024, 6, 30))


@pytest.fixture(scope="module")
def columns() -> Columns:
    return edge_register(PLAN, 60, seed=6, missing=0.3)


@pytest.fixture(scope="module")
def found(columns: Columns) -> ColumnResults:
    pytest.importorskip("ibis")
    return load_backend("duckdb").evaluate(PLAN, columns, as_if_in_force=True)


@pytest.fixture(scope="module")
def expected(columns: Columns) -> list[Rows]:
    return reference_rows(PLAN, columns)


def test_rows_when_the_same_then_no_difference(found: ColumnResults, expected: list[Rows]) -> None:
    parity = compare_rows("duckdb", found, expected)
    assert (parity.enterprises, parity.different) == (60, 0)
    assert parity.compared == sum(len(rows) for rows in expected) > 1_500


def test_needs_when_a_back_end_keeps_them_in_another_order_then_no_difference(
    found: ColumnResults, expected: list[Rows]
) -> None:
    at = position(found)
    turned = compare_rows("turned", found.with_measures([(at, backwards(found.by_measure[at]))]), expected)
    assert turned.different == 0, str(turned)


def backwards(results: MeasureColumns) -> MeasureColumns:
    count = len(results.needed)
    bits = [(results.needs.astype(np.int64) >> bit & 1) << (count - 1 - bit) for bit in range(count)]
    needs: NDArray[np.int64] = np.stack(bits).sum(axis=0)
    return replace(results, needed=results.needed[::-1], needs=needs)


def position(found: ColumnResults) -> int:
    """A measure that asks for two facts or more, and misses them somewhere."""
    return next(
        at
        for at, each in enumerate(found.by_measure)
        if len(each.needed) > 1 and each.needs.any() and each.row_count == 60
    )


@pytest.mark.parametrize("field", FIELDS)
def test_rows_when_one_field_of_one_row_differs_then_one_difference_that_names_it(
    found: ColumnResults, expected: list[Rows], field: str
) -> None:
    at = position(found)
    rows = expected[at].copy()
    rows[7, FIELDS.index(field)] = 0 if rows[7, FIELDS.index(field)] else 1
    parity = compare_rows("duckdb", found, [*expected[:at], rows, *expected[at + 1 :]])
    assert parity.different == 1
    assert [difference.field for difference in parity.first] == [field]
    assert parity.first[0].measure == PLAN.measures[at].key


def test_rows_when_their_number_differs_then_an_error(found: ColumnResults, expected: list[Rows]) -> None:
    with pytest.raises(AssertionError, match="rows, the reference has"):
        compare_rows("duckdb", found, [expected[0][:-1], *expected[1:]])


def test_reference_when_asked_in_two_processes_then_the_same() -> None:
    whole = edge_register(PLAN, 2_100, seed=1)
    plan = replace(PLAN, measures=PLAN.measures[26:28], rules=())
    one, two = (reference_rows(plan, whole, processes=each) for each in (1, 2))
    assert all(np.array_equal(left, right) for left, right in zip(one, two, strict=True))
