"""`cewen synth` and `cewen profile` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cewen.base.errors import CewenError
from cewen.cli import profile, synth
from cewen.engine.synth import synth_home


def _synth(*arguments: str | Path) -> Result:
    return CliRunner().invoke(synth.command, [str(each) for each in arguments], standalone_mode=False)


def _profile(*arguments: str | Path) -> Result:
    return CliRunner().invoke(profile.command, [str(each) for each in arguments], standalone_mode=False)


def test_synth_when_run_then_folder_report_and_summary_are_there(tmp_path: Path) -> None:
    out, report = tmp_path / "名册", tmp_path / "报告.json"
    done = _synth(out, "--enterprises", "2000", "--seed", "7", "--years", "2022-2023", "--report", report)
    assert done.exception is None
    assert sorted(path.name for path in out.iterdir()) == [
        "awards.parquet", "enterprises.parquet", "parks.parquet", "products.parquet", "projects.parquet",
    ]  # fmt: skip
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["enterprises"], found["seed"], found["years"], found["met"]) == (2000, 7, [2022, 2023], True)
    for words in ("武汉市软件业务收入", "校准", "对照", "企业 2,000", "倍"):
        assert words in done.output


def test_synth_when_asked_for_json_then_prints_the_report(tmp_path: Path) -> None:
    done = _synth(tmp_path / "a", "--enterprises", "50", "--json", "--years", "2023")
    found = json.loads(done.stdout)
    assert found["rows"]["enterprise"] == 50
    assert all(target["source"] for target in found["targets"])


def test_synth_when_the_name_ends_in_xlsx_then_writes_a_workbook(tmp_path: Path) -> None:
    assert _synth(tmp_path / "a.xlsx", "--enterprises", "30", "--years", "2023").exception is None
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"


def test_synth_when_a_target_is_missed_then_fails_and_leaves_the_report_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "data"
    home.mkdir()
    for path in synth_home().iterdir():
        text = path.read_text(encoding="utf-8").replace(",2519,亿元", ",251900,亿元")
        (home / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("CEWEN_SYNTH", str(home))
    done = _synth(tmp_path / "a", "--enterprises", "30000", "--report", tmp_path / "r.json")
    assert isinstance(done.exception, CewenError)
    assert {finding.code for finding in done.exception.diagnostics} == {"CW672"}
    assert not (tmp_path / "a").exists()
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["met"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a", "--years", "2025-2021"], "从早到晚"),
        (["a", "--years", "去年"], "2021-2025"),
        (["a", "--enterprises", "0"], "0"),
        (["a", "--format", "xlsx"], ".xlsx"),
        (["a.xlsx", "--format", "csv"], ".xlsx"),
        (["nowhere/a"], "没有文件夹"),
        (["a", "--report", "a/r.json"], "没有文件夹"),
    ],
)
def test_synth_when_used_wrongly_then_says_so(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = _synth(*arguments)
    assert done.exception is not None
    assert words in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_profile_and_back_when_run_then_a_register_like_the_first_is_there(tmp_path: Path) -> None:
    assert _synth(tmp_path / "a", "--enterprises", "1000", "--years", "2023").exception is None
    done = _profile(tmp_path / "a", tmp_path / "p.json")
    assert done.exception is None
    assert "企业 1,000 行" in done.output
    made = _synth(tmp_path / "b", "--profile", tmp_path / "p.json", "--enterprises", "500", "--report", tmp_path / "r")
    assert made.exception is None
    assert "企业 500 家" in made.output
    assert json.loads((tmp_path / "r").read_text(encoding="utf-8"))["rows"]["enterprise"] == 500


def test_synth_when_a_profile_and_years_are_given_then_says_that_they_exclude_each_other(tmp_path: Path) -> None:
    profile_file = tmp_path / "p.json"
    profile_file.write_text("{}", encoding="utf-8")
    done = _synth(tmp_path / "b", "--profile", profile_file, "--years", "2023")
    assert "不能与 --profile 同用" in str(done.exception)


def test_profile_when_the_file_is_no_json_then_says_so(tmp_path: Path) -> None:
    assert _synth(tmp_path / "a", "--enterprises", "10", "--years", "2023").exception is None
    done = _profile(tmp_path / "a", tmp_path / "p.txt")
    assert ".json" in str(done.exception)
