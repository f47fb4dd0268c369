"""The answer of an engine as the result columns of each measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cewen.base.period import InForce
from cewen.engine.backends.ibis.query import Decoding, Derived, Source
from cewen.engine.columns.measure_columns import MET, NONE, NOT_MET, MeasureAmounts, MeasureColumns, needs_type
from cewen.rules.lower import LoweredMeasure

Numbers = NDArray[Any]
Codes = NDArray[Any]


class Answer:
    """Columns of an answer as arrays, by name; none where nothing depends on the row."""

    def __init__(self, row_count: int, arrays: Mapping[str, Numbers]) -> None:
        self.row_count = row_count
        self._arrays = arrays

    def field(self, source: Source, kind: type[np.signedinteger], status: Codes | None = None) -> Numbers:
        """A field that is sent, or the same in every row or for every status."""
        if isinstance(source, int):
            return np.broadcast_to(kind(source), self.row_count)
        if not self.row_count:
            return np.zeros(0, kind)
        if isinstance(source, tuple) and status is not None:
            return np.array(source, kind)[status]
        values = self._arrays[str(source)]
        return values if values.dtype == kind else values.astype(kind)


def decode(answer: Answer, measure: LoweredMeasure, decoding: Decoding, in_force: InForce) -> MeasureColumns:
    """The results of one measure, before what stacking is left."""
    if decoding.status is Derived.MET_WHERE_HIGH:
        high = answer.field(decoding.high, np.int64)
        status = (high >= 0).view(np.int8)
        status *= MET - NOT_MET
        status += NOT_MET
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
        answer.field(decoding.suppressed_by, np.int16),
    )


_BLOCK = 1 << 15
"""Rows added at a time: what is worked out for them stays near the processor."""


def add_claims(total: Numbers, amounts: MeasureAmounts) -> None:
    """Add to each row of `total` what the same row of a measure is paid."""
    for start in range(0, len(total), _BLOCK):
        part = slice(start, start + _BLOCK)
        claims = np.maximum(amounts.high[part], 0)
        claims *= (amounts.status[part] == MET) & (amounts.suppressed_by[part] == NONE)
        total[part] += claims
