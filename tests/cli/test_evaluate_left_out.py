"""`cewen evaluate` on a register with faulty rows: who is named, who is left out, what is written, how it leaves."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from cli_support import cewen
from register_support import CODES, ENTERPRISES, SHEETS, write_csv, write_folder, write_workbook

ON = ("--on", "2024-06-30")
BAD: dict[str, Any] = {
    **SHEETS,
    "企业": (*ENTERPRISES[:3], (*ENTERPRISES[3][:7], "高")),
}
"""The third of three enterprises has a level that is none."""


def write_parquet(folder: Path, sheets: dict[str, Any]) -> Path:
    folder.mkdir()
    for name, (header, *rows) in sheets.items():
        columns = zip(*rows, strict=True)
        texts = {label: [str(cell) for cell in column] for label, column in zip(header, columns, strict=True)}
        pq.write_table(pa.table(texts), folder / f"{name}.parquet")
    return folder


def write_bad(folder: Path, kind: str) -> Path:
    if kind == "xlsx":
        return write_workbook(folder / "名册.xlsx", BAD)
    return write_folder(folder / "名册", BAD) if kind == "csv" else write_parquet(folder / "名册", BAD)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_bad_row_then_named_and_the_rest_is_evaluated(tmp_path: Path, kind: str, engine: str) -> None:
    register = write_bad(tmp_path, kind)
    sound = write_workbook(tmp_path / "好.xlsx", {**SHEETS, "企业": ENTERPRISES[:3]})
    options = (*ON, "--engine", engine, "--all", "--json")
    done = cewen("evaluate", register, *options, "--out", tmp_path / "b.csv", "--findings", tmp_path / "f.csv")
    assert done.returncode == 1, done.stderr
    assert "CW602" in done.stderr
    assert "第4行" in done.stderr
    assert "1 家企业有问题" in done.stderr
    assert "其余 2 家已算完" in done.stderr
    wanted = cewen("evaluate", sound, *options, "--out", tmp_path / "c.csv")
    assert wanted.returncode == 0, wanted.stderr
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()
    shape, sound_shape = json.loads(done.stdout), json.loads(wanted.stdout)
    assert list(shape) == ["on", "engine", "enterprises", "findings", "measures", "total"]
    assert shape == {**sound_shape, "findings": 1}
    assert shape["enterprises"] == 2
    (row,) = rows_of(tmp_path / "f.csv")
    assert (row["行"], row["列"], row["值"], row["编号"]) == ("4", "DCMM等级", "高", "CW602")
    assert row["工作表"] == ("企业" if kind == "xlsx" else "")
    assert row["怎么办"]


def test_award_with_a_fault_then_its_enterprise_is_not_paid_again(tmp_path: Path) -> None:
    head, award = SHEETS["已获奖补"]
    register = write_workbook(tmp_path / "a.xlsx", {**SHEETS, "已获奖补": (head, (*award[:3], -5))})
    done = cewen("evaluate", register, *ON, "--all", "--out", tmp_path / "b.csv", "--report", tmp_path / "r.html")
    assert done.returncode == 1
    assert {row["uscc"] for row in rows_of(tmp_path / "b.csv")} == {CODES[1], CODES[2]}
    assert CODES[0] not in (tmp_path / "r.html").read_text("utf-8")
    assert "没有计算" in done.stdout
    assert "1 家" in done.stdout


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_bad_row_when_strict_then_nothing_but_the_findings_is_written(tmp_path: Path, kind: str) -> None:
    register = write_bad(tmp_path, kind)
    done = cewen("evaluate", register, *ON, "--strict", "--out", tmp_path / "b.csv")
    assert (done.returncode, done.stdout, "CW602" in done.stderr) == (1, "", True)
    assert [path.name for path in tmp_path.iterdir()] == [register.name]
    done = cewen("evaluate", register, *ON, "--strict", "--out", tmp_path / "b.csv", "--findings", tmp_path / "f.xlsx")
    assert (done.returncode, done.stdout, "CW602" in done.stderr) == (1, "", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["f.xlsx", register.name])
    header, row = CalamineWorkbook.from_path(tmp_path / "f.xlsx").get_sheet_by_name("问题").to_python()
    found = dict(zip(header, row, strict=True))
    assert (found["行"], found["列"], found["值"]) == (4, "DCMM等级", "高")


def test_fault_of_the_whole_register_then_nothing_is_written(tmp_path: Path) -> None:
    head, award = SHEETS["已获奖补"]
    unknown = (award[0], "wuhan/2022-digital-economy-measures#没有这条", *award[2:])
    nobodys = ("", *award[1:])
    for row, code in ((unknown, "CW608"), (nobodys, "CW665")):
        register = write_workbook(tmp_path / "a.xlsx", {**SHEETS, "已获奖补": (head, row)})
        done = cewen("evaluate", register, *ON, "--out", tmp_path / "b.csv")
        assert (done.returncode, done.stdout, code in done.stderr) == (1, "", True)
        assert not (tmp_path / "b.csv").exists()


def test_many_bad_rows_then_the_first_are_printed_and_all_are_written(tmp_path: Path) -> None:
    bad = [(CODES[1], "=1", f"项{at}") for at in range(30)]
    rows = [("统一社会信用代码", "建设期月数", "项目名称"), *bad]
    folder = write_folder(tmp_path / "r", {"企业": ENTERPRISES, "项目": rows})
    done = cewen("evaluate", folder, *ON, "--findings", tmp_path / "f.csv")
    assert done.returncode == 1
    assert done.stderr.count("CW602") == 20
    assert "另有 10 处" in done.stderr
    assert "1 家企业有问题" in done.stderr
    written = rows_of(tmp_path / "f.csv")
    assert [row["行"] for row in written] == [str(at) for at in range(2, 32)]
    assert {row["值"] for row in written} == {"'=1"}
    assert "--findings" in cewen("evaluate", folder, *ON).stderr


def test_clean_register_then_leaves_with_zero_and_an_empty_list(tmp_path: Path) -> None:
    register = write_csv(tmp_path / "名册.csv", ENTERPRISES)
    done = cewen("evaluate", register, *ON, "--findings", tmp_path / "f.csv")
    assert done.returncode == 0, done.stderr
    assert rows_of(tmp_path / "f.csv") == []
    assert "没有计算" not in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--findings", "f.docx"), ".csv 或 .xlsx"),
        (("--findings", "名册.csv"), "盖掉名册"),
        (("--findings", "b.csv", "--out", "b.csv"), "同一个文件"),
    ],
)
def test_wrong_file_for_findings_is_told(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    write_csv(tmp_path / "名册.csv", ENTERPRISES)
    done = cewen("evaluate", "名册.csv", *ON, *options, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(list(tmp_path.iterdir())) == 1
