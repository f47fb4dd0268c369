"""A designer's way: a document becomes a policy two people answer for, and a cap is turned, kept and shown to others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from browser_support import WIDTHS, ServedPortal, Visit, missing, served_portal

ID = "wuhan/2031-designer-measures"
TEXT = """某市支持软件企业发展若干措施

一、支持研发。对我市年营业收入500万元及以上的软件企业，按照不超过企业年研发投入的10%给予最高100万元补助。（责任单位：市经信局）

二、到2032年，全市软件业务收入达到5000亿元。（责任单位：市统计局）

本措施自2026年1月1日起施行，有效期至2031年12月31日。
"""
MEASURE = "wuhan/2022-digital-economy-measures%23rd-subsidy"
HEADER = {"issuer": "某市人民政府", "source": "某市人民政府网站", "number": "", "issued_on": "2025-12-01"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, need: Callable[[object, str], None]) -> Iterator[ServedPortal]:
    """A portal of its own: what is published here is in force, and would stand in everybody's answers."""
    need(not missing(), missing())
    with served_portal(tmp_path_factory.mktemp("designer") / "data") as found:
        yield found


@contextmanager
def visit(portal: ServedPortal, browser: Any, person: str = "", width: int = WIDTHS[0]) -> Iterator[Visit]:
    """A visitor; at the end the console must have been silent."""
    found = Visit.begin(portal, browser, width, person)
    try:
        yield found
        assert found.faults == []
    finally:
        found.end()


def field(seen: Visit, file: str, key: str) -> Any:
    return seen.page.locator(f'[id="form:{file}|{key}"]')


def sound(seen: Visit) -> list[str]:
    """What is wrong with the page as it stands, here and on a phone."""
    wrong = seen.accessibility()
    seen.page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    wrong += filter(None, [seen.overflow()])
    seen.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return wrong


@pytest.fixture(scope="module")
def draft(portal: ServedPortal, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a draft an editor started from a document and brought to a clean check."""
    document: Path = tmp_path_factory.mktemp("designer") / "措施.txt"
    document.write_text(TEXT, encoding="utf-8")
    with visit(portal, browser, "editor") as seen:
        seen.go("/drafts/")
        seen.page.set_input_files("[name=document]", str(document))
        seen.page.fill("[name=policy_id]", ID)
        seen.page.fill("[name=region]", "武汉市")
        with seen.page.expect_navigation():
            seen.page.locator("section.card button.primary").click()
        assert sound(seen) == []
        seen.page.locator('[data-card="1"][data-key="issuer"]').click()  # from the finding to its field
        seen.page.locator('[id="form:policy.yaml|issuer"]:focus').wait_for()
        for key, text in HEADER.items():
            field(seen, "policy.yaml", key).fill(text)
        seen.page.locator("#findings b.met").wait_for()  # the check follows what is typed
        with seen.page.expect_navigation():
            seen.page.locator(".save-bar button.primary").click()
        return str(urlsplit(seen.page.url).path)


def test_a_document_is_drafted_confirmed_by_another_and_published(
    draft: str, portal: ServedPortal, browser: Any
) -> None:
    with visit(portal, browser, "editor") as seen:
        seen.go(draft)
        assert seen.page.locator("form[action$='/confirm/']").count() == 0  # not one's own
        assert seen.page.locator("form[action$='/publish/']").count() == 0
    with visit(portal, browser, "confirmer") as seen:
        seen.go("/drafts/?status=waiting")
        with seen.page.expect_navigation():
            seen.page.locator("ul.results h2 a").first.click()
        assert urlsplit(seen.page.url).path == draft
        with seen.page.expect_navigation():
            seen.page.locator("form[action$='/confirm/'] button").click()
        assert sound(seen) == []
    with visit(portal, browser, "editor") as seen:
        seen.go(draft)
        with seen.page.expect_navigation():
            seen.page.locator("form[action$='/publish/'] button").click()
        assert seen.page.locator(".tag.met").first.is_visible()
    with visit(portal, browser) as seen:
        seen.page.wait_for_timeout(2500)  # a change of the files shows two seconds later
        assert seen.go(f"/policies/{ID}/") == 200
        seen.go("/policies/?q=某市支持软件企业")
        assert seen.page.locator(f"a[href*='{ID}']").count() > 0


def test_a_cap_is_turned_its_cost_follows_and_the_scenario_is_shown_to_someone_signed_out(
    portal: ServedPortal, browser: Any
) -> None:
    with visit(portal, browser, "editor") as seen:
        seen.go("/reforms/?q=研发投入补助")
        with seen.page.expect_navigation():
            seen.page.locator("tr[data-row] a", has_text="软件企业研发投入补助").first.click()
        cost = seen.page.locator("dd.ceiling").first
        before, cap = cost.inner_text(), seen.page.locator('input[data-original="100"]')
        slider = seen.page.locator(f'[data-knob="{cap.get_attribute("id")}"]')
        slider.focus()
        for _ in range(5):
            slider.press("ArrowRight")  # by the keyboard alone
        assert int(cap.input_value()) > 100
        cap.fill("200")
        seen.page.wait_for_url(re.compile("cap%7C200"))
        after = cost.inner_text()
        assert after != before
        seen.page.locator("#sweep svg").wait_for()
        assert sound(seen) == []
        seen.page.locator("[data-undo]").click()
        seen.page.wait_for_url(lambda address: "cap%7C200" not in address)
        seen.page.locator("[data-redo]:not([disabled])").click()
        seen.page.locator("[data-redo][disabled]").wait_for()
        seen.page.fill("section:has(> #save) [name=title]", "上限翻倍")
        with seen.page.expect_response(re.compile(r"/reforms/\?.*210")):
            cap.fill("210")
        with seen.page.expect_response(re.compile(r"/reforms/\?.*=200")):
            cap.fill("200")  # what was typed into the name is still there
        seen.page.locator("#sweep svg").wait_for()  # leaving now would break nothing off
        with seen.page.expect_navigation():
            seen.page.locator("section:has(> #save) button.primary").click()
        assert "上限翻倍" in seen.page.inner_text("main")
        with seen.page.expect_navigation():
            seen.page.locator("form[action$='/share/'] button").first.click()
        assert sound(seen) == []
        link = seen.page.locator("a[href^='/reforms/shared/']").first.get_attribute("href")
    with visit(portal, browser) as seen:
        assert seen.go(link) == 200
        said = seen.page.inner_text("main")
        assert "200万元" in said
        assert after.strip() in said
        assert seen.page.locator("main form").count() == 0
        assert sound(seen) == []
    with visit(portal, browser, "editor") as seen:
        seen.go("/reforms/scenarios/")
        with seen.page.expect_navigation():
            seen.page.locator("form[action$='/withdraw/'] button").first.click()
    with visit(portal, browser) as seen:
        assert seen.go(link) == 404
        seen.faults[:] = [fault for fault in seen.faults if "404" not in fault]


def test_without_scripts_the_builder_works_by_its_button(portal: ServedPortal, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    try:
        page.goto(f"{portal.address}/accounts/login/")
        page.fill("input[name=login]", "editor")
        page.fill("input[name=password]", portal.password)
        page.click("main button.primary, main button[type=submit]")
        page.goto(f"{portal.address}/reforms/?m={MEASURE}")
        before = page.locator("dd.ceiling").first.inner_text()
        page.locator('input[data-original="100"]').fill("200")
        page.locator("#turn button.primary").click()
        assert page.locator("dd.ceiling").first.inner_text() != before
        page.locator("#sweep a").click()
        assert page.locator("#sweep svg").is_visible()
    finally:
        context.close()
