"""Each role walks from its own front page through everything it is offered: nothing fails, nothing is out of reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from browser_support import WIDTHS, ServedPortal, Visit

PEOPLE = (
    "", "enterprise", "district", "city", "province", "expert", "preparer", "approver", "exporter", "supervisor",
    "statistician", "editor", "confirmer", "administrator",
)  # fmt: skip
"""Sign-in names of the demonstration, and nobody."""
MOST_PAGES = 14
"""Pages looked at for one person; pages of the same kind once only."""
_looked_at: set[str] = set()


@contextmanager
def visit(portal: ServedPortal, browser: Any, person: str = "", width: int = WIDTHS[0]) -> Iterator[Visit]:
    """A visitor; at the end the console must have been silent."""
    found = Visit.begin(portal, browser, width, person)
    try:
        yield found
        assert found.faults == []
    finally:
        found.end()


def kind_of(path: str) -> str:
    """Pages of the same kind have the same text here: numbers, codes, clauses and queries left out."""
    bare = re.sub(r"/clauses/.*", "/clauses/x/", path.split("?")[0])
    bare = re.sub(r"^/policies/[a-z]+/.*?/(clauses/|text/|$)", r"/policies/x/\1", bare)
    return re.sub(r"/[0-9A-Z]{18}\b|/\d+\b", "/0", bare)


def test_the_demonstration_has_an_account_for_each_role(portal: ServedPortal) -> None:
    assert set(portal.people) >= set(PEOPLE) - {""}


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_walks_through_all_that_is_offered(person: str, portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser, person) as seen:
        waiting, known, looked, wrong = ["/"], {kind_of("/")}, 0, []
        while waiting and looked < MOST_PAGES:
            path = waiting.pop(0)
            kind = f"{bool(person)} {kind_of(path)}"
            if kind in _looked_at and path != "/":
                continue
            _looked_at.add(kind)
            with_download = re.search(r"\.(csv|xlsx|json|docx|pdf|txt)\b|/text/|export|download", path)
            if with_download:
                continue
            status = seen.go(path)
            looked += 1
            if status >= 400:
                wrong.append(f"{path}: {status}")
                continue
            wrong += seen.accessibility()
            for link in seen.links():
                if kind_of(link) not in known:
                    known.add(kind_of(link))
                    waiting.append(link)
            seen.page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
            wrong += filter(None, [seen.overflow()])
            seen.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        assert wrong == []
        assert looked >= 1


def test_someone_new_finds_a_policy_and_the_clause_behind_a_measure(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/")
        seen.page.click("header a[href='/policies/']")
        seen.page.fill("input[type=search][name=q]", "研发")
        seen.page.keyboard.press("Enter")
        first = seen.page.locator("main a[href*='/clauses/'], main a[href*='#c-']").first
        first.wait_for()
        first.click()
        seen.page.wait_for_load_state()
        assert "/policies/" in seen.page.url
        assert "研发" in seen.page.inner_text("main")


def test_the_keyboard_alone_reaches_the_content(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/policies/")
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.closest('main') !== null || location.hash !== ''")


def test_a_wrong_password_is_said_and_the_right_one_works(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/accounts/login/")
        seen.page.fill("input[name=login]", "expert")
        seen.page.fill("input[name=password]", "不是这个-1234567")
        seen.page.click("main button.primary, main button[type=submit]")
        seen.page.wait_for_load_state()
        assert "/accounts/login/" in seen.page.url
        seen.sign_in("expert")
        assert "/accounts/login/" not in seen.page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_can_be_read(scheme: str, portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.page.emulate_media(color_scheme=scheme)
        seen.go("/policies/wuhan/2022-software-plan/")
        assert seen.accessibility() == []
        assert seen.go("/no/such/page/") == 404
        assert seen.accessibility() == []
        seen.faults[:] = [fault for fault in seen.faults if "404" not in fault]


def test_the_portal_works_in_english(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/")
        seen.page.locator("form[action*='language'] button, form[action*='language'] select").first.click()
        seen.page.wait_for_load_state()
        assert seen.page.get_attribute("html", "lang") == "en"
