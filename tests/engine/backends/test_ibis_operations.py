"""Any operations whatever, over rows on their edges: the terms mean what the reference interpreter means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.engine.backends.base import load_backend
from cewen.engine.parity import compare_with_reference
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from term_support import YEAR, edge_columns, measures, random_plan

TOO_WIDE = "CW636"
"""The only excuse: an intermediate value that 38 digits might not hold."""


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    drawn=st.lists(measures, min_size=1, max_size=3),
    seed=st.integers(0, 5),
    missing=st.sampled_from((0.0, 0.3, 0.6)),
    least=st.sampled_from((-4, 0)),
)
def test_operations_mean_what_the_reference_says(
    engine: str, corpus: Corpus, drawn: list[Any], seed: int, missing: float, least: int
) -> None:
    pytest.importorskip("ibis")
    plan = random_plan(lower_corpus(corpus, date(2024, 6, 30)), drawn)
    columns = edge_columns(plan, 30, seed, missing, least=least)
    try:
        found = compare_with_reference(load_backend(engine), plan, columns, year=YEAR)
    except CewenError as error:
        if [each.code for each in error.diagnostics] != [TOO_WIDE]:
            raise
        reject()
    assert found.different == 0, str(found)
