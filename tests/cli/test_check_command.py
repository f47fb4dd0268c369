"""check, test, facts and schema as a person types them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cewen.cli.main import main

EXAMPLES = Path(__file__).resolve().parents[1] / "rules" / "check" / "examples"
POLICY = "mou/software-measures"


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Types a command and keeps what came of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *words: str | Path) -> Done:
        self.monkeypatch.setattr(sys, "argv", ["cewen", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = self.capsys.readouterr()
        return Done(code, said.out, said.err)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


def home_with(tmp_path: Path, example: str) -> Path:
    """A policies folder that holds one example of a check, such as CW103/bad."""
    home = tmp_path / "policies"
    for name in ("facts", "regions"):
        shutil.copytree(EXAMPLES / name, home / name)
    shutil.copytree(EXAMPLES / example, home / POLICY)
    return home


def test_a_clean_folder_is_said_to_be_clean(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal("check", "--policies", home_with(tmp_path, "CW501/good"))
    assert (done.code, done.err) == (0, "")
    assert "1 份政策、1 条措施、2 处引文、4 个算例全部核对，没有发现问题" in done.out


def test_findings_show_file_place_quote_and_remedy(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal("check", "--policies", home_with(tmp_path, "CW502/bad"))
    assert done.code == 1
    for word in (f"{POLICY}/cases/01-settling.yaml", "3:5", "CW502", "软件企业得30万元", "办法", "1 个错误"):
        assert word in done.out


def test_json_has_counts_and_findings(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal("check", "--json", "--policies", home_with(tmp_path, "CW502/bad"))
    assert done.code == 1
    assert {name: value for name, value in done.json.items() if name != "findings"} == {
        "policies": 1, "measures": 1, "quotes": 2, "cases": 4,
    }  # fmt: skip
    (finding,) = done.json["findings"]
    assert set(finding) == {"code", "severity", "message", "remedy", "place", "quote"}
    assert finding["place"] == {"file": f"{POLICY}/cases/01-settling.yaml", "line": 3, "column": 5}


def test_a_warning_stops_only_when_asked(terminal: Terminal, tmp_path: Path) -> None:
    home = home_with(tmp_path, "CW404/bad")
    cases = home / POLICY / "cases"
    shutil.copytree(EXAMPLES / "CW501/good" / "cases", cases)
    path = cases / "01-settling.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("20万元", "500万元"), encoding="utf-8")
    assert terminal("check", "--policies", home).code == 0
    assert terminal("check", "--strict", "--policies", home).code == 1


def test_a_day_adds_a_notice_that_stops_nothing(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal("check", "--strict", "--on", "2030-01-01", "--policies", home_with(tmp_path, "CW501/good"))
    assert done.code == 0
    assert "2030-01-01 这一天不能兑付：已于 2026-12-31 失效" in done.out


@pytest.mark.parametrize("name", [POLICY, f"policies/{POLICY}"])
def test_a_policy_is_named_by_id_or_by_folder(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = home_with(tmp_path, "CW501/good")
    monkeypatch.chdir(tmp_path)
    assert terminal("check", name, "--policies", home).code == 0


def test_an_unknown_policy_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    home = home_with(tmp_path, "CW501/good")
    for command in ("check", "test"):
        done = terminal(command, "mou/nothing", "--policies", home)
        assert (done.code, done.out) == (1, "")
        assert POLICY in done.err


def test_a_code_is_explained_and_all_are_listed(terminal: Terminal) -> None:
    done = terminal("check", "--explain", "cw101")
    assert done.code == 0
    assert "为什么" in done.out
    assert "引文不在正文里" in done.out
    assert terminal("check", "--explain", "CW999").code == 1
    listed = terminal("check", "--list").out
    assert all(code in listed for code in ("CW001", "CW101", "CW304", "CW503", "CW608"))
    assert {"code": "CW101", "title": "引文不在正文里", "severity": "error"} in terminal(
        "check", "--list", "--json"
    ).json


def test_a_measure_is_read_back_beside_its_quote(terminal: Terminal, tmp_path: Path) -> None:
    home = home_with(tmp_path, "CW501/good")
    (said,) = terminal("check", "--policies", home, "--json", "--readback", "settling").json
    assert said == {
        "measure": f"{POLICY}#settling",
        "clause": "一/（一）",
        "quote": "对软件企业给予20万元奖励",
        "readback": "凡企业类型包含软件企业的企业，可获得20万元。依据：一/（一）。",
    }
    done = terminal("check", "--policies", home, "--readback")
    assert "凡企业类型包含软件企业的企业" in done.out
    assert terminal("check", "--policies", home, "--readback", "nothing").code == 1


def test_cases_are_counted_and_failures_shown(terminal: Terminal, tmp_path: Path) -> None:
    good = terminal("test", "--policies", home_with(tmp_path / "good", "CW501/good"))
    assert good.code == 0
    assert "4 个算例全部通过" in good.out
    home = home_with(tmp_path / "bad", "CW502/bad")
    bad = terminal("test", "--policies", home)
    assert bad.code == 1
    assert "1 个没有通过" in bad.out
    assert "得到 200000.00" in bad.out
    shape = terminal("test", "--policies", home, "--json").json
    assert (shape["passed"], shape["failed"]) == (3, 1)
    assert [case["name"] for case in shape["cases"] if case["faults"]] == ["软件企业得30万元"]


def test_facts_are_found_by_a_word(terminal: Terminal, tmp_path: Path) -> None:
    home = home_with(tmp_path, "CW501/good")
    assert [fact["key"] for fact in terminal("facts", "收入", "--json", "--policies", home).json] == ["revenue"]
    assert [fact["key"] for fact in terminal("facts", "微型", "--json", "--policies", home).json] == ["enterprise_size"]
    assert "年营业收入" in terminal("facts", "收入", "--policies", home).out
    missed = terminal("facts", "营业收人", "--policies", home)
    assert missed.code == 1
    assert "年营业收入" in missed.err


def test_facts_as_csv_have_the_columns_of_the_contract(terminal: Terminal, shared: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(terminal("facts", "--csv").out)))
    with (shared / "contract" / "facts.csv").open(encoding="utf-8-sig", newline="") as file:
        contract = csv.DictReader(file)
        assert list(rows[0]) == contract.fieldnames
        ours = {row["label"]: (row["key"], row["subject"], row["type"], row["unit"], row["period"]) for row in rows}
        for row in contract:
            assert ours[row["label"]] == (row["key"], row["subject"], row["type"], row["unit"], row["period"])


def test_schemas_and_pages_are_written(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal("schema", "--write", tmp_path / "schemas", "--pages", tmp_path / "pages")
    assert done.code == 0
    assert sorted(path.name for path in (tmp_path / "schemas").iterdir()) == [
        f"{name}.schema.json"
        for name in ("cases", "facts", "lexicon", "measure", "policy", "reform", "targets", "tasks")
    ]
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["diagnostics.md"]
    assert "measures/*.yaml" in terminal("schema").out


def test_a_place_that_cannot_be_written_is_told(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = terminal("schema", "--write", tmp_path / "file" / "schemas")
    assert done.code == 1
    assert "CW020" in done.err
