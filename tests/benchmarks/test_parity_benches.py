"""Small runs of the bulk proofs: near misses, explain against columns, chunks that are made again, the page."""

from __future__ import annotations

from datetime import date

import pytest
from benchmarks.benches.parity_chunks import Chunk, chunks, plan_of
from benchmarks.benches.parity_explain import agreement
from benchmarks.benches.parity_near_miss import count_verdicts
from benchmarks.benches.parity_page import render

from cewen.engine.edges import edge_register
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus

CORPUS: Corpus = require_sound(load_corpus(policies_home()))
PLAN: Plan = lower_corpus(CORPUS, date(2024, 6, 30))


def test_a_gap_when_applied_then_the_decision_flips_and_one_unit_less_does_not() -> None:
    found = count_verdicts(PLAN, 400)
    assert found["cases"] == 400
    assert found["met"] + found["opened"] == 400  # open: a first time whose year before is not known
    assert found["met_one_unit_short"] == 0
    assert found["alone"] > 50
    assert found["decided"] == found["alone"]


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_rows_of_a_register_when_sampled_then_explain_says_the_same(engine: str) -> None:
    pytest.importorskip("ibis")
    pytest.importorskip(engine)
    found = agreement(PLAN, edge_register(PLAN, 60, seed=8, missing=0.2), engine, 1_500)
    assert found.rows == 1_500
    assert found.different == ()
    assert {"met", "not_met", "unknown"} <= set(found.statuses)
    assert found.with_needs > 100


def test_chunks_when_a_million_is_asked_then_a_million_of_each_and_the_same_again() -> None:
    every = list(chunks(1_000_000))
    for plan in ("six", "shipped"):
        own = [each for each in every if each.kind == "edges" and (each.plan == "six") is (plan == "six")]
        assert sum(each.count for each in own) == 1_000_000
        assert {each.missing for each in own} == {0.0, 0.1, 0.5}
        assert {each.years_back for each in own} == {1, 2, 3}
    assert len({each.name for each in every}) == len(every)
    parts = {each.plan for each in every if each.plan.startswith("part-")}
    keys = [measure.key for part in sorted(parts) for measure in plan_of(part).measures]
    assert sorted(keys) == sorted(measure.key for measure in plan_of("whole").measures)
    chunk = Chunk(7, "six", "edges", 0.1, 2, 7, 40)
    (_, one, year), (_, other, again) = chunk.make(), chunk.make()
    assert year == again
    assert one.tables == other.tables


def test_the_page_when_nothing_differs_then_says_how_much_was_compared() -> None:
    row = {
        "chunk": Chunk(0, "six", "edges", 0.0, 1, 0, 5_000).to_json(), "engine": "duckdb", "measures": 5,
        "enterprises": 5_000, "compared": 25_000, "different": 0, "seconds": 1.0, "statuses": [0, 9, 8, 7],
        "suppressed": 3, "said": "",
    }  # fmt: skip
    found = {
        "date": "2026-01-01", "machine": {"commit": "abc", "processor": "x", "cores": 2}, "load": 0.5, "judge": "j",
        "engines": "e", "chunks": [row, {**row, "different": 2, "said": "措施甲：high 应为 1，得到 2"}],
    }  # fmt: skip
    page = render(found)
    assert "| duckdb | 六条通用规则 | 随机，半数站在门槛上 | 10,000 | 50,000 | 2 |" in page
    assert "措施甲：high 应为 1，得到 2" in page
