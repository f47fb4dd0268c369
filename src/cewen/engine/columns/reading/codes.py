"""统一社会信用代码 by the million: shape and check digit (GB 32100-2015) over bytes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

LENGTH = 18
_ALPHABET = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_BASE = len(_ALPHABET)
_DIGITS_FIRST = 8
_WRONG = 255
_VALUES = np.full(256, _WRONG, np.uint8)
_VALUES[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(_BASE)
_WEIGHTS = np.array([pow(3, place, _BASE) for place in range(LENGTH - 1)] + [1], np.int16)
_POWERS = np.array([pow(_BASE, place, 1 << 64) for place in range(LENGTH)], np.uint64)
_SLICE = 1 << 16


def well_formed(codes: pa.Array) -> NDArray[np.bool_]:
    """Which texts are valid codes exactly as they stand. False for null, and for codes only a reader can mend."""
    found = np.zeros(len(codes), np.bool_)
    for start in range(0, len(codes), _SLICE):
        part = codes.slice(start, _SLICE)
        rows = np.flatnonzero(pc.fill_null(pc.equal(pc.binary_length(part), LENGTH), False).to_numpy(False))
        if len(rows):
            found[start + rows] = _check(_matrix(part if len(rows) == len(part) else part.take(pa.array(rows))))
    return found


class CodeIndex:
    """Where each code stands (代码索引): valid codes, sorted by a 64-bit number made of them."""

    def __init__(self, codes: pa.ChunkedArray) -> None:
        self.codes = codes
        hashes = _numbers(codes)
        self.order = np.argsort(hashes)
        self.hashes = hashes[self.order]

    def rows(self, codes: pa.ChunkedArray) -> NDArray[np.int64]:
        """For each of some valid codes a row that has it, -1 where there is none."""
        if not len(self.codes):
            return np.full(len(codes), -1, np.int64)
        hashes = _numbers(codes)
        order = np.argsort(hashes)  # searching in order stays within the cache
        at = np.empty(len(hashes), np.int64)
        at[order] = np.searchsorted(self.hashes, hashes[order])
        at = np.minimum(at, len(self.hashes) - 1)
        found: NDArray[np.int64] = self.order[at]
        same = pc.equal(self.codes.take(pa.array(found)), codes).to_numpy()
        # Different codes may share a number, so a code that is not there has to be looked for beside its number.
        for row in np.flatnonzero(~same).tolist():
            places = np.arange(*(np.searchsorted(self.hashes, hashes[row], side) for side in ("left", "right")))
            rows = (int(self.order[place]) for place in places)
            found[row] = next((each for each in rows if self.codes[each] == codes[row]), -1)
        return found

    def repeated(self) -> list[tuple[int, int]]:
        """Pairs of rows with the same code: the first that has it, and each other."""
        alike = np.flatnonzero(self.hashes[1:] == self.hashes[:-1])
        suspects = np.unique(np.concatenate([self.order[alike], self.order[alike + 1]]))
        first: dict[str, int] = {}
        found: list[tuple[int, int]] = []
        for row, code in zip(suspects.tolist(), self.codes.take(pa.array(suspects)).to_pylist(), strict=True):
            if first.setdefault(code, row) != row:
                found.append((first[code], row))
        return found


def _numbers(codes: pa.ChunkedArray) -> NDArray[np.uint64]:
    """A 64-bit number for each valid code: alike for alike codes; that of others may, very rarely, be alike too."""
    found = np.empty(len(codes), np.uint64)
    place = 0
    for chunk in codes.chunks:
        for start in range(0, len(chunk), _SLICE):
            values = _VALUES[_matrix(chunk.slice(start, _SLICE))]
            found[place : place + len(values)] = values.astype(np.uint64) @ _POWERS
            place += len(values)
    return found


def _matrix(codes: pa.Array) -> NDArray[np.uint8]:
    """The bytes of texts that are all `LENGTH` long and not null, one row each."""
    _, offsets, data = codes.buffers()
    first = int(np.frombuffer(offsets, np.int32, 1, codes.offset * 4)[0])
    return np.frombuffer(data, np.uint8, len(codes) * LENGTH, first).reshape(-1, LENGTH)


def _check(matrix: NDArray[np.uint8]) -> NDArray[np.bool_]:
    values = _VALUES[matrix]
    shaped = (values < _BASE).all(axis=1) & (values[:, :_DIGITS_FIRST] < 10).all(axis=1)
    sums = values.astype(np.int16) @ _WEIGHTS
    valid: NDArray[np.bool_] = shaped & (sums % _BASE == 0)
    return valid
