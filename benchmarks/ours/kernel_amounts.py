"""Our back-end "kernel" on the six rules, amounts alone: no interval, tier and needs."""

from __future__ import annotations

from benchmarks.ours.decide import measure

if __name__ == "__main__":
    measure("kernel", with_reasons=False)
