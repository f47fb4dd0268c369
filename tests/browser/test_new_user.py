"""A software firm that has never heard of a policy: from the front page to its list with amounts, steps counted."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from browser_support import WIDTHS, ServedPortal, Visit

MOST_CLICKS = 5
MOST_KEYS = 120
"""Keystrokes of a whole path: at three a second, which is slow, well below two minutes."""
CODES = dict(zip(WIDTHS, ("91420100MA4KABCD1A", "91420100MA4KABCE2E"), strict=True))
"""A code for each visitor: both check, neither is anybody's."""
AMOUNT = re.compile(r"最高 60\.00\s*万元")
"""What 600 万元 of research on 3000 万元 of revenue may get at most, at ten per cent."""


@dataclass
class Hand:
    """The hand of someone who uses a pointer and a keyboard (用户的手): clicks and keystrokes are counted."""

    visit: Visit
    name: str
    clicks: int = 0
    keys: int = 0
    pictures: list[Path] = field(default_factory=list)

    def click(self, selector: str) -> None:
        self.visit.page.locator(selector).first.click()
        self.clicks += 1
        self.visit.page.wait_for_load_state()

    def type(self, text: str) -> None:
        """Into whatever has the focus."""
        self.visit.page.keyboard.type(text)
        self.keys += len(text)

    def tab(self, times: int = 1) -> None:
        for _ in range(times):
            self.visit.page.keyboard.press("Tab")
            self.keys += 1

    def fill(self, selector: str, text: str) -> None:
        """Go on with the Tab key until the field has the focus, then type; a click is not needed."""
        for _ in range(12):
            if self.visit.page.evaluate("one => document.activeElement.matches(one)", selector):
                return self.type(text)
            self.tab()
        raise AssertionError(f"{selector} is out of reach of the Tab key")

    def picture(self, folder: Path, width: int) -> None:
        path = folder / f"{self.name}-{len(self.pictures) + 1}-{width}.png"
        self.visit.page.screenshot(path=str(path))
        self.pictures.append(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures of the steps are kept: CEWEN_PICTURES, else with the test's own files."""
    folder = Path(os.environ.get("CEWEN_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(params=WIDTHS)
def someone(request: pytest.FixtureRequest, portal: ServedPortal, browser: Any) -> Iterator[tuple[Visit, int]]:
    """A new visitor, on a desktop and on a phone."""
    found = Visit.begin(portal, browser, request.param)
    yield found, request.param
    assert found.faults == []
    found.end()


def look(visit: Visit) -> str:
    """Today's answer first, then the trial marked as one, with amounts."""
    text: str = visit.page.inner_text("main")
    assert text.index("今天（") < text.index("试算：按") < text.index("最高")
    assert AMOUNT.search(text)
    assert "软件企业研发投入补助" in text
    assert visit.accessibility() == []
    assert visit.overflow() == ""
    return text


def test_without_an_account_five_clicks_and_no_more(someone: tuple[Visit, int], pictures: Path) -> None:
    visit, width = someone
    hand = Hand(visit, "visitor")
    visit.go("/")
    hand.picture(pictures, width)
    hand.click("main a[href='/calculate/']")
    hand.picture(pictures, width)
    hand.type("洪山区")  # the first field has the focus
    hand.click("label:has(input[value='软件企业'])")
    hand.click("[name^='f-enterprise-revenue']")
    hand.type("3000")
    hand.click("[name^='f-enterprise-rd_spend']")
    hand.type("600")
    hand.click("main form.first button.primary")
    hand.picture(pictures, width)
    look(visit)
    assert hand.clicks <= MOST_CLICKS
    assert hand.keys <= MOST_KEYS
    assert len(hand.pictures) == 3


def test_with_the_keyboard_two_clicks_do(someone: tuple[Visit, int], pictures: Path) -> None:
    visit, width = someone
    hand = Hand(visit, "keyboard")
    visit.go("/")
    hand.click("main a[href='/calculate/']")
    hand.type("洪山区")
    hand.click("label:has(input[value='软件企业'])")
    hand.fill("[name^='f-enterprise-revenue']", "3000")
    hand.fill("[name^='f-enterprise-rd_spend']", "600")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#entitlements")
    hand.picture(pictures, width)
    look(visit)
    assert hand.clicks <= 2
    assert hand.keys <= MOST_KEYS


def test_with_an_account_the_claim_does_not_keep_it_waiting(someone: tuple[Visit, int], pictures: Path) -> None:
    visit, width = someone
    hand = Hand(visit, "account")
    visit.go("/")
    hand.click("header a[href*='/accounts/login/']")
    hand.click("main a[href*='/accounts/signup/']")
    hand.picture(pictures, width)
    for name, text in (("username", f"firm{width}"), ("password1", "Zhuzi-river-42"), ("password2", "Zhuzi-river-42"),
                       ("name", "李经理"), ("uscc", CODES[width]), ("enterprise", "新软件公司"),
                       ("region", "洪山区")):  # fmt: skip
        hand.fill(f"[name={name}]", text)
    hand.click("main form button[type=submit], main form button.primary")
    assert "认领正等" in visit.page.inner_text("main")
    hand.picture(pictures, width)
    hand.click("label:has(input[value='软件企业'])")
    hand.fill("[name^='f-enterprise-revenue']", "3000")
    hand.fill("[name^='f-enterprise-rd_spend']", "600")
    hand.click("main form.first button.primary")
    hand.picture(pictures, width)
    look(visit)
    assert hand.clicks <= MOST_CLICKS
    assert hand.keys <= MOST_KEYS


def test_a_row_opens_to_its_conditions_and_its_clause(someone: tuple[Visit, int], pictures: Path) -> None:
    visit, width = someone
    visit.go("/calculate/")
    visit.page.fill("[name^='f-enterprise-revenue']", "3000")
    visit.page.fill("[name^='f-enterprise-rd_spend']", "426.6")
    visit.page.fill("[name='f-enterprise-registered_in']", "洪山区")
    visit.page.check("input[value='软件企业']")
    visit.page.click("main form.first button.primary")
    row = visit.page.locator("details.line", has_text="软件企业研发投入补助")
    row.locator("summary").click()
    row.locator("blockquote").wait_for()
    said = row.inner_text()
    assert "23.40" in said  # 15 % of 3000 is 450
    assert "年研发投入再增加" in said
    assert row.locator("blockquote mark").count() >= 3
    assert row.locator("a[href*='/clauses/']").count() == 1
    visit.page.screenshot(path=str(pictures / f"row-{width}.png"))
    assert visit.accessibility() == []


def test_the_sheet_prints_with_every_clause_and_nothing_to_click(
    portal: ServedPortal, browser: Any, tmp_path: Path
) -> None:
    visit = Visit.begin(portal, browser, WIDTHS[0], "enterprise")
    visit.go("/mine/lines/?on=2025-05-31")
    assert visit.page.locator("[data-print]").is_visible()
    path = tmp_path / "sheet.pdf"
    visit.page.pdf(path=str(path), format="A4", prefer_css_page_size=True)
    pages = PdfReader(path).pages
    said = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in pages))
    text = re.sub(r"\s+", "", said).replace(":", "：").replace(",", "，")
    assert 1 <= len(pages) <= 12
    assert "试算：按2025年5月31日的政策" in text
    assert "年营业收入500万元及以上且年研发投入" in text
    for control in ("打印，或存为PDF", "快捷键", "退出", "查政策、条款、事项"):
        assert control not in text, control
    assert visit.faults == []
    visit.end()


def test_a_row_that_was_open_stays_open_with_its_reasons_when_a_fact_is_saved(
    portal: ServedPortal, browser: Any
) -> None:
    visit = Visit.begin(portal, browser, WIDTHS[0], "enterprise")
    page = visit.page
    visit.go("/mine/?on=2025-05-31")
    row = page.locator("details.line", has_text="软件企业研发投入补助")
    row.locator("summary").click()
    row.locator("blockquote").wait_for()
    page.locator("#r-enterprise details > summary", has_text="已填的").click()
    fact = page.locator(".fact-row", has_text="年研发投入").first
    fact.locator("a").first.click()
    field = fact.locator("input[name=text]:focus")  # the focus may come a moment after the field does
    field.wait_for()
    field.fill("433.65")
    with page.expect_response(lambda each: each.url.endswith("/mine/facts/")):
        field.press("Enter")
    row = page.locator("details.line[open]", has_text="软件企业研发投入补助")
    row.locator("blockquote").wait_for()
    assert "433.65" in row.inner_text()
    assert "85.93" in row.inner_text()  # 15 % of 3463.83 is 519.5745, rounded up
    assert visit.faults == []
    visit.end()
