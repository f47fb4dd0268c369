from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from cewen.engine.batch import evaluate_register
from cewen.engine.read_facts import parse_factsheet
from cewen.engine.register import read_register
from cewen.engine.report import ReportBuilder
from cewen.engine.report.next_step import NextStep, NextStepFinder, StepKind
from cewen.engine.summary import Summary
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus
from register_support import CODES, SHEETS, write_workbook

CITY = "wuhan/2022-digital-economy-measures"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, date(2024, 6, 30))


def page(corpus: Corpus, plan: Plan, folder: Path, **options: Any) -> str:
    head, first, *rest = SHEETS["企业"]
    sheets = {**SHEETS, "企业": [head, [f"{first[0]}{SCRIPT}", *first[1:]], *rest]}
    register = read_register(write_workbook(folder / "a.xlsx", sheets), corpus)
    summary = Summary(plan, **options)
    builder = ReportBuilder(plan, summary, **options)
    for results in summary.watch(evaluate_register(plan, register, **options)):
        builder.add(results)
    return builder.html()


def test_the_page_asks_nothing_from_outside_and_escapes_names(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    html = page(corpus, plan, tmp_path)
    tree = HTMLParser(html)
    assert SCRIPT not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html)
    assert [node.tag for node in tree.css("link, img, iframe, object, embed, script[src]")] == []
    assert len(tree.css("script")) == 1


def test_every_link_leads_to_a_place_on_the_page(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    tree = HTMLParser(page(corpus, plan, tmp_path))
    names = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(names) == len(set(names))
    links = {str(node.attributes["href"]) for node in tree.css("a")}
    assert links
    assert {link.removeprefix("#") for link in links} <= set(names)


def test_every_amount_of_an_award_links_to_the_clause_that_is_marked(
    corpus: Corpus, plan: Plan, tmp_path: Path
) -> None:
    tree = HTMLParser(page(corpus, plan, tmp_path))
    award = next(node for node in tree.css("#list li li") if "研发投入补助" in node.text())
    link = award.css_first("a.plain")
    assert link is not None
    assert "最高 100.00\u2009万元" in link.text()
    clause = next(node for node in tree.css("#clauses article") if node.css_first(str(link.attributes["href"])))
    marked = "".join(node.text() for node in clause.css("mark"))
    assert "年营业收入" in marked
    assert "给予最高" in marked
    assert "\n" not in marked
    assert "二/（六）" in clause.css_first("h3").text()  # type: ignore[union-attr]


def test_definite_and_at_most_stand_apart(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    figures = HTMLParser(page(corpus, plan, tmp_path)).css(".figures dd")
    texts = [node.text().strip() for node in figures]
    assert "72.00\u2009万元" in texts
    assert "最高 148.00\u2009万元" in texts


def test_what_is_simulated_is_marked_on_every_line(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    tree = HTMLParser(page(corpus, plan, tmp_path, as_if_in_force=True))
    assert tree.css_first(".ribbon") is not None
    titles = {measure.measure.title for measure in plan.measures if measure.policy.id.startswith("hubei/")}
    lines = [node for node in tree.css("#measures tr, #list li li") if any(title in node.text() for title in titles)]
    assert lines
    assert all("假定施行" in node.text() for node in lines)


def step(corpus: Corpus, plan: Plan, enterprise: dict[str, Any], **sheet: Any) -> NextStep | None:
    known = {"注册地": "420111", "企业类型": ["软件企业"], "DCMM等级": 0, **enterprise}
    facts = parse_factsheet({"enterprise": known, **sheet}, corpus)
    (results,) = evaluate_register(plan, [facts])
    return NextStepFinder(plan, year=2023).find(results)


COMPLETE = {
    "国家双跨平台": False, "工厂称号": [], "获评称号": [], "人才类别": [], "支持事项": [], "入选优秀软件人才数": 0,
    "入驻数字经济园区": False,
}  # fmt: skip


def test_the_step_over_a_threshold_is_worth_what_the_total_grows(corpus: Corpus, plan: Plan) -> None:
    revenue = {"2022": 40_000_000, "2023": 40_000_000}
    found = step(corpus, plan, {**COMPLETE, "年营业收入": revenue, "年研发投入": {"2023": 5_900_000}})
    assert found is not None
    assert (found.kind, found.gain, found.measures) == (StepKind.REACH, 60_000_000, (f"{CITY}#rd-subsidy",))
    assert "差 10.00\u2009万元" in found.words


def test_a_step_that_takes_away_more_than_it_gives_is_none(corpus: Corpus, plan: Plan) -> None:
    # 营收增到 30% 增速会使研发占比跌破 15%，所得不抵所失
    facts = {"年营业收入": {"2022": 80_000_000, "2023": 100_000_000}, "年研发投入": {"2023": 15_000_000}}
    found = step(corpus, plan, {**COMPLETE, **facts})
    assert found is None or f"{CITY}#growth-award" not in found.measures


def test_a_distant_goal_is_no_step(corpus: Corpus, plan: Plan) -> None:
    facts = {"年营业收入": {"2022": 60_000_000, "2023": 40_000_000}, "年研发投入": {"2023": 100_000}}
    assert step(corpus, plan, {**COMPLETE, **facts}) is None


def test_a_missing_fact_is_worth_what_it_may_open(corpus: Corpus, plan: Plan) -> None:
    revenue = {"2022": 40_000_000, "2023": 40_000_000}
    found = step(corpus, plan, {**COMPLETE, "年营业收入": revenue})
    assert found is not None
    assert (found.kind, found.gain, found.words) == (StepKind.PROVIDE, 100_000_000, "补 年研发投入（2023 年）")


def test_nothing_missing_gives_no_step(corpus: Corpus, plan: Plan) -> None:
    assert step(corpus, plan, {**COMPLETE, "注册地": "430100"}) is None


def test_the_enterprise_of_the_register_is_found_by_its_code(corpus: Corpus, plan: Plan, tmp_path: Path) -> None:
    tree = HTMLParser(page(corpus, plan, tmp_path))
    assert [node.attributes["id"] for node in tree.css("#list > li")] == list(CODES[:3])
