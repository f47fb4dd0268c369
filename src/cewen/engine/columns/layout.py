"""How facts stand in columns: one whole number for each value, null for what is not known.

| type              | column                                                             |
|-------------------|--------------------------------------------------------------------|
| money             | int64, fen                                                         |
| count, integer    | int64, in the unit of the fact                                     |
| boolean           | int8: 1 yes, 0 no                                                  |
| enum              | int16: position in `Fact.values`                                   |
| set               | int64: bit i is set when `Fact.values[i]` is in the set            |
| region            | int32: position in `region_codes`                                  |

A point fact is the column `key`, an annual fact one column a year, `key_2023`. Text, dates and ratios are in no rule
that back-ends evaluate; a measure that reads one is refused by `column_type`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from cewen.base.errors import CewenError
from cewen.rules.facts import SUBJECTS, Fact, Vocabulary
from cewen.rules.regions import Regions
from cewen.rules.types import Kind

USCC = "uscc"
OBJECT_NAME = "name"
LARGEST_SET = 62

_TYPES: dict[Kind, pa.DataType] = {
    Kind.MONEY: pa.int64(), Kind.COUNT: pa.int64(), Kind.INTEGER: pa.int64(), Kind.BOOLEAN: pa.int8(),
    Kind.ENUM: pa.int16(), Kind.SET: pa.int64(), Kind.REGION: pa.int32(),
}  # fmt: skip

AWARDS = pa.schema(
    [
        (USCC, pa.string()), ("measure", pa.string()), ("on", pa.date32()), ("amount", pa.int64()),
        ("object", pa.string()), ("tier", pa.string()),
    ]
)  # fmt: skip
"""Columns of awards already made."""


@dataclass(frozen=True)
class Layout:
    """The columns of a vocabulary; the same for every back-end."""

    vocabulary: Vocabulary
    regions: Regions

    @cached_property
    def region_codes(self) -> tuple[str, ...]:
        """All region codes, sorted; a region column holds positions in this tuple."""
        return self.regions.codes()

    @cached_property
    def _region_positions(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.region_codes)}

    def region_position(self, code: str) -> int:
        return self._region_positions[code]

    def positions_within(self, codes: tuple[str, ...]) -> tuple[int, ...]:
        """Positions of all regions that are, or lie in, one of `codes`."""
        return tuple(
            position
            for position, code in enumerate(self.region_codes)
            if any(self.regions.lies_in(code, outer) for outer in codes)
        )

    def column(self, fact: Fact, year: int | None = None) -> str:
        """Name of a fact's column; `year` for annual facts."""
        return f"{fact.key}_{year}" if fact.is_annual else fact.key

    def column_type(self, fact: Fact) -> pa.DataType:
        """Arrow type of a fact's column; CewenError (CW637) for facts that have none."""
        if fact.type not in _TYPES or (fact.type is Kind.SET and len(fact.values) > LARGEST_SET):
            message = f"“{fact.label}”（{fact.type.label}）不能按列计算"
            raise CewenError.of("CW637", message, f"改用数值、单选、是否或不超过 {LARGEST_SET} 个取值的多选事实。")
        return _TYPES[fact.type]

    def has_column(self, fact: Fact) -> bool:
        return fact.type in _TYPES and not (fact.type is Kind.SET and len(fact.values) > LARGEST_SET)

    def code(self, fact: Fact, value: str) -> int:
        """Position of a choice in the declared values."""
        return fact.values.index(value)

    def mask(self, fact: Fact, values: frozenset[str] | tuple[str, ...]) -> int:
        """Bits of the members of a set."""
        return sum(1 << fact.values.index(value) for value in set(values))


@dataclass(frozen=True)
class Columns:
    """A register (企业库) as Arrow tables, one a subject, rows in the order of the register.

    `tables["enterprise"]` has `uscc` and `name`; the others `uscc` of their enterprise and `name` of the object. All
    other columns are as `Layout` says; a column that no row fills may be absent and counts as all unknown.
    """

    layout: Layout
    tables: dict[str, pa.Table]
    awards: pa.Table

    @property
    def enterprise_count(self) -> int:
        return int(self.tables["enterprise"].num_rows)

    def years(self, fact: Fact) -> tuple[int, ...]:
        """Years an annual fact has a column for."""
        names = self.tables[fact.subject].column_names
        prefix = f"{fact.key}_"
        found = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
        return tuple(sorted(int(year) for year in found if year.isdecimal() and len(year) == 4))


def empty_awards() -> pa.Table:
    """A table of no awards."""
    return AWARDS.empty_table()


def subjects() -> tuple[str, ...]:
    """The enterprise first, then what belongs to it."""
    return tuple(SUBJECTS)
