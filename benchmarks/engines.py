"""Every engine that takes part: where it is, how many rows it can be asked for, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PEERS = Path(__file__).resolve().parent / "peers"


@dataclass(frozen=True)
class Engine:
    """An engine of the benchmark (参测引擎). `most` rows are asked of it at most: it takes its rows one by one."""

    name: str
    label: str
    module: str
    most: int | None = None
    is_ours: bool = False

    @property
    def folder(self) -> Path:
        """Where its requirements are."""
        return PEERS / self.name


def _ours(name: str, label: str, most: int | None = None) -> Engine:
    return Engine(f"cewen-{name}", f"策问 {label}", f"benchmarks.ours.{name}", most, is_ours=True)


def _peer(name: str, label: str, most: int | None = None) -> Engine:
    return Engine(name, label, f"benchmarks.peers.{name}.peer", most)


YARDSTICK = "cewen-kernel"
"""Ratios are to this one."""

ENGINES: tuple[Engine, ...] = (
    _ours("kernel", "kernel"),
    _ours("kernel_amounts", "kernel 只给金额"),
    _ours("duckdb", "duckdb"),
    _ours("duckdb_amounts", "duckdb 只给金额"),
    _ours("polars", "polars"),
    _ours("polars_amounts", "polars 只给金额"),
    _ours("reference", "reference", most=10_000),
    _peer("numpy_int64", "NumPy int64 手写"),
    _peer("polars_int64", "Polars int64 手写"),
    _peer("duckdb_sql", "DuckDB SQL 手写"),
    _peer("openfisca", "OpenFisca-core"),
    _peer("policyengine", "PolicyEngine-core"),
    _peer("zen", "zen-engine", most=100_000),
    _peer("feel", "bkflow-feel", most=5_000),
)

SAME_ENGINE = {
    "cewen-duckdb": "duckdb_sql",
    "cewen-duckdb_amounts": "duckdb_sql",
    "cewen-polars": "polars_int64",
    "cewen-polars_amounts": "polars_int64",
    "cewen-kernel": "policyengine",
    "cewen-kernel_amounts": "policyengine",
}
"""The peer each of ours is held against."""
