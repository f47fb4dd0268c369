from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from stdnum.cn import uscc

from cewen.engine.batch import evaluate_register
from cewen.engine.register import Register, read_register
from cewen.engine.result import Status
from cewen.engine.summary import Summary
from cewen.rules.load import Corpus, load_corpus
from cewen.rules.lower import lower_corpus

PRIMARY = ("wuhan/2022-digital-economy-measures", "hubei/2025-software-action-plan-draft")


@pytest.fixture(scope="module")
def example(repo: Path) -> Path:
    return repo / "examples" / "register"


@pytest.fixture(scope="module")
def corpus(repo: Path) -> Corpus:
    return load_corpus(repo / "policies")


@pytest.fixture(scope="module")
def register(example: Path, corpus: Corpus) -> Register:
    return read_register(example, corpus)


def test_building_again_gives_the_same_bytes(repo: Path, example: Path, tmp_path: Path) -> None:
    program = repo / "examples" / "build_register.py"
    subprocess.run([sys.executable, "-W", "error", str(program), str(tmp_path / "r")], check=True)
    built = {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    shipped = {path.name: path.read_bytes() for path in example.glob("*.csv")}
    assert built == shipped


def test_it_reads_without_a_finding(register: Register) -> None:
    assert len(register) == 300
    assert register.findings == ()


def test_invented_enterprises_say_so_and_no_code_can_be_real(register: Register, example: Path) -> None:
    with (example / "sources.csv").open(encoding="utf-8-sig", newline="") as file:
        public = {row["统一社会信用代码"] for row in csv.DictReader(file)}
    names = set()
    for sheet in register:
        code, name = str(sheet.enterprise.values["uscc", None]), sheet.enterprise.name or ""
        assert uscc.is_valid(code)
        assert code[2:8] == "429999"
        assert _organisation_digit_is_right(code[8:17])
        assert ("（合成）" in name) == (code not in public)
        names.add(name)
    assert len(names) == 300


def _organisation_digit_is_right(part: str) -> bool:
    """GB 11714: letters count from ten, weights 3 7 9 10 5 8 4 2, eleven less the rest of eleven, ten is X."""
    values = [int(mark, 36) for mark in part[:8]]
    rest = 11 - sum(weight * value for weight, value in zip((3, 7, 9, 10, 5, 8, 4, 2), values, strict=True)) % 11
    return part[8] == {10: "X", 11: "0"}.get(rest, str(rest))


def test_public_figures_have_a_source(example: Path) -> None:
    with (example / "enterprises.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["统一社会信用代码"]: row for row in csv.DictReader(file)}
    with (example / "sources.csv").open(encoding="utf-8-sig", newline="") as file:
        sources = list(csv.DictReader(file))
    told: dict[str, dict[str, str]] = {}
    for source in sources:
        told.setdefault(source["统一社会信用代码"], {})[f"{source['事实']}:{source['年度']}"] = source["值"]
        assert "年年度报告" in source["来源"]
        assert "合成代码" in source["备注"]
    for code, figures in told.items():
        given = {key: value for key, value in rows[code].items() if value and ":" in key}
        assert given == figures


def test_every_measure_of_the_two_programmes_is_met_by_some_missed_by_some_and_open_for_some(
    register: Register, corpus: Corpus
) -> None:
    plan = lower_corpus(corpus, date(2024, 6, 30))
    summary = Summary(plan, as_if_in_force=True)
    for results in evaluate_register(plan, register, as_if_in_force=True):
        summary.add(results)
    lacking = {
        key: [status.value for status in (Status.MET, Status.NOT_MET, Status.UNKNOWN) if not each.results[status]]
        for key, each in summary.measures.items()
        if each.measure.tiers and each.measure.policy.id in PRIMARY
    }
    assert {key: missing for key, missing in lacking.items() if missing} == {}
    assert sum(each.suppressed for each in summary.measures.values()) >= 5
