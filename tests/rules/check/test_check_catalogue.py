from __future__ import annotations

import re
from pathlib import Path

import pytest

from cewen.engine.check_cases import ALL_CHECKS
from cewen.rules.check import CHECKS
from cewen.rules.check.catalogue import catalogue, render_catalogue

PAGES = catalogue(ALL_CHECKS)


def test_every_code_in_the_program_has_a_page(repo: Path) -> None:
    raised = {
        code
        for path in (repo / "src").rglob("*.py")
        for code in re.findall(r'"(CW\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert raised - set(PAGES) == set()


def test_every_page_belongs_to_a_code_of_the_program(repo: Path) -> None:
    raised = {
        code
        for path in (repo / "src").rglob("*.py")
        if "pages" not in path.parts
        for code in re.findall(r"CW\d{3}", path.read_text(encoding="utf-8"))
    }
    assert set(PAGES) - raised == set()


@pytest.mark.parametrize("code", PAGES)
def test_a_page_says_why_what_and_how(code: str) -> None:
    page = PAGES[code]
    text = page.to_markdown()
    assert page.code == code
    for part in (page.title, page.why, page.looks_for, page.remedy):
        assert re.search("[一-鿿]", part)
        assert part in text


def test_a_check_explains_itself_with_both_examples() -> None:
    lacking = [page.code for check in ALL_CHECKS for page in check.pages if not (page.bad and page.good)]
    assert lacking == []


def test_no_two_checks_give_the_same_code() -> None:
    codes = [page.code for check in ALL_CHECKS for page in check.pages]
    assert len(codes) == len(set(codes))
    assert [check.code for check in CHECKS] == sorted(check.code for check in CHECKS)


def test_the_reference_page_is_up_to_date(repo: Path) -> None:
    committed = (repo / "docs" / "reference" / "diagnostics.md").read_text(encoding="utf-8")
    assert committed == render_catalogue(ALL_CHECKS), "run: cewen schema --pages docs/reference"
