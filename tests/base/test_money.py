from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.money import LARGEST_FEN, display_money, parse_money, round_half_up, whole_fen, yuan_text

FEN = st.integers(-LARGEST_FEN, LARGEST_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("500万元", 500_000_000),
        ("５００ 万元", 500_000_000),
        ("1.5亿元", 15_000_000_000),
        ("6,800万元", 680_000_000_0),
        ("0.01", 1),
        ("12345.67元", 1_234_567),
        ("14万亿元", 1_400_000_000_000_000),
        ("-3元", -300),
        ("500万", 500_000_000),
    ],
)
def test_parse_money_when_written_in_any_scale_then_whole_fen(text: str, fen: int) -> None:
    assert parse_money(text) == fen


@pytest.mark.parametrize(
    "text", ["", "五百", "500美元", "0.001元", "1e9", "NaN", "100亿亿亿元", "12 3 x", "万元", "1.2.3"]
)
def test_parse_money_when_no_exact_amount_then_says_why(text: str) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        parse_money(text)


@given(FEN)
def test_yuan_text_when_parsed_again_then_the_same_fen(fen: int) -> None:
    assert parse_money(yuan_text(fen)) == fen
    assert whole_fen(Decimal(yuan_text(fen))) == fen


@given(st.fractions())
def test_round_half_up_when_any_fraction_then_nearest_and_odd(value: Fraction) -> None:
    rounded = round_half_up(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    assert round_half_up(-value) == -rounded


@given(st.integers(-(10**6), 10**6))
def test_round_half_up_when_exactly_half_then_away_from_zero(whole: int) -> None:
    half = Fraction(2 * whole + 1, 2)
    assert abs(round_half_up(half)) == (abs(2 * whole + 1) + 1) // 2


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (72_000_000, "72.00\u2009万元"),
        (0, "0.00\u2009万元"),
        (10**10, "1.00\u2009亿元"),
        (-500_000_000, "-500.00\u2009万元"),
        (123_456_789_012, "12.35\u2009亿元"),
    ],
)
def test_display_money_when_below_or_above_a_hundred_million_then_unit_fits(fen: int, shown: str) -> None:
    assert display_money(fen) == shown


@given(FEN, FEN, FEN)
def test_money_when_added_then_order_and_grouping_do_not_matter(one: int, two: int, three: int) -> None:
    def total(*parts: int) -> Fraction:
        return sum((Fraction(part, 100) for part in parts), Fraction(0))

    assert total(one, two, three) == total(three, one, two) == Fraction(one + two + three, 100)
