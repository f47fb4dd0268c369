from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from cewen.base.errors import CewenError
from cewen.cli.advise import command as advise
from cewen.cli.simulate import command as simulate

REFORM = """title: 提高研发补助上限
measures:
- measure: rd-subsidy
  set:
    cap: 200万元
    conditions[3]: 年研发投入 / 年营业收入 >= 10%
- measure: growth-award
  set: {cap: 100万元}
remove: [dcmm-award]
"""


@pytest.fixture
def reform(tmp_path: Path) -> Path:
    path = tmp_path / "reform.yaml"
    path.write_text(REFORM, encoding="utf-8")
    return path


@pytest.fixture
def firms(tmp_path: Path, repo: Path) -> Path:
    """The first of the example register, so that the reference is quick."""
    folder = tmp_path / "register"
    folder.mkdir()
    lines = (repo / "examples" / "register" / "enterprises.csv").read_text(encoding="utf-8").splitlines()
    (folder / "enterprises.csv").write_text("\n".join(lines[:41]) + "\n", encoding="utf-8")
    return folder


def run(command: Any, *arguments: str | Path) -> Result:
    done = CliRunner().invoke(command, [*map(str, arguments), "--on", "2024-06-30"])
    if isinstance(done.exception, CewenError):
        return done
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


def test_a_reform_in_json_keeps_definite_and_ceiling_apart(firms: Path, reform: Path) -> None:
    shape = json.loads(run(simulate, firms, "--reform", reform, "--json").stdout)
    assert shape["title"] == "提高研发补助上限"
    assert [change["path"] for change in shape["changes"]] == ["cap", "conditions[3]", "措施"]
    assert set(shape["before"]) == {"definite", "ceiling", "awards", "entitled"}
    lines = {line["key"].partition("#")[2]: line for line in shape["measures"]}
    assert lines["dcmm-award"]["after"] is None
    assert float(lines["rd-subsidy"]["after"]["amount"]) > float(lines["rd-subsidy"]["before"]["amount"])
    assert sum(shape["balance"].values()) == shape["enterprises"] == 40
    assert "CW643" in {finding["code"] for finding in shape["findings"]}


def test_the_page_needs_nothing_from_outside_and_says_what_was_assumed(
    firms: Path, reform: Path, tmp_path: Path
) -> None:
    page = tmp_path / "模拟.html"
    run(simulate, firms, "--reform", reform, "--report", page, "--years", "1", "--growth", "8%", "--budget", "100万元",
        "--take-up", "80%")  # fmt: skip
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?!#)|@import|url\(|<script", text)
    assert text.count("<svg") > 10
    for words in (
        "申报率 80%",
        "年度金额每年增长 8%",
        "预算 100.00",
        "prefers-color-scheme:dark",
        "@media print",
        "数据表",
    ):
        assert words in text
    assert "<nan" not in text.lower()


def test_bars_begin_at_zero_and_keep_proportion(firms: Path, reform: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run(simulate, firms, "--reform", reform, "--report", page)
    cost = page.read_text(encoding="utf-8").partition('id="cost"')[2].partition("</section>")[0]
    bars = re.findall(r'width="([\d.]+)%".*?title="([\d.]+) 元"', cost, re.DOTALL)
    longest = max(float(amount) for _, amount in bars)
    assert len(bars) == 4
    for width, amount in bars:
        assert abs(float(width) - 100 * float(amount) / longest) < 0.1


def test_the_workbook_holds_the_same_sums(firms: Path, reform: Path, tmp_path: Path) -> None:
    path = tmp_path / "模拟.xlsx"
    shape = json.loads(run(simulate, firms, "--reform", reform, "--out", path, "--json").stdout)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names[:4] == ["总览", "改动", "按措施", "按注册地"]
    overview = {str(row[0]): row[1:3] for row in book.get_sheet_by_name("总览").to_python() if row}
    assert [f"{value:.2f}" for value in overview["确定（元）"]] == [
        shape[side]["definite"] for side in ("before", "after")
    ]
    by_district = book.get_sheet_by_name("按注册地").to_python()
    assert f"{sum(float(str(row[5])) for row in by_district[1:]):.2f}" == shape["after"]["definite"]


def test_the_terminal_tells_sums_changes_and_who(firms: Path, reform: Path) -> None:
    said = run(simulate, firms, "--reform", reform).output
    for words in ("cap：100万元 → 200万元", "确定", "另有上限，最高", "受益", "假定符合的全部申报", "CW643"):
        assert words in said


def test_two_policies_side_by_side(firms: Path) -> None:
    ours, theirs = "wuhan/2022-digital-economy-measures", "hubei/2025-software-action-plan-draft"
    arguments = ("--policy", ours, "--against", theirs, "--as-if-in-force", "--json")
    shape = json.loads(run(simulate, firms, *arguments).stdout)
    assert shape["sides"] == {"before": "甲", "after": "乙"}
    assert {line["key"].partition("#")[0] for line in shape["measures"]} == {ours, theirs}
    moved = json.loads(run(simulate, firms, *arguments, "--ignore-region").stdout)
    assert moved["after"]["awards"] >= shape["after"]["awards"]


def test_a_sweep_is_told_point_by_point(firms: Path, reform: Path) -> None:
    asked = ("--sweep", "gazelle", "--points", "3")
    done = run(simulate, firms, *asked)
    assert isinstance(done.exception, CewenError)
    assert done.exception.diagnostics[0].code == "CW657"
    asked = ("--sweep", "rd-subsidy:amount=年研发投入 * {5%..15%}", "--points", "3")
    shape = json.loads(run(simulate, firms, *asked, "--json").stdout)
    assert [point["value"] for point in shape["points"]] == [f"年研发投入 * {rate}%" for rate in (5, 10, 15)]
    assert shape["points"][1]["after"] == shape["before"]
    assert shape["points"][2]["balance"]["losers"] == 0
    said = run(simulate, firms, *asked, "--reform", reform).output
    for words in ("逐点试算", "年研发投入 * 15%", "现行", "引擎 reference"):
        assert words in said


def test_results_never_stand_in_or_over_the_register(firms: Path, reform: Path, tmp_path: Path) -> None:
    done = run(simulate, firms, "--reform", reform, "--out", firms / "结果.xlsx")
    assert done.exit_code == 2
    assert "盖掉名册" in done.output
    done = run(simulate, firms, "--sweep", "rd-subsidy:cap={1万元..2万元}", "--out", tmp_path / "结果.xlsx")
    assert done.exit_code == 2
    assert "--sweep 的结果在屏幕上" in done.output


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_simulation_leaves_the_old_files_as_they_were(
    firms: Path, reform: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    """The signal comes while the workbook is written, when the page is whole already."""
    folder = tmp_path / "out"
    folder.mkdir()
    page, book = folder / "模拟.html", folder / "模拟.xlsx"
    page.write_text("旧页", encoding="utf-8")
    program = (
        "import os, signal, sys\n"
        "from cewen.cli import main, simulate\n"
        "def told(path, found):\n"
        "    path.write_bytes(b'half')\n"
        f"    os.kill(os.getpid(), {int(sign)})\n"
        "    signal.pause()\n"
        "simulate.write_workbook = told\n"
        "main.main()\n"
    )
    arguments = ("simulate", firms, "--reform", reform, "--on", "2024-06-30", "--report", page, "--out", book)
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 130, done.stderr
    assert "没有写出任何文件" in done.stderr
    assert page.read_text(encoding="utf-8") == "旧页"
    assert [each.name for each in folder.iterdir()] == [page.name]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "二者取一"),
        (("--reform", "R", "--against", "x"), "二者取一"),
        (("--against", "x"), "与一个 --policy 合用"),
        (("--reform", "R", "--ignore-region"), "只与 --against 合用"),
        (("--reform", "R", "--out", "a.csv"), ".xlsx"),
        (("--reform", "R", "--report", "a.txt"), ".html"),
    ],
)
def test_wrong_usage_is_told_before_any_work(firms: Path, reform: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(simulate, firms, *(reform if each == "R" else each for each in arguments))
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--take-up", "120%"), "CW648", "不在 0% 到 100% 之间"),
        (("--take-up", "多数"), "CW648", "不是比例"),
        (("--take-up", "nothing#here=50%"), "CW640", "没有措施"),
        (("--growth", "年营业收人=3%"), "CW648", "是不是“年营业收入”"),
        (("--growth", "DCMM等级=3%"), "CW648", "不是年度的数"),
        (("--budget", "很多"), "CW648", "预算“很多”不是金额"),
        (("--budget", "1亿元", "--budget-rule", "ranking", "--rank-by", "注册地"), "CW648", "不能按“注册地”排名"),
        (("--years", "30", "--growth", "1000%"), "CW647", "大得不像真的"),
        (("--engine", "abacus"), "CW630", "abacus"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused(
    firms: Path, reform: Path, arguments: tuple[str, ...], code: str, said: str
) -> None:
    done = run(simulate, firms, "--reform", reform, *arguments)
    assert isinstance(done.exception, CewenError)
    finding = done.exception.diagnostics[0]
    assert finding.code == code
    assert said in finding.message + finding.remedy
    assert finding.remedy


def test_a_fault_leaves_no_file(firms: Path, reform: Path, tmp_path: Path) -> None:
    reform.write_text(REFORM.replace("rd-subsidy", "rd-subsidi"), encoding="utf-8")
    page = tmp_path / "page.html"
    done = run(simulate, firms, "--reform", reform, "--report", page)
    assert isinstance(done.exception, CewenError)
    assert not page.exists()


def test_advice_is_said_so_that_an_owner_understands(repo: Path) -> None:
    said = run(advise, repo / "examples" / "facts.json").output
    for words in (
        "怎样选最多",
        "差一步",
        "再取得一项资格",
        "先补这些事实",
        "小心",
        "DCMM等级增加 1 级，到 4 级",
        "两类金额不相加",
    ):
        assert words in said
    shape = json.loads(run(advise, repo / "examples" / "facts.json", "--json").stdout)
    assert shape["choice"]["worth"] == {"definite": "720000.00", "ceiling": "1180000.00"}
