"""One of our back-ends, measured like every peer: each measure's status, interval, tier, needs and what suppresses it,
and the total of each enterprise."""

from __future__ import annotations

from typing import Any, cast

from benchmarks.ours.rules import ON, YEAR, amounts_by_rule, register, six_rules, totals_by_enterprise
from benchmarks.peers.harness import run_peer
from cewen import __version__
from cewen.engine.backends.base import load_backend
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.backends.kernel.backend import KernelBackend


def measure(name: str) -> None:
    """Measure the back-end `name`."""
    plan, backend = six_rules(), load_backend(name)

    def run(columns: Any) -> Any:
        results = backend.evaluate(plan, columns, year=YEAR)
        return results, totals_by_enterprise(results)

    def totals(columns: Any) -> int:
        if isinstance(backend, KernelBackend):
            return sum(each.high for each in backend.sums(plan, columns, year=YEAR))
        return sum_register(cast(IbisBackend, backend), plan, columns, year=YEAR).total[1]

    run_peer(
        lambda columns: register(plan, columns),
        run,
        lambda found: [*amounts_by_rule(found[0]), found[1]],
        totals=totals,
        about=lambda: {"version": __version__, "on": ON.isoformat()},
    )
