"""The help explains every word in both languages, can be searched, and pages that fail lead on."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cewen.portal.glossary import term_groups, terms, terms_found

pytestmark = pytest.mark.django_db


def test_every_term_is_explained_once_in_both_languages() -> None:
    keys = [each.key for each in terms()]
    assert len(keys) > 25
    assert len(set(keys)) == len(keys)
    for each in terms():
        for said in (each.word, each.meaning, *([each.reckoned] if each.reckoned else [])):
            assert re.search("[\u4e00-\u9fff]", said.zh)
            assert re.search("[A-Za-z]{2}", said.en)
        assert each.group in term_groups()


def test_a_term_is_found_by_its_word_in_either_language_and_by_its_meaning() -> None:
    assert "unknown" in {each.key for each in terms_found("待核实")}
    assert "unknown" in {each.key for each in terms_found("Unknown")}
    assert "unknown" in {each.key for each in terms_found("留空 不符合")}
    assert terms_found("没有这样的词吧") == ()


def test_the_page_shows_terms_with_addresses_of_their_own() -> None:
    page = Client().get("/help/").content.decode()
    assert page.count('id="t-') == len(terms())
    assert "怎么算的" in page
    narrowed = Client().get("/help/", {"q": "最高限额"}).content.decode()
    assert 'id="t-ceiling"' in narrowed
    assert 'id="t-audit"' not in narrowed
    assert "/policies/?q=" in Client().get("/help/", {"q": "没有这样的词吧"}).content.decode()


def test_the_help_is_english_for_english_readers() -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.get("/help/").content.decode()
    assert "never counted as not met" in page
    assert "怎么算的" not in page


def test_what_is_not_there_leads_to_what_is() -> None:
    page = Client().get("/policy/").content.decode()
    assert 'href="/policies/"' in page[page.index("相近的页面") :]
    assert 'name="q"' in page
    below = Client().get("/targets/nothing/").content.decode()
    assert 'href="/targets/"' in below[below.index("相近的页面") :]
    assert "相近的页面" not in Client().get("/qqqqqqqq").content.decode()


def test_a_404_says_what_is_missing_where_that_is_known() -> None:
    assert "政策库里没有这份文件。" in Client().get("/policies/nobody/nothing/").content.decode()
