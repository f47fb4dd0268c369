"""What an evaluation is worth to an enterprise: what is owed and what is at most, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.certainty import Certainty
from cewen.base.money import yuan_text
from cewen.engine.result import Result, Status


@dataclass(frozen=True, slots=True)
class Worth:
    """Money in fen (所值): `definite` is owed, `ceiling` is at most. Compared by a stated weight, never added."""

    definite: int = 0
    ceiling: int = 0

    def __sub__(self, other: Worth) -> Worth:
        return Worth(self.definite - other.definite, self.ceiling - other.ceiling)

    def __add__(self, other: Worth) -> Worth:
        return Worth(self.definite + other.definite, self.ceiling + other.ceiling)

    def weighed(self, ceiling_weight: Fraction) -> Fraction:
        """One number to compare by: a fen at most counts `ceiling_weight` of a fen owed."""
        return self.definite + ceiling_weight * self.ceiling

    def to_json(self) -> dict[str, str]:
        return {"definite": yuan_text(self.definite), "ceiling": yuan_text(self.ceiling)}


def worth_of(results: Iterable[Result]) -> Worth:
    """Sum over what is met and not suppressed."""
    definite = ceiling = 0
    for result in results:
        if result.status is Status.MET and result.counts and result.amount is not None:
            if result.measure.measure.certainty is Certainty.DEFINITE:
                definite += result.amount.high
            else:
                ceiling += result.amount.high
    return Worth(definite, ceiling)
