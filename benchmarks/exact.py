"""The exact answer: the six rules in whole numbers, and the same by fractions to prove it.

| rule     | pays when                                                    | pays                                      |
|----------|--------------------------------------------------------------|-------------------------------------------|
| research | revenue ≥ 5 million and R&D ÷ revenue ≥ 15 %                 | 10 % of R&D, at most 1 million            |
| growth   | revenue ≥ 5 million and growth ≥ 30 %                        | 1 % of the growth, at most 1 million      |
| level    | DCMM level 3, 4, 5                                           | 200, 300, 500 thousand                    |
| retrofit | equipment ≥ 5 million                                        | 8 % of equipment and R&D, at most 10 million |
| match    | always                                                       | 20 % of the award of the province         |
| total    | the higher of research and growth, and all others            |                                           |

Each amount is rounded half up to the fen once; yuan above, fen in the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks.population import COLUMNS, LINE, Column

RULES = ("research", "growth", "level", "retrofit", "match")
OUTPUTS = (*RULES, "total")
CAP = 100_000_000
RETROFIT_CAP = 1_000_000_000
LEVELS = {3: 20_000_000, 4: 30_000_000, 5: 50_000_000}


def exact_amounts(columns: Mapping[str, Column]) -> list[Column]:
    """int64 fen for each of `OUTPUTS`; comparisons by cross-multiplication, rounding by whole division."""
    revenue, previous, research, equipment, support, level = (columns[name] for name in COLUMNS)
    large = revenue >= LINE
    growth = revenue - previous
    found = [
        np.where(large & (research * 100 >= revenue * 15), np.minimum((research * 10 + 50) // 100, CAP), 0),
        np.where(large & (growth * 100 >= previous * 30), np.minimum((growth + 50) // 100, CAP), 0),
        np.select([level == each for each in LEVELS], list(LEVELS.values()), 0),
        np.where(equipment >= LINE, np.minimum(((equipment + research) * 8 + 50) // 100, RETROFIT_CAP), 0),
        (support * 20 + 50) // 100,
    ]
    found.append(np.maximum(found[0], found[1]) + found[2] + found[3] + found[4])
    return found


def exact_row(revenue: int, previous: int, research: int, equipment: int, support: int, level: int) -> list[int]:
    """The same for one enterprise, as the clauses say it: quotients of fractions, nothing multiplied out."""

    def half_up(amount: Fraction) -> int:
        return int((amount + Fraction(1, 2)).__floor__())

    large = revenue >= LINE
    invests = large and Fraction(research, revenue) >= Fraction(15, 100)
    grows = large and Fraction(revenue - previous, previous) >= Fraction(30, 100)
    builds = equipment >= LINE
    found = [
        half_up(min(Fraction(10, 100) * research, Fraction(CAP))) if invests else 0,
        half_up(min(Fraction(1, 100) * (revenue - previous), Fraction(CAP))) if grows else 0,
        LEVELS.get(level, 0),
        half_up(min(Fraction(8, 100) * (equipment + research), Fraction(RETROFIT_CAP))) if builds else 0,
        half_up(Fraction(20, 100) * support),
    ]
    return [*found, max(found[0], found[1]) + sum(found[2:])]


def prove(columns: Mapping[str, Column], edge: Column, sample: int = 2_000) -> int:
    """Compare both on `sample` rows, half of them at an edge; the number compared. Raises AssertionError at the first
    difference."""
    at_edge = np.flatnonzero(edge)
    draw = np.random.default_rng(0)
    chosen = np.concatenate(
        [draw.permutation(at_edge)[: sample // 2], draw.permutation(len(edge))[: sample - sample // 2]]
    )
    rows = {name: np.asarray(columns[name][np.sort(chosen)]) for name in COLUMNS}
    whole = np.stack(exact_amounts(rows), axis=1)
    arguments: Any = zip(*(rows[name].tolist() for name in COLUMNS), strict=True)
    for at, values in enumerate(arguments):
        expected = exact_row(*values)
        if whole[at].tolist() != expected:
            raise AssertionError(f"{dict(zip(COLUMNS, values, strict=True))}: {whole[at].tolist()}, not {expected}")
    return len(chosen)
