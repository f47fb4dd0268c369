"""Rows of one subject as columns, before they become Arrow: whole numbers, positions in a list of texts, or texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from cewen.engine.synth.codes import Text
from cewen.engine.synth.seed import Flags
from cewen.rules.facts import Fact
from cewen.rules.types import Kind

NOTHING = "无"
"""How a cell says that a set is known to be empty."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column (列) of a chunk. `values`: numbers, yes/no, positions in `texts`, or an Arrow string array."""

    header: str
    values: Any
    texts: tuple[str, ...] = ()
    blank: Flags | None = None

    def to_arrow(self) -> pa.Array:
        """Arrow array; texts as a dictionary."""
        if isinstance(self.values, pa.Array):
            return self.values
        if not self.texts:
            return pa.array(self.values, mask=self.blank)
        codes = pa.array(self.values.astype(np.int16), mask=self.blank)
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.texts, pa.string()))


def header_of(fact: Fact, year: int | None = None) -> str:
    """The header of a column of `cewen evaluate`: label, year, and `fen` for money."""
    parts = [fact.label]
    if year is not None:
        parts.append(str(year))
    if fact.type is Kind.MONEY:
        parts.append("fen")
    return ":".join(parts)


def strings(text: Text) -> pa.Array:
    """Arrow strings of texts of one width, without a copy for each."""
    count, width = text.shape
    offsets = np.arange(0, (count + 1) * width, max(width, 1), dtype=np.int32)[: count + 1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text))]
    return pa.StringArray.from_buffers(count, buffers[1], buffers[2])


def members(masks: Sequence[str]) -> tuple[str, ...]:
    """For each set of the given values, as bits of a number, how a cell writes it."""
    return tuple(
        "、".join(value for at, value in enumerate(masks) if number >> at & 1) or NOTHING
        for number in range(1 << len(masks))
    )


def to_batch(fields: Sequence[Field]) -> pa.RecordBatch:
    """The columns as one batch."""
    return pa.RecordBatch.from_arrays([each.to_arrow() for each in fields], [each.header for each in fields])
