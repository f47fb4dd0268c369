"""Promises of money: one test a habit of the language."""

from pathlib import Path

import pytest

from cewen.base.certainty import Certainty
from cewen.text.parse import parse_document
from cewen.text.readings import read_incentives
from reading_support import amounts_of, incentives_of, limits_of, only_incentive, shown


@pytest.mark.parametrize(
    ("text", "amounts", "certainty"),
    [
        ("对获评甲称号的企业，给予20万元一次性奖励。", [("fixed", 200_000)], "definite"),
        ("对获评甲称号的企业，给予最高20万元奖励。", [("upto", 200_000)], "ceiling"),
        ("对甲项目择优给予20万元资助。", [("fixed", 200_000)], "selective"),
        ("对甲项目采取“一事一议”方式给予支持。", [("case_by_case", None)], "case_by_case"),
        ("对甲设备给予投资额的30%—50%补贴。", [("range_percent", (30, 50))], "ceiling"),
        ("市财政给予每家补助15-20万元。", [("range_yuan", (150_000, 200_000))], "ceiling"),
        ("对符合条件的企业按研发投入的三分之一给予补助。", [("rate", 33.3333)], "definite"),
        ("对企业按不超过研发投入的10%给予补助。", [("rate", 10)], "ceiling"),
        ("对入选团队按市级奖励1∶1给予配套。", [("rate", 100)], "definite"),
        ("对符合条件的贷款给予2.5个百分点贴息。", [("rate", 2.5)], "definite"),
        ("对甲企业增加的地方贡献，予以全额奖励。", [("rate", 100)], "definite"),
        ("对甲机构按上述标准的1.2倍予以支持。", [("rate", 120)], "definite"),
        ("按每人1000元的标准发放一次性扩岗补助。", [("per_unit", 1000)], "definite"),
        ("对租用办公用房的企业按60元/平方米/月给予补贴。", [("per_unit", 60)], "definite"),
        ("对甲企业，每增加1亿元，另给予10万元奖励。", [("per_unit", 100_000)], "definite"),
        ("每成功孵化1家高新技术企业，给予孵化器10万元奖励。", [("per_unit", 100_000)], "definite"),
        ("对当年新上市的企业，给予2个40万元的人才补贴名额。", [("per_unit", 400_000)], "definite"),
    ],
)
def test_each_kind_of_amount_is_read(text: str, amounts: object, certainty: str) -> None:
    incentive = only_incentive(text)
    assert amounts_of(incentive) == amounts
    assert incentive.certainty == certainty


@pytest.mark.parametrize(
    "text",
    [
        "对甲项目按投资额的8%给予补助，单个项目最高不超过500万元。",
        "对甲项目按投资额的8%给予最高500万元补助。",
        "对甲项目给予投资额8%、最高500万元的补助。",
        "按照投资额的8%，给予不超过500万元的补助。",
        "对甲项目按投资额的8%给予补助。每家企业每年最高不超过500万元。",
        "对甲项目按投资额的8%给予补助，补助总额不超过500万元。",
    ],
)
def test_a_limit_after_a_rate_is_its_cap(text: str) -> None:
    incentive = only_incentive(text)
    assert shown([(tier.amount.low, tier.cap) for tier in incentive.tiers]) == [(8, 5_000_000)]
    assert incentive.certainty is Certainty.DEFINITE


def test_the_cap_of_an_enterprise_goes_before_that_of_a_fair() -> None:
    incentive = only_incentive("对参展企业给予展位费80%补助，单个企业最高60万元，单个展会最高5万元。")
    assert incentive.tiers[0].cap == 600_000


def test_lists_are_zipped_with_what_they_name() -> None:
    incentive = only_incentive("对获评国家级、省级、市级示范的企业，分别给予50万元、20万元、10万元奖励。")
    assert amounts_of(incentive) == [("fixed", 500_000), ("fixed", 200_000), ("fixed", 100_000)]
    assert [tier.when for tier in incentive.tiers] == ["国家级", "省级", "市级示范"]
    assert all(tier.threshold is None for tier in incentive.tiers)


def test_lists_of_thresholds_select_tiers_and_are_no_conditions() -> None:
    incentive = only_incentive("对收入首次突破1亿元、10亿元且增速20%以上的企业，分别奖励10万元、20万元。")
    assert shown([tier.threshold and (tier.threshold.op, tier.threshold.value) for tier in incentive.tiers]) == [
        (">", 10**8),
        (">", 10**9),
    ]
    assert limits_of(incentive) == [(">=", 20, "%")]
    assert incentive.frequency == "one_off"


def test_grades_and_ranks_name_tiers_without_thresholds() -> None:
    incentive = only_incentive("对获得三、四、五级认证的企业，分别给予20万元、30万元、50万元奖励。")
    assert [tier.threshold for tier in incentive.tiers] == [None, None, None]
    assert incentive.conditions == ()


def test_brackets_over_the_same_quantity_are_one_incentive() -> None:
    text = (
        "投资达到或超过3亿元的企业，给予补助900万元；8000万元（含）至3亿元（不含）的企业，给予补助400万元；"
        "2000万元（含）至8000万元（不含）的企业，给予补助150万元。"
    )
    incentive = only_incentive(text)
    assert [tier.amount.low for tier in incentive.tiers] == [9_000_000, 4_000_000, 1_500_000]
    assert [tier.threshold and tier.threshold.value for tier in incentive.tiers] == [3 * 10**8, 8 * 10**7, 2 * 10**7]


def test_stages_under_a_total_are_its_tiers() -> None:
    incentive = only_incentive(
        "对上市企业，分阶段奖励600万元，其中对完成备案的，奖励100万元；对获受理的，奖励200万元；对成功发行的，奖励300万元。"
    )
    assert [tier.amount.low for tier in incentive.tiers] == [1_000_000, 2_000_000, 3_000_000]


def test_one_promise_with_named_sums_is_one_incentive() -> None:
    incentive = only_incentive("向无住房人才发放租房补贴，其中甲类人才每月2000元，乙类人才每月1000元。")
    assert amounts_of(incentive) == [("per_unit", 2000), ("per_unit", 1000)]


def test_half_for_the_others_is_a_tier() -> None:
    incentive = only_incentive("对入选人才给予最高500万元奖励，其中短期项目奖励额度减半。")
    assert amounts_of(incentive) == [("upto", 5_000_000), ("rate", 50)]


def test_rates_by_year_are_tiers_of_their_years() -> None:
    incentive = only_incentive("对甲企业，前三年按租金的100%、后两年按租金的50%给予补贴。")
    assert amounts_of(incentive) == [("rate", 100), ("rate", 50)]
    assert incentive.frequency == "years:5"


def test_benefits_of_different_events_and_beneficiaries_are_apart() -> None:
    found = incentives_of("对首次认定的企业，给予20万元奖励；对重新认定的，给予10万元奖励。对园区给予5万元。")
    assert [item.tiers[0].amount.low for item in found] == [200_000, 100_000, 50_000]
    two = incentives_of("对软件按成本的15%给予研制单位奖补，按单价的50%给予应用单位奖补，双边奖补最高不超过1000万元。")
    assert shown([(item.tiers[0].amount.low, item.tiers[0].cap) for item in two]) == [(15, 10**7), (50, 10**7)]


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("对年收入500万元及以上的企业，给予1万元奖励。", [(">=", 5_000_000, "元")]),
        ("对占比达到15%及以上的企业，给予1万元奖励。", [(">=", 15, "%")]),
        ("对使用费超过5万美元的企业，给予1万元奖励。", [(">", 50_000, "美元")]),
        ("对新进入民营企业500强的企业，给予1万元奖励。", [("<=", 500, "名")]),
        ("对离校两年内未就业的16至24周岁青年给予1万元补贴。", [("<=", 2, "年"), (">=", 16, "岁"), ("<=", 24, "岁")]),
        ("对运营12个月以上且不少于10人的机构，给予1万元奖励。", [(">=", 12, "个月"), (">=", 10, "人")]),
        ("创办企业超过1年未满5年的人才，给予1万元补贴。", [(">", 1, "年"), ("<", 5, "年")]),
        ("对建设期内（最长不超过2年）的项目，给予1万元补助。", [("<=", 2, "年")]),
        ("对新增贡献超过10%部分奖励企业50%。", []),
        ("对2030年4月30日前获得授权的，每件资助1万元。", []),
    ],
)
def test_numeric_conditions_keep_their_comparison(text: str, limits: object) -> None:
    assert limits_of(only_incentive(text)) == limits


def test_a_condition_before_a_colon_holds_for_all_that_follows() -> None:
    found = incentives_of(
        "年增速达50%以上的企业：批发企业销售额每实现1亿元，奖励5万元；零售企业每实现2000万元，奖励2万元。"
    )
    assert [limits_of(item) for item in found] == [[(">=", 50, "%")], [(">=", 50, "%")]]


def test_a_later_sentence_reaches_back() -> None:
    (incentive,) = incentives_of("获得发明专利授权的，每件资助1万元。以上资助申请需在授权公告之日起一年内提出。")
    assert limits_of(incentive) == [("<=", 1, "年")]


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("对甲企业给予一次性奖励10万元。", "one_off"),
        ("对甲企业每年给予10万元补助。", "annual"),
        ("对甲企业按租金的50%给予补贴，补贴期限不超过3年。", "years:3"),
        ("对引进人才每人给予20万元补助，分2年发放。", "years:2"),
        ("对甲企业给予10万元补助。", None),
    ],
)
def test_how_often_is_read(text: str, frequency: str | None) -> None:
    assert only_incentive(text).frequency == frequency


@pytest.mark.parametrize(
    "text",
    [
        "统筹安排资金25亿元，支持中心建设。",
        "设立1亿元产业发展基金，给予股权投资支持。",
        "支持新增小微企业贷款2000亿元以上。",
        "最高可申请50万元的创业担保贷款。",
        "检验费用按80%收取。",
        "减按15%的税率征收企业所得税。",
        "按投资额70%抵扣应纳税所得额。",
        "处以3万元以上10万元以下罚款。",
        "到2030年，收入突破4000亿元。",
        "以上奖励由市、区两级财政按5:5比例承担。",
        "单户企业年度奖励总额不超过500万元。",
        "采取一事一议的方式开展职称评审。",
        "新出让土地可按不低于底价的10%确定竞买保证金。",
        "已享受“一事一议”优惠政策的，不再享受奖励。",
        "按照规定给予奖励。",
    ],
)
def test_pools_loans_charges_penalties_and_targets_are_no_incentives(text: str) -> None:
    assert incentives_of(text) == ()


def test_broken_lines_and_full_width_signs_change_nothing() -> None:
    plain = only_incentive("对年收入500万元及以上的企业，按研发投入的10%给予最高100万元补助。")
    broken = only_incentive(
        "对年收入 ５００\n\n万元及以\n上的企业，按研发投\n\n入的 １０％给予最高 １００ 万\n元补助。"
    )
    assert amounts_of(plain) == amounts_of(broken)
    assert limits_of(plain) == limits_of(broken)
    assert plain.tiers[0].cap == broken.tiers[0].cap


MEASURES = {
    "wuhan/2022-digital-economy-measures": 16,
    "hubei/2025-software-action-plan-draft": 12,
    "wuhan/2022-software-plan": 0,
    "cn/2021-software-plan": 0,
}


@pytest.mark.parametrize(("folder", "count"), MEASURES.items())
def test_every_promise_of_the_official_documents_is_found_in_its_clause(repo: Path, folder: str, count: int) -> None:
    document = parse_document((repo / "policies" / folder / "document.txt").read_text(encoding="utf-8"))
    found = read_incentives(document)
    assert len(found) == count
    assert all(item.clause for item in found)


def test_the_research_subsidy_of_the_measures_is_read_to_the_letter(repo: Path) -> None:
    text = (repo / "policies/wuhan/2022-digital-economy-measures/document.txt").read_text(encoding="utf-8")
    found = [item for item in read_incentives(parse_document(text)) if item.clause == "二/（六）"]
    research, growth, maturity = found
    assert shown((amounts_of(research), research.tiers[0].cap)) == ([("rate", 10)], 1_000_000)
    assert limits_of(research) == [(">=", 5_000_000, "元"), (">=", 15, "%")]
    assert research.certainty is Certainty.CEILING
    assert research.beneficiary == "软件企业"
    assert limits_of(growth) == [(">=", 5_000_000, "元"), (">=", 30, "%")]
    assert amounts_of(maturity) == [("fixed", 200_000), ("fixed", 300_000), ("fixed", 500_000)]
    assert maturity.frequency == "one_off"
