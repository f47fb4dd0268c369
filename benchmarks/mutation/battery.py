"""`python -m benchmarks.mutation.battery ENGINE [EVERY]`: the fast parity comparison that mutants have to get past.

The kernel's generated code runs here as plain Python (NUMBA_DISABLE_JIT=1): what it means is compared, not Numba.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil, floor

import numpy as np
import pyarrow as pa

from benchmarks.mutation import terms
from cewen.base.errors import CewenError
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout, empty_awards
from cewen.engine.edge_pack import edge_pack
from cewen.engine.edges import edge_register
from cewen.engine.parity import Rows, compare_rows, reference_rows
from cewen.rules.facts import LARGEST_MONEY
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.types import Kind

ON = date(2024, 6, 30)
YEAR = 2023
TOGETHER = 48
"""Measures in one plan."""

ALONE = ("deep", "wide", "fractional")
"""Groups with one measure in a plan: a back-end may refuse it, and with it all others of the plan."""


@dataclass(frozen=True)
class Item:
    """One comparison (一组对照): a plan over a register. `may_refuse`: widths may be too narrow for a back-end."""

    name: str
    plan: Plan
    columns: Columns
    may_refuse: bool = False

    @cached_property
    def expected(self) -> list[Rows]:
        return reference_rows(self.plan, self.columns, year=YEAR)


def shipped_plan() -> Plan:
    """All shipped measures."""
    return lower_corpus(require_sound(load_corpus(policies_home())), ON)


def items(*, deep: int = 240, every: int = 1) -> Iterator[Item]:
    """All comparisons, or each `every`-th of them."""
    yield from itertools.islice(_items(deep), 0, None, every)


def _items(deep: int) -> Iterator[Item]:
    shipped = shipped_plan()
    groups = (
        ("deep", list(terms.deep(deep))),
        ("pairs", list(terms.pairs())),
        ("singles", list(terms.singles())),
        ("chosen", list(terms.chosen())),
        ("wide", list(terms.wide())),
        ("fractional", list(terms.fractional())),
        ("quotients", list(terms.quotients())),
        ("products", list(terms.products_of_sums())),
        ("shared", list(terms.shared_divisors())),
    )
    for name, drawn in groups:
        size = 1 if name in ALONE else TOGETHER
        for at in range(0, len(drawn), size):
            plan = terms.plan_of(shipped, drawn[at : at + size])
            missing, least = ((0.35, -4), (0.0, -4), (0.3, 0))[at // size % 3]
            columns = small_columns(plan, 160 if name == "products" else 48, at, missing, least)
            yield Item(f"{name}-{at}", plan, columns, may_refuse=name in ALONE)
            if name != "deep":
                yield Item(
                    f"{name}-{at}-known", plan, small_columns(plan, 32, at + 1, 0.0, 0), may_refuse=name in ALONE
                )
    for at, drawn in enumerate((list(terms.singles())[-90:], list(terms.chosen())[:60], list(terms.pairs())[::40])):
        plan = terms.plan_of(shipped, drawn)
        yield Item(f"absent-{at}", plan, without(small_columns(plan, 24, at, 0.3, -4), at))
    yield Item("shipped", shipped, edge_register(shipped, 60, seed=3, missing=0.1))
    pack = edge_pack(shipped, seed=5)[::12]
    yield Item("shipped-pack", shipped, encode(pack, shipped.corpus))


def small_columns(plan: Plan, count: int, seed: int, missing: float, least: int) -> Columns:
    """Rows of small numbers within the declared bounds, so that thresholds, zeros and equal bounds are met often."""
    generator = np.random.default_rng(seed)
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    columns: dict[str, pa.Array] = {
        USCC: pa.array([f"{number:018d}" for number in range(count)]),
        OBJECT_NAME: pa.nulls(count, pa.string()),
    }
    for fact in plan.corpus.vocabulary:
        for year in range(YEAR - 4, YEAR + 1) if fact.is_annual else (None,):
            if fact.type is Kind.MONEY:
                ends = [0, 1, 3, 20, LARGEST_MONEY, LARGEST_MONEY - 1, LARGEST_MONEY * 3 // 20, LARGEST_MONEY // 7 * 7]
                values = generator.choice(np.array(ends), count)
                if fact.bounds()[0] is None:
                    values = np.where(generator.random(count) < 0.3, -values, values)
            elif fact.type.is_number:
                low, high = fact.bounds()
                bottom = max(least, ceil(low)) if low is not None else least
                top = 6 if high is None else floor(high)
                values = generator.integers(min(bottom, top), top + 1, count)
            elif fact.type is Kind.REGION:
                values = generator.choice([layout.region_position(code) for code in terms.REGIONS], count)
            else:
                values = generator.integers(0, {"flag": 2, "grade": 4, "titles": 8}[fact.key], count)
            mask = generator.random(count) < missing
            columns[layout.column(fact, year)] = pa.array(values, layout.column_type(fact), mask=mask)
    return Columns(layout, {"enterprise": pa.table(columns)}, empty_awards())


def without(columns: Columns, turn: int) -> Columns:
    """The same register without some of its columns: nobody is known to have said anything of them."""
    table = columns.tables["enterprise"]
    kept = [name for at, name in enumerate(table.column_names) if at < 2 or (at + turn) % 3]
    return Columns(columns.layout, {"enterprise": table.select(kept)}, columns.awards)


REFUSALS = ("CW631", "CW636")
"""Codes of a back-end that will not compute what its whole numbers may not hold."""


def outcome(engine: str, item: Item) -> str:
    """ "same", "refused", or what differs. An error of the back-end is a difference."""
    from cewen.engine.backends.base import load_backend

    try:
        found = load_backend(engine).evaluate(item.plan, item.columns, year=YEAR, as_if_in_force=True)
        parity = compare_rows(engine, found, item.expected, show=1)
    except CewenError as error:
        code = error.diagnostics[0].code
        return "refused" if item.may_refuse and code in REFUSALS else f"{item.name}: {error}"
    except Exception as error:
        return f"{item.name}: {type(error).__name__}: {error}"
    return "same" if parity.different == 0 else f"{item.name}: {parity}"


def run(engine: str, chosen: Sequence[Item]) -> dict[str, str]:
    """The outcome of every comparison."""
    return {item.name: outcome(engine, item) for item in chosen}


if __name__ == "__main__":
    found = run(sys.argv[1], list(items(every=int(sys.argv[2]) if len(sys.argv) > 2 else 1)))
    wrong = {name: said for name, said in found.items() if said not in ("same", "refused")}
    refused = sum(said == "refused" for said in found.values())
    json.dump({"items": len(found), "refused": refused, "wrong": wrong}, sys.stdout, ensure_ascii=False)
