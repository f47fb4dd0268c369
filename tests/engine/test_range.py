"""Interval arithmetic against sampled values: sound, exact on exact numbers, and narrowing never widens."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cewen.base.truth import Truth
from cewen.engine import range as ranges
from cewen.engine.range import Range

VALUE = st.fractions(min_value=-50, max_value=50, max_denominator=7)


@st.composite
def inhabited(draw: st.DrawFn) -> tuple[Range, Fraction]:
    """A range and a value in it; a bound may be open."""
    value = draw(VALUE)
    low = draw(st.one_of(st.none(), st.just(value), VALUE.map(lambda other: min(other, value))))
    high = draw(st.one_of(st.none(), st.just(value), VALUE.map(lambda other: max(other, value))))
    return Range(low, high), value


def holds(result: Range, value: Fraction) -> bool:
    return (result.low is None or result.low <= value) and (result.high is None or value <= result.high)


@given(inhabited(), inhabited())
def test_arithmetic_when_values_lie_in_the_ranges_then_the_answer_lies_in_the_result(
    left: tuple[Range, Fraction], right: tuple[Range, Fraction]
) -> None:
    (one, x), (other, y) = left, right
    assert holds(ranges.add(one, other), x + y)
    assert holds(ranges.multiply(one, other), x * y)
    assert holds(ranges.least((one, other)), min(x, y))
    assert holds(ranges.greatest((one, other)), max(x, y))
    assert holds(ranges.hull((one, other)), x)
    quotient = ranges.divide(one, other)
    if y == 0:
        assert quotient.defined is not Truth.MET
    else:
        assert quotient.defined is not Truth.NOT_MET
        assert holds(quotient, x / y)


@given(st.sampled_from([">", ">=", "<", "<=", "=", "!="]), inhabited(), inhabited())
def test_compare_when_settled_then_true_of_every_possible_pair(
    operator: str, left: tuple[Range, Fraction], right: tuple[Range, Fraction]
) -> None:
    (one, x), (other, y) = left, right
    fact = {">": x > y, ">=": x >= y, "<": x < y, "<=": x <= y, "=": x == y, "!=": x != y}[operator]
    assert ranges.compare(operator, one, other) in (Truth.UNKNOWN, Truth.of(fact))
    assert ranges.compare(operator, Range.exactly(x), Range.exactly(y)) is Truth.of(fact)


@given(inhabited(), inhabited())
def test_arithmetic_when_an_input_is_narrowed_then_the_result_does_not_widen(
    left: tuple[Range, Fraction], right: tuple[Range, Fraction]
) -> None:
    (one, x), (other, _) = left, right
    narrow = Range.exactly(x)
    for operation in (ranges.add, ranges.multiply, ranges.divide):
        wide, tight = operation(one, other), operation(narrow, other)
        if wide.defined is Truth.MET:
            assert tight.defined is Truth.MET
        if tight.defined is not Truth.NOT_MET:
            assert wide.low is None or (tight.low is not None and wide.low <= tight.low)
            assert wide.high is None or (tight.high is not None and tight.high <= wide.high)


def test_divide_when_the_divisor_is_zero_then_no_comparison_is_met() -> None:
    nothing = ranges.divide(Range.exactly(5), Range.exactly(0))
    assert ranges.compare(">=", nothing, Range.exactly(0)) is Truth.NOT_MET
    assert ranges.compare("<", nothing, Range.exactly(0)) is Truth.NOT_MET
