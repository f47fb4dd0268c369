"""Measures: the contract's list, every quote in its clause, and no promise of money left out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cewen.base.source import Span
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.text.clause import Document
from cewen.text.flow import fold_text

MONEY_WORDS = re.compile(
    "奖励|奖补|补助|补贴|贴息|服务券|工软券|减免|一事一议|优惠|激励政策|政策支持|专项资金|资金支持|资金投入|资金引导"
    "|财政资金|经费|产业投资基金|投资基金|产业基金|发展基金|予以支持|给予支持|给予一定|全方位支持|政策倾斜"
)

NO_PROMISE = {
    # of money the government keeps or steers itself
    "发挥财政资金和国有资本放大引导作用，设立数字经济核心产业发展基金": "投资基金，不是给企业的奖补",
    "用好省属投资基金，主动参与龙头企业的增资扩股": "股权投资",
    "发挥财政资金、产业基金的“杠杆”作用": "引导社会资金",
    "推进设立软件产业基金": "投资基金",
    "谋划设立软件产业投资基金": "投资基金",
    "加大资金投入。制定市级软件产业专项政策": "标题；政策另行制定",
    "鼓励社会资本设立软件产业投资基金": "社会资本的基金",
    "力争形成全市1000亿元规模的数字经济产业基金群": "基金规模的目标",
    "强化各级财政资金对数字化转型的保障，统筹利用好各级各类财政专项资金，加大对重点转型任务的资金投入": "预算安排",
    "激励举措、经费投入、数据共享等重点领域进行改革探索": "改革方向",
    "加强人才引进的经费保障和配套支持": "没有对象的一般要求",
    # of other kinds
    "全方位支持5G基站建设": "建设条件，不是资金",
    "给予用地用电用人全方位支持": "要素保障，不是资金",
    "支持软件企业享受所得税优惠政策": "国家税法已有的优惠",
    "落实软件企业税收优惠政策": "国家税法已有的优惠",
    # not of the document
    "关于2024年度软件和信息技术服务业发展奖补资金审核结果": "转载网页自带的链接",
}
"""Passages with a word of money that promise an enterprise nothing, each with the reason."""


def _measures(corpus: Corpus) -> Iterator[tuple[Policy, Measure]]:
    return ((policy, measure) for policy in corpus.policies for measure in policy.measures)


def _within(policy: Policy, document: Document, clause: str, quote: str) -> bool:
    """True when the quote stands inside the clause."""
    found = document.clause(clause)
    if found is None:
        return False
    span = policy.flow.find(quote, policy.flow.index(found.span.start))
    return span is not None and found.span.holds(span)


def test_measures_of_the_contract_when_loaded_then_all_there_as_listed(corpus: Corpus, shared: Path) -> None:
    with (shared / "contract/measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 25
    for row in rows:
        found = corpus.measure(f"{row['policy']}#{row['measure']}")
        assert found is not None, row
        measure = found[1]
        assert (measure.clause, measure.subject, measure.certainty.value) == (
            row["clause"],
            row["subject"],
            row["certainty"],
        )


def test_measures_when_neither_in_the_contract_nor_of_an_amount_then_discretionary(
    corpus: Corpus, shared: Path
) -> None:
    with (shared / "contract/measures.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {f"{row['policy']}#{row['measure']}" for row in csv.DictReader(file)}
    others = [measure for policy, measure in _measures(corpus) if f"{policy.id}#{measure.id}" not in listed]
    assert len(others) >= 12
    assert {measure.certainty.value for measure in others} == {"case_by_case", "selective"}
    assert {measure.kind_label for measure in others} == {"无定额"}


def test_quotes_when_looked_up_then_stand_in_their_clause(corpus: Corpus, documents: dict[str, Document]) -> None:
    for policy, measure in _measures(corpus):
        pairs = [(measure.clause, measure.quote)]
        pairs += [(citation.clause, citation.quote) for citation in measure.citations]
        pairs += [(measure.clause, words) for words in measure.open_conditions]
        for clause, quote in pairs:
            assert _within(policy, documents[policy.id], clause, quote), (policy.id, measure.id, quote)


def test_quotes_when_written_then_without_blanks_and_with_half_width_digits(corpus: Corpus) -> None:
    for _, measure in _measures(corpus):
        assert not re.search(r"[\s０-９Ａ-Ｚａ-ｚ,;:()]", measure.quote), measure.id


def test_files_when_listed_then_numbered_in_the_order_of_the_text(corpus: Corpus) -> None:
    for policy in corpus.policies:
        names = [policy.measure_files[measure.id] for measure in policy.measures]
        assert names == [
            f"measures/{number:02}-{measure.id}.yaml" for number, measure in enumerate(policy.measures, start=1)
        ]
        spans = [policy.find(measure.quote) for measure in policy.measures]
        starts = [span.start for span in spans if span is not None]
        assert starts == sorted(starts), policy.id


def test_measures_when_of_a_city_or_province_then_ask_where_the_enterprise_is(corpus: Corpus) -> None:
    for policy, measure in _measures(corpus):
        wanted = f"注册地 属于 {policy.header.region}"
        elsewhere = measure.id == "headquarters" or policy.header.region == "中国"
        assert (wanted in measure.conditions) != elsewhere, measure.id


def test_measures_when_lowered_then_fit_on_every_date(corpus: Corpus) -> None:
    for day in (date(2021, 1, 1), date(2024, 6, 30), date(2030, 1, 1)):
        assert len(lower_corpus(corpus, day).measures) == sum(len(policy.measures) for policy in corpus.policies)


def test_words_of_money_when_no_measure_quotes_them_then_listed_with_a_reason(corpus: Corpus) -> None:
    reasons_used = set()
    for policy in corpus.policies:
        covered = list(_covered(policy))
        for match in MONEY_WORDS.finditer(policy.flow.text):
            place = Span(match.start(), match.end())
            if any(span.holds(place) for span in covered):
                continue
            reason = next((words for words in NO_PROMISE if _stands_at(policy, words, place)), None)
            around = policy.flow.text[max(0, place.start - 30) : place.end + 30]
            assert reason is not None, (policy.id, around)
            reasons_used.add(reason)
    assert reasons_used == set(NO_PROMISE)


def _covered(policy: Policy) -> Iterator[Span]:
    """Flow ranges of every quote, and of headings and 责任单位 lists, which promise nothing by themselves."""
    for measure in policy.measures:
        for quote in (measure.quote, *(citation.quote for citation in measure.citations)):
            wanted = fold_text(quote)
            start = policy.flow.text.find(wanted)
            yield Span(start, start + len(wanted))


def _stands_at(policy: Policy, words: str, place: Span) -> bool:
    wanted = fold_text(words)
    return any(
        Span(match.start(), match.end()).holds(place) for match in re.finditer(re.escape(wanted), policy.flow.text)
    )


@pytest.mark.parametrize(
    "benefit",
    ["money", "voucher", "interest_subsidy", "price_preference", "purchase_subsidy", "talent_support", "rent_relief"],
)
def test_promises_when_of_a_kind_then_some_document_makes_one(corpus: Corpus, benefit: str) -> None:
    assert any(getattr(measure, "benefit", None) == benefit for _, measure in _measures(corpus))
