"""`cewen evaluate` on the engines over columns: what the reference gives, row for row, from the same register."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from cewen.cli.evaluate_engines import choose_engine, shown_engine
from cewen.engine.backends.base import is_installed
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.batch import evaluate_register
from cewen.engine.bits import Prover
from cewen.engine.columns.blocks import split
from cewen.engine.columns.encode import decode
from cewen.engine.columns.summary import ColumnSummary
from cewen.engine.columns.write import count_rows, sparse_blocks
from cewen.engine.edges import edge_register
from cewen.engine.summary import Summary
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus
from cli_support import cewen
from register_support import CODES, ENTERPRISES, SHEETS, write_csv, write_workbook

ON = ("--on", "2024-06-30")
ENGINES = ("kernel", "duckdb", "polars")
Need = Callable[[object, str], None]


@pytest.fixture(scope="module")
def example(repo: Path) -> Path:
    return repo / "examples" / "register"


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2 300 made-up enterprises in parquet: more than the reference is chosen for."""
    folder = tmp_path_factory.mktemp("synthetic") / "r"
    done = cewen("synth", folder, "--enterprises", "2300", "--seed", "7")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def expected(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything the reference says of the example, with drafts and expired instruments."""
    folder = tmp_path_factory.mktemp("expected")
    run(example, folder, "reference")
    return folder


def run(register: Path, folder: Path, engine: str) -> None:
    options = (*ON, "--engine", engine, "--as-if-in-force", "--all")
    for ending in ("csv", "parquet"):
        done = cewen("evaluate", register, *options, "--out", folder / f"b.{ending}")
        assert done.returncode == 0, done.stderr
        (folder / "screen").write_text(done.stdout.partition("逐条结果")[0], encoding="utf-8")
    done = cewen("evaluate", register, *options[:-1], "--out", folder / "b.xlsx", "--json")
    assert done.returncode == 0, done.stderr
    (folder / "json").write_text(done.stdout, encoding="utf-8")


def sheets(path: Path) -> dict[str, Any]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("engine", [*ENGINES, "spark"])
def test_example_on_an_engine_then_files_screen_and_json_are_those_of_the_reference(
    example: Path, expected: Path, tmp_path: Path, need: Need, engine: str
) -> None:
    need(is_installed(engine), engine)
    if engine == "spark":
        need(shutil.which("java"), "Java, which Spark runs on")
    run(example, tmp_path, engine)
    assert (tmp_path / "b.csv").read_bytes() == (expected / "b.csv").read_bytes()
    assert pq.read_table(tmp_path / "b.parquet").equals(pq.read_table(expected / "b.parquet"))
    assert sheets(tmp_path / "b.xlsx") == sheets(expected / "b.xlsx")
    assert (tmp_path / "screen").read_text("utf-8") == (expected / "screen").read_text("utf-8")
    found, wanted = (json.loads((folder / "json").read_text("utf-8")) for folder in (tmp_path, expected))
    assert (found.pop("engine"), wanted.pop("engine")) == (engine, "reference")
    assert found == wanted
    assert list(found) == ["on", "enterprises", "findings", "measures", "total"]


def test_parquet_on_the_default_engine_then_a_fast_one_is_used_and_named(synthetic: Path, tmp_path: Path) -> None:
    fast = "kernel" if is_installed("kernel") else "duckdb"
    done = cewen("evaluate", synthetic, *ON, "--json", "--out", tmp_path / "b.csv")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"] == fast
    slow = cewen("evaluate", synthetic, *ON, "--json", "--out", tmp_path / "c.csv", "--engine", "reference")
    assert json.loads(slow.stdout) == {**json.loads(done.stdout), "engine": "reference"}
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()


def test_summary_of_columns_on_edges_then_equal_to_one_that_saw_every_enterprise(need: Need) -> None:
    need(is_installed("kernel"), "numba")
    plan = lower_corpus(require_sound(load_corpus(policies_home())), date(2024, 6, 30))
    columns = edge_register(plan, 150, seed=11, missing=0.3)
    for simulated in (False, True):
        wanted = Summary(plan, as_if_in_force=simulated)
        for results in evaluate_register(plan, decode(columns), as_if_in_force=simulated):
            wanted.add(results)
        found = ColumnSummary(plan, as_if_in_force=simulated)
        for block in split(columns, 64):
            found.add_columns(KernelBackend().evaluate(plan, block, as_if_in_force=simulated))
        assert (found.enterprises, found.entitled, found.sums, found.low) == (
            wanted.enterprises, wanted.entitled, wanted.sums, wanted.low,
        )  # fmt: skip
        assert found.measures == wanted.measures
        assert found.districts == wanted.districts
        assert found.needs == wanted.needs


@pytest.mark.parametrize("show_all", [False, True])
def test_blocks_of_a_register_then_together_the_whole(
    need: Need, monkeypatch: pytest.MonkeyPatch, show_all: bool
) -> None:
    need(is_installed("kernel"), "numba")
    plan = lower_corpus(require_sound(load_corpus(policies_home())), date(2024, 6, 30))
    results = KernelBackend().evaluate(plan, edge_register(plan, 60, seed=3), as_if_in_force=True)
    whole = results.sparse(show_all=show_all)
    monkeypatch.setattr("cewen.engine.columns.write.MOST_RESULTS", 100)
    blocks = list(sparse_blocks(results, show_all=show_all))
    assert len(blocks) > 3
    assert [row for block in blocks for row in block.to_pylist()] == whole.to_pylist()
    assert count_rows(results, show_all=show_all) == whole.num_rows


@pytest.mark.parametrize(
    ("target", "count", "with_report", "chosen"),
    [
        ("auto", 1_999, False, "reference"),
        ("auto", 2_000, False, "kernel" if is_installed("kernel") else "duckdb"),
        ("auto", 10**6, True, "reference"),
        ("reference", 10**6, False, "reference"),
        ("polars", 3, False, "polars"),
        ("duckdb", 5_000, True, "reference"),
    ],
)
def test_engine_is_chosen_by_the_size_of_the_register(target: str, count: int, with_report: bool, chosen: str) -> None:
    assert choose_engine(target, count, with_report=with_report) == chosen


def test_address_when_shown_then_without_its_password() -> None:
    assert shown_engine("postgres://me:p@ss:w@host:5432/d?sslpassword=x") == "postgres://me:***@host:5432/d"
    assert shown_engine("kernel") == "kernel"


def test_report_with_another_engine_then_the_reference_is_used_and_it_is_said(tmp_path: Path) -> None:
    register = write_workbook(tmp_path / "a.xlsx")
    done = cewen("evaluate", register, *ON, "--engine", "duckdb", "--report", tmp_path / "b.html", "--json")
    assert done.returncode == 0
    assert "改用 reference" in done.stderr
    assert json.loads(done.stdout)["engine"] == "reference"
    assert (tmp_path / "b.html").exists()


def test_report_of_many_with_another_engine_then_refused(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    assert cewen("synth", folder, "--enterprises", "5001").returncode == 0
    done = cewen("evaluate", folder, *ON, "--engine", "kernel", "--report", tmp_path / "b.html")
    assert done.returncode == 2
    assert "5000" in done.stderr
    assert not (tmp_path / "b.html").exists()


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_warnings_when_strict_then_nothing_is_written(tmp_path: Path, engine: str) -> None:
    twice = (*SHEETS["项目"], SHEETS["项目"][1])
    register = write_workbook(tmp_path / "a.xlsx", {**SHEETS, "项目": twice})
    options = (*ON, "--engine", engine, "--out", tmp_path / "b.csv")
    done = cewen("evaluate", register, *options, "--strict")
    assert (done.returncode, done.stdout, "CW614 警告" in done.stderr) == (1, "", True)
    assert not (tmp_path / "b.csv").exists()
    assert cewen("evaluate", register, *options).returncode == 0


@pytest.mark.parametrize(("engine", "code", "words"), [("abacus", 2, "abacus"), ("mysql://me:secret@h/d", 2, "mysql")])
def test_unknown_engine_is_told_before_reading(tmp_path: Path, engine: str, code: int, words: str) -> None:
    register = write_csv(tmp_path / "名册.csv", ENTERPRISES)
    done = cewen("evaluate", register, *ON, "--engine", engine)
    assert done.returncode == code
    assert words in done.stderr
    assert "secret" not in done.stderr


def test_results_too_many_for_a_sheet_then_told_and_nothing_left(
    synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from cewen.base.errors import CewenError
    from cewen.cli.evaluate import command

    monkeypatch.setattr("cewen.engine.columns.write.MOST_ROWS", 10)
    done = CliRunner().invoke(command, [str(synthetic), *ON, "--out", str(tmp_path / "b.xlsx")])
    assert isinstance(done.exception, CewenError)
    assert done.exception.diagnostics[0].code == "CW621"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_stopped_while_writing_then_no_file(synthetic: Path, tmp_path: Path, how: signal.Signals, ending: str) -> None:
    command = [sys.executable, "-m", "cewen", "evaluate", str(synthetic), *ON, "--all"]
    command += ["--engine", "duckdb", "--out", str(tmp_path / f"b.{ending}")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while running.poll() is None and not list(tmp_path.iterdir()):
        time.sleep(0.02)  # the temporary file appears before the first block is evaluated
    assert running.poll() is None, running.communicate()
    running.send_signal(how)
    _, errors = running.communicate()
    assert running.returncode == 130
    assert "已中断" in errors
    assert list(tmp_path.iterdir()) == []


def test_totals_alone_then_those_of_a_run_that_writes_rows(synthetic: Path, tmp_path: Path, need: Need) -> None:
    need(is_installed("kernel"), "numba")
    options = (*ON, "--engine", "kernel", "--as-if-in-force", "--json")
    totals = cewen("evaluate", synthetic, *options)
    rows = cewen("evaluate", synthetic, *options, "--out", tmp_path / "b.parquet")
    assert totals.returncode == 0, totals.stderr
    assert totals.stdout == rows.stdout


@pytest.mark.parametrize("engine", ["kernel", "duckdb"])
def test_bad_cell_in_the_last_row_of_parquet_then_named_and_left_out_or_nothing_written(
    synthetic: Path, tmp_path: Path, need: Need, engine: str
) -> None:
    need(is_installed(engine), engine)
    folder, out = tmp_path / "r", tmp_path / "out"
    shutil.copytree(synthetic, folder)
    out.mkdir()
    table = pq.read_table(folder / "enterprises.parquet")
    levels = [*table["DCMM等级"].to_pylist()[:-1], 9]
    at = table.column_names.index("DCMM等级")
    table = table.set_column(at, "DCMM等级", pa.array(levels, pa.int64()))
    pq.write_table(table, folder / "enterprises.parquet", row_group_size=500)
    options = (*ON, "--engine", engine, "--all", "--out", out / "b.parquet")
    done = cewen("evaluate", folder, *options, "--strict")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"第{table.num_rows + 1}行" in done.stderr
    assert list(out.iterdir()) == []
    done = cewen("evaluate", folder, *options)
    assert done.returncode == 1
    assert f"第{table.num_rows + 1}行" in done.stderr
    codes = table["统一社会信用代码"].to_pylist()
    assert set(pq.read_table(out / "b.parquet")["uscc"].to_pylist()) == set(codes[:-1])


def test_empty_cells_of_a_register_then_an_engine_says_what_is_missing(tmp_path: Path) -> None:
    register = write_csv(tmp_path / "名册.csv", (("名称", "统一社会信用代码"), ("=甲", CODES[0])))
    for engine in ("reference", "duckdb"):
        out = tmp_path / f"{engine}.csv"
        assert cewen("evaluate", register, *ON, "--all", "--engine", engine, "--out", out).returncode == 0
    assert (tmp_path / "duckdb.csv").read_bytes() == (tmp_path / "reference.csv").read_bytes()
    with (tmp_path / "duckdb.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"] for row in rows} == {"'=甲"}
    assert any(row["needs"] for row in rows)


def test_check_ranges_then_every_operation_has_a_width(repo: Path) -> None:
    done = cewen("check", "--ranges", "--on", "2024-06-30", "--json")
    assert done.returncode == 0, done.stderr
    shape = json.loads(done.stdout)
    assert shape["findings"] == []
    assert {"measure", "operation", "count", "low", "high", "bits", "width"} == set(shape["ranges"][0])
    for each in shape["ranges"]:
        assert each["width"] == (64 if each["bits"] <= 64 else 128)
        assert -(2 ** (each["bits"] - 1)) <= int(each["low"]) <= int(each["high"]) < 2 ** (each["bits"] - 1)
    said = cewen("check", "wuhan/2022-digital-economy-measures", "--ranges")
    assert "都已证明不会溢出" in said.stdout
    assert "rd-subsidy" in said.stdout
    assert "hubei" not in said.stdout


def test_check_ranges_when_no_width_holds_then_a_finding_names_the_measure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cewen.cli.check_ranges import show_ranges

    monkeypatch.setattr("cewen.engine.backends.kernel.loop.Prover", partial(Prover, width=40))
    corpus = require_sound(load_corpus(policies_home()))
    assert not show_ranges(corpus, (), date(2024, 6, 30), as_json=True)
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["code"] for finding in findings} == {"CW631"}
    assert any("rd-subsidy" in finding["message"] for finding in findings)
