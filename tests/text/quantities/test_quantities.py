"""Numbers with units in every script and form official texts use."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.text.flow import fold_text
from cewen.text.quantities import Bound, Kind, Quantity, read_quantities
from reading_support import shown


def quantities_of(text: str) -> tuple[Quantity, ...]:
    return read_quantities(fold_text(text))


def only(text: str) -> Quantity:
    (quantity,) = quantities_of(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("给予500万元", 5_000_000),
        ("给予５００\n万 元", 5_000_000),
        ("奖励1.5亿元", 150_000_000),
        ("奖励五百万元", 5_000_000),
        ("奖励三百二十万元", 3_200_000),
        ("奖励6,800万元", 68_000_000),
        ("奖励0.8万元", 8_000),
        ("亿元以上项目", 100_000_000),
        ("补助10万亿元", 10 * 10**12),
    ],
)
def test_sums_of_money_in_any_script_are_exact_yuan(text: str, yuan: int) -> None:
    quantity = only(text)
    assert shown((quantity.kind, quantity.low, quantity.unit)) == (Kind.MONEY, yuan, "元")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("５０％", Fraction(50)),
        ("三分之一", Fraction(100, 3)),
        ("百分之十五", Fraction(15)),
        ("千分之六", Fraction(6, 10)),
        ("6‰", Fraction(6, 10)),
        ("2.5个百分点", Fraction(5, 2)),
        ("1∶1", Fraction(100)),
        ("1:0.5", Fraction(50)),
    ],
)
def test_rates_are_exact_percent(text: str, percent: Fraction) -> None:
    assert only(text).low == percent


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("30-50万元", 300_000, 500_000),
        ("2万元—10万元", 20_000, 100_000),
        ("100万元以上至200万元以下", 1_000_000, 2_000_000),
        ("20万以上30万元以下", 200_000, 300_000),
        ("5000万元（含）至1亿元（不含）", 50_000_000, 100_000_000),
        ("20%至70%", 20, 70),
        ("16至24周岁", 16, 24),
        ("2—3个", 2, 3),
    ],
)
def test_ranges_have_two_ends(text: str, low: int, high: int) -> None:
    quantity = only(text)
    assert shown((quantity.low, quantity.high)) == (low, high)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("500万元及以上", Bound.AT_LEAST),
        ("不低于500万元", Bound.AT_LEAST),
        ("不少于10人", Bound.AT_LEAST),
        ("达到或超过1亿元", Bound.AT_LEAST),
        ("超40万元以上", Bound.AT_LEAST),
        ("50%（含）以上", Bound.AT_LEAST),
        ("突破20亿元", Bound.ABOVE),
        ("超过5万元", Bound.ABOVE),
        ("500万元以上（不含）", Bound.ABOVE),
        ("100万元以内", Bound.AT_MOST),
        ("不超过3年", Bound.AT_MOST),
        ("最高给予3000万元", Bound.AT_MOST),
        ("200万元以下（不含）", Bound.BELOW),
        ("未满5年", Bound.BELOW),
        ("低于1%", Bound.BELOW),
        ("15个左右", Bound.ABOUT),
        ("提升到70%左右", Bound.ABOUT),
        ("20万元", None),
    ],
)
def test_bounding_words_before_and_after_are_joined(text: str, bound: Bound | None) -> None:
    assert only(text).bound is bound


def test_numbers_without_a_unit_take_that_of_the_last() -> None:
    assert [q.low for q in quantities_of("分别提高3、2、1个百分点")] == [3, 2, 1]
    assert [q.low for q in quantities_of("不低于500、1000、2000元")] == [500, 1000, 2000]
    assert shown([(q.low, q.unit) for q in quantities_of("三、四、五级")]) == [(3, "级"), (4, "级"), (5, "级")]


def test_what_a_sum_is_paid_for_each_of_is_kept() -> None:
    assert only("60元/平方米/月").per == "平方米/月"
    assert only("15元/平方米·月").per == "平方米·月"
    assert only("5元/人/夜").per == "人/夜"


def test_years_dates_and_ranks_are_no_counts() -> None:
    assert only("2022年6月1日").kind is Kind.DATE
    assert only("2022—2025年").kind is Kind.DATE
    assert only("前100强企业").kind is Kind.RANK
    assert only("排名前十的").low == 10
    assert quantities_of("一次性奖励") == ()
    assert quantities_of("第三方机构") == ()
    assert quantities_of("在元宇宙领域") == ()


def test_staged_payment_in_three_parts_is_no_ratio() -> None:
    assert quantities_of("按4:3:3比例拨付") == ()


@given(st.integers(1, 10**9), st.sampled_from(["元", "万元", "亿元"]))
def test_a_written_sum_is_read_back(number: int, unit: str) -> None:
    scale = {"元": 1, "万元": 10**4, "亿元": 10**8}[unit]
    assert only(f"给予{number}{unit}").low == number * scale
    assert only(f"给予{number:,}{unit}").low == number * scale


@given(st.text(alphabet="0123456789一二三十百千万亿半元%‰分之至、-:.,()以上超过不年月个家每最高/ 对给予", max_size=80))
def test_quantities_are_in_order_and_never_overlap(text: str) -> None:
    folded = fold_text(text)
    end = 0
    for quantity in read_quantities(folded):
        assert end <= quantity.start < quantity.end <= len(folded)
        assert quantity.left <= quantity.start
        assert quantity.right >= quantity.end
        assert quantity.low <= quantity.high
        end = quantity.end
