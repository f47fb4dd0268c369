"""Search: words and what they stand for, filters that never take the unknown for a yes, places in the file."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.period import InForce
from cewen.rules.library.entry import Entry
from cewen.rules.library.search import Filters, Hit, Library
from cewen.rules.load import Corpus
from cewen.text.flow import fold_text
from library_support import LOCAL, open_library

ON = date(2024, 6, 30)


def search(library: Library, query: str, most: int = 50, **asked: object) -> list[Hit]:
    return library.search(query, Filters(ON, **asked), most)[0]  # type: ignore[arg-type]


def found(hits: list[Hit]) -> set[tuple[str, str]]:
    return {(hit.document.title[:2], hit.entry.path) for hit in hits}


def test_another_word_for_the_same_fact_finds_the_clause(library: Library) -> None:
    assert ("甲市", "一") in found(search(library, "年营业收入"))
    assert (
        "主营业务收入" in next(hit for hit in search(library, "年营业收入") if hit.document.title[:2] == "甲市").passage
    )


def test_the_clause_that_speaks_of_nothing_else_comes_first(library: Library) -> None:
    assert found(search(library, "夜间经济 美食节")[:2]) == {("甲市", "四"), ("乙市", "四")}


def test_words_in_quotation_marks_must_stand_there(library: Library) -> None:
    hits = search(library, "“质量品牌建设”")
    assert hits
    assert all("质量品牌建设" in hit.entry.text for hit in hits)


def test_words_nobody_uses_find_nothing(library: Library) -> None:
    assert library.search("蜥蜴饲养", Filters(ON)) == ([], 0)


def test_without_words_every_clause_that_fits_is_found(library: Library) -> None:
    hits, count = library.search("", Filters(ON, unit="数据局", issuer="甲市"), 50)
    assert count == len(hits)
    assert found(hits) == {("甲市", "二")}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"at_least": Fraction(600_000)}, {("甲市", "一"), ("乙市", "一")}),
        ({"at_least": Fraction(600_001)}, {("乙市", "一")}),
        ({"at_most": Fraction(250_000)}, {("甲市", "二"), ("乙市", "二")}),
        ({"at_least": Fraction(250_001), "at_most": Fraction(599_999)}, set()),
        ({"kind": "incentive"}, {("甲市", "一"), ("甲市", "二"), ("乙市", "一"), ("乙市", "二")}),
        ({"status": InForce.DRAFT, "kind": "incentive"}, {("乙市", "一"), ("乙市", "二")}),
        ({"status": InForce.IN_FORCE, "unit": "市场监管"}, {("甲市", "三")}),
        (
            {"issued_from": date(2024, 2, 8), "issued_to": date(2024, 2, 8), "unit": "文旅局"},
            {("甲市", "四"), ("乙市", "四")},
        ),
        ({"issued_from": date(2024, 2, 9), "unit": "文旅局"}, set()),
    ],
)
def test_filters_hold_their_own_bounds(
    shipped: Corpus, documents: Path, store: Path, asked: dict[str, object], expected: set[tuple[str, str]]
) -> None:
    only = open_library(shipped, documents, with_policies=False)[0]
    hits, _ = only.search("", Filters(ON, **asked), 50)  # type: ignore[arg-type]
    assert found(hits) == expected


def test_a_region_takes_in_the_regions_within_it(library: Library) -> None:
    province, city = library.regions.find("湖北省"), library.regions.find("武汉市")
    assert {hit.document.region for hit in search(library, "软件", region=province)} == {"湖北省", "武汉市"}
    assert {hit.document.region for hit in search(library, "软件", region=city)} == {"武汉市"}


def test_a_document_whose_place_is_not_known_never_fits_a_region(library: Library) -> None:
    unknown = {document.id for document in library.documents if document.region_code is None}
    assert len(unknown) == 2
    nation = library.regions.find("中国")
    assert not unknown & {hit.document.id for hit in search(library, "软件", most=500, region=nation)}


def test_a_passage_is_shown_where_it_stands_in_the_file(library: Library) -> None:
    for hit in search(library, "研发 标准 数据", most=40):
        assert fold_text(hit.span.of(hit.document.text)) == fold_text(hit.passage)
        assert all(0 <= start < end <= len(hit.passage) for start, end in hit.marks)
        assert hit.marks


def test_what_was_read_is_kept_by_content_and_a_damaged_store_only_costs_time(
    shipped: Corpus, documents: Path, store: Path
) -> None:
    first = open_library(shipped, documents)[0]
    kept = sorted(store.glob("*.json"))
    assert len(kept) >= 7
    for path in kept:
        path.write_text('{"key": "other"', encoding="utf-8")
    again = open_library(shipped, documents)[0]
    assert again.documents == first.documents
    assert open_library(shipped, documents)[0].documents == first.documents


def test_the_same_text_twice_counts_once(shipped: Corpus, store: Path, tmp_path: Path) -> None:
    for name in ("甲.txt", "副本.txt"):
        (tmp_path / name).write_text(LOCAL, encoding="utf-8")
    assert len(open_library(shipped, tmp_path, with_policies=False)[0].documents) == 1


def test_the_entries_of_a_document_hold_every_visible_character_once(library: Library) -> None:
    for document in library.documents:
        if not document.is_policy:
            whole = document.text[document.entries[0].span.start : document.entries[-1].span.end]
            assert fold_text("".join(entry.text for entry in document.entries)) == fold_text(whole)
            assert "四、丰富旅游产品" in whole


@given(words=st.text(max_size=30))
def test_any_words_may_be_asked_and_the_order_is_always_the_same(library: Library, words: str) -> None:
    one, two = library.search(words, Filters(ON)), library.search(words, Filters(ON))
    assert [(hit.entry, hit.score) for hit in one[0]] == [(hit.entry, hit.score) for hit in two[0]]
    assert one[1] == two[1]
    scores = [hit.score for hit in one[0]]
    assert scores == sorted(scores, reverse=True)


@given(least=st.integers(0, 10**8), most=st.integers(0, 10**8))
def test_a_hit_holds_one_sum_within_both_bounds(library: Library, least: int, most: int) -> None:
    def fits(entry: Entry) -> bool:
        return any(least <= amount <= most for amount in entry.amounts)

    filters = Filters(ON, at_least=Fraction(least), at_most=Fraction(most))
    hits, count = library.search("", filters, 10_000)
    assert count == sum(fits(entry) for _, entry in library.rows)
    assert all(fits(hit.entry) for hit in hits)
