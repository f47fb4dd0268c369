"""Enterprises in groups: by district, size and field. Found once for a register; a reform moves only what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cewen.engine.columns.layout import Columns
from cewen.engine.columns.owners import districts
from cewen.engine.simulate.compare import GroupLine, MoneyKind
from cewen.engine.simulate.difference import Difference
from cewen.engine.simulate.size_class import SIZE_NAMES, size_classes
from cewen.engine.simulate.tally import Cost, Tally, grouped
from cewen.engine.summary import region_name

FIELD_KEY = "enterprise_kinds"
NO_DISTRICT = "注册地未填"

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Sums of one group on one side (一组的合计): enterprises that get something, and the money."""

    entitled: int
    cost: Cost


@dataclass(frozen=True, eq=False)
class Grouping:
    """Enterprises by one trait (分组依据). Each is in one `part`; a group is one part or, where traits overlap, several.

    `part` holds a number for each enterprise, `names` are those of the groups, `parts_of` the parts of each.
    """

    part: Numbers
    names: tuple[str, ...]
    parts_of: tuple[tuple[int, ...], ...]

    @cached_property
    def part_count(self) -> int:
        return 1 + max((part for parts in self.parts_of for part in parts), default=-1)

    @cached_property
    def enterprises(self) -> tuple[int, ...]:
        """How many enterprises are in each group."""
        counts = np.bincount(self.part, minlength=self.part_count).tolist()
        return tuple(sum(counts[part] for part in parts) for parts in self.parts_of)

    def sums(self, tally: Tally) -> tuple[GroupSums, ...]:
        """Sums of each group."""
        entitled = np.bincount(self.part[tally.awards > 0], minlength=self.part_count).tolist()
        money = [self._money(kind.of(tally)) for kind in MoneyKind]
        return self._by_group(entitled, money)

    def moved(self, known: tuple[GroupSums, ...], difference: Difference) -> tuple[GroupSums, ...]:
        """The sums after a difference, from those before: only enterprises that differ are looked at."""
        counts = [np.bincount(self.part[rows], minlength=self.part_count).tolist() for rows in difference.entitled]
        entitled = [more - less for more, less in zip(*counts, strict=True)]
        money = []
        for kind in MoneyKind:
            rows, amounts = difference.rows[kind], difference.amounts(kind)
            more, less = (self._money(np.maximum(part, 0), rows) for part in (amounts, -amounts))
            money.append([one - other for one, other in zip(more, less, strict=True)])
        change = self._by_group(entitled, money)
        return tuple(
            GroupSums(old.entitled + new.entitled, old.cost + new.cost) for old, new in zip(known, change, strict=True)
        )

    def _money(self, amounts: Numbers, rows: Numbers | None = None) -> list[int]:
        found = np.flatnonzero(amounts)
        at = found if rows is None else rows[found]
        return grouped(amounts[found], self.part[at], self.part_count)

    def _by_group(self, entitled: list[int], money: list[list[int]]) -> tuple[GroupSums, ...]:
        definite, ceiling = money
        return tuple(
            GroupSums(
                sum(entitled[part] for part in parts),
                Cost(sum(definite[part] for part in parts), sum(ceiling[part] for part in parts)),
            )
            for parts in self.parts_of
        )


def by_district(columns: Columns) -> Grouping:
    """By 注册地 as it is recorded; districts without an enterprise are left out."""
    positions, codes = districts(columns)
    present = np.flatnonzero(np.bincount(positions, minlength=len(codes)))
    number = np.zeros(len(codes), np.int64)
    number[present] = np.arange(len(present))
    regions = columns.layout.regions
    found = [codes[at] for at in present.tolist()]
    names = tuple(NO_DISTRICT if code is None else region_name(regions, code) for code in found)
    return Grouping(number[positions], names, _single(len(names)))


def by_size(columns: Columns, year: int) -> Grouping:
    """By size of the statistical standard, the largest first; sizes without an enterprise are left out."""
    part = size_classes(columns, year)
    present = set(np.flatnonzero(np.bincount(part, minlength=len(SIZE_NAMES))).tolist())
    order = [at for at in (*reversed(range(len(SIZE_NAMES) - 1)), len(SIZE_NAMES) - 1) if at in present]
    return Grouping(part, tuple(SIZE_NAMES[at] for at in order), tuple((at,) for at in order))


def by_field(columns: Columns) -> Grouping | None:
    """By 企业类型; None where the register does not have it. An enterprise of two kinds is in both groups."""
    declared = any(fact.key == FIELD_KEY for fact in columns.layout.vocabulary)
    table = columns.tables["enterprise"]
    if not declared or FIELD_KEY not in table.column_names:
        return None
    values = columns.layout.vocabulary.by_key(FIELD_KEY).values
    masks, part = np.unique(table[FIELD_KEY].fill_null(0).to_numpy(), return_inverse=True)
    of_value = [tuple(np.flatnonzero((masks >> at) & 1).tolist()) for at in range(len(values))]
    chosen = [at for at, parts in enumerate(of_value) if parts]
    names = tuple(values[at] for at in chosen)
    return Grouping(part.astype(np.int64), names, tuple(of_value[at] for at in chosen))


def _single(count: int) -> tuple[tuple[int, ...], ...]:
    return tuple((at,) for at in range(count))


def group_lines(
    grouping: Grouping, before: tuple[GroupSums, ...], after: tuple[GroupSums, ...]
) -> tuple[GroupLine, ...]:
    """One line a group, in the order of the grouping."""
    return tuple(
        GroupLine(name, count, old.entitled, new.entitled, old.cost, new.cost)
        for name, count, old, new in zip(grouping.names, grouping.enterprises, before, after, strict=True)
    )


def most_money_first(lines: Sequence[GroupLine]) -> tuple[GroupLine, ...]:
    """Groups that get most after the reform first."""
    return tuple(sorted(lines, key=lambda line: (-line.after.definite, -line.after.ceiling, -line.enterprises)))
