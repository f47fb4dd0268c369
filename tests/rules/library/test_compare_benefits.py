"""The same benefit in several documents: grouped by purpose, every figure from the text, ceilings never amounts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cewen.base.certainty import Certainty
from cewen.rules.draft.lexicon import Lexicon
from cewen.rules.library.benefit import BenefitGroup, compare_benefits, purpose_of
from cewen.rules.library.page import benefits_page
from cewen.rules.library.promise import Figure
from cewen.rules.library.search import Library
from cewen.rules.load import Corpus
from cewen.text.flow import fold_text
from cewen.text.readings.incentives import AmountKind


@pytest.fixture(scope="module")
def groups(shipped: Corpus, opened: tuple[Library, Lexicon]) -> dict[str, BenefitGroup]:
    library, lexicon = opened
    return {group.purpose: group for group in compare_benefits(library.documents, shipped.policies, lexicon)}


def shown(group: BenefitGroup) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(each.document.title[:3], each.base, each.figure_texts) for each in group.benefits}


def test_the_same_benefit_of_three_documents_stands_together(groups: dict[str, BenefitGroup]) -> None:
    assert shown(groups["研发投入"]) >= {
        ("武汉市", "按年研发投入的比例", ("企业年研发投入的 10%，最高 100万元",)),
        ("甲市人", "按年研发投入的比例", ("研发费用的 20%，最高 60万元",)),
        ("乙市人", "按年研发投入的比例", ("研发费用的 20%，最高 90万元",)),
    }


def test_every_benefit_stands_in_exactly_one_group_with_its_clause(
    groups: dict[str, BenefitGroup], library: Library
) -> None:
    benefits = [benefit for group in groups.values() for benefit in group.benefits]
    promises = sum(len(document.promises) for document in library.documents)
    assert len([benefit for benefit in benefits if benefit.promise.figures]) == promises
    for benefit in benefits:
        assert benefit.promise.clause
        assert fold_text(benefit.promise.quote) in fold_text(benefit.document.text) or not benefit.promise.figures


def test_measures_without_a_number_are_there_too(groups: dict[str, BenefitGroup], shipped: Corpus) -> None:
    told = {(each.document.id, each.measure) for group in groups.values() for each in group.benefits if each.measure}
    measures = {(policy.id, measure.id) for policy in shipped.policies for measure in policy.measures}
    assert len(told) >= len(measures) * 9 // 10
    assert told <= measures


@pytest.mark.parametrize(
    ("kind", "low", "certainty", "cap", "text"),
    [
        (AmountKind.FIXED, 500_000, Certainty.DEFINITE, None, "50万元"),
        (AmountKind.FIXED, 500_000, Certainty.SELECTIVE, None, "最高 50万元"),
        (AmountKind.UPTO, 500_000, Certainty.CEILING, None, "最高 50万元"),
        (AmountKind.RATE, 10, Certainty.CEILING, None, "投资的 不超过 10%"),
        (AmountKind.RATE, 10, Certainty.DEFINITE, 1_000_000, "投资的 10%，最高 100万元"),
        (AmountKind.PER_UNIT, 2000, Certainty.DEFINITE, None, "每投资 2000元"),
        (AmountKind.CASE_BY_CASE, None, Certainty.CASE_BY_CASE, None, "一事一议"),
    ],
)
def test_a_ceiling_says_that_it_is_one(
    kind: AmountKind, low: int | None, certainty: Certainty, cap: int | None, text: str
) -> None:
    value = None if low is None else Fraction(low)
    figure = Figure("", kind, value, value, "投资", None if cap is None else Fraction(cap))
    assert figure.text(certainty) == text


def test_the_page_marks_drafts_and_draws_ceilings_hollow(groups: dict[str, BenefitGroup]) -> None:
    page = benefits_page(list(groups.values()), date(2024, 6, 30))
    assert "征求意见稿，尚未施行" in page
    assert 'class="bar most" style="width:calc((100% - 14em) * 1000 / 1000)"' in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<blockquote>") == sum(len(group.benefits) for group in groups.values())


def test_bars_begin_at_zero_and_a_rate_that_is_a_ceiling_is_hollow(groups: dict[str, BenefitGroup]) -> None:
    rates = {each.document.title[:2]: each.highest_rate for each in groups["研发投入"].benefits if each.highest_rate}
    assert rates["甲市"] == (Fraction(20), False)
    assert rates["武汉"] == (Fraction(10), True)
    page = benefits_page([groups["研发投入"]], date(2024, 6, 30))
    hollow = (
        'class="bar most" style="width:calc((100% - 14em) * 500 / 1000)"></span><span class="ceiling">最高 10%</span>'
    )
    assert hollow in page
    assert 'class="bar" style="width:calc((100% - 14em) * 1000 / 1000)"></span><span class="met">20%</span>' in page


def test_a_purpose_is_the_longest_word_of_the_promise_before_its_heading(opened: tuple[Library, Lexicon]) -> None:
    lexicon = opened[1]
    assert purpose_of("对国家级专精特新“小巨人”企业", "支持研发投入", lexicon) == "专精特新与单项冠军"
    assert purpose_of("对上述企业", "支持加大研发", lexicon) == "研发投入"
    assert purpose_of("对上述企业", "其他", lexicon) == "未归类"
