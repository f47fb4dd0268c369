"""The six rules as a plan, and the made-up enterprises as a register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.exact import RULES
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout, empty_awards
from cewen.engine.columns.measure_columns import MET
from cewen.engine.columns.results import ColumnResults
from cewen.rules.load import load_corpus, require_sound
from cewen.rules.lower import Plan, lower_corpus

HOME = Path(__file__).resolve().parents[1] / "policy"
ON = date(2025, 6, 30)
YEAR = 2024
PREFIX = "common/six-rules#"


def six_rules() -> Plan:
    """The policy of the benchmark, lowered."""
    return lower_corpus(require_sound(load_corpus(HOME)), ON)


def register(plan: Plan, columns: Mapping[str, Any]) -> Columns:
    """The six columns as facts; codes are running numbers."""
    count = len(columns["level"])
    table = {
        USCC: pa.array(np.arange(count)).cast(pa.string()),
        OBJECT_NAME: pa.nulls(count, pa.string()),
        f"revenue_{YEAR}": pa.array(columns["revenue"]),
        f"revenue_{YEAR - 1}": pa.array(columns["previous"]),
        f"research_{YEAR}": pa.array(columns["research"]),
        "equipment": pa.array(columns["equipment"]),
        "support": pa.array(columns["support"]),
        "level": pa.array(columns["level"]),
    }
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    return Columns(layout, {"enterprise": pa.table(table)}, empty_awards())


def totals_by_enterprise(results: ColumnResults) -> Any:
    """What each enterprise gets, in fen: all that is met and not suppressed."""
    total = np.zeros(results.columns.enterprise_count, np.int64)
    for each in results.by_measure:
        total += np.where(each.counts, each.high, 0)
    return total


def amounts_by_rule(results: ColumnResults) -> list[Any]:
    """What each rule alone pays, in fen; raises AssertionError where an amount is not settled."""
    found = []
    for rule in RULES:
        each = results.measure(PREFIX + rule)
        if not np.array_equal(each.low[each.status == MET], each.high[each.status == MET]):
            raise AssertionError(f"{rule}: an interval instead of an amount")
        found.append(np.where(each.status == MET, each.high, 0))
    return found
