"""The tree in the terminal, the page, and the plain text."""

import re
from pathlib import Path

from lxml import html as lxml_html
from lxml.html import HtmlElement
from rich.console import Console

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.flow import fold_text
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.render import Highlight, as_text, html, tree


def elements(page: str, tag: str) -> list[HtmlElement]:
    return [element for element in lxml_html.document_fromstring(page).iter(tag) if isinstance(element, HtmlElement)]


def measures(repo: Path) -> Document:
    return parse_document(read_text(repo / "policies/wuhan/2022-digital-economy-measures/document.txt").text)


def test_tree_shows_title_dates_and_every_clause(repo: Path) -> None:
    document = measures(repo)
    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        console.print(tree(document))
    shown = capture.get()
    assert "武政规〔2022〕6号" in shown
    assert "2022年6月1日起施行，有效期至2025年5月31日" in shown
    assert all(f"{clause.label} {clause.title}" in shown for clause in document.walk())


def test_page_links_the_tree_to_the_text_and_asks_nobody(repo: Path) -> None:
    document = measures(repo)
    page = html(document)
    anchors = [element.get("id") for element in elements(page, "p") if element.get("id")]
    links = [element.get("href") for element in elements(page, "a") if element.get("data-path")]
    assert links == [f"#{anchor}" for anchor in anchors]
    assert len(links) == len(list(document.walk()))
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "url(" not in page
    assert "@import" not in page


def test_page_carries_the_offsets_of_its_text(repo: Path) -> None:
    document = measures(repo)
    for element in elements(html(document), "span"):
        if element.get("data-start"):
            span = Span(int(element.get("data-start", "")), int(element.get("data-end", "")))
            assert fold_text(element.text_content()) == fold_text(span.of(document.text))


def test_page_marks_highlights_and_escapes_what_it_shows(repo: Path) -> None:
    document = measures(repo)
    start = document.text.index("给予最高 １００ 万元补助")
    quote = "给予最高 １００ 万元补助"
    page = html(document, [Highlight(Span(start, start + len(quote)), "incentive", '最高"100"万元')])
    (mark,) = [mark for mark in elements(page, "mark") if mark.get("title")]
    assert mark.text_content() == "给予最高100万元补助"
    assert mark.get("title") == '最高"100"万元'
    risky = parse_document("一、<script>alert(1)</script>\n正文&lt;。\n二、乙\n丙。\n")
    assert "<script>alert" not in html(risky)


def test_overlapping_highlights_do_not_lose_text() -> None:
    document = parse_document("一、甲乙丙丁戊己庚。辛壬癸。\n二、子\n丑。\n")
    marks = [Highlight(Span(start, start + 4), "target") for start in range(0, 12)]
    (body,) = elements(html(document, marks), "main")
    assert fold_text(body.text_content()).replace("¶", "") == fold_text(document.text)


def test_plain_text_joins_broken_lines_and_keeps_rows_apart(repo: Path) -> None:
    plan = parse_document(read_text(repo / "policies/wuhan/2022-digital-economy-plan/document.txt").text)
    plain = as_text(plan)
    assert "\n（一）指导思想\n以习近平新时代" in plain
    assert "数据中心算力规模力争达到1500PFLOPS" in plain
    assert "\n软件和信息技术服务业规模\t亿元\t4500\n" in plain
    assert "抄送" not in plain
    software = parse_document(read_text(repo / "policies/cn/2021-software-plan/document.txt").text)
    assert "业务收入从2015年的4.28万亿元增长至2020年的8.16万亿元" in as_text(software)


def test_an_empty_document_renders() -> None:
    document = parse_document("")
    assert as_text(document) == ""
    assert "没有读出编号的条款" in html(document)
    tree(document)
