"""Bounds of whole numbers: every value lies inside, and the bits are enough and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.engine.bits import Bound, Prover

NUMBERS = st.integers(-(2**70), 2**70)


@st.composite
def bounds_with_a_value(draw: st.DrawFn) -> tuple[Bound, int]:
    low, value, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    return Bound(low, high), value


@given(bounds_with_a_value(), bounds_with_a_value())
def test_bound_when_computed_then_holds_what_its_values_give(one: tuple[Bound, int], other: tuple[Bound, int]) -> None:
    (left, x), (right, y) = one, other
    for bound, value in ((left + right, x + y), (left * right, x * y), (-left, -x), (left.times(7), 7 * x)):
        assert bound.low <= value <= bound.high
    assert (left | right).low <= min(x, y)
    assert max(x, y) <= (left | right).high


@given(bounds_with_a_value())
def test_bits_when_counted_then_hold_both_ends_and_one_less_does_not(made: tuple[Bound, int]) -> None:
    bound, _ = made
    half = 2 ** (bound.bits - 1)
    assert -half <= bound.low <= bound.high < half
    if bound.bits > 1:
        assert not (-half // 2 <= bound.low and bound.high < half // 2)


def test_prover_when_too_wide_then_an_error_with_measure_operation_and_bits() -> None:
    prover = Prover("here/one#wide")
    assert prover.require("乘", Bound(0, 2**63 - 1)) == Bound(0, 2**63 - 1)
    with pytest.raises(CewenError, match="65 位"):
        prover.require("乘", Bound(0, 2**63))
    assert [proof.bits for proof in prover.proofs] == [64]
