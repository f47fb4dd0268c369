from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cewen.base.errors import CewenError
from cewen.engine.batch import award_rows, evaluate_register
from cewen.engine.register import read_register
from cewen.engine.result import Status
from cewen.engine.summary import Summary, region_name
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus
from register_support import CODES, write_workbook

CITY = "wuhan/2022-digital-economy-measures"


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, date(2024, 6, 30))


def run(corpus: Corpus, plan: Plan, folder: Path, **options: Any) -> tuple[list[Any], Summary]:
    register = read_register(write_workbook(folder / "名册.xlsx"), corpus)
    summary = Summary(plan, as_if_in_force=options.get("as_if_in_force", False))
    return list(summary.watch(evaluate_register(plan, register, **options))), summary


def test_rows_say_what_is_met_and_what_is_used_up(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    results, _ = run(corpus, plan, tmp_path)
    rows = {(row.uscc, row.subject, row.measure): row for each in results for row in award_rows(each)}
    rd = rows[CODES[0], "enterprise", f"{CITY}#rd-subsidy"]
    assert (rd.name, rd.status, rd.certainty, rd.low, rd.high) == ("甲公司", "met", "ceiling", 0, 100_000_000)
    dcmm = rows[CODES[0], "enterprise", f"{CITY}#dcmm-award"]
    assert (dcmm.high, dcmm.suppressed_by) == (20_000_000, f"{CITY}#dcmm-award")
    retrofit = rows[CODES[1], "产线一期", f"{CITY}#smart-retrofit"]
    assert (retrofit.low, retrofit.high) == (72_000_000, 72_000_000)
    assert (CODES[1], "产线二期", f"{CITY}#smart-retrofit") not in rows
    assert {row.status for row in rows.values()} == {"met"}
    assert not any(row.as_if_in_force for row in rows.values())


def test_all_rows_cover_every_measure_and_subject(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    results, summary = run(corpus, plan, tmp_path)
    for each in results:
        rows = list(award_rows(each, show_all=True))
        assert len(rows) == len(each.evaluation.results)
    counted = Counter(row.status for each in results for row in award_rows(each, show_all=True))
    for status in Status:
        assert counted[status.value] == sum(each.results[status] for each in summary.measures.values())


def test_sums_leave_out_what_is_suppressed_and_keep_certainty_apart(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    _, summary = run(corpus, plan, tmp_path)
    assert (summary.enterprises, summary.sums.definite) == (3, 72_000_000)
    assert summary.sums.ceiling == 148_000_000
    dcmm = summary.measures[f"{CITY}#dcmm-award"]
    assert (dcmm.results[Status.MET], dcmm.suppressed, dcmm.high) == (1, 1, 0)
    shape = summary.to_json("reference", 0)
    assert shape["total"] == {"low": "720000.00", "high": "2200000.00"}
    assert [district.name for district in summary.districts] == ["武汉市洪山区", "武汉市武昌区", "宜昌市西陵区"]


def test_drafts_are_counted_only_as_if_and_then_say_so(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    results, summary = run(corpus, plan, tmp_path)
    shape = summary.to_json("reference", 0)
    assert not any("as_if_in_force" in measure for measure in shape["measures"])
    results, summary = run(corpus, plan, tmp_path, as_if_in_force=True)
    marks = {
        row.measure.partition("#")[0]: row.as_if_in_force for each in results for row in award_rows(each, show_all=True)
    }
    assert marks["hubei/2025-software-action-plan-draft"] == "draft"
    assert marks[CITY] is None
    simulated = [measure for measure in summary.to_json("reference", 0)["measures"] if "as_if_in_force" in measure]
    assert {measure["measure"].partition("#")[0] for measure in simulated} == {"hubei/2025-software-action-plan-draft"}


def test_progress_is_told_after_each_enterprise(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    told: list[int] = []
    run(corpus, plan, tmp_path, progress=told.append)
    assert told == [1, 2, 3]


def test_an_unknown_engine_is_refused_before_work_begins(corpus: Corpus, plan: Plan) -> None:
    with pytest.raises(CewenError) as caught:
        evaluate_register(plan, (), engine="duckdb")
    assert caught.value.diagnostics[0].code == "CW630"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("420111", "武汉市洪山区"), ("420100", "武汉市"), ("420100-whjk", "武汉经济技术开发区"), ("429004", "湖北省仙桃市"),
        ("110000", "北京市"), ("000000", "000000"),
    ],
)  # fmt: skip
def test_regions_are_named_with_the_city_they_lie_in(corpus: Corpus, code: str, name: str) -> None:
    assert region_name(corpus.regions, code) == name
