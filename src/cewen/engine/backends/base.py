"""What a back-end is, and how one is found by name.

A back-end comes from the entry-point group `cewen.backends`; those of this package are known without being installed
as entry points. An entry point is a function that takes the target as the user wrote it — a name, or the address of a
database such as `postgres://host/name` — and gives a `Backend`. The scheme of an address is the name that is looked up.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

from cewen.base.errors import CewenError
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.results import ColumnResults
from cewen.rules.lower import Plan

GROUP = "cewen.backends"


@runtime_checkable
class Backend(Protocol):
    """Computing engine (计算引擎) over columns. Its results are those of the reference interpreter, to the fen."""

    @property
    def name(self) -> str: ...

    def evaluate(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> ColumnResults:
        """Every measure of `plan` over all rows, stacking applied.

        `year` is the year annual facts mean; by default the last full year before the plan's date. Raises CewenError
        for a plan the back-end cannot evaluate exactly; never gives a result that may be wrong.
        """


MakeBackend = Callable[[str], Backend]


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A back-end of this package: where it is, and the packages it needs besides."""

    target: str
    packages: tuple[str, ...]
    label: str


BUILT_IN: dict[str, BuiltIn] = {
    "kernel": BuiltIn("cewen.engine.backends.kernel.backend:make_kernel", ("numba",), "即时编译，单机最快"),
    "duckdb": BuiltIn("cewen.engine.backends.ibis.backend:make_ibis", ("ibis", "duckdb"), "DuckDB"),
    "polars": BuiltIn("cewen.engine.backends.ibis.backend:make_ibis", ("ibis", "polars"), "Polars"),
    "spark": BuiltIn("cewen.engine.backends.ibis.backend:make_ibis", ("ibis", "pyspark"), "Spark"),
    "postgres": BuiltIn("cewen.engine.backends.ibis.backend:make_ibis", ("ibis", "psycopg"), "PostgreSQL"),
    "clickhouse": BuiltIn("cewen.engine.backends.ibis.backend:make_ibis", ("ibis", "clickhouse_connect"), "ClickHouse"),
}
"""By name; `ALIASES` gives further schemes."""

ALIASES = {"postgresql": "postgres"}

DISTRIBUTIONS = {
    "ibis": "ibis-framework",
    "psycopg": "psycopg[binary]",
    "clickhouse_connect": "clickhouse-connect",
}
"""What to install for a module whose distribution has another name."""


def backend_names() -> tuple[str, ...]:
    """Names of all back-ends, installed or not, in order."""
    return tuple(sorted({*BUILT_IN, *(point.name for point in entry_points(group=GROUP))}))


def is_installed(name: str) -> bool:
    """Whether all a back-end needs is there; true for those of other packages, which say so by being found."""
    return not _missing(name)


def load_backend(target: str) -> Backend:
    """The back-end of a name or an address.

    Raises CewenError: CW630 for a name nobody knows, CW632 where packages are missing, naming what to install.
    """
    scheme = target.partition("://")[0]
    name = ALIASES.get(scheme, scheme)
    others = {point.name: point for point in entry_points(group=GROUP)}
    if name in others:
        return _make(others[name], target)
    if name not in BUILT_IN:
        known = "、".join(sorted({*BUILT_IN, *others}))
        raise CewenError.of("CW630", f"没有名为“{name}”的计算引擎", f"可用的引擎：reference、{known}。")
    missing = _missing(name)
    if missing:
        wanted = " ".join(f'"{package}"' if "[" in package else package for package in missing)
        message = f"计算引擎“{name}”需要的软件包没有安装：{'、'.join(missing)}"
        raise CewenError.of("CW632", message, f"运行 pip install {wanted}；或改用引擎 reference。")
    built_in = BUILT_IN[name]
    return _make(EntryPoint(name, built_in.target, GROUP), target)


def _make(point: EntryPoint, target: str) -> Backend:
    make: MakeBackend = point.load()
    return make(target)


def _missing(name: str) -> tuple[str, ...]:
    """Distributions that are not installed."""
    built_in = BUILT_IN.get(name)
    packages = built_in.packages if built_in else ()
    return tuple(DISTRIBUTIONS.get(each, each) for each in packages if importlib.util.find_spec(each) is None)
