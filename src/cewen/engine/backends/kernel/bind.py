"""Arrow columns as the arrays the compiled loop reads: no copy where a column is one piece, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.engine.backends.kernel.memory import Memory
from cewen.engine.backends.kernel.slots import Slot
from cewen.engine.bits import Bound as Limits
from cewen.engine.bits import fact_bound
from cewen.engine.columns.earlier import awarded_amount, earlier_maximum
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.owners import owners
from cewen.rules.facts import Fact
from cewen.rules.types import Kind

Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A column as arrays (绑定的列): values, read-only, and validity bits, None where every value is known.

    `values` is None for a column that is not there, whose values are all unknown.
    """

    values: NDArray[np.signedinteger] | None
    bits: Bits | None

    @property
    def is_complete(self) -> bool:
        return self.values is not None and self.bits is None


ABSENT = Bound(None, None)


@dataclass
class Binder:
    """Arrays of one register by slot and year, kept for as long as the register is."""

    columns: Columns
    memory: Memory = field(default_factory=Memory)
    _arrays: dict[tuple[Slot, int, date | None], Bound] = field(default_factory=dict)
    _owners: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def owner(self, subject: str) -> NDArray[np.int64]:
        """Row of the enterprise of each row of a subject other than the enterprise."""
        if subject not in self._owners:
            self._owners[subject] = owners(self.columns, subject)
        return self._owners[subject]

    def array(self, slot: Slot, year: int, on: date) -> Bound:
        """Values and validity bits of a slot when annual facts mean `year`; CewenError (CW634, CW635)."""
        key = (slot, year, on if slot.kind == "awarded" else None)
        if key not in self._arrays:
            self._arrays[key] = self._bound(slot, year, on)
        return self._arrays[key]

    def _bound(self, slot: Slot, year: int, on: date) -> Bound:
        layout = self.columns.layout
        if slot.kind == "awarded" and isinstance(slot.key, tuple):
            awarded = awarded_amount(self.columns, slot.subject, slot.key, on)
            awarded.flags.writeable = False
            return Bound(awarded, None)
        fact = layout.vocabulary.by_key(str(slot.key))
        kind = layout.column_type(fact)
        column: pa.ChunkedArray | None = None
        if slot.kind == "earlier":
            column = earlier_maximum(self.columns, fact, year - slot.years_back)
        elif slot.subject in self.columns.tables:
            table = self.columns.tables[slot.subject]
            name = layout.column(fact, year - slot.years_back)
            column = table[name] if name in table.column_names else None
        if column is None or column.null_count == len(column):
            return ABSENT
        array = column.cast(kind).combine_chunks() if isinstance(column, pa.ChunkedArray) else column.cast(kind)
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks)
        _check(fact, array, _limits(fact, len(layout.region_codes)))
        return Bound(_values(array), _validity(array))


def _values(array: pa.Array) -> NDArray[np.signedinteger]:
    whole = np.frombuffer(array.buffers()[1], dtype=array.type.to_pandas_dtype())
    values: NDArray[np.signedinteger] = whole[array.offset : array.offset + len(array)]
    if not values.flags.aligned:
        values = values.copy()
    values.flags.writeable = False
    return values


def _validity(array: pa.Array) -> Bits | None:
    if array.null_count == 0:
        return None
    if array.offset % 8 == 0:
        return np.frombuffer(array.buffers()[0], np.uint8)[array.offset // 8 :]
    return np.packbits(array.is_valid().to_numpy(zero_copy_only=False), bitorder="little")


def _limits(fact: Fact, region_count: int) -> Limits:
    match fact.type:
        case Kind.BOOLEAN:
            return Limits(0, 1)
        case Kind.ENUM:
            return Limits(0, len(fact.values) - 1)
        case Kind.SET:
            return Limits(0, 2 ** len(fact.values) - 1)
        case Kind.REGION:
            return Limits(0, region_count - 1)
        case _:
            return fact_bound(fact)


def _check(fact: Fact, array: pa.Array, limits: Limits) -> None:
    """Raise CewenError (CW635) for a column with values the proofs do not cover."""
    ends = pc.min_max(array).as_py()
    if ends["min"] < limits.low or ends["max"] > limits.high:
        value = ends["min"] if ends["min"] < limits.low else ends["max"]
        message = (
            f"“{fact.label}”这一列有不可能的值 {value}（按列存放的原始数），可用的是 {limits.low} 至 {limits.high}"
        )
        raise CewenError.of("CW635", message, "核对这一列的单位与取值；金额以分为单位。")
