"""Which enterprises get something else on the other side: found once, used by every comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cewen.engine.columns.measure_columns import Money
from cewen.engine.simulate.compare import MoneyKind
from cewen.engine.simulate.tally import Tally

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Difference:
    """Where two sides differ (相差之处): rows of enterprises in order, for each kind of money.

    `entitled` holds the rows that get something only after, and those that got something only before.
    """

    before: Tally
    after: Tally
    rows: dict[MoneyKind, Rows]
    entitled: tuple[Rows, Rows]

    @classmethod
    def between(cls, before: Tally, after: Tally) -> Difference:
        rows = {kind: np.flatnonzero(kind.of(before) != kind.of(after)) for kind in MoneyKind}
        changed = np.flatnonzero(before.awards != after.awards)
        had, has = before.awards[changed] > 0, after.awards[changed] > 0
        return cls(before, after, rows, (changed[has & ~had], changed[had & ~has]))

    def amounts(self, kind: MoneyKind) -> Money:
        """Fen more (or, below zero, less) for each of `rows`."""
        rows = self.rows[kind]
        return kind.of(self.after)[rows] - kind.of(self.before)[rows]
