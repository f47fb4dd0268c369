"""Our back-end "polars" on the six rules, amounts alone: no interval, tier and needs."""

from __future__ import annotations

from benchmarks.ours.decide import measure

if __name__ == "__main__":
    measure("polars", with_reasons=False)
