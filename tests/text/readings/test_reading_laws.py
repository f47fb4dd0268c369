"""Laws of all readings, on texts put together from the words of policies and on any text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.flow import Flow, fold_text
from cewen.text.quantities import read_quantities
from cewen.text.readings import Readings, document_json, read_all
from reading_support import plain_document

WORDS = (
    "对 企业 的 ， ； 。 、 ： （ ） 按 按照 给予 奖励 补助 最高 不超过 分别 每人 每家 每增加 一次性 首次达到 突破 以上 以下 以内",
    "及以上 其中 年收入 投资额 研发投入 比例 标准 资金 安排 设立 贷款 税率 罚款 到2030年 力争 新增 增长 达到 每年 前三年 减半",
    "全额 “一事一议” 责任单位： 市科技局 指标 单位 目标值 一、 （一） 1. 同一企业 单个项目 5万元 500 ３０％ 30-50万元 1:1 三分之一 千分之六 2倍 2030届",
    "2.5个百分点 6‰ 10家 3年 60元/平方米/月 100强 1.2倍 2至5星级 0.5亿元 美元 100万美元 5:5 ① 附则 为 由 元 % 分之 百分之",
)
PIECES = st.sampled_from([*(word for line in WORDS for word in line.split()), "\n", "\n\n", "万\n元"])
POLICY = st.lists(PIECES, max_size=60).map("".join)
MONEY_OR_RATE = re.compile(
    r"\d[十百千万亿]*(?:美)?元|\d[%‰]|\d个?百分点|百分之[一二三四五六七八九十]|(?<![\d:])[1-9]:[1-9](?![\d:])|\d倍|[三千]分之[一六]"
)


def covering_spans(readings: Readings) -> list[Span]:
    """Everything a reading claims: whole incentives, targets, unread passages."""
    return [
        *(item.span for item in readings.incentives),
        *(item.span for item in readings.targets),
        *(item.span for item in readings.unread),
    ]


def check_nothing_dropped(document: Document, readings: Readings) -> None:
    spans = covering_spans(readings)
    flow = Flow.of(document.text, document.body, document.noise)
    for match in MONEY_OR_RATE.finditer(flow.text):
        span = flow.span(*match.span())
        assert any(span.meets(other) for other in spans), match[0]


def check_places(document: Document, readings: Readings) -> None:
    """Each field's characters contain what the field says."""
    text = document.text
    whole = Span(0, len(text))
    for item in readings.incentives:
        assert whole.holds(item.span)
        assert item.tiers
        if item.beneficiary_span is not None:
            assert "".join(item.beneficiary_span.of(text).split()) == item.beneficiary
        for tier in item.tiers:
            assert len(tier.amount.span) > 0
            if tier.when_span is not None:
                assert tier.when_span.of(text) == tier.when
            for number in (tier.cap_span, tier.threshold.span if tier.threshold else None):
                assert number is None or any(
                    q.is_money_or_rate or q.low for q in read_quantities(fold_text(number.of(text)))
                )
        for condition in item.conditions:
            written = read_quantities(fold_text(condition.span.of(text)))
            assert any(condition.value in (quantity.low, quantity.high) for quantity in written), condition
    for target in readings.targets:
        assert target.span.holds(target.number_span)
        assert str(target.value.numerator if target.value.denominator == 1 else "") in fold_text(
            target.number_span.of(text)
        ).replace(",", "") or not re.search(r"\d", fold_text(target.number_span.of(text)))
    for unread in readings.unread:
        assert len(unread.span) > 0
        assert unread.why


@given(POLICY)
def test_policy_like_texts_drop_no_money_and_no_rate(text: str) -> None:
    document = plain_document(text)
    readings = read_all(document)
    check_nothing_dropped(document, readings)


@given(POLICY)
def test_policy_like_texts_are_read_where_they_say_it(text: str) -> None:
    document = plain_document(text)
    check_places(document, read_all(document))


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    document = plain_document(text)
    assert document_json(document)["clauses"] == []


@given(POLICY)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert read_all(plain_document(text)) == read_all(plain_document(text))


@given(POLICY)
def test_incentives_are_in_order_of_the_text(text: str) -> None:
    starts = [item.span.start for item in read_all(plain_document(text)).incentives]
    assert starts == sorted(starts)
