"""Our reference interpreter on the six rules, enterprise by enterprise."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.exact import RULES
from benchmarks.ours.rules import PREFIX, YEAR, register, six_rules
from benchmarks.peers.harness import run_peer
from cewen import __version__
from cewen.engine.columns.encode import decode
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.result import Status

PLAN = six_rules()


def row(evaluation: Evaluation) -> list[int]:
    """The amounts of one enterprise."""
    by_key = {result.measure.key: result for result in evaluation.results}
    found = []
    for rule in RULES:
        result = by_key[PREFIX + rule]
        found.append(result.amount.high if result.status is Status.MET and result.amount else 0)
    return [*found, evaluation.total.high]


def one(columns: dict[str, Any]) -> Any:
    """One enterprise, with the cited trace."""
    (sheet,) = decode(register(PLAN, columns))
    return lambda: explain_json(evaluate_factsheet(PLAN, sheet, year=YEAR))


if __name__ == "__main__":
    run_peer(
        lambda columns: list(decode(register(PLAN, columns))),
        lambda sheets: [evaluate_factsheet(PLAN, sheet, year=YEAR) for sheet in sheets],
        lambda found: np.array([row(evaluation) for evaluation in found], np.int64).T,
        one=one,
        about=lambda: {"version": __version__},
    )
