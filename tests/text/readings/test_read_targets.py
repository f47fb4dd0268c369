"""Quantified targets from sentences and tables."""

from fractions import Fraction
from pathlib import Path

import pytest

from cewen.text.parse import parse_document
from cewen.text.readings import Target, read_all
from reading_support import plain_document, shown


def targets_of(text: str) -> tuple[Target, ...]:
    return read_all(plain_document(text)).targets


@pytest.mark.parametrize(
    ("text", "op", "value", "unit", "year"),
    [
        ("到2030年，全市甲业务收入突破4000亿元。", ">", 4000, "亿元", 2030),
        ("新建10个以上高水平创新平台。", ">=", 10, "个", None),
        ("形成50个重点成果。", "=", 50, "个", None),
        ("新增园区面积300万平方米以上。", ">=", 300, "万平方米", None),
        ("每年支持15个左右攻关项目。", "about", 15, "个", None),
        ("力争甲企业数占比达80%。", ">=", 80, "%", None),
        ("平均担保费率低于1%。", "<", 1, "%", None),
        ("2030年贷款余额增长30%。", "=", 30, "%", 2030),
        ("现有中心按照PUE值不高于1.3开展改造。", "<=", Fraction(13, 10), "", None),
        ("力争形成1000亿元规模的产业基金群。", "=", 1000, "亿元", None),
        ("“十五五”期间制定125项国家标准。", "=", 125, "项", 2030),
    ],
)
def test_a_target_has_comparison_value_unit_and_stated_year(
    text: str, op: str, value: int, unit: str, year: int | None
) -> None:
    (target,) = targets_of(text)
    assert shown((target.op, target.value, target.unit, target.year)) == (op, value, unit, year)


def test_a_range_has_two_values() -> None:
    (target,) = targets_of("打造2—3个重点开源项目。")
    assert shown((target.op, target.value, target.high)) == ("range", 2, 3)


def test_targets_of_one_sentence_are_told_apart() -> None:
    found = targets_of("到2030年，培育收入过100亿元软件企业10家、过亿元企业500家以上，新增上市企业10家。")
    assert shown([(target.op, target.value) for target in found]) == [("=", 10), (">=", 500), ("=", 10)]
    assert {target.year for target in found} == {2030}


def test_hope_and_frequency_are_kept() -> None:
    (hoped,) = targets_of("力争到2030年全省新增上市企业20家。")
    (yearly,) = targets_of("每年发布200项以上应用场景。")
    assert (hoped.is_aspirational, hoped.frequency) == (True, "one-off")
    assert (yearly.is_aspirational, yearly.frequency) == (False, "annual")


def test_rows_of_a_flattened_table_are_targets() -> None:
    text = (
        "主要目标表（至２０３０年）\n指标 单位 目标值\n甲增加值 亿元 ３７００\n乙比重② ％ １４\n丙数 个 ／ 万人 ３３\n"
    )
    found = targets_of(text)
    assert shown([(t.indicator, t.value, t.unit, t.year) for t in found]) == [
        ("甲增加值", 3700, "亿元", 2030),
        ("乙比重", 14, "%", 2030),
        ("丙数", 33, "个/万人", 2030),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "对年营业收入500万元以上的企业，给予10万元奖励。",
        "安排专项资金25亿元。",
        "首次缴纳比例不低于50%。",
        "围绕汽车软件等10个重点领域，着力发展。",
        "有效期为3年。",
        "按现行收费标准80%收取。",
        "当价格涨幅达到3%时，启动联动机制。",
    ],
)
def test_conditions_pools_charges_and_scopes_are_no_targets(text: str) -> None:
    assert targets_of(text) == ()


@pytest.mark.parametrize(
    ("folder", "count"),
    [
        ("wuhan/2022-digital-economy-measures", 0),
        ("wuhan/2022-software-plan", 21),
        ("wuhan/2022-digital-economy-plan", 33),
        ("hubei/2025-software-action-plan-draft", 5),
        ("cn/2021-software-plan", 9),
    ],
)
def test_targets_of_the_official_documents_are_read_and_reached_figures_are_not(
    repo: Path, folder: str, count: int
) -> None:
    document = parse_document((repo / "policies" / folder / "document.txt").read_text(encoding="utf-8"))
    assert len(read_all(document).targets) == count
