"""Ways of saying that policies of other issuers showed: brackets that adjoin, years, instalments, names of units."""

from __future__ import annotations

import pytest

from cewen.base.certainty import Certainty
from cewen.text.readings import read_all
from reading_support import amounts_of, incentives_of, limits_of, only_incentive, plain_document, shown


def thresholds(text: str) -> list[object]:
    incentive = only_incentive(text)
    return [tier.threshold.value if tier.threshold else None for tier in incentive.tiers]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("对投资额3亿—50亿元的甲项目，按投资额的2%补助；投资额达50亿元及以上的重大项目，按投资额的4%补助。", [3, 50]),
        ("实收资本10亿元（含）以上的，给予20万元；5亿元（含）至10亿元的，给予10万元奖励。", [10, 5]),
        ("零售额首次突破1亿元的奖励10万元，首次突破5亿元的奖励50万元。", [1, 5]),
    ],
)
def test_brackets_that_adjoin_are_one_promise(text: str, wanted: list[int]) -> None:
    assert shown(thresholds(text)) == [number * 10**8 for number in wanted]


def test_of_several_bounds_the_one_that_adjoins_selects_the_tier() -> None:
    text = "投资2000万元以上3000万元以下的，补贴42%；投资3000万元以上，且每亩投资在100万元以上的，补贴80%。"
    assert shown(thresholds(text)) == [20_000_000, 30_000_000]


@pytest.mark.parametrize(
    "text",
    [
        "前两年按贡献的80%给予奖励，后三年按50%给予奖励，每年不超过100万元。",
        "投产当年按贡献的80%给予奖励，第二年按50%给予奖励，每年不超过100万元。",
    ],
)
def test_rates_of_years_are_tiers_of_one_promise_under_one_cap(text: str) -> None:
    incentive = only_incentive(text)
    assert amounts_of(incentive) == [("rate", 80), ("rate", 50)]
    assert shown([tier.cap for tier in incentive.tiers]) == [1_000_000, 1_000_000]


def test_the_part_beyond_is_a_tier_with_its_threshold() -> None:
    incentive = only_incentive("上云费用1万元以内的部分全额补助，超过1万元的部分按50%补助，单个企业最高5万元。")
    assert amounts_of(incentive) == [("rate", 100), ("rate", 50)]
    assert incentive.certainty is Certainty.DEFINITE
    assert shown(thresholds("上云费用1万元以内的部分全额补助，超过1万元的部分按50%补助，单个企业最高5万元。")) == [
        None,
        10_000,
    ]


def test_instalments_that_add_up_to_the_rate_are_no_promises_of_their_own() -> None:
    text = "对甲项目按总投入的25%给予补助，项目启动补助10%，竣工验收补助15%，每个项目最高不超过400万元。"
    incentive = only_incentive(text)
    assert amounts_of(incentive) == [("rate", 25)]
    assert shown(incentive.tiers[0].cap) == 4_000_000
    assert read_all(plain_document(text)).unread == ()


def test_limits_under_among_them_are_the_tiers_of_the_rate() -> None:
    incentive = only_incentive(
        "对甲产品按制作费用的45%给予补助，其中对大型的，补助总额最高250万元；对小型的，补助总额最高700万元。"
    )
    assert shown([(tier.amount.low, tier.cap) for tier in incentive.tiers]) == [(45, 2_500_000), (45, 7_000_000)]


def test_limits_for_what_the_conditions_name_are_one_each() -> None:
    incentive = only_incentive(
        "对新认定的独角兽、瞪羚企业，按贷款的50%贴息，瞪羚企业最高30万元，独角兽企业最高100万元。"
    )
    assert shown([tier.cap for tier in incentive.tiers]) == [300_000, 1_000_000]


@pytest.mark.parametrize(
    ("text", "yuan", "unit"),
    [
        ("每毕业1家高新技术企业，奖励孵化器10万元。", 100_000, "1家高新技术企业"),
        ("对甲园区，每位入选一位成员，奖励20万元，总计奖励不超过100万元。", 200_000, "一位成员"),
        ("对甲企业，按执行额1万美元奖励人民币3000元。", 3000, "1万美元"),
        ("对设计企业按每片晶圆（折合8英寸）80元的标准给予支持。", 80, "片晶圆"),
        ("动画片按1000元/分钟给予奖励。", 1000, "分钟"),
        ("农村危房改造户均补助1.4万元。", 14_000, "户"),
    ],
)
def test_what_a_sum_is_paid_for_each_of(text: str, yuan: int, unit: str) -> None:
    incentive = only_incentive(text)
    assert amounts_of(incentive) == [("per_unit", yuan)]
    assert incentive.tiers[0].amount.unit == unit


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("对获得冠军、亚军、季军的，分别给予500万、400万、300万一次性奖励。", [5_000_000, 4_000_000, 3_000_000]),
        ("由基础层升入创新层的补足差额30万元。", [300_000]),
        ("去程每列补贴3万元、回程每列补贴2万元。", [30_000, 20_000]),
        ("年满80周岁的老年人每月发放津贴50元，90周岁以上100元，100周岁以上300元。", [50, 100, 300]),
    ],
)
def test_sums_said_in_other_words(text: str, amounts: list[int]) -> None:
    assert [value for _, value in amounts_of(only_incentive(text))] == amounts


@pytest.mark.parametrize(
    "text",
    [
        "对甲项目按投资额的10%补贴，其中奖补资金50%待企业达产后兑现。",
        "对甲项目给予10万元补助，其中设施设备补助不超过60%。",
        "对甲企业后2年缴纳的县级留成部分的50%，由同级财政扶持企业。",
        "给予保费30%的补助（单个企业最高不超过30万元）。",
        "对投资特别大的项目，按“一事一议”原则，在要素保障方面给予支持。",
    ],
)
def test_these_are_one_promise(text: str) -> None:
    assert len(incentives_of(text)) == 1


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("每年遴选不超过20名青年人才，给予每人30万元资助。", []),
        ("对增速超过全市平均水平5个百分点的企业，奖励10万元。", [(">", 5, "%")]),
        ("对月用电量不低于200万千瓦时的企业，给予每千瓦时0.1元奖励。", [(">=", 2_000_000, "千瓦时")]),
        ("对招录2023届高校毕业生的企业，给予每人2000元补贴。", []),
    ],
)
def test_what_is_demanded_and_what_is_not(text: str, limits: object) -> None:
    assert limits_of(only_incentive(text)) == limits


@pytest.mark.parametrize("text", ["发放小额信贷，单户额度5万元以内、期限3年以内。", "每年从预算中安排不低于1000万元。"])
def test_loans_and_pools_promise_nothing(text: str) -> None:
    assert incentives_of(text) == ()


@pytest.mark.parametrize("number", ["1:1", "三分之一", "千分之六", "2倍", "6‰", "0.8个百分点"])
def test_a_share_no_reading_uses_is_shown(number: str) -> None:
    text = f"费用由市、区两级按{number}负担。"
    (unread,) = read_all(plain_document(text)).unread
    assert number in unread.span.of(text)


def test_a_bound_inside_a_promise_that_no_field_uses_is_shown() -> None:
    text = "对甲机构给予每人2万元补贴，每家机构最多支持3人。"
    (unread,) = read_all(plain_document(text)).unread
    assert "3人" in unread.span.of(text)
