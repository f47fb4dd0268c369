from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cewen.rules.check.interval import Interval, satisfying

small = st.fractions(min_value=-4, max_value=4, max_denominator=2)
ends = st.none() | small
intervals = st.builds(Interval, ends, ends, st.booleans(), st.booleans())


def holds(interval: Interval, value: Fraction) -> bool:
    """Membership said a second way, end by end."""
    above = interval.low is None or value > interval.low or (value == interval.low and not interval.low_open)
    below = interval.high is None or value < interval.high or (value == interval.high and not interval.high_open)
    return above and below


@given(one=intervals, other=intervals, value=small)
def test_the_meeting_of_two_holds_what_both_hold(one: Interval, other: Interval, value: Fraction) -> None:
    assert holds(one.meet(other), value) is (holds(one, value) and holds(other, value))


@given(interval=intervals, value=small)
def test_nothing_is_in_an_empty_interval(interval: Interval, value: Fraction) -> None:
    assert not (interval.is_empty and holds(interval, value))


@given(one=intervals, other=intervals, value=small)
def test_an_interval_that_holds_another_holds_its_numbers(one: Interval, other: Interval, value: Fraction) -> None:
    assert not (one.holds(other) and holds(other, value)) or holds(one, value)


@given(interval=intervals, value=st.integers(-6, 6))
def test_whole_numbers_stay_the_same(interval: Interval, value: int) -> None:
    assert holds(interval.whole(), Fraction(value)) is holds(interval, Fraction(value))


@given(interval=intervals, value=small, factor=small.filter(bool))
def test_scaling_moves_each_number(interval: Interval, value: Fraction, factor: Fraction) -> None:
    assert holds(interval.scaled(factor), value * factor) is holds(interval, value)


@given(one=intervals, other=intervals, value=small, added=small)
def test_sums_of_members_are_in_the_sum(one: Interval, other: Interval, value: Fraction, added: Fraction) -> None:
    assert not (holds(one, value) and holds(other, added)) or holds(one.plus(other), value + added)


def test_each_comparison_has_its_interval() -> None:
    five = Fraction(5)
    said = {operator: satisfying(operator, five) for operator in (">=", ">", "<=", "<", "=")}
    inside = {
        operator: [value for value in (4, 5, 6) if interval is not None and holds(interval, Fraction(value))]
        for operator, interval in said.items()
    }
    assert inside == {">=": [5, 6], ">": [6], "<=": [4, 5], "<": [4], "=": [5]}
    assert satisfying("!=", five) is None
