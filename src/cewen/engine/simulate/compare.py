"""Before and after, side by side: by measure, by group of enterprises, and who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns
from cewen.engine.columns.measure_columns import Money
from cewen.engine.columns.owners import districts
from cewen.engine.columns.sums import exact_sum
from cewen.engine.simulate.size_class import SIZE_NAMES, size_classes
from cewen.engine.simulate.tally import Cost, MeasureTally, Tally, all_keys, grouped, total_of
from cewen.engine.summary import region_name

TOP_COUNT = 20


class MoneyKind(StrEnum):
    """The two kinds of money (金额的两类), never added: what is owed, and what is at most."""

    DEFINITE = "definite"
    CEILING = "ceiling"

    @property
    def label(self) -> str:
        return {"definite": "确定", "ceiling": "最高"}[self.value]

    def of(self, tally: Tally) -> Money:
        """Per enterprise."""
        return tally.definite if self is MoneyKind.DEFINITE else tally.ceiling


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure before and after (按措施); None on the side where it does not exist."""

    key: str
    before: MeasureTally | None
    after: MeasureTally | None

    @property
    def either(self) -> MeasureTally:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_same(self) -> bool:
        """Awards and money alike on both sides."""
        if self.before is None or self.after is None:
            return False
        return self.before is self.after or _figures(self.before) == _figures(self.after)


def _figures(tally: MeasureTally) -> tuple[object, ...]:
    return tally.awards, tally.cost, tally.unknown, tally.suppressed


def compare_measures(before: Tally, after: Tally) -> tuple[MeasureLine, ...]:
    """Every measure of either side, in the order of the policies."""
    keys = all_keys((before, after))
    return tuple(MeasureLine(key, before.measures.get(key), after.measures.get(key)) for key in keys)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of enterprises before and after (分组): how many, how many get something, the money."""

    name: str
    enterprises: int
    entitled_before: int
    entitled_after: int
    before: Cost
    after: Cost


def compare_groups(
    before: Tally, after: Tally, group: NDArray[np.int64], names: Sequence[str]
) -> tuple[GroupLine, ...]:
    """Sums by group number; groups without an enterprise are left out."""
    size = len(names)
    counts = np.bincount(group, minlength=size).tolist()
    sums = [[grouped(kind.of(tally), group, size) for kind in MoneyKind] for tally in (before, after)]
    entitled = [np.bincount(group[tally.awards > 0], minlength=size).tolist() for tally in (before, after)]
    return tuple(
        GroupLine(
            name,
            counts[at],
            entitled[0][at],
            entitled[1][at],
            Cost(sums[0][0][at], sums[0][1][at]),
            Cost(sums[1][0][at], sums[1][1][at]),
        )
        for at, name in enumerate(names)
        if counts[at]
    )


def by_district(columns: Columns, before: Tally, after: Tally) -> tuple[GroupLine, ...]:
    """By 注册地 as it is recorded; most money after the reform first."""
    positions, codes = districts(columns)
    present = np.flatnonzero(np.bincount(positions, minlength=len(codes)))
    group = np.zeros(len(codes), np.int64)
    group[present] = np.arange(len(present))
    regions = columns.layout.regions
    found = [codes[at] for at in present.tolist()]
    names = ["注册地未填" if code is None else region_name(regions, code) for code in found]
    lines = compare_groups(before, after, group[positions], names)
    return tuple(sorted(lines, key=lambda line: (-line.after.definite, -line.after.ceiling, -line.enterprises)))


def by_size(columns: Columns, year: int, before: Tally, after: Tally) -> tuple[GroupLine, ...]:
    """By size of the statistical standard, the largest first."""
    lines = compare_groups(before, after, size_classes(columns, year), SIZE_NAMES)
    order = {name: at for at, name in enumerate((*reversed(SIZE_NAMES[:-1]), SIZE_NAMES[-1]))}
    return tuple(sorted(lines, key=lambda line: order[line.name]))


def by_field(columns: Columns, before: Tally, after: Tally) -> tuple[GroupLine, ...]:
    """By 企业类型. An enterprise of two kinds stands in both, so the lines do not add up to the whole."""
    fact = columns.layout.vocabulary.by_key(FIELD_KEY) if _has_field(columns) else None
    if fact is None:
        return ()
    masks = columns.tables["enterprise"][FIELD_KEY].fill_null(0).to_numpy()
    lines: list[GroupLine] = []
    for at, name in enumerate(fact.values):
        inside = ((masks >> at) & 1).astype(np.bool_)
        if inside.any():
            lines.append(_line(name, before, after, inside))
    return tuple(lines)


def _line(name: str, before: Tally, after: Tally, inside: NDArray[np.bool_]) -> GroupLine:
    costs = [Cost(exact_sum(side.definite[inside]), exact_sum(side.ceiling[inside])) for side in (before, after)]
    entitled = [int(np.count_nonzero(side.awards[inside])) for side in (before, after)]
    return GroupLine(name, int(np.count_nonzero(inside)), entitled[0], entitled[1], costs[0], costs[1])


FIELD_KEY = "enterprise_kinds"


def _has_field(columns: Columns) -> bool:
    declared = any(fact.key == FIELD_KEY for fact in columns.layout.vocabulary)
    return declared and FIELD_KEY in columns.tables["enterprise"].column_names


# --- who gains, who loses --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnterpriseChange:
    """One enterprise that gains or loses (受益或受损企业), fen of one kind of money."""

    uscc: str
    name: str
    district: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Winners and losers (受益与受损) in one kind of money. winners + losers + same is every enterprise."""

    kind: MoneyKind
    winners: int
    losers: int
    same: int
    gained: int
    lost: int
    top_winners: tuple[EnterpriseChange, ...]
    top_losers: tuple[EnterpriseChange, ...]


def shift(columns: Columns, before: Tally, after: Tally, kind: MoneyKind, top: int = TOP_COUNT) -> Shift:
    """Compare every enterprise; the lists hold those with the greatest difference."""
    old, new = kind.of(before), kind.of(after)
    difference = new - old
    more, less = difference > 0, difference < 0
    winners, losers = int(np.count_nonzero(more)), int(np.count_nonzero(less))
    return Shift(
        kind,
        winners,
        losers,
        len(difference) - winners - losers,
        total_of(np.maximum(difference, 0)),
        total_of(np.maximum(-difference, 0)),
        _listed(columns, old, new, _greatest(difference, winners, top)),
        _listed(columns, old, new, _greatest(-difference, losers, top)),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """Enterprises by both kinds of money together (总的得失), without adding them.

    `winners`: one kind rises and none falls; `losers` the reverse; `mixed`: one rises and the other falls.
    """

    winners: int
    losers: int
    mixed: int
    same: int


def balance(before: Tally, after: Tally) -> Balance:
    """winners + losers + mixed + same is every enterprise."""
    signs = [np.sign(kind.of(after) - kind.of(before)) for kind in MoneyKind]
    rises = (signs[0] > 0) | (signs[1] > 0)
    falls = (signs[0] < 0) | (signs[1] < 0)
    mixed = int(np.count_nonzero(rises & falls))
    winners, losers = int(np.count_nonzero(rises)) - mixed, int(np.count_nonzero(falls)) - mixed
    return Balance(winners, losers, mixed, len(rises) - winners - losers - mixed)


def _greatest(difference: Money, count: int, top: int) -> NDArray[np.int64]:
    """Positions of the greatest positive differences, of equal ones the earlier first."""
    kept = min(top, count)
    if not kept:
        return np.zeros(0, np.int64)
    positions = np.flatnonzero(difference > 0)
    positive = difference[positions]
    least = np.partition(positive, len(positive) - kept)[len(positive) - kept]
    positions = positions[positive >= least]
    found: NDArray[np.int64] = positions[np.argsort(-difference[positions], kind="stable")][:kept]
    return found


def _listed(columns: Columns, old: Money, new: Money, rows: NDArray[np.int64]) -> tuple[EnterpriseChange, ...]:
    table = columns.tables["enterprise"].select([USCC, OBJECT_NAME]).take(pa.array(rows)).to_pylist()
    positions, codes = districts(columns)
    regions = columns.layout.regions
    found = []
    for row, entry in zip(rows.tolist(), table, strict=True):
        code = codes[int(positions[row])]
        district = "注册地未填" if code is None else region_name(regions, code)
        found.append(EnterpriseChange(entry[USCC], entry[OBJECT_NAME] or "", district, int(old[row]), int(new[row])))
    return tuple(found)
