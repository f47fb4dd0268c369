"""What a promise of money becomes: known words are rules, numbers are kept, the rest is 待定."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from cewen.rules.draft import DraftedPolicy

Draft = Callable[[str], DraftedPolicy]
FRAME = "某市支持软件企业发展若干措施\n\n一、支持企业发展\n\n（一）支持研发。{sentence}\n"


def only(draft: Draft, sentence: str) -> dict[str, Any]:
    drafted = draft(FRAME.format(sentence=sentence))
    assert len(drafted.measures) == 1, [measure.entries for measure in drafted.measures]
    file = drafted.files[drafted.measure_files[drafted.measures[0].id]]
    entries: dict[str, Any] = yaml.safe_load(file)
    return entries


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "对年度营业收入500万元及以上的软件企业，按照年研发投入的10%给予最高100万元补助。",
            {
                "conditions": ["注册地 属于 武汉市", "年营业收入 >= 500万元", "企业类型 包含 软件企业"],
                "amount": "年研发投入 * 10%",
                "cap": "100万元",
            },
        ),
        (
            "对主营业务收入超过1.5亿元的软件企业，给予20万元一次性奖励。",
            {
                "conditions": ["注册地 属于 武汉市", "年营业收入 > 1.5亿元", "企业类型 包含 软件企业"],
                "amount": "20万元",
                "frequency": "one_off",
            },
        ),
        (
            "对研发费用占营业收入的比重不低于8%的软件企业，给予10万元奖励。",
            {"conditions": ["注册地 属于 武汉市", "年研发投入 / 年营业收入 >= 8%", "企业类型 包含 软件企业"]},
        ),
        (
            "对获得DCMM三级、四级、五级认证的企业，分别给予20万元、30万元、50万元一次性奖励。",
            {
                "kind": "tiered",
                "tiers": [
                    {"name": "三级", "when": "DCMM等级 = 3级", "amount": "20万元"},
                    {"name": "四级", "when": "DCMM等级 = 4级", "amount": "30万元"},
                    {"name": "五级", "when": "DCMM等级 = 5级", "amount": "50万元"},
                ],
            },
        ),
        (
            "对软件业务收入首次突破10亿元、1亿元的企业，分别给予200万元、100万元一次性奖励。",
            {
                "tiers": [
                    {"name": "1亿元", "when": "首次突破(软件业务收入, 1亿元)", "amount": "100万元"},
                    {"name": "突破10亿元", "when": "首次突破(软件业务收入, 10亿元)", "amount": "200万元"},
                ]
            },
        ),
    ],
)
def test_known_words_become_rules(draft: Draft, sentence: str, expected: dict[str, Any]) -> None:
    entries = only(draft, sentence)
    assert {key: entries.get(key) for key in expected} == expected


def test_a_quantity_nobody_knows_keeps_its_number(draft: Draft) -> None:
    entries = only(draft, "对年进出口额达到3000万元的企业，给予20万元奖励。")
    assert "年进出口额 >= 3000万元" in entries["conditions"]
    assert "年进出口额" in entries["note"]


def test_a_base_nobody_knows_keeps_its_rate_and_cap(draft: Draft) -> None:
    entries = only(draft, "对软件企业，按照流片费用的30%给予最高500万元补助。")
    assert (entries["amount"], entries["cap"]) == ("流片费用 * 30%", "500万元")


def test_a_known_word_with_unknown_words_around_it_is_not_taken_for_granted(draft: Draft) -> None:
    entries = only(draft, "对跨境离岸营业收入达到3000万元的软件企业，给予20万元奖励。")
    assert "跨境离岸营业收入 >= 3000万元" in entries["conditions"]
    assert not any(each.startswith("年营业收入") for each in entries["conditions"])


def test_a_receiver_named_by_a_pronoun_is_left_to_a_person(draft: Draft) -> None:
    entries = only(draft, "对评选的示范平台开展宣传。对其系统解决方案提供单位给予最高20万元奖励。")
    assert "待定" in entries["conditions"]


def test_a_standard_no_machine_decides_is_an_open_condition(draft: Draft) -> None:
    entries = only(draft, "对服务效果好的软件企业，给予20万元奖励。")
    assert entries["open_conditions"] == ["服务效果好"]
    assert "待定" not in entries["conditions"]


def test_support_case_by_case_has_no_number(draft: Draft) -> None:
    entries = only(draft, "对引进的龙头企业，以“一事一议”方式给予支持。")
    assert (entries["kind"], entries["certainty"]) == ("discretionary", "case_by_case")
    assert "amount" not in entries


def test_a_range_is_a_ceiling_whose_lower_end_is_kept_in_words(draft: Draft) -> None:
    entries = only(draft, "对软件企业给予10万元至20万元奖励。")
    assert (entries["amount"], entries["certainty"]) == ("20万元", "ceiling")
    assert any("10万元" in words for words in entries["open_conditions"])


def test_foreign_money_is_not_yuan(draft: Draft) -> None:
    entries = only(draft, "对年出口额6500万美元以上的企业，给予20万元奖励。")
    assert "年出口额 >= 6500万美元" in entries["conditions"]


def test_what_nobody_knew_is_proposed_with_type_and_unit(draft: Draft) -> None:
    drafted = draft(FRAME.format(sentence="对年进出口额达到3000万元的企业，给予20万元奖励。"))
    assert yaml.safe_load(drafted.files["facts.yaml"]) == [
        {"label": "年进出口额", "key": "mou_2024_measures_01", "subject": "enterprise", "type": "money", "unit": "元",
         "period": "annual", "definition": "待定"}
    ]  # fmt: skip


def test_what_the_text_does_not_say_of_itself_is_pending(draft: Draft) -> None:
    header = yaml.safe_load(draft(FRAME.format(sentence="对软件企业给予10万元奖励。")).files["policy.yaml"])
    pending = {key for key, value in header.items() if value == "待定"}
    assert pending == {"number", "issuer", "issued_on", "effective_on", "source"}
    assert header["type"] == "measures"


def test_a_draft_for_consultation_has_no_dates_to_fill_in_but_its_own(draft: Draft) -> None:
    text = FRAME.format(sentence="对软件企业给予10万元奖励。").replace("若干措施", "若干措施（征求意见稿）", 1)
    header = yaml.safe_load(draft(text).files["policy.yaml"])
    assert {key for key, value in header.items() if value == "待定"} == {"consulted_on", "issuer", "source"}
