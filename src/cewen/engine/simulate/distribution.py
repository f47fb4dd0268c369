"""How evenly money falls: deciles, Gini, the share of the ten who get most. Exact, among those who get something."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from cewen.engine.columns.measure_columns import Money
from cewen.engine.columns.sums import exact_sum

TOP = 10
TENTHS = 10
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Distribution:
    """Distribution (分布) of one kind of money over its recipients. Sums in fen, `gini` and shares exact.

    `deciles` are the sums of ten groups of recipients from the least to the most; where ten does not divide the
    number of recipients, the groups differ by one at most.
    """

    recipients: int
    total: int
    median: int
    greatest: int
    deciles: tuple[int, ...]
    top: int
    gini: Fraction

    @property
    def top_share(self) -> Fraction:
        """Share of the ten recipients who get most."""
        return Fraction(self.top, self.total) if self.total else Fraction(0)

    @property
    def decile_shares(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(part, self.total) if self.total else Fraction(0) for part in self.deciles)


def distribute(amounts: Money) -> Distribution:
    """The distribution of positive amounts; zeros are no recipients."""
    ordered = np.sort(amounts[amounts > 0])
    count = len(ordered)
    if not count:
        return Distribution(0, 0, 0, 0, (0,) * TENTHS, 0, Fraction(0))
    cuts = [count * at // TENTHS for at in range(TENTHS + 1)]
    deciles = tuple(exact_sum(ordered[start:end]) for start, end in pairwise(cuts))
    total = sum(deciles)
    gini = Fraction(2 * _ranked_sum(ordered), count * total) - Fraction(count + 1, count)
    return Distribution(
        count,
        total,
        int(ordered[(count - 1) // 2]),
        int(ordered[-1]),
        deciles,
        exact_sum(ordered[-TOP:]),
        gini,
    )


def _ranked_sum(ordered: Money) -> int:
    """Σ i·x over ranks from 1: in blocks whose partial sums fit in 64 bits, put together in whole numbers."""
    padded = np.zeros(-(-len(ordered) // _BLOCK) * _BLOCK, np.int64)
    padded[: len(ordered)] = ordered
    blocks = padded.reshape(-1, _BLOCK)
    ranks = np.arange(1, _BLOCK + 1)
    total = 0
    for shift, part in ((0, blocks & 0xFFFFFFFF), (32, blocks >> 32)):
        inner = (part * ranks).sum(axis=1).tolist()
        sums = part.sum(axis=1).tolist()
        total += (
            sum(rank + at * _BLOCK * each for at, (rank, each) in enumerate(zip(inner, sums, strict=True))) << shift
        )
    return total
