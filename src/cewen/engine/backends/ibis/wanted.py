"""Which columns the measures of one subject read, and what can be told of them before a query is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.interpreter import ColumnState
from cewen.engine.columns.layout import Layout
from cewen.engine.columns.needs import leaves, measure_ops
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure


def wanted_columns(
    measures: Iterable[LoweredMeasure], layout: Layout, year: int, names: dict[str, frozenset[str]]
) -> dict[str, Fact]:
    """Columns the measures read and the register has, with their facts; `names` are the columns of each subject."""
    found: dict[str, Fact] = {}
    for measure in measures:
        for op in measure_ops(measure):
            for key, years_back in leaves(op):
                fact = layout.vocabulary.by_key(key)
                layout.column_type(fact)
                found[layout.column(fact, year - years_back if fact.is_annual else None)] = fact
            for key, before in _first_times(op, year):
                fact = layout.vocabulary.by_key(key)
                years = _years(key, names.get(fact.subject, frozenset()))
                found.update({layout.column(fact, each): fact for each in years if each < before})
    return {name: fact for name, fact in found.items() if name in names.get(fact.subject, frozenset())}


def _first_times(op: ops.TruthOp | ops.NumberOp, year: int) -> Iterator[tuple[str, int]]:
    if isinstance(op, ops.FirstTime):
        yield op.fact.key, year - op.fact.years_back
    for child in ops.children(op):
        yield from _first_times(child, year)


def _years(key: str, names: frozenset[str]) -> Iterator[int]:
    for name in sorted(names):
        rest = name.removeprefix(f"{key}_")
        if rest != name and rest.isdecimal() and len(rest) == 4:
            yield int(rest)


_STEP = 4
"""Bits by which the size of a column's numbers is told."""


def column_state(fact: Fact, name: str, values: pa.ChunkedArray) -> ColumnState:
    """Whether there are nulls and negative numbers. Raises CewenError (CW629) for numbers no record may hold."""
    if not pa.types.is_integer(values.type):
        raise not_whole(fact, name, values.type)
    if not fact.type.is_number:
        return ColumnState(nullable=values.null_count > 0, negative=False)
    bounds = pc.min_max(values)
    return checked_state(fact, name, values.null_count > 0, bounds["min"].as_py(), bounds["max"].as_py())


def checked_state(fact: Fact, name: str, nullable: bool, low: int | None, high: int | None) -> ColumnState:
    """The state of a number column with values from `low` to `high` (None: there are none)."""
    if low is None or high is None:
        return ColumnState(nullable=True, negative=False)
    if max(-low, high) > fact.largest:
        message = f"“{fact.label}”（列 {name}）有大得不像真的数：{low if -low > high else high}"
        raise CewenError.of("CW629", message, "检查单位与位数；这样大的数不能保证算得准。")
    return ColumnState(nullable, low < 0, -(-max(-low, high).bit_length() // _STEP) * _STEP)


def not_whole(fact: Fact, name: str, kind: pa.DataType) -> CewenError:
    """The error for a column that holds anything but whole numbers."""
    message = f"“{fact.label}”（列 {name}）应是整数列，实际是 {kind}"
    return CewenError.of("CW629", message, "按列的布局重新导出：金额以分为单位，其余用整数编码。")
