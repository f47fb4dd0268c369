# mypy: disallow-untyped-decorators=False
"""Exact arithmetic generated code calls.

The text is put beside the generated code and imported from there (see `compile`), never from here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

HOW: Any = {"nogil": True, "error_model": "numpy"}


@njit(**HOW)
def quotient(x: Any, magic: Any, shift: Any) -> Any:
    """The whole part of a division by a constant: x · magic >> 64 >> shift, for 0 <= x."""
    mask, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    a, m = np.uint64(x), np.uint64(magic)
    x0, x1, m0, m1 = a & mask, a >> half, m & mask, m >> half
    middle = x1 * m0 + ((x0 * m0) >> half)
    other = x0 * m1 + (middle & mask)
    return np.int64((x1 * m1 + (middle >> half) + (other >> half)) >> np.uint64(shift))


@njit(**HOW)
def product(a: Any, b: Any) -> Any:
    """High and low word of |a| * |b|."""
    mask, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    x, y = np.uint64(abs(a)), np.uint64(abs(b))
    x0, x1, y0, y1 = x & mask, x >> half, y & mask, y >> half
    low = x0 * y0
    middle = x1 * y0 + (low >> half)
    other = x0 * y1 + (middle & mask)
    return x1 * y1 + (middle >> half) + (other >> half), (other << half) | (low & mask)


@njit(**HOW)
def sign_of_difference(a: Any, b: Any, c: Any, d: Any) -> Any:
    """The sign of a * b - c * d, each product in 128 bits; b and d are positive."""
    high, low = product(a, b)
    other_high, other_low = product(c, d)
    above = (high > other_high) | ((high == other_high) & (low > other_low))
    below = (high < other_high) | ((high == other_high) & (low < other_low))
    sign = np.int64(above) - np.int64(below)
    sign = -sign if a < 0 else sign
    mixed = -1 if a < 0 else 1
    return mixed if (a < 0) != (c < 0) else sign
