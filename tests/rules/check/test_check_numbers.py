from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check import check_corpus
from cewen.rules.check.numbers import COUNT, MONEY, SHARE, binding_numbers, literal_size, sizes_in
from cewen.rules.load import Corpus
from cewen.text.flow import fold_text

MakeCorpus = Callable[..., Corpus]

MEASURE = """id: award
title: 某项奖励
clause: 一/（一）
quote: {quote}
subject: enterprise
conditions:
{conditions}
amount: {amount}
certainty: definite
{more}"""


@pytest.mark.parametrize(
    ("text", "number", "suffix"),
    [
        ("建设期不超过２年", 24, "个月"),
        ("建设期不超过24个月", 2, "年"),
        ("半年内", 6, "个月"),
        ("获得三、四、五级认证", 3, "级"),
        ("获得三、四、五级认证", 5, "级"),
        ("收入前百家企业", 100, "名"),
        ("进入软件百强", 100, "名"),
        ("按1:1配套", 100, "%"),
        ("不超过 ５００ 万元", 500, "万元"),
        ("五百万元以上", 500, "万元"),
        ("1亿元", 10000, "万元"),
        ("增长两成以上", 20, "%"),
        ("6,800万元", 6800, "万元"),
        ("奖励两倍", 2, "倍"),
    ],
)
def test_a_number_is_found_in_whatever_way_it_is_written(text: str, number: int, suffix: str) -> None:
    assert literal_size(Fraction(number), suffix) in sizes_in(fold_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "建设5G网络",
        "聚焦“51020”产业集群",
        "一批项目",
        "两类企业",
        "2024年6月1日起",
        "一次性奖励",
        "每引进1人",
        "一个平台",
    ],
)
def test_names_dates_and_manners_of_speaking_bind_nobody(text: str) -> None:
    assert binding_numbers(fold_text(text)) == ()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("每年评选50名左右", (COUNT, Fraction(50))),
        ("最长不超过2年", (COUNT, Fraction(24))),
        ("达到15%及以上", (SHARE, Fraction(15, 100))),
        ("给予3万元", (MONEY, Fraction(3_000_000))),
        ("三级以上", (COUNT, Fraction(3))),
    ],
)
def test_thresholds_amounts_and_terms_bind(text: str, size: tuple[str, Fraction]) -> None:
    assert [printed.sizes for printed in binding_numbers(fold_text(text))] == [(size,)]


def findings(
    make_corpus: MakeCorpus, sentence: str, conditions: list[str], amount: str, more: str = ""
) -> list[Diagnostic]:
    listed = "\n".join(f"  - {condition}" for condition in conditions)
    quote = sentence.rstrip("。")
    corpus = make_corpus(sentence, MEASURE.format(quote=quote, conditions=listed, amount=amount, more=more))
    assert corpus.findings == ()
    return [finding for finding in check_corpus(corpus) if finding.code in ("CW103", "CW104")]


def test_a_number_left_to_a_persons_judgment_is_accounted_for(make_corpus: MakeCorpus) -> None:
    sentence = "每年评选50名左右优秀企业，给予20万元奖励。"
    without = findings(make_corpus, sentence, ["企业类型 包含 软件企业"], "20万元")
    assert [finding.message for finding in without] == ["引文里的 50名 没有用在措施里"]
    more = "open_conditions:\n  - 每年评选50名左右\n"
    assert findings(make_corpus, sentence, ["企业类型 包含 软件企业"], "20万元", more) == []


def test_a_number_of_another_sentence_needs_that_sentence(make_corpus: MakeCorpus) -> None:
    sentence = "给予20万元奖励。企业从业人员须在10人以上。"
    listed = "  - 从业人员 >= 10人"
    quoted = MEASURE.format(quote="给予20万元奖励", conditions=listed, amount="20万元", more="")
    found = [finding.code for finding in check_corpus(make_corpus(sentence, quoted))]
    assert found == ["CW103"]
    more = "citations:\n  - {clause: 一/（一）, quote: 企业从业人员须在10人以上}\n"
    cited = MEASURE.format(quote="给予20万元奖励", conditions=listed, amount="20万元", more=more)
    assert check_corpus(make_corpus(sentence, cited)) == ()


def test_two_measures_may_share_a_sentence(make_corpus: MakeCorpus) -> None:
    sentence = "对软件企业给予20万元奖励，对制造业企业给予30万元奖励。"
    quote = sentence.rstrip("。")
    one = MEASURE.format(quote=quote, conditions="  - 企业类型 包含 软件企业", amount="20万元", more="")
    other = (
        one.replace("id: award", "id: other").replace("软件企业\n", "制造业企业\n").replace("amount: 20", "amount: 30")
    )
    assert [finding.code for finding in check_corpus(make_corpus(sentence, one))] == ["CW104"]
    assert check_corpus(make_corpus(sentence, one, other)) == ()


def test_years_of_payment_stand_in_the_quote(make_corpus: MakeCorpus) -> None:
    more = "frequency: {years: 3}\n"
    conditions = ["企业类型 包含 软件企业"]
    assert findings(make_corpus, "连续3年每年给予20万元奖励。", conditions, "20万元", more) == []
    wrong = findings(make_corpus, "连续2年每年给予20万元奖励。", conditions, "20万元", more)
    assert sorted(finding.code for finding in wrong) == ["CW103", "CW104"]


@given(number=st.integers(2, 99_999), unit=st.sampled_from(["万元", "元", "亿元", "%", "人", "个月", "年", "级"]))
def test_every_literal_is_found_in_a_text_that_writes_it(number: int, unit: str) -> None:
    text = fold_text(f"须达到{number}{unit}以上，给予支持")
    assert literal_size(Fraction(number), unit) in sizes_in(text) or (unit == "年" and 1900 <= number < 2100)


@given(number=st.integers(2, 9_999), other=st.integers(2, 9_999), unit=st.sampled_from(["万元", "%", "人", "级"]))
def test_another_number_is_not_found(number: int, other: int, unit: str) -> None:
    found = literal_size(Fraction(number), unit) in sizes_in(fold_text(f"须达到{other}{unit}以上"))
    assert found is (number == other)
