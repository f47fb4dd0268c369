"""What no reading covers is shown with its reason."""

import pytest

from cewen.text.flow import fold_text
from cewen.text.readings import Unread, read_all
from reading_support import plain_document


def unread_of(text: str) -> tuple[Unread, ...]:
    return read_all(plain_document(text)).unread


@pytest.mark.parametrize(
    ("text", "quoted", "reason"),
    [
        ("统筹安排资金25亿元，支持中心建设。", "25亿元", "资金安排"),
        ("最高可申请50万元的创业担保贷款。", "50万元", "信贷"),
        ("减按15%的税率征收企业所得税。", "15%", "税费"),
        ("违反的，处以3万元以上10万元以下罚款。", "3万元以上10万元以下", "处罚"),
        ("每家机构享受支持不超过1000万元。", "1000万元", "上限"),
        ("对引进总投资10亿元以上的项目，依法落实激励政策。", "10亿元", ""),
        ("其他利息的三分之一由个人承担。", "三分之一", ""),
    ],
)
def test_a_sum_or_rate_no_reading_uses_is_unread(text: str, quoted: str, reason: str) -> None:
    (unread,) = unread_of(text)
    assert quoted in unread.span.of(text)
    assert reason in unread.why


def test_numbers_inside_a_promise_that_no_field_uses_are_shown_too() -> None:
    (unread,) = unread_of("对甲企业给予10万元奖励，不高于其投入资金的50%。")
    assert "50%" in fold_text(unread.span.of("对甲企业给予10万元奖励，不高于其投入资金的50%。"))
    assert "奖补的文字之内" in unread.why


@pytest.mark.parametrize(
    "text",
    [
        "对年收入500万元及以上的企业，按研发投入的10%给予最高100万元补助。",
        "到2030年，收入突破4000亿元，占比达到14%。",
        "推进10个项目，2030年完成。",
        "对上市企业奖励800万元，其中对完成备案的，奖励300万元；对成功发行的，奖励500万元。",
        "发展元宇宙产业。",
    ],
)
def test_nothing_is_unread_where_all_numbers_are_used(text: str) -> None:
    assert unread_of(text) == ()
