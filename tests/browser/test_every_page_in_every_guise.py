"""Pages of each role in light and dark, narrow and wide, in both languages, on paper and by keyboard alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from browser_support import WIDTHS, ServedPortal, Visit

GUISES = (("light", 1440), ("dark", 390), ("light", 360), ("dark", 2560))
"""Colour scheme and width; at the usual widths axe looks too, at the extreme ones nothing may run out of the window."""
PAGES = {
    "": (
        "/", "/policies/", "/policies/?q=研发", "/policies/wuhan/2022-digital-economy-measures/", "/policies/timeline/",
        "/policies/wuhan/2022-digital-economy-measures/clauses/二/（六）/",
        "/policies/compare/?before=wuhan/2022-digital-economy-measures&after=wuhan/2022-software-plan",
        "/targets/", "/targets/wuhan/2022-software-plan/software-revenue/", "/observations/", "/open-data/", "/help/",
        "/demonstration/", "/accounts/login/", "/accounts/signup/", "/calculate/",
    ),
    "enterprise": ("/", "/mine/", "/mine/?on=2025-05-31", "/me/"),
    "city": ("/", "/enterprises/", "/enterprises/imports/", "/runs/"),
    "editor": ("/reforms/", "/drafts/"),
    "supervisor": ("/alerts/", "/tasks/", "/tasks/units/", "/score-cards/", "/audit/"),
    "administrator": ("/people/", "/organizations/", "/people/invite/"),
}  # fmt: skip
"""The main pages of each role; the walk through everything a role is offered is in the other file."""


@contextmanager
def visit(portal: ServedPortal, browser: Any, person: str = "", width: int = 1440) -> Iterator[Visit]:
    """A visitor; at the end the console must have been silent, warnings too."""
    found = Visit.begin(portal, browser, width, person)
    said: list[str] = []
    found.page.on("console", lambda line: said.append(line.text) if line.type in ("warning", "error") else None)
    try:
        yield found
        assert found.faults == []
        assert said == []
    finally:
        found.end()


@pytest.mark.parametrize("person", PAGES)
def test_a_page_is_sound_in_every_guise(person: str, portal: ServedPortal, browser: Any) -> None:
    wrong: list[str] = []
    with visit(portal, browser, person) as seen:
        for path in PAGES[person]:
            status = seen.go(path)
            assert status == 200, path
            for scheme, width in GUISES:
                seen.page.emulate_media(color_scheme=scheme)
                seen.page.set_viewport_size({"width": width, "height": 900})
                if width in WIDTHS:
                    wrong += [f"{scheme} {width}: {each}" for each in seen.accessibility()]
                wrong += [f"{scheme} {width}: {each}" for each in (seen.overflow(),) if each]
            wrong += _structure(seen)
    assert wrong == []


def _structure(seen: Visit) -> list[str]:
    """What a screen reader goes by: one first heading, no level left out, names of tables, a way past the head."""
    levels = seen.page.eval_on_selector_all(
        "h1,h2,h3,h4", "all => all.filter(e => e.checkVisibility()).map(e => +e.tagName[1])"
    )
    path, wrong = seen.page.url, []
    if levels.count(1) != 1:
        wrong.append(f"{path}: {levels.count(1)} first headings")
    if any(after > before + 1 for before, after in itertools.pairwise(levels)):
        wrong.append(f"{path}: a level of headings is left out: {levels}")
    nameless = seen.page.eval_on_selector_all(
        "main table", "all => all.filter(e => !e.caption && !e.closest('[aria-label],[aria-labelledby]')).length"
    )
    if nameless:
        wrong.append(f"{path}: {nameless} tables without a name")
    dates = seen.page.eval_on_selector_all("input[type=date][value]", "all => all.map(e => e.getAttribute('value'))")
    wrong += [f"{path}: the date {each}" for each in dates if not re.fullmatch(r"(\d{4}-\d\d-\d\d)?", each)]
    return wrong


@pytest.mark.parametrize("path", ["/", "/policies/wuhan/2022-digital-economy-measures/", "/targets/", "/help/"])
def test_the_keyboard_goes_through_a_page_in_order_and_sees_where_it_is(
    path: str, portal: ServedPortal, browser: Any
) -> None:
    with visit(portal, browser) as seen:
        seen.go(path)
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.matches('.skip')")
        tops: list[float] = []
        for _ in range(12):
            seen.page.keyboard.press("Tab")
            at = seen.page.evaluate(
                "(() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);"
                " return [e.tagName, b.top + scrollY, s.outlineStyle, Math.min(b.width, b.height), b.bottom, b.top]; })()"
            )
            assert at[0] != "BODY"
            assert at[2] != "none", f"{path}: no visible focus on {at}"
            assert at[4] > 0, f"{path}: focus above the window"
            tops.append(at[1])
        assert tops[-1] >= tops[0]


def test_keys_search_step_and_help(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/policies/")
        seen.page.keyboard.press("/")
        assert seen.page.evaluate("document.activeElement.type") == "search"
        seen.page.keyboard.press("Escape")
        seen.page.evaluate("document.activeElement.blur()")
        seen.page.keyboard.press("j")
        first = seen.page.evaluate("document.activeElement.textContent")
        seen.page.keyboard.press("j")
        assert seen.page.evaluate("document.activeElement.textContent") != first
        seen.page.keyboard.press("k")
        assert seen.page.evaluate("document.activeElement.textContent") == first
        seen.page.keyboard.press("?")
        assert seen.page.evaluate("document.getElementById('keys').open")
        seen.page.keyboard.press("Escape")
        assert not seen.page.evaluate("document.getElementById('keys').open")


def test_a_measure_and_its_words_light_each_other(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/policies/wuhan/2022-digital-economy-measures/")
        mark = seen.page.locator("mark.measure").first
        target = mark.get_attribute("data-of")
        mark.hover()
        lit = "all => all.every(each => each.classList.contains('lit'))"
        assert seen.page.eval_on_selector_all(f'[data-of="{target}"]', lit)
        assert seen.page.locator(f'.note[data-of="{target}"]').count() == 1
        seen.page.mouse.move(0, 0)
        seen.page.locator(f'.note[data-of="{target}"]').hover()
        assert mark.evaluate("each => each.classList.contains('lit')")


def test_the_status_of_an_expired_document_stays_in_sight(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/policies/wuhan/2022-digital-economy-measures/#c-三")
        seen.page.mouse.wheel(0, 1500)
        seen.page.wait_for_timeout(200)
        box = seen.page.locator(".ribbon").bounding_box()
        assert seen.page.evaluate("scrollY") > 400
        assert box
        assert 0 <= box["y"] < 200


@pytest.mark.parametrize(
    "path", ["/policies/wuhan/2022-digital-economy-measures/", "/policies/timeline/", "/targets/", "/help/"]
)
def test_paper_carries_the_content_and_no_controls(path: str, portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go(path)
        seen.page.emulate_media(media="print")
        for selector in (".masthead", ".site-footer", ".filters", ".buttons", ".page-terms", ".skip"):
            shown = seen.page.eval_on_selector_all(selector, "all => all.filter(each => each.checkVisibility()).length")
            assert shown == 0, f"{path}: {selector} on paper"
        assert seen.page.locator("h1").is_visible()
        wide = seen.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1] + 1
        assert seen.page.pdf(format="A4").startswith(b"%PDF")


def test_paper_is_white_also_where_the_screen_is_dark(portal: ServedPortal, browser: Any) -> None:
    with visit(portal, browser) as seen:
        seen.go("/policies/")
        colours = "names => names.map(name => getComputedStyle(document.documentElement).getPropertyValue(name))"
        names = ["--ink", "--paper", "--met", "--ceiling", "--overdue", "--unknown", "--mark", "--edge"]
        seen.page.emulate_media(media="print", color_scheme="light")
        light = seen.page.evaluate(colours, names)
        seen.page.emulate_media(media="print", color_scheme="dark")
        assert seen.page.evaluate(colours, names) == light


def test_a_tour_works_without_scripts_on_a_phone_and_covers_nothing(portal: ServedPortal, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal.address}/")
    page.click("a[href='/tours/public/1/']")
    number = 1
    while page.locator(".tour a[rel=next]").count():
        bar, heading = page.locator(".tour").bounding_box(), page.locator("main h1").bounding_box()
        assert bar["y"] + bar["height"] <= heading["y"] + 1 or bar["y"] >= heading["y"] + heading["height"]
        assert page.locator(".tour").evaluate("each => getComputedStyle(each).position") == "static"
        page.click(".tour a[rel=next]")
        number += 1
        page.locator(".tour-place", has_text=f"{number}/").wait_for()
    page.click(".tour form button")
    assert page.locator(".tour").count() == 0
    context.close()


def test_the_printed_entrance_signs_in_by_one_click(portal: ServedPortal, browser: Any) -> None:
    if not portal.entrance:
        pytest.skip("the portal printed no entrance")
    with visit(portal, browser) as seen:
        seen.page.goto(portal.entrance)
        seen.page.click(".people-buttons button:has-text('市经办')")
        seen.page.wait_for_load_state()
        assert "市经办" in seen.page.inner_text(".account")
        assert portal.entrance.rsplit("/", 2)[1] not in seen.page.url
