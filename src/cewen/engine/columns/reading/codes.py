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
_WEIGHTS = np.array([pow(3, place, _BASE) for place in range(LENGTH - 1)] + [1], np.float32)
_PIECES = np.dtype([("first", "<u8"), ("second", "<u8"), ("last", "<u2")])
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xFF51AFD7ED558CCD], np.uint64)
"""Odd numbers with bits all over: the pieces of a code times these, added up, differ where codes do, almost always."""
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


def repeated_numbers(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The numbers that occur more than once, sorted."""
    if not parts:
        return np.zeros(0, np.uint64)
    every = np.concatenate(parts)
    parts.clear()  # a register may be large
    every.sort()
    return np.unique(every[1:][every[1:] == every[:-1]])


def are_codes(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Whether all texts are as long as a code, so that `numbers` takes them."""
    if texts.null_count or texts.type != pa.string():
        return False
    ends = pc.min_max(pc.binary_length(texts)).as_py()
    return bool(ends["min"] == ends["max"] == LENGTH)


def numbers(codes: pa.Array | pa.ChunkedArray) -> NDArray[np.uint64]:
    """A 64-bit number for each code: alike for alike codes; that of others may, very rarely, be alike too."""
    found = np.empty(len(codes), np.uint64)
    place = 0
    for chunk in codes.chunks if isinstance(codes, pa.ChunkedArray) else (codes,):
        for start in range(0, len(chunk), _SLICE):
            pieces = _matrix(chunk.slice(start, _SLICE)).view(_PIECES).ravel()
            part = pieces["first"] * _FACTORS[0]
            part += pieces["second"] * _FACTORS[1]
            part += pieces["last"] * _FACTORS[2]
            found[place : place + len(part)] = part ^ (part >> np.uint64(32))
            place += len(part)
    return found


def _matrix(codes: pa.Array) -> NDArray[np.uint8]:
    """The bytes of texts that are all `LENGTH` long and not null, one row each."""
    _, offsets, data = codes.buffers()
    first = int(np.frombuffer(offsets, np.int32, 1, codes.offset * 4)[0])
    return np.frombuffer(data or b"", np.uint8, len(codes) * LENGTH, first).reshape(-1, LENGTH)


def _check(matrix: NDArray[np.uint8]) -> NDArray[np.bool_]:
    values = _VALUES[matrix]
    shaped = (values < _BASE).all(axis=1) & (values[:, :_DIGITS_FIRST] < 10).all(axis=1)
    sums = (values.astype(np.float32) @ _WEIGHTS).astype(np.int16)  # exact below 2**24
    valid: NDArray[np.bool_] = shaped & (sums % _BASE == 0)
    return valid
