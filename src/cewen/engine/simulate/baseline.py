"""What is known of one register under the rules as they are: found when first asked, the same for every reform."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cewen.engine.columns.layout import Columns
from cewen.engine.simulate.bunching import BunchingCounter
from cewen.engine.simulate.compare import GroupLine, MoneyKind
from cewen.engine.simulate.difference import Difference
from cewen.engine.simulate.distribution import Distribution, distribute
from cewen.engine.simulate.grouping import (
    Grouping,
    GroupSums,
    by_district,
    by_field,
    by_size,
    group_lines,
    most_money_first,
)
from cewen.engine.simulate.tally import Tally


@dataclass(frozen=True, eq=False)
class Grouped:
    """A grouping with the sums before (分组与现行合计)."""

    grouping: Grouping
    sums: tuple[GroupSums, ...]

    def lines(self, difference: Difference) -> tuple[GroupLine, ...]:
        """One line a group, before and after."""
        return group_lines(self.grouping, self.sums, self.grouping.moved(self.sums, difference))


@dataclass(eq=False)
class Baseline:
    """Rules as they are (现行), as comparisons need them: groups and their sums, distribution, thresholds."""

    columns: Columns
    year: int
    tally: Tally

    @cached_property
    def district(self) -> Grouped:
        return self._grouped(by_district(self.columns))

    @cached_property
    def size(self) -> Grouped:
        return self._grouped(by_size(self.columns, self.year))

    @cached_property
    def field(self) -> Grouped | None:
        found = by_field(self.columns)
        return None if found is None else self._grouped(found)

    @cached_property
    def distributions(self) -> dict[MoneyKind, Distribution]:
        return {kind: distribute(kind.of(self.tally)) for kind in MoneyKind}

    @cached_property
    def thresholds(self) -> BunchingCounter:
        return BunchingCounter(self.columns, self.year)

    def by_district(self, difference: Difference) -> tuple[GroupLine, ...]:
        """By 注册地, most money after the reform first."""
        return most_money_first(self.district.lines(difference))

    def by_size(self, difference: Difference) -> tuple[GroupLine, ...]:
        return self.size.lines(difference)

    def by_field(self, difference: Difference) -> tuple[GroupLine, ...]:
        return () if self.field is None else self.field.lines(difference)

    def distribution(self, kind: MoneyKind, difference: Difference) -> tuple[Distribution, Distribution]:
        """Before and after; where nobody gets another amount the same twice."""
        before = self.distributions[kind]
        return before, distribute(kind.of(difference.after)) if len(difference.rows[kind]) else before

    def _grouped(self, grouping: Grouping) -> Grouped:
        return Grouped(grouping, grouping.sums(self.tally))
