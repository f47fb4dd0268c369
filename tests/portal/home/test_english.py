"""In English, Chinese stands only where it is said to be Chinese: texts of policies, names of measures, facts, people."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override
from lxml import html

from cewen.portal import registry
from cewen.portal.access import ANONYMOUS, Refused, Role, require
from cewen.portal.policies.selectors import corpus
from cewen.portal.urls import ACCESS
from portal_support import client_as
from route_support import routes

pytestmark = pytest.mark.django_db
CHINESE = re.compile("[\u4e00-\u9fff]+[^<>]*")
ATTRIBUTES = ("title", "alt", "placeholder", "aria-label", "data-label", "data-copied", "content")
POLICY = "wuhan/2022-digital-economy-measures"
SAMPLES: dict[str, dict[str, Any]] = {
    "policies:document": {"policy_id": POLICY},
    "policies:clause": {"policy_id": POLICY, "clause_path": "二/（六）"},
    "indicators:target": {"policy_id": "wuhan/2022-software-plan", "target_id": "software-revenue"},
}
QUERIES = {
    "policies:compare": "?before=wuhan/2022-digital-economy-measures&after=wuhan/2022-software-plan",
    "policies:library": "?q=研发",
}
"""Pages that need more than their address to show all they have."""
LEFT_OUT = ("api:v1:", "openid_connect", "operations:")
"""Answers for programs."""
NOT_YET_MARKED = ("api:", "drafts:", "enterprises:", "entitlements:", "reforms:", "runs:")
"""Pages whose names of measures, facts and enterprises are not all said to be Chinese yet: there a text counts when the
catalogue has an English form of it."""


def left_in_chinese(page: bytes) -> Iterator[str]:
    """Texts with Chinese in them that no element around says to be Chinese."""
    tree: Any = html.fromstring(page)
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            continue
        if element.tag == "title" and element.getparent().tag == "head":  # what it names is marked on the page
            continue
        own = [element.text, *(child.tail for child in element), *(element.get(name) for name in ATTRIBUTES)]
        if element.tag in ("input", "button") and element.get("type") in ("submit", "button"):
            own.append(element.get("value"))
        if any(text and CHINESE.search(text) for text in own) and not _is_said_to_be(element):
            yield from (f"<{element.tag}> {text.strip()[:60]}" for text in own if text and CHINESE.search(text))


def _is_said_to_be(element: Any) -> bool:
    """True when the nearest `lang` around says Chinese."""
    while element is not None:
        if element.get("lang"):
            return str(element.get("lang")).startswith("zh")
        element = element.getparent()
    return False


def pages_of(role: Role) -> Iterator[tuple[str, str]]:
    """Name and address of every page this role may get."""
    held = {Role.PUBLIC, role} | ({Role.PERSON} if role is not Role.PUBLIC else set())
    for name, parts in routes():
        if not held & ACCESS[name] or name.startswith(LEFT_OUT):
            continue
        try:
            address = reverse(name, kwargs=SAMPLES.get(name, {})) if not parts or name in SAMPLES else ""
        except NoReverseMatch:
            address = ""
        if address:
            yield name, address + QUERIES.get(name, "")


def names_of_facts() -> set[str]:
    """Facts, their values and units: they stay Chinese, also where the interface has the same word."""
    facts = tuple(corpus().vocabulary)
    return {word for fact in facts for word in (fact.label, fact.unit, *fact.values)} | {"万元", "无", "是", "否"}


def english_forms() -> set[str]:
    """Every Chinese text the catalogues have an English form of, as far as it is shown; code in it is no text."""
    found: set[str] = set()
    for path in Path(registry.__file__).parent.rglob("en/LC_MESSAGES/django.mo"):
        with path.open("rb") as stream:
            entries: dict[object, str] = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
        found |= {str(key[0] if isinstance(key, tuple) else key).strip()[:60] for key in entries}
    return {text for text in found if not text.startswith("{")} - names_of_facts()


def test_a_word_left_in_chinese_is_seen() -> None:
    words = '<p>退出</p><p lang="zh-Hans">条文 <b lang="en">清空</b></p><input placeholder="查找">'
    page = f'<html lang="en"><meta charset="utf-8">{words}</html>'
    assert list(left_in_chinese(page.encode())) == ["<p> 退出", "<b> 清空", "<input> 查找"]


@pytest.mark.parametrize("role", list(Role))
def test_an_english_page_is_english(role: Role) -> None:
    client = client_as(role)
    client.post("/language/", {"language": "en", "next": "/"})
    translated = english_forms()
    found: dict[str, list[str]] = {}
    for name, address in pages_of(role):
        response = client.get(address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            left = dict.fromkeys(left_in_chinese(response.content))
            is_marked = not name.startswith(NOT_YET_MARKED)
            found[name] = [text for text in left if is_marked or text.partition("> ")[2] in translated]
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_what_is_refused_is_said_in_english() -> None:
    client = client_as(Role.APPLICANT)
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Your roles do not open this page." in client.get("/audit/").content.decode()
    with (
        override("en"),
        pytest.raises(Refused, match=r"^Only Administrator, Supervisor|^Only Supervisor, Administrator"),
    ):
        require(ANONYMOUS, {Role.ADMINISTRATOR, Role.SUPERVISOR}, "x")


def test_a_finding_of_the_layers_below_is_marked_as_chinese() -> None:
    client = client_as(Role.STATISTICIAN)
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.post("/observations/import/", {"file": SimpleUploadedFile("x.exe", b"MZ")})
    assert page.status_code == 422
    assert "x.exe" in page.content.decode()
    assert list(left_in_chinese(page.content)) == []
