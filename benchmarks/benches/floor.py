"""How near the compiled kernel comes to merely reading its columns: both on every core, in one process.

`rows` is everything a row has, `amounts` status, amount and the total of each enterprise: what the peers give. Both
write into memory of results that nobody holds any more, as a warm process does; `rows_fresh` has it from the system.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ours.rules import YEAR, register, six_rules
from benchmarks.peers.harness import timed
from benchmarks.population import load_columns
from cewen.engine.backends.kernel.backend import KernelBackend

PIECE = 1 << 16


def read_all(arrays: list[Any], pool: ThreadPoolExecutor, threads: int) -> int:
    """Add up every number: each byte is read once, nothing is written."""
    count = len(arrays[0])
    bounds = [count * at // threads for at in range(threads + 1)]

    def part(at: int) -> int:
        rows = range(bounds[at], bounds[at + 1], PIECE)
        return sum(
            int(np.add.reduce(array[start : min(start + PIECE, bounds[at + 1])])) for array in arrays for start in rows
        )

    return sum(pool.map(part, range(threads)))


def main(inputs: Path, runs: int) -> dict[str, Any]:
    """Seconds for reading the columns, for all results by row, for these with totals, for amounts, and for sums alone."""
    plan, backend = six_rules(), KernelBackend()
    source = load_columns(inputs)
    arrays = list(source.values())
    columns = register(plan, source)
    threads = len(os.sched_getaffinity(0))

    def by_row() -> Any:
        return backend.evaluate(plan, columns, year=YEAR)

    def fresh() -> Any:
        backend.binder(columns).memory.clear()
        return by_row()

    calls: dict[str, Callable[[], Any]] = {
        "rows": by_row,
        "rows_before_stacking": lambda: backend.evaluate_raw(plan, columns, year=YEAR),
        "rows_with_totals": lambda: backend.evaluate(plan, columns, year=YEAR, with_totals=True).enterprise_totals(),
        "rows_fresh": fresh,
        "amounts": lambda: backend.amounts(plan, columns, year=YEAR),
        "sums": lambda: backend.sums(plan, columns, year=YEAR),
    }
    found: dict[str, Any] = {"rows_count": len(arrays[0]), "bytes": sum(array.nbytes for array in arrays)}
    with ThreadPoolExecutor(threads) as pool:
        read_all(arrays, pool, threads)
        found["read"] = statistics.median(timed(lambda: read_all(arrays, pool, threads), runs)[0])
    for name, call in calls.items():
        call()
        found[name] = statistics.median(timed(call, runs)[0])
    found["reasons"] = found["rows_with_totals"] / found["amounts"]
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
