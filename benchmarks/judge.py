"""One judge for all: amounts an engine left behind against the exact ones, piece by piece."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.exact import OUTPUTS, RULES, exact_amounts
from benchmarks.population import COLUMNS

_PIECE = 1 << 20


@dataclass(frozen=True)
class Verdict:
    """How far an engine is from the truth (判定): rows with a wrong total, rows where some rule pays and must not or the
    reverse, the same among the rows at a threshold, and the error of the grand total in fen."""

    rows: int
    edge_rows: int
    wrong_totals: int
    wrong_decisions: int
    wrong_edge_decisions: int
    largest_error: int
    error_of_sum: int

    @property
    def is_exact(self) -> bool:
        return not (self.wrong_totals or self.wrong_decisions)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_exact": self.is_exact}


def judge(inputs: Path, amounts: Path) -> Verdict:
    """`amounts` is a folder with one int64 `.npy` of fen for each of `OUTPUTS`. Raises AssertionError where an engine
    gave another number of rows."""
    columns = {name: np.load(inputs / f"{name}.npy", mmap_mode="r") for name in COLUMNS}
    edge = np.load(inputs / "edge.npy", mmap_mode="r")
    given = [np.load(amounts / f"{name}.npy", mmap_mode="r") for name in OUTPUTS]
    count = len(edge)
    if any(len(each) != count for each in given):
        raise AssertionError(f"{amounts}: {[len(each) for each in given]} rows, not {count}")
    totals = decisions = at_edge = largest = error = edges = 0
    for start in range(0, count, _PIECE):
        part = slice(start, start + _PIECE)
        expected = exact_amounts({name: np.asarray(values[part]) for name, values in columns.items()})
        difference = np.asarray(given[-1][part]) - expected[-1]
        wrong = np.zeros(len(difference), bool)
        for at in range(len(RULES)):
            wrong |= (np.asarray(given[at][part]) > 0) != (expected[at] > 0)
        totals += int(np.count_nonzero(difference))
        decisions += int(np.count_nonzero(wrong))
        at_edge += int(np.count_nonzero(wrong & edge[part]))
        edges += int(np.count_nonzero(edge[part]))
        largest = max(largest, int(np.abs(difference).max(initial=0)))
        error += int(difference.sum())
    return Verdict(count, edges, totals, decisions, at_edge, largest, error)
