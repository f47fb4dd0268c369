"""Three-valued truth: met, not met, unknown. Unknown is never "no"."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Strong Kleene logic (Kleene 1952, section 64)."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        if value is None:
            return cls.UNKNOWN
        return cls.MET if value else cls.NOT_MET

    def __and__(self, other: Truth) -> Truth:
        return all_of((self, other))

    def __or__(self, other: Truth) -> Truth:
        return any_of((self, other))

    def __invert__(self) -> Truth:
        return {Truth.MET: Truth.NOT_MET, Truth.NOT_MET: Truth.MET, Truth.UNKNOWN: Truth.UNKNOWN}[self]

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values; compare it with Truth.MET, Truth.NOT_MET or Truth.UNKNOWN")

    @property
    def sign(self) -> str:
        return {"met": "✓", "not_met": "✗", "unknown": "?"}[self.value]


def all_of(values: Iterable[Truth]) -> Truth:
    """且: not met as soon as one is not met, however many are unknown; met when there is none."""
    result = Truth.MET
    for value in values:
        if value is Truth.NOT_MET:
            return Truth.NOT_MET
        if value is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """或: met as soon as one is met, however many are unknown; not met when there is none."""
    return ~all_of(~value for value in values)
