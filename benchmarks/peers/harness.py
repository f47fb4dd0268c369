"""What every engine's process does alike: load the inputs, run, time, note the peak of memory, leave the amounts behind.

Standard library and NumPy only. The last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.exact import OUTPUTS
from benchmarks.population import Column, load_columns, one_enterprise

WARM = 20
MOST_SECONDS = 3.0


def half_up(yuan: Any) -> Column:
    """Float yuan to whole fen, by the usual idiom."""
    return np.floor(np.asarray(yuan, np.float64) * 100 + 0.5).astype(np.int64)


def memory(name: str) -> float | None:
    """MiB of `VmRSS` (now) or `VmHWM` (the peak) of this process; None where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith(f"{name}:")), None)
    return None if found is None else int(found.split()[1]) / 1024


def forget_peak() -> None:
    """Start the peak anew, so that loading the inputs does not count."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def timed(call: Callable[[], Any], runs: int) -> tuple[list[float], Any]:
    """Seconds of each run, and the last result; the result before is freed first."""
    seconds, result = [], None
    for _ in range(runs):
        result = None
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def latency(call: Callable[[], Any], most: int = 2_000) -> dict[str, float]:
    """Median and 99th percentile of one call, in microseconds."""
    for _ in range(WARM):
        call()
    seconds: list[float] = []
    end = time.perf_counter() + MOST_SECONDS
    while len(seconds) < most and time.perf_counter() < end:
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    return {
        "p50": seconds[len(seconds) // 2] * 1e6,
        "p99": seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))] * 1e6,
        "calls": len(seconds),
    }


def run_peer(
    prepare: Callable[[dict[str, Column]], Any],
    run: Callable[[Any], Any],
    amounts: Callable[[Any], Iterable[Column]],
    *,
    totals: Callable[[Any], int] | None = None,
    one: Callable[[dict[str, Column]], Callable[[], Any]] | None = None,
    about: Callable[[], dict[str, Any]] = dict,
) -> None:
    """Measure one engine.

    `prepare` turns the columns into what the engine takes (not timed); `run` gives the amounts of every enterprise;
    `amounts` turns these into whole fen in the order of `OUTPUTS` (not timed). `totals` gives the grand total in fen
    without keeping rows; `one` gives a call that decides a single enterprise.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("inputs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()

    state = prepare(load_columns(asked.inputs))
    forget_peak()
    before = memory("VmRSS")
    first = timed(lambda: run(state), 1)[0]
    seconds, result = timed(lambda: run(state), asked.runs)
    found: dict[str, Any] = {"first": first[0], "seconds": seconds, "memory_before": before, "peak": memory("VmHWM")}
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, values in zip(OUTPUTS, amounts(result), strict=True):
        np.save(asked.out / f"{name}.npy", np.asarray(values, np.int64))
    result = None
    if totals is not None:
        totals(state)
        found["total_seconds"], found["total"] = timed(lambda: totals(state), asked.runs)
    if one is not None:
        state = None
        found["one"] = latency(one(one_enterprise()))
    print(json.dumps({**found, **about()}))
