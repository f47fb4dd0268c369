"""Claims through one shared budget, by each rule of sharing."""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any

import numpy as np

from benchmarks.peers.harness import timed
from cewen.engine.simulate.budget import BudgetRule, share_budget


def main(count: int, runs: int) -> dict[str, Any]:
    """Seconds by rule, and by how many fen what is granted misses the budget (0: to the fen)."""
    draw = np.random.default_rng(7)
    claims = np.rint(np.exp(draw.normal(17, 2, count))).astype(np.int64)
    rank = draw.permutation(count).astype(np.int64)
    budget = sum(claims.tolist()) // 3
    found: dict[str, Any] = {"claims": count}
    for rule in BudgetRule:
        seconds, shares = timed(lambda: share_budget(claims, budget, rule, rank), runs)  # noqa: B023
        missed = sum(shares.granted.tolist()) - budget
        too_much = int(np.count_nonzero((shares.granted > claims) | (shares.granted < 0)))
        found[rule.value] = {"seconds": statistics.median(seconds), "missed_fen": missed, "out_of_bounds": too_much}
    return found


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
