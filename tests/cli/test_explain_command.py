from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli_support import cewen

FACTS: dict[str, Any] = {
    "enterprise": {
        "名称": "甲公司", "注册地": "420111", "企业类型": ["软件企业"], "DCMM等级": 3,
        "年营业收入": {"2022": 50000000, "2023": "6800万元"}, "年研发投入": {"2023": 12000000},
    },
    "projects": [
        {"项目名称": "产线改造", "项目类型": ["智能化改造"], "生产性设备投资": 8000000, "项目研发投入": 1000000, "建设期月数": 18}
    ],
    "products": [], "parks": [],
    "awards": [{"measure": "wuhan/2022-digital-economy-measures#dcmm-award", "on": "2022-11-01", "amount": 200000}],
}  # fmt: skip

RESULT_KEYS = {
    "measure", "title", "subject", "status", "certainty", "amount", "clause", "quote", "source", "needs", "gaps",
    "suppressed_by", "steps",
}  # fmt: skip


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "甲公司.json"
    path.write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    return path


def answers(facts: Path, *options: str) -> dict[str, Any]:
    done = cewen("explain", facts, "--on", "2024-06-30", "--json", *options)
    assert done.returncode == 0, done.stderr
    shape: dict[str, Any] = json.loads(done.stdout)
    return shape


def test_explain_when_asked_for_json_then_the_contract_is_kept(facts: Path, repo: Path) -> None:
    answer = answers(facts)
    assert set(answer) == {"on", "results", "total"}
    assert answer["on"] == "2024-06-30"
    for result in answer["results"]:
        assert set(result) >= RESULT_KEYS
        assert result["status"] in ("met", "not_met", "unknown", "not_in_force")
        assert (result["status"] == "not_in_force") == ("reason" in result)
        assert result["source"]["start"] < result["source"]["end"]
    found = {result["measure"].partition("#")[2]: result for result in answer["results"]}
    assert found["smart-retrofit"]["amount"] == {"low": "720000.00", "high": "720000.00"}
    assert found["smart-retrofit"]["subject"] == "projects[0]"
    assert found["rd-subsidy"]["amount"] == {"low": "0.00", "high": "1000000.00"}
    assert found["growth-award"]["amount"] == {"low": "0.00", "high": "180000.00"}
    assert found["dcmm-award"]["suppressed_by"]["measure"].endswith("#dcmm-award")
    assert answer["total"] == {"low": "720000.00", "high": "1900000.00"}


def test_explain_when_a_span_is_given_then_the_official_text_says_the_quote(facts: Path, repo: Path) -> None:
    from cewen.text.flow import fold_text

    for result in answers(facts)["results"]:
        text = (repo / "policies" / result["source"]["document"] / "document.txt").read_text(encoding="utf-8")
        said = text[result["source"]["start"] : result["source"]["end"]]
        assert fold_text(said) == fold_text(result["quote"])


def test_explain_when_asked_for_one_policy_then_only_that_one(facts: Path) -> None:
    answer = answers(facts, "--policy", "hubei/2025-software-action-plan-draft", "--as-if-in-force")
    assert {result["measure"].partition("#")[0] for result in answer["results"]} == {
        "hubei/2025-software-action-plan-draft"
    }
    assert {result["as_if_in_force"] for result in answer["results"]} == {"draft"}


def test_explain_when_the_year_is_named_then_annual_facts_mean_that_year(facts: Path) -> None:
    found = {r["measure"].partition("#")[2]: r for r in answers(facts, "--year", "2022")["results"]}
    assert found["rd-subsidy"]["needs"] == ["年研发投入"]
    assert found["rd-subsidy"]["missing_facts"] == [{"fact": "年研发投入", "year": 2022}]


def test_explain_when_read_by_a_person_then_sums_states_and_clauses_are_there(facts: Path) -> None:
    done = cewen("explain", facts, "--on", "2024-06-30")
    assert done.returncode == 0, done.stderr
    for words in (
        "确定",
        "72.00\u2009万元",
        "最高 118.00\u2009万元",
        "可享 3 条",
        "二/（六）",
        "补上这些事实就能定",
        "一次性措施",
    ):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--on", "昨天"], 2, "2024"),
        (["--policy", "nowhere/x"], 1, "CW003"),
        (["--policies", "/nowhere"], 1, "CW003"),
        (["--nonsense"], 2, "nonsense"),
    ],
)
def test_explain_when_used_wrongly_then_says_so_and_the_code_is_right(
    facts: Path, options: list[str], code: int, words: str
) -> None:
    done = cewen("explain", facts, *options)
    assert done.returncode == code
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_explain_when_facts_are_faulty_then_exit_one_and_nothing_computed(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{"enterprise": {"年营收": {"2023": -5}}}', encoding="utf-8")
    done = cewen("explain", path, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "CW601" in done.stderr
    assert "怎么办" in done.stderr


def test_command_when_unknown_then_the_known_ones_are_listed() -> None:
    done = cewen("explian")
    assert done.returncode == 2
    assert "explain" in done.stderr
