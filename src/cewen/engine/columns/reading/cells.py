"""One column of a file to one column of whole numbers: by distinct value where few, by arithmetic where many.

What a cell means is `engine.register.cells.read_cell`; here it is asked once for each distinct value, and not at all
for numbers between the least and the greatest it accepts.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.money import FEN_PER_YUAN
from cewen.engine.columns.layout import Layout
from cewen.engine.columns.reading.codes import well_formed
from cewen.engine.fact_value import ValueFault
from cewen.engine.factsheet import Value
from cewen.engine.register.cells import read_cell
from cewen.engine.register.columns import Column
from cewen.engine.register.findings import MOST_SHOWN, as_written
from cewen.engine.register.table import Cell, is_blank
from cewen.rules.facts import Fact
from cewen.rules.types import Kind

_TEXTS = {Kind.TEXT: pa.string(), Kind.USCC: pa.string(), Kind.DATE: pa.date32()}
_LONGEST_BLANK = 3
"""Characters of the longest way to write "not known": N/A."""
_FEN = pa.scalar(Decimal(FEN_PER_YUAN), pa.decimal128(3, 0))


@dataclass(slots=True)
class Cells:
    """What is wrong with the cells of a column (单元格的问题).

    `faults` are cells that cannot be used, by row from zero, and as they were written; they stand as null. `left_out`
    are further ones, after the first `most`. `new_rows` are the rows of all since they were last taken.
    """

    most: int = MOST_SHOWN
    faults: list[tuple[int, ValueFault, str]] = field(default_factory=list)
    left_out: int = 0
    new_rows: array[int] = field(default_factory=lambda: array("q"))

    def fault(self, row: int, fault: ValueFault, raw: object) -> None:
        self.new_rows.append(row)
        if len(self.faults) < self.most:
            self.faults.append((row, fault, as_written(_cell(raw))))
        else:
            self.left_out += 1

    def take_rows(self) -> NDArray[np.int64]:
        """The rows with a fault found since the last time."""
        rows = np.array(self.new_rows, np.int64)
        self.new_rows = array("q")
        return rows


def is_filled(raw: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which cells hold anything; blanks alone are nothing."""
    values = _plain_type(raw, True)
    if pa.types.is_string(values.type):
        values = pc.if_else(pc.equal(pc.utf8_trim_whitespace(values), ""), None, values)
    filled: NDArray[np.bool_] = values.is_valid().to_numpy()
    return filled


def _plain_type(raw: pa.ChunkedArray, decoded: bool) -> pa.ChunkedArray:
    """The same values in one of few types; `decoded`: no dictionary."""
    kind = raw.type
    if pa.types.is_dictionary(kind) and (decoded or not _is_text(kind.value_type)):
        raw = raw.cast(kind.value_type)
    if _is_text(raw.type):
        return raw.cast(pa.string())
    return raw.cast(pa.date32(), safe=False) if pa.types.is_timestamp(raw.type) else raw


def _is_text(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


class CellReader:
    """Reads one column (列), part by part; each distinct value that has to be looked at is looked at once.

    What it gives is as `Layout` has it: one whole number a row, or a text; null is not known. It is of the null type
    for a fact that no column holds.
    """

    def __init__(self, column: Column, layout: Layout, most: int = MOST_SHOWN) -> None:
        self.column, self.layout, self.fact = column, layout, column.fact
        self.type = _column_type(layout, column.fact)
        self.known: dict[object, tuple[object, ValueFault | None]] = {}
        self.cells = Cells(most)
        self.rows = self.empty = 0

    @property
    def finds_all_sound(self) -> bool:
        """Of texts: whether no cell so far was empty or had to be looked at."""
        return not self.known and not self.empty

    def read(self, raw: pa.ChunkedArray) -> pa.Array:
        """The values of the next rows of the column."""
        parts: list[pa.Array] = []
        for chunk in _plain_type(raw, self.fact.type.is_number).chunks:
            self.empty += chunk.null_count
            parts.append(self._part(chunk, self.rows, self.cells))
            self.rows += len(chunk)
        return parts[0] if len(parts) == 1 else pa.concat_arrays(parts or [pa.nulls(0, self.type)])

    def _part(self, chunk: pa.Array, start: int, cells: Cells) -> pa.Array:
        """The values of a chunk that begins at row `start`."""
        kind = chunk.type
        if chunk.null_count == len(chunk):
            return pa.nulls(len(chunk), self.type)
        if self.fact.type.is_number and self.type != pa.null():
            whole = self._whole(chunk)
            if whole is not None:
                return self._in_range(whole, chunk, start, cells)
        elif self.fact.type is Kind.BOOLEAN and pa.types.is_boolean(kind):
            return chunk.cast(self.type)
        elif self.fact.type in (Kind.TEXT, Kind.USCC) and pa.types.is_string(kind):
            suspects = pc.invert(pa.array(well_formed(chunk))) if self.fact.type is Kind.USCC else self._suspects(chunk)
            return self._mended(chunk, suspects, start, cells)
        return self._distinct(chunk, start, cells)

    # --- numbers -----------------------------------------------------------------------------------------------

    def _whole(self, chunk: pa.Array) -> pa.Array | None:
        """Whole numbers in the unit of the file, or for decimals in fen; None where some are not whole."""
        if pa.types.is_integer(chunk.type):
            return chunk
        try:
            if pa.types.is_decimal(chunk.type):
                places = 2 if self._in_yuan else 0
                exact = chunk.cast(pa.decimal128(21, places))
                return pc.multiply(exact, _FEN).cast(pa.int64()) if places else exact.cast(pa.int64())
            return chunk.cast(pa.int64()) if pa.types.is_floating(chunk.type) else None
        except pa.ArrowInvalid:
            return None

    @property
    def _in_yuan(self) -> bool:
        return self.fact.type is Kind.MONEY and not self.column.in_fen

    def _in_range(self, whole: pa.Array, chunk: pa.Array, start: int, cells: Cells) -> pa.Array:
        """`whole` in the base unit; what lies outside the range of the fact is a fault."""
        factor = FEN_PER_YUAN if self._in_yuan and pa.types.is_integer(chunk.type) else 1
        low, high = _limits(self.fact, factor)
        ends = pc.min_max(whole)
        if ends["min"].as_py() < low or ends["max"].as_py() > high:
            numbers = whole.cast(pa.decimal128(20, 0))  # limits need not fit the type of the column
            bounds = [pa.scalar(Decimal(limit), pa.decimal128(20, 0)) for limit in (low, high)]
            outside = pc.or_(pc.less(numbers, bounds[0]), pc.greater(numbers, bounds[1]))
            rows = np.flatnonzero(pc.fill_null(outside, False).to_numpy(False))
            told = rows[: cells.most - len(cells.faults)]
            for row in told.tolist():
                raw = chunk[row].as_py()
                _, fault = self._look(raw)
                assert fault is not None, "a number outside the range of its fact"
                cells.fault(start + row, fault, raw)
            cells.left_out += len(rows) - len(told)
            cells.new_rows.extend((start + rows[len(told) :]).tolist())
            whole = pc.if_else(outside, pa.scalar(None, whole.type), whole)
        wide = whole.cast(pa.int64())
        return pc.multiply_checked(wide, factor) if factor != 1 else wide

    # --- texts -------------------------------------------------------------------------------------------------

    def _suspects(self, chunk: pa.Array) -> pa.Array:
        """Texts that have blanks around them, or may mean "not known"."""
        trimmed = pc.utf8_trim_whitespace(chunk)
        return pc.or_(pc.not_equal(trimmed, chunk), pc.less_equal(pc.utf8_length(trimmed), _LONGEST_BLANK))

    def _mended(self, chunk: pa.Array, suspects: pa.Array, start: int, cells: Cells) -> pa.Array:
        """The texts as they stand, but for the suspects, which are looked at."""
        rows = np.flatnonzero(pc.fill_null(suspects, False).to_numpy(False))
        if not len(rows):
            return chunk
        found: list[Any] = [None] * len(rows)
        for at, (row, raw) in enumerate(zip(rows.tolist(), chunk.take(pa.array(rows)).to_pylist(), strict=True)):
            value, fault = self._look(raw)
            found[at] = value
            if fault is not None:
                cells.fault(start + row, fault, raw)
        mask = np.zeros(len(chunk), np.bool_)
        mask[rows] = True
        return pc.replace_with_mask(chunk, pa.array(mask), pa.array(found, pa.string()))

    # --- distinct values ---------------------------------------------------------------------------------------

    def _distinct(self, chunk: pa.Array, start: int, cells: Cells) -> pa.Array:
        values, indices = _encoded(chunk)
        looked = [self._look(value) for value in values]
        faulty = np.array([fault is not None for _, fault in looked], np.bool_)
        if faulty.any():
            at = pc.fill_null(indices.cast(pa.int64()), -1).to_numpy(False)
            for row in np.flatnonzero((at >= 0) & faulty[at]).tolist():
                fault = looked[at[row]][1]
                assert fault is not None
                cells.fault(start + row, fault, values[at[row]])
        return pa.array([value for value, _ in looked], self.type).take(indices)

    def _look(self, raw: object) -> tuple[object, ValueFault | None]:
        """What goes into the column for a cell, or why nothing can."""
        key = (type(raw), repr(raw) if isinstance(raw, (list, dict)) else raw)
        if key not in self.known:
            self.known[key] = self._asked(_cell(raw))
        return self.known[key]

    def _asked(self, cell: Cell) -> tuple[object, ValueFault | None]:
        if is_blank(cell):
            return None, None
        try:
            value = read_cell(self.column, cell, self.layout.regions)
        except ValueFault as fault:
            return None, fault
        return (None if value is None or self.type == pa.null() else _code(self.layout, self.fact, value)), None


def _column_type(layout: Layout, fact: Fact) -> pa.DataType:
    if layout.has_column(fact):
        return layout.column_type(fact)
    return _TEXTS.get(fact.type, pa.null())


def _limits(fact: Fact, factor: int) -> tuple[int, int]:
    """The least and the greatest number a cell may hold, in units of `factor`."""
    low, high = fact.bounds()
    largest = Fraction(fact.largest)
    least = -largest if low is None else max(-largest, low)
    greatest = largest if high is None else min(largest, high)
    return ceil(least / factor), floor(greatest / factor)


def _encoded(chunk: pa.Array) -> tuple[list[object], pa.Array]:
    """Distinct values, and for each row the position of its own."""
    if not pa.types.is_nested(chunk.type):
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        return encoded.dictionary.to_pylist(), encoded.indices
    cells = chunk.to_pylist()
    positions: dict[str, int] = {}
    indices = [None if cell is None else positions.setdefault(repr(cell), len(positions)) for cell in cells]
    first = {at: cell for cell, at in reversed(list(zip(cells, indices, strict=True))) if at is not None}
    return [first[at] for at in range(len(positions))], pa.array(indices, pa.int32())


def _cell(raw: Any) -> Cell:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    cell: Cell = raw
    return cell


def _code(layout: Layout, fact: Fact, value: Value) -> int | str | date:
    match fact.type:
        case Kind.SET:
            return layout.mask(fact, frozenset(value))  # type: ignore[arg-type]
        case Kind.ENUM:
            return layout.code(fact, str(value))
        case Kind.REGION:
            return layout.region_position(str(value))
    return value if isinstance(value, (str, date)) else int(value)  # type: ignore[arg-type]
