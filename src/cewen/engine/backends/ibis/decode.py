"""The answer of an engine as the result columns of each measure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cewen.base.period import InForce
from cewen.engine.backends.ibis.query import Decoding, Derived, Source
from cewen.engine.columns.measure_columns import MET, NOT_MET, MeasureColumns, needs_type, not_suppressed
from cewen.rules.lower import LoweredMeasure

Numbers = NDArray[Any]
Codes = NDArray[Any]


class Answer:
    """Columns of an answer as arrays, each taken out once."""

    def __init__(self, row_count: int, table: pa.Table | None) -> None:
        self.row_count = row_count
        self._table, self._arrays = table, dict[str, Numbers]()

    def column(self, name: str) -> Numbers:
        if name not in self._arrays:
            empty = np.zeros(0, np.int64)
            self._arrays[name] = empty if self._table is None else self._table[name].to_numpy()
        return self._arrays[name]

    def field(self, source: Source, kind: type[np.signedinteger], status: Codes | None = None) -> Numbers:
        """A field that is sent, or the same in every row or for every status."""
        if isinstance(source, int):
            return np.broadcast_to(kind(source), self.row_count)
        if isinstance(source, tuple) and status is not None:
            return np.array(source, kind)[status]
        values = self.column(str(source))
        return values if values.dtype == kind else values.astype(kind)


def decode(answer: Answer, measure: LoweredMeasure, decoding: Decoding, in_force: InForce) -> MeasureColumns:
    """The results of one measure, before stacking."""
    if decoding.status is Derived.MET_WHERE_HIGH:
        high = answer.field(decoding.high, np.int64)
        status = np.where(high >= 0, np.int8(MET), np.int8(NOT_MET))
    else:
        status = answer.field(decoding.status, np.int8)
        high = answer.field(decoding.high, np.int64, status)
    if decoding.low is Derived.ZERO_WHERE_HIGH:
        low = np.minimum(high, 0)
    elif decoding.low is Derived.HIGH_WHERE_MET:
        low = high if decoding.status is Derived.MET_WHERE_HIGH else np.where(status == MET, high, np.minimum(high, 0))
    else:
        low = answer.field(decoding.low, np.int64, status)
    return MeasureColumns(
        measure,
        in_force,
        decoding.needed,
        status,
        low,
        high,
        answer.field(decoding.tier, np.int8),
        answer.field(decoding.needs, needs_type(decoding.needed)),
        not_suppressed(answer.row_count),
    )
