"""Hand-written NumPy in whole fen."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers.harness import run_peer


def run(columns: dict[str, Any]) -> list[Any]:
    """The six amounts of every enterprise."""
    revenue, research, growth = columns["revenue"], columns["research"], columns["revenue"] - columns["previous"]
    equipment, level = columns["equipment"], columns["level"]
    large = revenue >= 500_000_000
    first = np.where(large & (research * 100 >= revenue * 15), np.minimum((research + 5) // 10, 100_000_000), 0)
    second = np.where(
        large & (growth * 10 >= columns["previous"] * 3), np.minimum((growth + 50) // 100, 100_000_000), 0
    )
    third = np.array([0, 0, 0, 20_000_000, 30_000_000, 50_000_000])[level]
    fourth = np.where(equipment >= 500_000_000, np.minimum(((equipment + research) * 8 + 50) // 100, 1_000_000_000), 0)
    fifth = (columns["support"] * 2 + 5) // 10
    return [first, second, third, fourth, fifth, np.maximum(first, second) + third + fourth + fifth]


if __name__ == "__main__":
    run_peer(
        lambda columns: columns,
        run,
        lambda amounts: amounts,
        totals=lambda columns: int(run(columns)[-1].sum()),
        one=lambda columns: lambda: run(columns),
        about=lambda: {"version": np.__version__},
    )
