from __future__ import annotations

from collections.abc import Callable

import pytest

from cewen.rules.check import check_corpus
from cewen.rules.load import Corpus

MakeCorpus = Callable[..., Corpus]

SENTENCE = "对年营业收入达到1亿元、5亿元、10亿元、50亿元的企业，DCMM为二、三、四、五级的企业，分别给予10万元、20万元、30万元奖励。"
MEASURE = """id: step-award
title: 分档奖励
clause: 一/（一）
quote: {quote}
subject: enterprise
kind: tiered
conditions:
  - 企业类型 包含 软件企业
open_conditions:
  - {quote}
tiers:
{tiers}certainty: definite
"""
AMOUNTS = ("10万元", "20万元", "30万元")


def codes(make_corpus: MakeCorpus, *whens: str) -> list[tuple[str, str]]:
    tiers = "".join(
        f"  - {{name: 第{number}档, when: '{when}', amount: {amount}}}\n"
        for number, (when, amount) in enumerate(zip(whens, AMOUNTS, strict=False), start=1)
    )
    corpus = make_corpus(SENTENCE, MEASURE.format(quote=SENTENCE.rstrip("。"), tiers=tiers))
    assert corpus.findings == ()
    return [(finding.code, finding.severity.value) for finding in check_corpus(corpus)]


@pytest.mark.parametrize(
    "whens",
    [
        ("年营业收入 >= 1亿元", "年营业收入 >= 5亿元", "年营业收入 >= 10亿元"),
        (
            "年营业收入 >= 1亿元 且 年营业收入 < 5亿元",
            "年营业收入 >= 5亿元 且 年营业收入 < 10亿元",
            "年营业收入 >= 10亿元",
        ),
        ("DCMM等级 = 3级", "DCMM等级 = 4级", "DCMM等级 = 5级"),
        ("DCMM等级 >= 3级 且 DCMM等级 <= 4级", "DCMM等级 = 5级"),
        ("首次达到(年营业收入, 1亿元)", "首次达到(年营业收入, 5亿元)"),
        ("企业规模 = 小型", "企业规模 = 中型"),
        ("年营业收入 <= 50亿元", "年营业收入 <= 10亿元", "年营业收入 <= 5亿元"),
    ],
)
def test_tiers_in_order_are_left_alone(make_corpus: MakeCorpus, whens: tuple[str, ...]) -> None:
    assert codes(make_corpus, *whens) == []


@pytest.mark.parametrize(
    "whens",
    [
        ("年营业收入 >= 5亿元", "年营业收入 >= 1亿元"),
        ("首次达到(年营业收入, 5亿元)", "首次达到(年营业收入, 1亿元)"),
        ("DCMM等级 = 3级", "DCMM等级 = 3级"),
        ("年营业收入 >= 1亿元 且 年营业收入 <= 10亿元", "年营业收入 >= 5亿元"),
        ("企业规模 = 小型", "企业规模 属于 小型、微型"),
    ],
)
def test_tiers_that_hide_or_overlap_are_seen(make_corpus: MakeCorpus, whens: tuple[str, ...]) -> None:
    assert codes(make_corpus, *whens) == [("CW303", "error")]


def test_a_gap_of_one_number_is_an_error_and_a_wide_one_a_warning(make_corpus: MakeCorpus) -> None:
    lower = "年营业收入 >= 1亿元 且 年营业收入 < 5亿元"
    assert codes(make_corpus, lower, "年营业收入 > 5亿元") == [("CW304", "error")]
    assert codes(make_corpus, lower, "年营业收入 >= 10亿元") == [("CW304", "warning")]
    assert codes(make_corpus, "DCMM等级 = 3级", "DCMM等级 = 5级") == [("CW304", "error")]
    assert codes(make_corpus, "DCMM等级 = 2级", "DCMM等级 = 5级") == [("CW304", "warning")]


def test_a_tier_nobody_reaches_is_seen(make_corpus: MakeCorpus) -> None:
    assert codes(make_corpus, "DCMM等级 > 5级", "年营业收入 >= 5亿元") == [("CW301", "error")]
