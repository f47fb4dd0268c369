"""What a computed column is: its kind, what it is made of, and what can be told of it without data."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakValueDictionary

from cewen.base.errors import CewenError

LARGEST_64 = 2**63 - 1
LARGEST_WIDE = 10**38 - 1
"""What 38 decimal digits hold; every engine has a whole number that wide."""

Value = int | bool | str | tuple[tuple[int, int], ...] | None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Term:
    """One computed column. Numbers lie in `low` … `high` where not null; truths have 0 and 0 there."""

    kind: str
    args: tuple[Term, ...] = ()
    value: Value = None
    is_truth: bool = False
    nullable: bool = False
    low: int = 0
    high: int = 0

    @property
    def constant(self) -> int | None:
        """The number this is, whatever the row; None where it depends on the row or is null."""
        return self.value if self.kind == "number" and isinstance(self.value, int) else None

    @property
    def is_null_constant(self) -> bool:
        return self.kind in ("number", "truth") and self.value is None

    @property
    def is_wide(self) -> bool:
        """Whether 64 bits may be too few."""
        return max(-self.low, self.high) > LARGEST_64


_KNOWN: WeakValueDictionary[tuple[object, ...], Term] = WeakValueDictionary()


def make_term(
    kind: str,
    args: tuple[Term, ...] = (),
    value: Value = None,
    *,
    is_truth: bool = False,
    nullable: bool = False,
    low: int = 0,
    high: int = 0,
) -> Term:
    """The term; the same object for the same computation. Raises CewenError (CW636) beyond 38 digits."""
    if max(-low, high) > LARGEST_WIDE:
        message = "有一步计算的中间值可能超过 38 位数，这个计算引擎算不准"
        raise CewenError.of("CW636", message, "把规则拆小，或改用引擎 reference。")
    key = (kind, tuple(map(id, args)), type(value), value, nullable, low, high)
    found = _KNOWN.get(key)
    if found is None:
        found = Term(kind, args, value, is_truth, nullable, low, high)
        _KNOWN[key] = found
    return found
