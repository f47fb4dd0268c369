"""Zen engine: a decision graph with one table and one expression node; rows go in as dictionaries of float yuan."""

from __future__ import annotations

import json
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
import zen

from benchmarks.exact import OUTPUTS
from benchmarks.peers.harness import half_up, run_peer
from benchmarks.population import yuan_rows

BATCH = 10_000
LARGE = "revenue >= 5000000 and "
EXPRESSIONS = (
    ("research", LARGE + "research / revenue >= 0.15 ? min([round(research * 0.10, 2), 1000000]) : 0"),
    ("growth", LARGE + "(revenue - previous) / previous >= 0.30"
               " ? min([round((revenue - previous) * 0.01, 2), 1000000]) : 0"),
    ("retrofit", "equipment >= 5000000 ? min([round((equipment + research) * 0.08, 2), 10000000]) : 0"),
    ("match", "round(support * 0.20, 2)"),
    ("level", "paid"),
    ("total", "max([$.research, $.growth]) + paid + $.retrofit + $.match"),
)  # fmt: skip
TABLE = {
    "hitPolicy": "first",
    "passThrough": True,
    "inputs": [{"id": "i", "name": "level", "field": "level"}],
    "outputs": [{"id": "o", "name": "paid", "field": "paid"}],
    "rules": [
        {"_id": f"r{level}", "i": level, "o": paid}
        for level, paid in (("3", "200000"), ("4", "300000"), ("5", "500000"), ("", "0"))
    ],
}


def node(name: str, kind: str, content: Any = None) -> dict[str, Any]:
    """A node of the graph."""
    shape = {"id": name, "type": kind, "name": name, "position": {"x": 0, "y": 0}}
    return shape if content is None else {**shape, "content": content}


CHAIN = (
    node("start", "inputNode"),
    node("levels", "decisionTableNode", TABLE),
    node("amounts", "expressionNode",
         {"expressions": [{"id": key, "key": key, "value": value} for key, value in EXPRESSIONS]}),
    node("end", "outputNode"),
)  # fmt: skip
GRAPH = {
    "nodes": list(CHAIN),
    "edges": [
        {"id": f"edge{at}", "sourceId": before["id"], "targetId": after["id"], "type": "edge"}
        for at, (before, after) in enumerate(pairwise(CHAIN))
    ],
}


def run(state: tuple[Any, list[dict[str, Any]]]) -> list[Any]:
    """All rows, in batches."""
    engine, rows = state
    found: list[Any] = []
    for start in range(0, len(rows), BATCH):
        asked = [{"key": "rules", "context": row} for row in rows[start : start + BATCH]]
        found.extend(each["data"]["result"] for each in engine.evaluate_batch(asked))
    return found


def one(columns: dict[str, Any]) -> Any:
    """One row."""
    decision = zen.ZenEngine().create_decision(json.dumps(GRAPH))
    (row,) = yuan_rows(columns)
    return lambda: decision.evaluate(row)


if __name__ == "__main__":
    run_peer(
        lambda columns: (
            zen.ZenEngine({"loader": {"type": "static", "content": {"rules": GRAPH}}}), yuan_rows(columns)
        ),
        run,
        lambda rows: (half_up(np.array([row[name] for row in rows], np.float64)) for name in OUTPUTS),
        one=one,
        about=lambda: {"version": version("zen-engine")},
    )  # fmt: skip
