"""All measures of the shipped policies over a whole register, from Parquet to sums by measure and district."""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.benches.corpus_register import stored_register
from benchmarks.peers.harness import forget_peak, memory, timed
from cewen.engine.backends.base import load_backend
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.rows import ParquetRegister
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.columns.reading import StoredRegister, ahead, plan_keys
from cewen.engine.columns.stream import stream_sums
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus

ON = date(2024, 6, 30)
YEAR = 2023


def main(home: Path, engine: str, count: int, runs: int) -> dict[str, Any]:
    """Seconds and peak of one engine at one size. The register must be there: `prepare` makes it."""
    corpus = require_sound(load_corpus(policies_home()))
    plan = lower_corpus(corpus, ON)
    register = stored_register(corpus, home, count, 1)
    backend = load_backend(engine)

    def once() -> tuple[int, int, int]:
        if isinstance(backend, KernelBackend):
            return _kernel(backend, plan, register)
        assert isinstance(backend, IbisBackend)
        sums = sum_register(backend, plan, register, year=YEAR, as_if_in_force=True)
        return *sums.total, sum(each.high for each in sums.by_district)

    first = timed(once, 1)[0]
    forget_peak()
    start = time.process_time()
    seconds, totals = timed(once, runs)
    return {
        "first": first[0], "seconds": statistics.median(seconds), "processor": (time.process_time() - start) / runs,
        "peak": memory("VmHWM"), "totals": totals, "measures": len(plan.measures),
        "enterprises": register.row_count("enterprise"),
    }  # fmt: skip


def _kernel(backend: KernelBackend, plan: Plan, register: ParquetRegister) -> tuple[int, int, int]:
    """Block after block: what the rules need is read while the compiled loop adds up the block before."""
    stored = StoredRegister(register.layout, register.paths, register.awards)
    with ahead(stored.blocks(plan_keys(plan, YEAR))) as blocks:
        sums = stream_sums(backend, plan, blocks, year=YEAR, as_if_in_force=True)
    return *sums.total, sum(each.high for each in sums.by_district)


def prepare(home: Path, count: int, workers: int) -> dict[str, Any]:
    """Draw the register; seconds, and whether it was there."""
    corpus = require_sound(load_corpus(policies_home()))
    seconds, _ = timed(lambda: stored_register(corpus, home, count, workers), 1)
    return {"seconds": seconds[0], "peak": memory("VmHWM")}


if __name__ == "__main__":
    where, asked, rows, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    print(json.dumps(prepare(where, rows, last) if asked == "prepare" else main(where, asked, rows, last)))
