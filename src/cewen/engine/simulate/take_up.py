"""Behavior: who applies for what he could get, as a stated share, drawn the same way every time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cewen.engine.columns.layout import USCC, Columns
from cewen.engine.columns.measure_columns import Flags

Draws = NDArray[np.uint64]
_SPAN = 2**64


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Take-up (申报率): the share of enterprises that apply, for all measures or by `policy#measure`.

    The draw of an enterprise for a measure depends on its code, the measure and `seed` only: before and after a
    reform, and in every year, the same enterprises apply; a higher rate adds applicants and takes none away.
    """

    rate: Fraction = Fraction(1)
    by_measure: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    seed: int = 0

    def of(self, measure: str) -> Fraction:
        return self.by_measure.get(measure, self.rate)

    @property
    def is_full(self) -> bool:
        """Whether everybody applies for everything."""
        return self.rate == 1 and all(rate == 1 for rate in self.by_measure.values())

    def takes(self, enterprises: Draws, measure: str) -> Flags | None:
        """Which enterprises apply for a measure; None when all do. `enterprises` are from `enterprise_draws`."""
        rate = self.of(measure)
        if rate >= 1:
            return None
        limit = rate * _SPAN
        draws = _mixed(enterprises ^ np.uint64(_number(f"{self.seed}|{measure}")))
        return np.less(draws, np.uint64(limit.numerator // limit.denominator))


def enterprise_draws(columns: Columns) -> Draws:
    """One 64-bit number for each enterprise, from its code alone."""
    codes = columns.tables["enterprise"][USCC].to_numpy(zero_copy_only=False)
    letters = np.asarray(codes, "S32").view(np.uint8).reshape(len(codes), 32) if len(codes) else np.zeros((0, 32), "u1")
    found = np.full(len(codes), 0xCBF29CE484222325, np.uint64)
    for at in range(32):
        letter = letters[:, at].astype(np.uint64)
        if not letter.any():
            break
        found = (found ^ letter) * np.uint64(0x100000001B3)
    return _mixed(found)


def _mixed(values: Draws) -> Draws:
    """The finisher of splitmix64: every bit of the input reaches every bit of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
