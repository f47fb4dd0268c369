"""Where the codes of objects and awards stand among enterprises that pass by, part by part."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.reading.codes import are_codes, numbers

_SIEVE_BITS = 24
_SHIFT = np.uint64(64 - _SIEVE_BITS)


class Seeker:
    """Looks for codes (查代码): few beside the enterprises, which need not stand in memory.

    `rows[i]` is the row of the first enterprise with `codes[i]`, -1 as long as none came by; `twice` holds rows of
    enterprises whose code one of `codes` was found to have stood before.
    """

    def __init__(self, codes: pa.Array) -> None:
        self.codes = codes
        self.rows: NDArray[np.int64] = np.full(len(codes), -1, np.int64)
        self.twice: list[int] = []
        self._order: NDArray[np.int64] | None = None
        if are_codes(codes):
            found = numbers(codes)
            self._order = np.argsort(found)
            self._numbers = found[self._order]
            self._sieve = np.zeros(1 << _SIEVE_BITS, np.bool_)
            self._sieve[self._numbers >> _SHIFT] = True

    def pass_by(self, enterprises: pa.Array, rows: NDArray[np.int64]) -> None:
        """Look at the codes of enterprises in some rows."""
        row, code = self._found(enterprises)
        again = self.rows[code] >= 0
        first = np.unique(code, return_index=True)[1]
        once = np.zeros(len(code), np.bool_)
        once[first] = True
        once &= ~again
        self.rows[code[once]] = rows[row[once]]
        self.twice.extend(rows[row[~once]].tolist())

    def _found(self, enterprises: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows with one of the codes, and which; in order of rows."""
        if self._order is not None and are_codes(enterprises):
            asked = numbers(enterprises)
            row = np.flatnonzero(self._sieve[asked >> _SHIFT])
            place = np.searchsorted(self._numbers, asked[row])
            place[place == len(self._numbers)] = 0
            same = self._numbers[place] == asked[row]
            row, code = row[same], self._order[place[same]]
            # Numbers of different codes may be alike: the texts decide.
            if pc.all(pc.equal(enterprises.take(pa.array(row)), self.codes.take(pa.array(code)))).as_py() is not False:
                return row, code
        places = pc.index_in(enterprises, value_set=self.codes)
        row = np.flatnonzero(places.is_valid().to_numpy(zero_copy_only=False))
        return row, places.take(pa.array(row)).to_numpy().astype(np.int64)

    def of(self, codes: pa.ChunkedArray) -> NDArray[np.int64]:
        """The row of each of some of the codes looked for."""
        found: NDArray[np.int64] = self.rows[pc.index_in(codes, value_set=self.codes).to_numpy()]
        return found
