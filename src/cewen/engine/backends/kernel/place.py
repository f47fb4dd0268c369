"""Where the results of a chunk go: into arrays of all rows, or into scratch memory to be added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import get_ident
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cewen.engine.backends.kernel.chunk import CHUNK, NOT_LOST, NOTHING, Chunk, Lane
from cewen.engine.backends.kernel.compile import step
from cewen.engine.backends.kernel.source import MeasureCode


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Arrays of one measure for one chunk (结果位置), as in `MeasureColumns`; `lost` is `suppressed_by`.

    Without a least amount of its own, `low` is `high`; measures without amounts share one array of nothing.
    """

    status: NDArray[np.int8]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    tier: NDArray[np.int8]
    needs: NDArray[np.signedinteger]
    lost: NDArray[np.int16]


class Store(Protocol):
    """Takes the results of measures, named by their position in the plan, chunk by chunk."""

    def place(self, lane: Lane, at: int, code: MeasureCode, chunk: Chunk) -> Place:
        """Where a measure is to write."""

    def finish(self, at: int, place: Place, chunk: Chunk) -> None:
        """Everything stands there, stacking within the row included."""


Arrays = Mapping[int, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class RowStore:
    """Keeps rows (逐行结果): an array for each kind and measure; what has no array goes to scratch memory.

    `floors` are the least amounts that follow from the greatest ones: nothing, or none.
    """

    status: Arrays
    low: Arrays
    high: Arrays
    tier: Arrays
    needs: Arrays
    lost: Arrays
    floors: Arrays
    total: NDArray[np.int64] | None = None

    def place(self, lane: Lane, at: int, code: MeasureCode, chunk: Chunk) -> Place:
        def part(arrays: Arrays, kind: type[np.generic]) -> NDArray[Any]:
            if at in arrays:
                return arrays[at][chunk.start : chunk.stop]
            return lane.scratch(kind, "unused")[: len(chunk)]

        high = part(self.high, np.int64) if code.outputs.amount else NOTHING[: len(chunk)]
        own_low = code.outputs.low and at in self.low
        lost = self.lost[at][chunk.start : chunk.stop] if at in self.lost else NOT_LOST[: len(chunk)]
        if at in self.lost:
            lost.fill(-1)
        return Place(
            part(self.status, np.int8),
            part(self.low, np.int64) if own_low else high,
            high,
            part(self.tier, np.int8),
            part(self.needs, getattr(np, code.outputs.needs)),
            lost,
        )

    def finish(self, at: int, place: Place, chunk: Chunk) -> None:
        if at in self.floors:
            np.minimum(place.high, 0, out=self.floors[at][chunk.start : chunk.stop])
        if self.total is not None:
            rows = slice(chunk.start, chunk.stop)
            step("add_up")(len(chunk), place.status, place.high, place.lost, self.total[rows])


@dataclass(frozen=True, eq=False)
class SumStore:
    """Keeps totals by group and measure (合计): arrays as `steps.accumulate` fills them, one set a thread.

    `columns` gives the column of each position of the plan; `group` is the group of each row, None for one group of all.
    """

    columns: Mapping[int, int]
    groups: int
    group: Callable[[Chunk], NDArray[np.int32]] | None
    members: frozenset[int]
    parts: dict[int, tuple[NDArray[np.int64], NDArray[np.int32]]]

    def place(self, lane: Lane, at: int, code: MeasureCode, chunk: Chunk) -> Place:
        key = (at, len(chunk))
        if key not in lane.places:
            lane.places[key] = self._made(lane, at, code, len(chunk))
        place: Place = lane.places[key]
        if at in self.members:
            place.lost.fill(-1)
        return place

    def _made(self, lane: Lane, at: int, code: MeasureCode, count: int) -> Place:
        whose = at if at in self.members else None
        high = lane.scratch(np.int64, "high", whose)[:count] if code.outputs.amount else NOTHING[:count]
        lost = lane.scratch(np.int16, "lost", whose)[:count] if at in self.members else NOT_LOST[:count]
        return Place(
            lane.scratch(np.int8, "status", whose)[:count],
            lane.scratch(np.int64, "low", whose)[:count] if code.outputs.low else high,
            high,
            lane.scratch(np.int8, "tier")[:count],
            lane.scratch(getattr(np, code.outputs.needs), "needs")[:count],
            lost,
        )

    def finish(self, at: int, place: Place, chunk: Chunk) -> None:
        thread = get_ident()
        if thread not in self.parts:
            totals = np.zeros((len(self.columns), self.groups, WIDTH), np.int64)
            self.parts[thread] = totals, np.empty(CHUNK, np.int32)
        totals, rows = self.parts[thread]
        sums = totals[self.columns[at]]
        if self.group is None:
            step("accumulate")(len(chunk), place.status, place.high, place.lost, sums[0])
        else:
            step("accumulate_by")(len(chunk), place.status, place.high, place.lost, self.group(chunk), rows, sums)
            carry(sums)

    def totals(self) -> NDArray[np.int64]:
        """Totals of all threads: (measures, groups, `WIDTH`)."""
        empty = np.zeros((len(self.columns), self.groups, WIDTH), np.int64)
        return sum((totals for totals, _ in self.parts.values()), empty)


MET_COUNT, UNKNOWN_COUNT, SUPPRESSED_COUNT, HIGH, HIGH_TOP = range(5)
"""What is added up: met and not suppressed, unknown, suppressed, fen in two halves.

The least total needs no place: a met award is settled, so it is the greatest where definite and nothing elsewhere.
"""

WIDTH = 5

HALF = 32


def carry(totals: NDArray[np.int64]) -> None:
    """Move what exceeds the lower half of each sum to the upper one, in place."""
    totals[..., HIGH_TOP] += totals[..., HIGH] >> HALF
    totals[..., HIGH] &= (1 << HALF) - 1
