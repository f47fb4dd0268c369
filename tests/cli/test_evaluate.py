from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cewen.engine.batch import COLUMNS
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.read_facts import parse_factsheet
from cewen.rules.load import load_corpus
from cewen.rules.lower import lower_corpus
from cli_support import cewen
from register_support import CODES, ENTERPRISES, SHEETS, write_csv, write_folder, write_workbook

ON = ("--on", "2024-06-30")


@pytest.fixture(scope="module")
def example(repo: Path) -> Path:
    return repo / "examples" / "register"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_json_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    done = cewen("evaluate", write_workbook(tmp_path / "a.xlsx"), *ON, "--json")
    assert done.returncode == 0, done.stderr
    shape = json.loads(done.stdout)
    assert list(shape) == ["on", "engine", "enterprises", "findings", "measures", "total"]
    assert (shape["on"], shape["engine"], shape["enterprises"], shape["findings"]) == ("2024-06-30", "reference", 3, 0)
    for measure in shape["measures"]:
        assert list(measure) == ["measure", "met", "unknown", "not_met", "low", "high"]
    assert shape["total"] == {"low": "720000.00", "high": "2200000.00"}
    assert done.stderr == ""


def test_every_format_and_the_report_are_written(tmp_path: Path) -> None:
    register = write_workbook(tmp_path / "a.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    for ending in ("csv", "parquet", "xlsx"):
        done = cewen("evaluate", register, *ON, "--out", out / f"奖补.{ending}", "--report", out / "报告.html")
        assert done.returncode == 0, done.stderr
        assert "72.00\u2009万元" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["奖补.csv", "奖补.parquet", "奖补.xlsx", "报告.html"]
    flat = rows_of(out / "奖补.csv")
    assert list(flat[0]) == list(COLUMNS)
    columnar = pq.read_table(out / "奖补.parquet").to_pylist()
    assert [{name: str(row[name] if row[name] is not None else "") for name in COLUMNS} for row in columnar] == flat
    assert {row["status"] for row in flat} == {"met"}


def test_all_adds_the_other_states(tmp_path: Path) -> None:
    cewen("evaluate", write_workbook(tmp_path / "a.xlsx"), *ON, "--all", "--out", tmp_path / "b.csv")
    rows = rows_of(tmp_path / "b.csv")
    assert {row["status"] for row in rows} == {"met", "unknown", "not_met", "not_in_force"}
    assert any(row["needs"] for row in rows if row["status"] == "unknown")


def test_drafts_pay_nothing_unless_simulated_and_then_every_line_says_so(tmp_path: Path) -> None:
    register = write_workbook(tmp_path / "a.xlsx")
    on = ("--on", "2026-01-01", "--year", "2023")
    cewen("evaluate", register, *on, "--out", tmp_path / "b.csv")
    paid = {row["measure"].partition("#")[0] for row in rows_of(tmp_path / "b.csv")}
    assert not paid & {"wuhan/2022-digital-economy-measures", "hubei/2025-software-action-plan-draft"}
    done = cewen("evaluate", register, *on, "--out", tmp_path / "c.csv", "--as-if-in-force", "--all")
    reasons: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(tmp_path / "c.csv"):
        assert list(row)[-1] == "as_if_in_force"
        reasons[row["measure"].partition("#")[0]].add(row["as_if_in_force"])
    assert reasons["wuhan/2022-digital-economy-measures"] == {"expired"}
    assert reasons["hubei/2025-software-action-plan-draft"] == {"draft"}
    assert "假定施行" in done.stdout


def test_tables_stay_within_120_columns(example: Path) -> None:
    from rich.cells import cell_len

    done = cewen("evaluate", example, *ON, "--as-if-in-force")
    assert done.returncode == 0, done.stderr
    assert max(cell_len(line) for line in done.stdout.splitlines()) <= 120


@pytest.mark.parametrize("options", [(), ("--as-if-in-force",)])
def test_the_example_agrees_with_explain_to_the_fen(
    repo: Path, example: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = cewen("evaluate", example, *ON, "--all", "--out", tmp_path / "b.csv", "--json", *options)
    assert done.returncode == 0, done.stderr
    evaluated: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(tmp_path / "b.csv"):
        evaluated[row["uscc"]].append(row)
    corpus = load_corpus(repo / "policies")
    plan = lower_corpus(corpus, date(2024, 6, 30))
    low = high = 0
    for facts in fact_sheets(example):
        sheet = parse_factsheet(facts, corpus)
        shape = explain_json(evaluate_factsheet(plan, sheet, as_if_in_force=bool(options)))
        names = {record.path: record.name or record.path for record in sheet.others}
        expected = [as_row(facts["enterprise"], names, result) for result in shape["results"]]
        mine = [{name: row[name] for name in COLUMNS} for row in evaluated[facts["enterprise"]["统一社会信用代码"]]]
        assert mine == expected
        low += int(shape["total"]["low"].replace(".", ""))
        high += int(shape["total"]["high"].replace(".", ""))
    total = json.loads(done.stdout)["total"]
    assert (low, high) == (int(total["low"].replace(".", "")), int(total["high"].replace(".", "")))
    assert len(evaluated) == 300


def as_row(enterprise: dict[str, Any], names: dict[str, str], result: dict[str, Any]) -> dict[str, str]:
    amount = result["amount"] or {"low": "", "high": ""}
    suppressed = result["suppressed_by"]
    values = (
        enterprise["统一社会信用代码"], enterprise["名称"], names.get(result["subject"], "enterprise"), result["measure"],
        result["status"], result["certainty"], amount["low"], amount["high"], "、".join(result["needs"]),
        suppressed["measure"] if suppressed else "",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def fact_sheets(folder: Path) -> list[dict[str, Any]]:
    """The register as fact sheets of `cewen explain`, by a reading of its own."""
    sheets: dict[str, dict[str, Any]] = {}
    for row in rows_of(folder / "enterprises.csv"):
        sheets[row["统一社会信用代码"]] = {"enterprise": record(row)}
    for name in ("projects", "products", "parks"):
        for row in rows_of(folder / f"{name}.csv"):
            own = sheets[row.pop("统一社会信用代码")]
            own.setdefault(name, []).append(record(row))
    for row in rows_of(folder / "awards.csv"):
        award = {"measure": row["措施"], "on": row["日期"], "amount": row["金额"]}
        award |= {key: row[label] for key, label in (("object", "对象"), ("tier", "档次")) if row[label]}
        sheets[row["统一社会信用代码"]].setdefault("awards", []).append(award)
    return list(sheets.values())


SETS = ("企业类型", "工厂称号", "支持事项", "获评称号", "人才类别", "项目类型", "项目支持事项", "园区称号")


def record(row: dict[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for header, text in row.items():
        label, _, year = header.partition(":")
        if not text:
            continue
        value: Any = ([] if text == "无" else text.split("、")) if label in SETS else text
        if year:
            facts.setdefault(label, {})[year] = value
        else:
            facts[label] = value
    return facts


BAD: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("unknown label", {"企业": (("统一社会信用代码", "营收"), (CODES[0], 1))}, "CW601"),
    ("wrong type", {"企业": (("统一社会信用代码", "DCMM等级"), (CODES[0], "高"))}, "CW602"),
    ("negative money", {"企业": (("统一社会信用代码", "年营业收入:2023"), (CODES[0], -1))}, "CW603"),
    ("wrong unit", {"企业": (("统一社会信用代码", "年营业收入:2023"), (CODES[0], "5人"))}, "CW604"),
    ("bad code", {"企业": (("统一社会信用代码", "名称"), ("91420100MA4KTEST00", "甲"))}, "CW606"),
    ("year missing", {"企业": (("统一社会信用代码", "年营业收入"), (CODES[0], 1))}, "CW607"),
    ("duplicate", {"企业": (("统一社会信用代码", "名称"), (CODES[0], "甲"), (CODES[0], "乙"))}, "CW614"),
    ("1e400", {"企业": (("统一社会信用代码", "年营业收入:2023"), (CODES[0], "1e400"))}, "CW604"),
    ("NaN", {"企业": (("统一社会信用代码", "年营业收入:2023"), (CODES[0], "NaN"))}, "CW602"),
    ("wrong sheet", {"企业名单": ENTERPRISES}, "CW611"),
)


@pytest.mark.parametrize(("sheets", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_stops_before_anything_is_written(tmp_path: Path, sheets: dict[str, Any], code: str) -> None:
    register = write_workbook(tmp_path / "名册.xlsx", sheets)  # of one enterprise: without it nothing remains
    done = cewen("evaluate", register, *ON, "--out", tmp_path / "b.csv", "--report", tmp_path / "b.html")
    assert done.returncode == 1
    assert code in done.stderr
    assert "名册.xlsx" in done.stderr
    assert "怎么办" in done.stderr
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["名册.xlsx"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--engine", "abacus"), "abacus"),
        (("--out", "b.docx"), ".xlsx、.csv、.parquet"),
        (("--out", "没有/b.csv"), "没有文件夹"),
        (("--out", "名册.csv"), "盖掉名册"),
        (("--report", "b.pdf"), ".html"),
    ],
)
def test_wrong_usage_is_told_and_leaves_with_two(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    register = write_csv(tmp_path / "名册.csv", ENTERPRISES)
    before = register.read_bytes()
    done = cewen("evaluate", "名册.csv", *ON, *options, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert register.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_results_are_not_written_into_the_folder_of_the_register(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "r")
    done = cewen("evaluate", folder, *ON, "--out", folder / "awards.csv")
    assert (done.returncode, (folder / "awards.csv").exists()) == (2, False)


def test_warnings_are_counted_and_told_without_stopping(tmp_path: Path) -> None:
    twice = (*SHEETS["项目"], SHEETS["项目"][1])
    done = cewen("evaluate", write_workbook(tmp_path / "a.xlsx", {**SHEETS, "项目": twice}), *ON, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["findings"] == 1
    assert "CW614 警告" in done.stderr


def test_an_interrupted_run_leaves_no_file(tmp_path: Path) -> None:
    rows = [ENTERPRISES[0], *([f"{at}号", code(at), *ENTERPRISES[1][2:]] for at in range(20_000))]
    register = write_csv(tmp_path / "名册.csv", rows)
    out = tmp_path / "out"
    out.mkdir()
    options = ("--out", str(out / "b.csv"), "--report", str(out / "b.html"))
    command = [sys.executable, "-m", "cewen", "evaluate", str(register), *ON, *options]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ), text=True)
    while running.poll() is None and not list(out.iterdir()):
        time.sleep(0.02)  # the temporary files appear when the first enterprise is evaluated
    assert running.poll() is None, running.communicate()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate()
    assert running.returncode == 130
    assert "已中断" in errors
    assert list(out.iterdir()) == []


def code(serial: int) -> str:
    """A valid code of the region that does not exist."""
    from stdnum.cn import uscc

    body = f"91429999T{serial:07d}0"
    return body + str(uscc.calc_check_digit(body))
