"""Our back-end "duckdb" on the six rules, amounts alone: no interval, tier and needs."""

from __future__ import annotations

from benchmarks.ours.decide import measure

if __name__ == "__main__":
    measure("duckdb", with_reasons=False)
