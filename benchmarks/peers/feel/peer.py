"""bkflow-feel, a FEEL engine: conditions and amounts are FEEL, parsed once; the cap and the choice are the host's.

Its grammar has no `if` and no `min`, and it does not compare a whole number with a floating-point one.
"""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

import bkflow_feel
import numpy as np

from benchmarks.exact import OUTPUTS
from benchmarks.peers.harness import half_up, run_peer
from benchmarks.population import yuan_rows

logging.disable(logging.CRITICAL)


def parsed(text: str) -> Any:
    """The tree of an expression."""
    return bkflow_feel.transformer.transform(bkflow_feel.parser.parse(text))


LARGE = "(revenue >= 5000000.0) and "
RULES = {
    "research": (parsed(LARGE + "((research / revenue) >= 0.15)"), parsed("research * 0.10"), 1e6),
    "growth": (
        parsed(LARGE + "(((revenue - previous) / previous) >= 0.30)"), parsed("(revenue - previous) * 0.01"), 1e6
    ),
    "retrofit": (parsed("equipment >= 5000000.0"), parsed("(equipment + research) * 0.08"), 1e7),
}  # fmt: skip
LEVELS = ((parsed("level = 3"), 2e5), (parsed("level = 4"), 3e5), (parsed("level = 5"), 5e5))
MATCH = parsed("support * 0.20")


def decide(row: dict[str, Any]) -> dict[str, float]:
    """The six amounts of one enterprise."""
    found = {
        name: min(amount.evaluate(row), most) if condition.evaluate(row) else 0.0
        for name, (condition, amount, most) in RULES.items()
    }
    found["match"] = MATCH.evaluate(row)
    found["level"] = next((paid for condition, paid in LEVELS if condition.evaluate(row)), 0.0)
    found["total"] = max(found["research"], found["growth"]) + found["level"] + found["retrofit"] + found["match"]
    return found


def one(columns: dict[str, Any]) -> Any:
    """One row."""
    (row,) = yuan_rows(columns)
    return lambda: decide(row)


if __name__ == "__main__":
    run_peer(
        yuan_rows,
        lambda rows: [decide(row) for row in rows],
        lambda rows: (half_up(np.array([row[name] for row in rows], np.float64)) for name in OUTPUTS),
        one=one,
        about=lambda: {"version": version("bkflow-feel")},
    )
