"""Peers stand where the benchmark looks for them, and its page says what was skipped and what was missed."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from benchmarks.bars import bars
from benchmarks.engines import ENGINES, YARDSTICK, Engine
from benchmarks.report import render_report

VERDICT = {"rows": 2_000, "edge_rows": 200, "wrong_totals": 7, "wrong_decisions": 3, "wrong_edge_decisions": 2}
MEASURED: dict[str, Any] = {
    "rows": 2_000, "median": 0.5, "first": 1.0, "peak": 64.0, "total_median": 0.25, "verdict": VERDICT,
}  # fmt: skip
MACHINE = {
    "processor": "某处理器", "cores": 2, "memory_gib": 4.0, "system": "Linux", "python": "3.11", "packages": {}, "commit": "无",
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_engine_when_its_module_is_parsed_then_it_compiles(engine: Engine) -> None:
    spec = importlib.util.find_spec(engine.module)
    assert spec is not None
    assert spec.origin is not None
    code = compile(Path(spec.origin).read_text(encoding="utf-8"), spec.origin, "exec", dont_inherit=True)
    assert {"__main__", "run_peer"} & {*code.co_consts, *code.co_names}


def test_requirements_when_read_then_every_version_is_pinned(repo: Path) -> None:
    files = sorted((repo / "benchmarks" / "peers").glob("*/requirements.txt"))
    assert {file.parent.name for file in files} <= {engine.name for engine in ENGINES}
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line)] == []


def test_report_when_an_engine_was_skipped_then_the_page_says_why() -> None:
    rows = [
        {"engine": YARDSTICK, "label": "甲", **MEASURED},
        {"engine": "zen", "label": "乙", "rows": 2_000, "skipped": "装不上：没有网络"},
    ]
    page = render_report({"date": "2024-06-30", "runs": 1, "machine": MACHINE, "load": (0.1, 0.2), "engines": rows})
    assert "| 乙 | 2,000 | 跳过：装不上：没有网络 |" in page
    assert "7（0.35%）" in page


def test_bars_when_ours_is_slow_and_wrong_then_missed_and_by_how_much() -> None:
    ours = {"engine": "cewen-duckdb", "label": "甲", **MEASURED}
    peer = {"engine": "duckdb_sql", "label": "乙", **MEASURED, "median": 0.25, "total_median": 0.25}
    lines = list(bars({"engines": [ours, peer]}))
    assert [said for *_, said in lines] == ["**未达标**", "**未达标**，是上限的 1.5 倍", "达标"]
