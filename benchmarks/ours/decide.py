"""One of our back-ends, measured like every peer: each measure's status, interval, tier, needs and what suppresses it,
and the total of each enterprise; or, in a row of its own, amounts alone."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from benchmarks.exact import RULES
from benchmarks.ours.rules import ON, PREFIX, YEAR, amounts_by_rule, register, six_rules, totals_by_enterprise
from benchmarks.peers.harness import run_peer
from cewen import __version__
from cewen.engine.backends.base import load_backend
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.columns.measure_columns import MET, Amounts


def measure(name: str, *, with_reasons: bool = True) -> None:
    """Measure the back-end `name`; without reasons: status, amount and what suppresses it, and the total, which is
    nearer to what the peers give."""
    plan, backend = six_rules(), cast(IbisBackend | KernelBackend, load_backend(name))

    def run(columns: Any) -> Any:
        if not with_reasons:
            return backend.amounts(plan, columns, year=YEAR)
        if isinstance(backend, KernelBackend):
            results = backend.evaluate(plan, columns, year=YEAR, with_totals=True)
            return results, results.enterprise_totals()
        results = backend.evaluate(plan, columns, year=YEAR)
        return results, totals_by_enterprise(results)

    def totals(columns: Any) -> int:
        if isinstance(backend, KernelBackend):
            return sum(each.high for each in backend.sums(plan, columns, year=YEAR))
        return sum_register(backend, plan, columns, year=YEAR).total[1]

    run_peer(
        lambda columns: register(plan, columns),
        run,
        lambda found: [*amounts_by_rule(found[0]), found[1]] if with_reasons else _amounts(found),
        totals=totals if with_reasons else None,
        about=lambda: {"version": __version__, "on": ON.isoformat()},
    )


def _amounts(found: Amounts) -> list[Any]:
    by_key = {each.measure.key: each for each in found.by_measure}
    of_rules = [by_key[PREFIX + rule] for rule in RULES]
    return [*(np.where(each.status == MET, each.high, 0) for each in of_rules), found.total]
