"""The comparison that mutants of the back-ends have to get past: the unchanged back-ends do, a changed one does not.

CEWEN_BATTERY_EVERY=1 runs all of it; without it, a few of its comparisons.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.mutation.mutants import mutants

EVERY = os.environ.get("CEWEN_BATTERY_EVERY", "24")


def battery(repo: Path, engine: str) -> dict[str, Any]:
    variables = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "benchmarks.mutation.battery", engine, EVERY]
    done = subprocess.run(command, cwd=repo, env=variables, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("engine", "package"), [("kernel", "numba"), ("duckdb", "duckdb"), ("polars", "polars")])
def test_every_operation_when_computed_by_a_back_end_then_the_reference_says_the_same(
    repo: Path, engine: str, package: str
) -> None:
    pytest.importorskip(package)
    found = battery(repo, engine)
    assert found["items"] >= 15
    assert found["refused"] < found["items"] / 5
    assert found["wrong"] == {}


@pytest.mark.parametrize("engine", ["kernel", "duckdb"])
def test_two_quotients_of_a_missing_divisor_when_compared_then_unknown(engine: str) -> None:
    from benchmarks.mutation import terms
    from benchmarks.mutation.battery import Item, outcome, shipped_plan, small_columns

    pytest.importorskip({"kernel": "numba"}.get(engine, engine))
    plan = terms.plan_of(shipped_plan(), list(terms.shared_divisors())[:6])
    assert outcome(engine, Item("shared", plan, small_columns(plan, 40, 1, 0.4, -4))) == "same"


SOURCE = '''
def lesser(one: int, other: int) -> str:
    """Code of the lesser."""
    if one <= other and other > 0:
        return f"min({one}, {other})"
    raise ValueError("两数不可比")
'''


def test_mutants_when_made_then_one_change_each_and_none_of_words_for_people() -> None:
    made = list(mutants("file.py", SOURCE))
    assert len({each.source for each in made}) == len(made) >= 8
    said = {each.what for each in made}
    assert {"LtE becomes Lt", "And becomes Or", "condition turned", "condition never", "0 becomes 1"} <= said
    assert any("max(" in each.source for each in made)
    for each in made:
        compile(each.source, "file.py", "exec")
        assert "两数不可比" in each.source
        assert "Code of the lesser." in each.source
