"""How wide numbers get: bounds of whole numbers through every operation, and the proof that a width holds them.

A rule's number is numerator / (denominator × divisor): `denominator` is known when the rule is compiled, `divisor` is a
positive number of the row (what a fact is divided by). Bounds come from the declared range of a fact and from
`Fact.largest`, which no record may exceed. Integer interval arithmetic is exact, so a width that is proven here is
never exceeded (Moore 1966).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor, lcm

from cewen.base.errors import CewenError
from cewen.rules.facts import Fact

WORD = 64
DOUBLE_WORD = 128


@dataclass(frozen=True, slots=True)
class Bound:
    """All whole numbers from `low` to `high`."""

    low: int
    high: int

    def __add__(self, other: Bound) -> Bound:
        return Bound(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Bound:
        return Bound(-self.high, -self.low)

    def __mul__(self, other: Bound) -> Bound:
        products = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Bound(min(products), max(products))

    def __or__(self, other: Bound) -> Bound:
        """The least bound that holds both."""
        return Bound(min(self.low, other.low), max(self.high, other.high))

    def times(self, factor: int) -> Bound:
        return self * Bound(factor, factor)

    @property
    def magnitude(self) -> int:
        return max(abs(self.low), abs(self.high))

    @property
    def bits(self) -> int:
        """Bits of the least two's complement integer that holds every number, sign included."""
        return max((~end if end < 0 else end).bit_length() for end in (self.low, self.high)) + 1


@dataclass(frozen=True, slots=True)
class Form:
    """Shape of a number: bounds of the numerator, the denominator, bounds of the divisor (None: no divisor)."""

    numerator: Bound
    denominator: int = 1
    divisor: Bound | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Largest intermediate of one operation (位宽证明): `bits` hold every value `bound` allows."""

    measure: str
    operation: str
    bound: Bound

    @property
    def bits(self) -> int:
        return self.bound.bits

    def __str__(self) -> str:
        return f"{self.measure}：{self.operation} 在 [{self.bound.low}, {self.bound.high}] 之内，需 {self.bits} 位"


@dataclass(slots=True)
class Prover:
    """Checks the widths of one measure and keeps the proofs. `measure` is how messages name it."""

    measure: str
    width: int = WORD
    proofs: list[Proof] = field(default_factory=list)

    def require(self, operation: str, bound: Bound, width: int | None = None) -> Bound:
        """`bound`, proven to fit; CewenError (CW631) naming measure and operation when it does not."""
        proof = Proof(self.measure, operation, bound)
        limit = width or self.width
        if proof.bits > limit:
            message = f"措施“{self.measure}”的“{operation}”要用 {proof.bits} 位整数，这个计算引擎只有 {limit} 位"
            remedy = "给用到的事实写上 maximum、减少比例的小数位，或改用引擎 reference。"
            raise CewenError.of("CW631", message, remedy)
        self.proofs.append(proof)
        return bound

    def fits(self, operation: str, bound: Bound, width: int | None = None) -> bool:
        """Whether `bound` fits; kept as a proof when it does."""
        proof = Proof(self.measure, operation, bound)
        if proof.bits > (width or self.width):
            return False
        self.proofs.append(proof)
        return True


def fact_bound(fact: Fact) -> Bound:
    """Every value of a number fact, known or possible: the declared range, or what a record may hold where it is open."""
    low, high = fact.bounds()
    return Bound(-fact.largest if low is None else floor(low), fact.largest if high is None else ceil(high))


def common(left: Form, right: Form) -> tuple[int, int, int]:
    """(denominator, factor of the left numerator, factor of the right one) that bring two forms together."""
    denominator = lcm(left.denominator, right.denominator)
    return denominator, denominator // left.denominator, denominator // right.denominator
