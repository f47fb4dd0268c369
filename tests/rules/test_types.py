from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.money import parse_money
from cewen.rules.types import MONEY, RATIO, Kind, Quantity, parse_literal


@pytest.mark.parametrize(
    ("number", "suffix", "value", "quantity"),
    [
        ("500", "万元", 500_000_000, MONEY),
        ("1.5", "亿元", 15_000_000_000, MONEY),
        ("20", "百万元", 2_000_000_000, MONEY),
        ("0.01", "元", 1, MONEY),
        ("15", "%", Fraction(3, 20), RATIO),
        ("3", "‰", Fraction(3, 1000), RATIO),
        ("2", "个百分点", Fraction(1, 50), RATIO),
        ("2", "年", 24, Quantity("月")),
        ("24", "个月", 24, Quantity("月")),
        ("3", "位", 3, Quantity("名")),
        ("10", "万人", 100_000, Quantity("人")),
        ("7", "", 7, RATIO),
    ],
)
def test_a_literal_has_one_value_and_one_unit(number: str, suffix: str, value: Fraction, quantity: Quantity) -> None:
    assert parse_literal(Fraction(number), suffix) == (value, quantity)


@pytest.mark.parametrize("suffix", ["万千元", "元万", "人百"])
def test_an_unknown_unit_is_refused(suffix: str) -> None:
    with pytest.raises(ValueError, match="单位"):
        parse_literal(Fraction(1), suffix)


@given(number=st.integers(0, 10**8), scale=st.sampled_from(["", "万", "百万", "千万", "亿"]))
def test_rules_and_facts_read_money_the_same(number: int, scale: str) -> None:
    assert parse_literal(Fraction(number), f"{scale}元") == (Fraction(parse_money(f"{number}{scale}元")), MONEY)


def test_every_kind_has_a_label_and_every_unit_a_name() -> None:
    assert all(kind.label for kind in Kind)
    assert {kind for kind in Kind if kind.is_number} == {Kind.MONEY, Kind.COUNT, Kind.INTEGER, Kind.RATIO}
    assert [quantity.label for quantity in (MONEY, RATIO, Quantity("人"))] == [
        "金额（元）", "比例或纯数", "以“人”计的数量",
    ]  # fmt: skip
