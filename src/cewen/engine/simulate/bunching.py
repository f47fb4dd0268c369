"""Bunching: how many stand just below and just above each threshold."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.layout import Columns
from cewen.engine.columns.owners import owners
from cewen.engine.simulate.threshold import Threshold, thresholds
from cewen.rules import ops
from cewen.rules.lower import Plan

BANDS = (Fraction(1, 100), Fraction(2, 100), Fraction(5, 100))
"""±1 %, ±2 %, ±5 %."""

_LARGEST_PRODUCT = 2**62


@dataclass(frozen=True, slots=True)
class Bunching:
    """Rows near one threshold (门槛附近): for each band those below it, and those at or above it."""

    threshold: Threshold
    known: int
    below: tuple[int, ...]
    above: tuple[int, ...]


def find_bunching(plan: Plan, columns: Columns, year: int) -> tuple[Bunching, ...]:
    """Counts near every threshold of the plan, over all rows of the subject whose facts are known.

    Below: from t·(1 - band) to less than t. Above: from t to t·(1 + band). Both ends are compared exactly.
    """
    return BunchingCounter(columns, year).find(plan)


Numbers = NDArray[np.int64]
_Counts = tuple[int, tuple[int, ...], tuple[int, ...]]
"""How many are known, below and above."""


@dataclass(frozen=True, eq=False)
class _Quotient:
    """Numerators over positive denominators (none: over one), compared by cross-multiplication."""

    numerators: Numbers
    denominators: Numbers | None

    def chosen(self, rows: Numbers) -> _Quotient:
        """Those at some rows."""
        return _Quotient(self.numerators[rows], None if self.denominators is None else self.denominators[rows])

    def at_least(self, bound: Fraction) -> NDArray[np.bool_]:
        if self.denominators is None:
            return np.greater_equal(self.numerators, ceil(bound))
        left, right = self._crossed(bound, self.denominators)
        return np.asarray(left >= right, np.bool_)

    def at_most(self, bound: Fraction) -> NDArray[np.bool_]:
        if self.denominators is None:
            return np.less_equal(self.numerators, floor(bound))
        left, right = self._crossed(bound, self.denominators)
        return np.asarray(left <= right, np.bool_)

    def _crossed(self, bound: Fraction, denominators: Numbers) -> tuple[NDArray[Any], NDArray[Any]]:
        """n·b and a·d for the bound a/b; in whole numbers of any size where 64 bits might not hold the products."""
        greatest = max((int(np.abs(each).max()) for each in (self.numerators, denominators) if len(each)), default=0)
        fits = greatest * max(bound.numerator, bound.denominator) < _LARGEST_PRODUCT
        kind = np.int64 if fits else np.object_
        left, right = (each.astype(kind, copy=False) for each in (self.numerators, denominators))
        return left * bound.denominator, right * bound.numerator


class BunchingCounter:
    """Counts of one register (门槛计数): each threshold is counted once, however many plans have it."""

    def __init__(self, columns: Columns, year: int) -> None:
        self.columns, self.year = columns, year
        self.owners: dict[str, Numbers] = {}
        self.counted: dict[tuple[str, ops.NumberOp, Fraction], _Counts] = {}

    def find(self, plan: Plan) -> tuple[Bunching, ...]:
        """As `find_bunching`."""
        return tuple(self._bunching(each) for each in thresholds(plan, self.columns.layout.vocabulary))

    def _bunching(self, threshold: Threshold) -> Bunching:
        key = threshold.subject, threshold.expression, threshold.value
        if key not in self.counted:
            self.counted[key] = self._count(threshold)
        return Bunching(threshold, *self.counted[key])

    def _count(self, threshold: Threshold) -> _Counts:
        op = threshold.expression
        top = self._number(op.left if isinstance(op, ops.Divide) else op, threshold.subject)
        bottom = self._number(op.right, threshold.subject) if isinstance(op, ops.Divide) else None
        if top is None or (isinstance(op, ops.Divide) and bottom is None):
            return 0, (0,) * len(BANDS), (0,) * len(BANDS)
        numerators, known = top
        denominators = None
        if bottom is not None:
            denominators, bottom_known = bottom
            known = known & bottom_known & (denominators > 0)
        value, widest = threshold.value, max(BANDS)
        # Few stand near a threshold; the bands are told apart among these alone.
        quotient = _Quotient(numerators, denominators).chosen(np.flatnonzero(known))
        near = quotient.at_least(value * (1 - widest)) & quotient.at_most(value * (1 + widest))
        quotient = quotient.chosen(np.flatnonzero(near))
        reached = quotient.at_least(value)
        below = tuple(int(np.count_nonzero(~reached & quotient.at_least(value * (1 - band)))) for band in BANDS)
        above = tuple(int(np.count_nonzero(reached & quotient.at_most(value * (1 + band)))) for band in BANDS)
        return int(np.count_nonzero(known)), below, above

    def _number(self, op: ops.NumberOp, subject: str) -> tuple[Numbers, NDArray[np.bool_]] | None:
        match op:
            case ops.FactNumber():
                return self._fact(op, subject)
            case ops.Add() | ops.Subtract():
                left, right = self._number(op.left, subject), self._number(op.right, subject)
                if left is None or right is None:
                    return None
                values = left[0] + right[0] if isinstance(op, ops.Add) else left[0] - right[0]
                return values, left[1] & right[1]
        return None

    def _fact(self, op: ops.FactNumber, subject: str) -> tuple[Numbers, NDArray[np.bool_]] | None:
        fact = self.columns.layout.vocabulary.by_key(op.key)
        table = self.columns.tables.get(fact.subject)
        name = self.columns.layout.column(fact, self.year - op.years_back if fact.is_annual else None)
        if table is None or name not in table.column_names or not self.columns.layout.has_column(fact):
            return None
        values, known = pc.fill_null(table[name], 0).to_numpy(), pc.is_valid(table[name]).to_numpy()
        if fact.subject == subject:
            return values, known
        if subject not in self.owners:
            self.owners[subject] = owners(self.columns, subject)
        return values[self.owners[subject]], known[self.owners[subject]]
