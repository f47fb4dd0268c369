"""Steps over one chunk that no policy changes, compiled: tests of codes, stacking within a row, sums.

The text of each function is put beside the generated code and compiled there (see `compile`), never from here. Arrays
begin at the first row of the chunk. Status codes are those of `columns.measure_columns`: 2 unknown, 3 met; amounts are
fen, -1 for none; `lost` is the position of what suppresses a row, -1 for nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

HOW: Any = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit("void(int64, int32[::1], uint8[::1], uint8[::1], uint8[::1])", **HOW)
def look_up(n: Any, values: Any, known: Any, table: Any, truth: Any) -> None:
    """0 no, 1 not known, 2 yes, by the code in each row. The table has 2^k entries, so that no code reads beyond it."""
    last = np.int64(len(table) - 1)
    for i in range(n):
        j = np.uintp(i)
        said = table[np.uintp(np.int64(values[j]) & last)]
        truth[j] = said if known[j] != 0 else np.uint8(1)


@njit("void(int64, int32[::1], uint8[::1], int64, uint8[::1])", **HOW)
def is_in(n: Any, values: Any, known: Any, mask: Any, truth: Any) -> None:
    """The same by bits: yes where the bit of the code is set in `mask`."""
    for i in range(n):
        j = np.uintp(i)
        said = np.uint8(((mask >> (np.int64(values[j]) & 63)) & 1) << 1)
        truth[j] = said if known[j] != 0 else np.uint8(1)


@njit("void(int64, Array(int64, 1, 'C', readonly=True), uint8[::1], int64, uint8[::1])", **HOW)
def holds(n: Any, values: Any, known: Any, mask: Any, truth: Any) -> None:
    """The same for sets: yes where every bit of `mask` is set."""
    for i in range(n):
        j = np.uintp(i)
        said = np.uint8(2) if (np.int64(values[j]) & mask) == mask else np.uint8(0)
        truth[j] = said if known[j] != 0 else np.uint8(1)


@njit("void(int64, int8[::1], int64[::1], int16[::1], int64, int64, int64[::1], int16[::1], int16[::1])", **HOW)
def challenge(
    n: Any, status: Any, high: Any, lost: Any, own: Any, policy: Any, best: Any, winner: Any, side: Any
) -> None:
    """One member of a highest-only rule against those before it; `own` is its position, `policy` the number of its."""
    for i in range(n):
        j = np.uintp(i)
        wins = (status[j] == 3) & (lost[j] < 0) & (high[j] > best[j])
        best[j] = high[j] if wins else best[j]
        winner[j] = own if wins else winner[j]
        side[j] = policy if wins else side[j]


@njit("void(int64, int8[::1], int64[::1], int16[::1], int64, int64, int16[::1], int16[::1])", **HOW)
def give_way(n: Any, status: Any, high: Any, lost: Any, own: Any, policy: Any, winner: Any, side: Any) -> None:
    """A member of a highest-only rule that is not the winner, nor of its policy, is suppressed by it."""
    for i in range(n):
        j = np.uintp(i)
        loses = (status[j] == 3) & (lost[j] < 0) & (high[j] >= 0) & (winner[j] != own) & (side[j] != policy)
        lost[j] = winner[j] if loses else lost[j]


@njit("void(int64, int8[::1], int64[::1], int16[::1], int16[::1])", **HOW)
def enter(n: Any, status: Any, high: Any, lost: Any, count: Any) -> None:
    """Count the members of a joint cap that have an amount in a row."""
    for i in range(n):
        j = np.uintp(i)
        count[j] += np.int16((status[j] == 3) & (lost[j] < 0) & (high[j] >= 0))


@njit("void(int64, int8[::1], int64[::1], int64[::1], int16[::1], int64, int16[::1], int64[::1], int16[::1])", **HOW)
def draw(n: Any, status: Any, low: Any, high: Any, lost: Any, own: Any, count: Any, rest: Any, first: Any) -> None:
    """The next member of a joint cap takes what is left; who finds nothing is suppressed by the first."""
    for i in range(n):
        j = np.uintp(i)
        if (status[j] == 3) & (lost[j] < 0) & (high[j] >= 0) & (count[j] > 1):
            if first[j] < 0:
                first[j] = own
            if rest[j] == 0:
                lost[j] = first[j]
            elif high[j] > rest[j]:
                low[j] = min(low[j], rest[j])
                high[j] = rest[j]
                rest[j] = 0
            else:
                rest[j] -= high[j]


@njit("void(int64, int8[::1], int64[::1], int16[::1], int64[::1])", **HOW)
def add_up(n: Any, status: Any, high: Any, lost: Any, total: Any) -> None:
    """Add what is met and not suppressed to the total of each row."""
    for i in range(n):
        j = np.uintp(i)
        total[j] += high[j] if (status[j] == 3) & (lost[j] < 0) & (high[j] > 0) else np.int64(0)


@njit("void(int64, int8[::1], int64[::1], int16[::1], int64[::1])", **HOW)
def accumulate(n: Any, status: Any, high: Any, lost: Any, sums: Any) -> None:
    """Counts of met and open, unknown, suppressed; fen in two halves: every sum of 2^31 rows fits."""
    count, unknown, suppressed, half, top = np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for i in range(n):
        j = np.uintp(i)
        is_open = (status[j] == 3) & (lost[j] < 0)
        amount = high[j] if is_open & (high[j] > 0) else np.int64(0)
        count += np.int64(is_open)
        unknown += np.int64(status[j] == 2)
        suppressed += np.int64(lost[j] >= 0)
        half += amount & 0xFFFFFFFF
        top += amount >> 32
    half += sums[3]
    sums[0] += count
    sums[1] += unknown
    sums[2] += suppressed
    sums[3] = half & 0xFFFFFFFF
    sums[4] += top + (half >> 32)


@njit("void(int64, int8[::1], int64[::1], int16[::1], int32[::1], int32[::1], int64[:, ::1])", **HOW)
def accumulate_by(n: Any, status: Any, high: Any, lost: Any, group: Any, rows: Any, sums: Any) -> None:
    """The same by group; counts of unknown and suppressed rows all stand in the first group. Halves are not carried.

    `rows` is scratch for the rows that count, gathered first: which ones do is hard to foresee.
    """
    unknown, suppressed, count = np.int64(0), np.int64(0), np.int64(0)
    for i in range(n):
        j = np.uintp(i)
        unknown += np.int64(status[j] == 2)
        suppressed += np.int64(lost[j] >= 0)
    sums[0, 1] += unknown
    sums[0, 2] += suppressed
    for i in range(n):
        rows[np.uintp(count)] = np.int32(i)
        j = np.uintp(i)
        count += np.int64((status[j] == 3) & (lost[j] < 0))
    for i in range(count):
        j = np.uintp(rows[np.uintp(i)])
        g = np.uintp(group[j])
        amount = max(high[j], np.int64(0))
        sums[g, 0] += 1
        sums[g, 3] += amount & 0xFFFFFFFF
        sums[g, 4] += amount >> 32
