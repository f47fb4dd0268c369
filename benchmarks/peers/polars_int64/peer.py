"""Hand-written Polars in whole fen: a frame in, a frame out."""

from __future__ import annotations

from typing import Any

import polars as pl

from benchmarks.exact import OUTPUTS
from benchmarks.peers.harness import run_peer

C = pl.col
ZERO = pl.lit(0, pl.Int64)


def capped(amount: pl.Expr, most: int) -> pl.Expr:
    """At most `most` fen."""
    return pl.min_horizontal(amount, pl.lit(most, pl.Int64))


def query(frame: pl.DataFrame) -> pl.LazyFrame:
    """The six amounts of every enterprise."""
    large = C.revenue >= 500_000_000
    growth = C.revenue - C.previous
    levels = pl.when(C.level == 3).then(20_000_000).when(C.level == 4).then(30_000_000).when(C.level == 5)
    rules = [
        pl.when(large & (C.research * 100 >= C.revenue * 15))
        .then(capped((C.research + 5) // 10, 100_000_000)).otherwise(ZERO).alias("research"),
        pl.when(large & (growth * 10 >= C.previous * 3))
        .then(capped((growth + 50) // 100, 100_000_000)).otherwise(ZERO).alias("growth"),
        levels.then(50_000_000).otherwise(0).cast(pl.Int64).alias("level"),
        pl.when(C.equipment >= 500_000_000)
        .then(capped(((C.equipment + C.research) * 8 + 50) // 100, 1_000_000_000)).otherwise(ZERO).alias("retrofit"),
        ((C.support * 2 + 5) // 10).alias("match"),
    ]  # fmt: skip
    total = pl.max_horizontal("research", "growth") + C.level + C.retrofit + C.match
    return frame.lazy().select(rules).with_columns(total.alias("total"))


def total(frame: pl.DataFrame) -> int:
    """The grand total alone."""
    return int(query(frame).select(C.total.sum()).collect().item())


def one(columns: dict[str, Any]) -> Any:
    """One enterprise as a frame of one row."""
    frame = pl.DataFrame(columns)
    return lambda: query(frame).collect()


if __name__ == "__main__":
    run_peer(
        pl.DataFrame,
        lambda frame: query(frame).collect(),
        lambda frame: (frame[name].to_numpy() for name in OUTPUTS),
        totals=total,
        one=one,
        about=lambda: {"version": pl.__version__},
    )
