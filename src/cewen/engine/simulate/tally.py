"""What each enterprise gets, and what each measure costs: definite amounts and ceilings never in one number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cewen.base.certainty import Certainty
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.measure_columns import MET, NOT_IN_FORCE, UNKNOWN, MeasureColumns, Money
from cewen.engine.columns.owners import owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sums import exact_sum
from cewen.engine.simulate.largest import LARGEST_AWARD, oversized
from cewen.engine.simulate.take_up import Draws, TakeUp, enterprise_draws
from cewen.rules.lower import LoweredMeasure


@dataclass(frozen=True, slots=True)
class Cost:
    """Money in fen (金额): `definite` is owed, `ceiling` is at most (上限、择优). They are not added."""

    definite: int = 0
    ceiling: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.definite + other.definite, self.ceiling + other.ceiling)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.definite - other.definite, self.ceiling - other.ceiling)


@dataclass(frozen=True, slots=True)
class MeasureTally:
    """One measure over the register (一条措施的结果): awards that count, money, and what is open.

    `awards` holds `without_amount`, those whose clause gives no number. `not_applied` are met but not applied for.
    """

    measure: LoweredMeasure
    awards: int
    without_amount: int
    unknown: int
    suppressed: int
    not_applied: int
    not_in_force: bool
    cost: Cost

    @property
    def amount(self) -> int:
        """Fen of the one kind of money the measure gives."""
        return self.cost.definite or self.cost.ceiling


@dataclass(frozen=True, eq=False)
class Tally:
    """All enterprises (逐家合计): arrays of fen in the order of the register, and the measures by key."""

    definite: Money
    ceiling: Money
    awards: NDArray[np.int64]
    measures: dict[str, MeasureTally]

    @property
    def cost(self) -> Cost:
        return sum((each.cost for each in self.measures.values()), Cost())

    @property
    def award_count(self) -> int:
        return sum(each.awards for each in self.measures.values())

    @property
    def entitled(self) -> int:
        """Enterprises with at least one award."""
        return int(np.count_nonzero(self.awards))


@dataclass(slots=True)
class Applicants:
    """Who applies for what in one register; keeps what does not change from one evaluation to the next."""

    columns: Columns
    take_up: TakeUp = field(default_factory=TakeUp)
    _owners: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    _draws: Draws | None = None

    def owner(self, subject: str) -> NDArray[np.int64]:
        """Row of the enterprise of each row of a subject."""
        if subject not in self._owners:
            self._owners[subject] = owners(self.columns, subject)
        return self._owners[subject]

    def counted(self, results: MeasureColumns) -> tuple[NDArray[np.int64], int]:
        """Rows whose award counts and is applied for, and how many are not applied for."""
        rows = np.flatnonzero(results.is_open)
        if self.take_up.is_full:
            return rows, 0
        if self._draws is None:
            self._draws = enterprise_draws(self.columns)
        takes = self.take_up.takes(self._draws, results.measure.key)
        if takes is None:
            return rows, 0
        kept = rows[takes[self.owner(results.measure.measure.subject)[rows]]]
        return kept, len(rows) - len(kept)


def tally(results: ColumnResults, applicants: Applicants, known: tuple[ColumnResults, Tally] | None = None) -> Tally:
    """Add up a register. `known` is an earlier evaluation with its tally: measures whose result columns are the very
    same are not added up again."""
    count = results.columns.enterprise_count
    if known is None:
        start = Tally(np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64), {})
        earlier: dict[str, MeasureColumns] = {}
    else:
        start = known[1]
        earlier = {each.measure.key: each for each in known[0].by_measure}
    found = Tally(start.definite.copy(), start.ceiling.copy(), start.awards.copy(), {})
    for each in results.by_measure:
        before = earlier.pop(each.measure.key, None)
        if before is not None and _is_same(before, each):
            found.measures[each.measure.key] = start.measures[each.measure.key]
            continue
        if before is not None:
            _enter(found, before, applicants, -1)
        found.measures[each.measure.key] = _enter(found, each, applicants, 1)
    for gone in earlier.values():
        _enter(found, gone, applicants, -1)
    return found


def _is_same(one: MeasureColumns, other: MeasureColumns) -> bool:
    """Whether two results are the very same arrays; numbers of what suppresses a row may have moved."""
    arrays = one.status is other.status and one.high is other.high and one.low is other.low
    return one is other or (arrays and one.measure.measure.certainty is other.measure.measure.certainty)


def _enter(into: Tally, results: MeasureColumns, applicants: Applicants, sign: int) -> MeasureTally:
    """Add (or, with sign -1, take away) one measure."""
    rows, not_applied = applicants.counted(results)
    high = results.high[rows]
    amounts = np.maximum(high, 0)
    _check_size(results.measure, amounts)
    is_definite = results.measure.measure.certainty is Certainty.DEFINITE
    owner = applicants.owner(results.measure.measure.subject)[rows]
    np.add.at(into.definite if is_definite else into.ceiling, owner, sign * amounts)
    np.add.at(into.awards, owner, sign)
    total = exact_sum(amounts)
    return MeasureTally(
        results.measure,
        len(rows),
        int(np.count_nonzero(high < 0)),
        int(np.count_nonzero(results.status == UNKNOWN)),
        int(np.count_nonzero((results.status == MET) & ~results.is_open)),
        not_applied,
        bool(len(results.status)) and bool((results.status == NOT_IN_FORCE).all()),
        Cost(total, 0) if is_definite else Cost(0, total),
    )


def _check_size(measure: LoweredMeasure, amounts: Money) -> None:
    if len(amounts) and int(amounts.max()) > LARGEST_AWARD:
        raise oversized(measure)


def grouped(amounts: Money, group: NDArray[np.int64], size: int) -> list[int]:
    """Exact sums of non-negative amounts by group number."""
    halves = []
    for half in (amounts & 0xFFFFFFFF, amounts >> 32):
        sums = np.zeros(size, np.int64)
        np.add.at(sums, group, half)
        halves.append(sums.tolist())
    return [low + (high << 32) for low, high in zip(*halves, strict=True)]


def all_keys(tallies: Iterable[Tally]) -> tuple[str, ...]:
    """Keys of all measures, each once, in order."""
    return tuple(dict.fromkeys(key for each in tallies for key in each.measures))
