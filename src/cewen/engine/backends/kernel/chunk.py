"""One chunk of rows as the compiled loops see it: plain arrays from its first row on, whoever the facts belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cewen.engine.backends.kernel.bind import Bound
from cewen.engine.backends.kernel.compile import step
from cewen.engine.backends.kernel.source import Test

CHUNK = 1 << 16
"""Rows of a chunk: a multiple of eight, few enough that what several measures read stays in the cache of a core."""

NOTHING: NDArray[np.int64] = np.full(CHUNK, -1, np.int64)
NOT_LOST: NDArray[np.int16] = np.full(CHUNK, -1, np.int16)
"""Amounts and suppression of measures that have none. Never written."""

_ZEROS: NDArray[np.int64] = np.zeros(CHUNK, np.int64)
_ZEROS.flags.writeable = False
_UNKNOWN: NDArray[np.uint8] = np.zeros(CHUNK, np.uint8)
_KNOWN: NDArray[np.uint8] = np.ones(CHUNK, np.uint8)


@dataclass(eq=False)
class Lane:
    """What one thread works with, chunk after chunk (线程草稿)."""

    arrays: dict[tuple[object, ...], NDArray[Any]] = field(default_factory=dict)
    places: dict[tuple[int, int], Any] = field(default_factory=dict)
    """What a store has made of them, by measure and number of rows."""

    def scratch(self, kind: type[np.generic], *name: object) -> NDArray[Any]:
        """An array for a chunk; the same one for the same name."""
        key = (kind, *name)
        if key not in self.arrays:
            self.arrays[key] = np.empty(CHUNK, kind)
        return self.arrays[key]


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads chunks of the slots of one subject (按块读列). `of_owner`: slots that belong to the enterprise of a row."""

    bound: Sequence[Bound]
    of_owner: Sequence[bool]
    owner: NDArray[np.int64] | None
    tests: Sequence[tuple[Test, int]]

    def read(self, lane: Lane, start: int, stop: int) -> Chunk:
        """Values of all slots and truths of all tests in some rows."""
        rows = None if self.owner is None else self.owner[start:stop]
        values = [
            _values(bound, start, stop, rows if of_owner else None)
            for bound, of_owner in zip(self.bound, self.of_owner, strict=True)
        ]
        chunk = Chunk(self, start, stop, rows, values, [None] * len(values))
        codes: dict[int, NDArray[np.int32]] = {}
        for at, (test, slot) in enumerate(self.tests):
            truth = lane.scratch(np.uint8, "truth", at)[: stop - start]
            chunk.truths.append(truth)
            if self.bound[slot].values is None:
                truth.fill(1)
                continue
            if test.step != "holds" and slot not in codes:
                codes[slot] = lane.scratch(np.int32, "codes", slot)[: stop - start]
                codes[slot][:] = values[slot]
            step(test.step)(stop - start, codes.get(slot, values[slot]), chunk.known(slot), test.said, truth)
        return chunk


@dataclass(eq=False)
class Chunk:
    """Rows `start` to `stop` (一块行): `values` by slot, `truths` by test."""

    reader: Reader
    start: int
    stop: int
    rows: NDArray[np.int64] | None
    values: list[NDArray[Any]]
    flags: list[NDArray[np.uint8] | None]
    truths: list[NDArray[np.uint8]] = field(default_factory=list)

    def __len__(self) -> int:
        return self.stop - self.start

    def known(self, slot: int) -> NDArray[np.uint8]:
        """1 where the value of a slot is known."""
        flags = self.flags[slot]
        if flags is None:
            rows = self.rows if self.reader.of_owner[slot] else None
            flags = self.flags[slot] = _known(self.reader.bound[slot], self.start, self.stop, rows)
        return flags


def _values(bound: Bound, start: int, stop: int, rows: NDArray[np.int64] | None) -> NDArray[Any]:
    if bound.values is None:
        return _ZEROS[: stop - start]
    if rows is None:
        return bound.values[start:stop]
    taken = bound.values[rows]
    taken.flags.writeable = False
    return taken


def _known(bound: Bound, start: int, stop: int, rows: NDArray[np.int64] | None) -> NDArray[np.uint8]:
    if bound.values is None:
        return _UNKNOWN[: stop - start]
    if bound.bits is None:
        return _KNOWN[: stop - start]
    if rows is None:
        return np.unpackbits(bound.bits[start >> 3 : (stop + 7) >> 3], bitorder="little", count=stop - start)
    known: NDArray[np.uint8] = (bound.bits[rows >> 3] >> (rows & 7).astype(np.uint8)) & np.uint8(1)
    return known
