"""One's own facts: one by one with source and history, a workbook of all, answers of the calculator taken over."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from cewen.engine.advise.step import FactChange as Step
from cewen.portal.access import Role
from cewen.portal.enterprises.models import Enterprise, FactChange
from cewen.portal.entitlements import forms, selectors
from cewen.portal.policies.selectors import corpus
from enterprise_support import MEASURES_DAY, OTHER, SOFTWARE, load_examples, named
from portal_support import client_of, make_member, make_organization

pytestmark = pytest.mark.django_db
DAY = date.fromisoformat(MEASURES_DAY)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(repo: Path) -> Client:
    load_examples(repo)
    home = make_organization("enterprise", region_code="420100-dhgx", uscc=SOFTWARE, name="甲公司")
    return client_of(make_member(Role.APPLICANT, home))


def sheet_rows(client: Client) -> list[list[str]]:
    """The workbook as it is downloaded, as text."""
    content = client.get("/mine/workbook/", {"format": "xlsx", "on": MEASURES_DAY}).content
    table = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in table.to_python(skip_empty_area=False)]


def packed(rows: list[list[str]], name: str = "事实.xlsx") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile(name, buffer.getvalue())


def row_of(rows: list[list[str]], key: str, year: str = "") -> list[str]:
    return next(row for row in rows if row[8] == key and row[2] == year)


# --- one fact


def test_a_fact_shows_its_source_its_history_and_the_measures_that_read_it(client: Client) -> None:
    data = {
        "path": "enterprise",
        "key": "rd_spend",
        "year": "2023",
        "text": "1100",
        "source": "审计报告",
        "on": MEASURES_DAY,
    }
    client.post("/mine/facts/", data)
    asked = {"path": "enterprise", "key": "rd_spend", "year": "2023", "on": MEASURES_DAY}
    page = client.get("/mine/fact/", asked).content.decode()
    assert named(SOFTWARE).record.facts["rd_spend"]["2023"] == "11000000.00"  # a bare number counts in 万元
    assert "审计报告" in page
    assert "<ins>11000000.00</ins>" in page
    assert "软件企业研发投入补助" in page
    part = client.get("/mine/fact/", asked, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'value="1100"' in part
    assert "审计报告" in client.get("/mine/", {"on": MEASURES_DAY}).content.decode()


def test_a_fact_can_be_said_to_be_unknown_again(client: Client) -> None:
    data = {"path": "enterprise", "key": "dcmm_level", "year": "", "text": "3", "forget": "1", "on": MEASURES_DAY}
    client.post("/mine/facts/", {**data, "forget": ""})
    assert named(SOFTWARE).record.facts["dcmm_level"] == {"": "3"}
    client.post("/mine/facts/", data)
    assert "dcmm_level" not in named(SOFTWARE).record.facts


def test_a_wrong_value_answers_in_its_place_and_names_no_other(client: Client) -> None:
    data = {"path": "enterprise", "key": "dcmm_level", "year": "", "text": "9", "slot": "m-f-enterprise-dcmm_level"}
    wrong = client.post("/mine/facts/", data, headers=HTMX)
    assert wrong.status_code == 422
    assert wrong["HX-Retarget"] == "#slot-m-f-enterprise-dcmm_level"
    assert "<html" not in wrong.content.decode()
    assert "HX-Retarget" not in client.post("/mine/facts/", {**data, "slot": "x y\n"}, headers=HTMX)
    assert client.get("/mine/fact/", {"path": "enterprise", "key": "nothing"}).status_code == 404


def test_what_is_missing_stands_first_and_says_how_much_it_settles(client: Client) -> None:
    for key in ("dcmm_level", "cross_industry_platform"):
        client.post("/mine/facts/", {"path": "enterprise", "key": key, "text": "", "on": MEASURES_DAY})
    found = selectors.entitlements_of(named(SOFTWARE), DAY)
    assert len(found.missing) == 2
    page = client.get("/mine/", {"on": MEASURES_DAY}).content.decode()
    told = page.split('class="missing"')[1].split("</ol>")[0]
    assert [told.index(each.words) for each in found.missing] == sorted(
        told.index(each.words) for each in found.missing
    )
    assert "能定 1 条" in told
    assert "还缺 2 项" in page


# --- a workbook


def test_a_workbook_comes_filled_and_goes_back_row_by_row(client: Client) -> None:
    rows = sheet_rows(client)
    assert tuple(rows[0]) == forms.COLUMNS
    assert row_of(rows, "rd_spend", "2023")[3:5] == ["1000", "万元"]
    assert "全球灯塔工厂" in row_of(rows, "factory_titles")[5]
    row_of(rows, "rd_spend", "2023")[3] = "1200.5"
    row_of(rows, "dcmm_level")[3] = "9"
    before = named(SOFTWARE).record.facts
    page = client.post("/mine/workbook/", {"file": packed(rows), "on": MEASURES_DAY}).content.decode()
    assert "1200.5万元" in page
    assert "不能大于" in page
    assert "存入 1 项" in page
    assert named(SOFTWARE).record.facts == before  # nothing changes before it is confirmed
    client.post("/mine/workbook/", {"confirm": "1", "source": "2023 年年报", "on": MEASURES_DAY})
    after = named(SOFTWARE).record
    assert after.facts["rd_spend"]["2023"] == "12005000.00"
    assert after.sources["rd_spend"]["2023"][0] == "2023 年年报"
    assert after.facts.get("dcmm_level") == before.get("dcmm_level")
    assert FactChange.objects.filter(enterprise__uscc=SOFTWARE).count() == 1
    client.post("/mine/workbook/", {"confirm": "1", "on": MEASURES_DAY})  # once only
    assert FactChange.objects.filter(enterprise__uscc=SOFTWARE).count() == 1


def test_an_untouched_workbook_changes_nothing_and_a_strange_row_says_so(client: Client) -> None:
    rows = sheet_rows(client)
    assert "没有要改的" in client.post("/mine/workbook/", {"file": packed(rows), "on": MEASURES_DAY}).content.decode()
    rows.append(["企业", "编造的", "", "5", "", "", "", "enterprise", "made_up"])
    page = client.post("/mine/workbook/", {"file": packed(rows), "on": MEASURES_DAY}).content.decode()
    assert "没有这个事实" in page
    assert 'name="confirm"' not in page


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken", b"x" * (forms.LARGEST_WORKBOOK + 1)])
def test_what_is_no_sheet_of_facts_is_refused_with_what_to_do(client: Client, content: bytes) -> None:
    answer = client.post("/mine/workbook/", {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert 'id="rows-title"' not in answer.content.decode()
    other = client.post("/mine/workbook/", {"file": packed([["名称", "代码"], ["甲", "乙"]])})
    assert other.status_code == 422


def test_nobody_fills_in_the_workbook_of_another(client: Client) -> None:
    assert client.get("/mine/workbook/", {"uscc": OTHER}).status_code == 404
    assert client.post("/mine/workbook/", {"uscc": OTHER, "confirm": "1"}).status_code == 404


# --- the calculator's answers


def test_answers_of_the_calculator_become_facts_once_and_objects_come_along(client: Client) -> None:
    start = {"on": MEASURES_DAY, "f-enterprise-registered_in": "洪山区", "f-enterprise-revenue-2023": "6800",
             "objects": ["project"]}  # fmt: skip
    client.post("/calculate/", start)
    client.post("/calculate/answer/", {"path": "projects[0]", "key": "project_kinds", "text": ["智能化改造"]})
    assert "填了 3 项" in client.get("/mine/").content.decode()
    before = len(named(SOFTWARE).record.objects_known)
    client.post("/mine/carry/")
    record = named(SOFTWARE).record
    assert record.facts["revenue"]["2023"] == "68000000.00"
    assert record.sources["revenue"]["2023"][0] == "算一算时自行填报"
    assert len(record.objects_known) == before + 1
    assert record.objects_known[-1]["facts"] == {"project_kinds": "智能化改造"}
    assert "calculator" not in client.session
    client.post("/mine/carry/")
    assert len(named(SOFTWARE).record.objects_known) == before + 1


def test_answers_may_be_dropped_and_one_that_no_longer_fits_takes_none_over(client: Client) -> None:
    client.post("/calculate/", {"on": MEASURES_DAY, "f-enterprise-revenue-2023": "6800"})
    session = client.session
    session["calculator"]["facts"]["dcmm_level"] = {"": "77"}
    session.save()
    before = named(SOFTWARE).record.facts
    page = client.post("/mine/carry/", follow=True).content.decode()
    assert "不能大于" in page
    assert named(SOFTWARE).record.facts == before
    client.post("/mine/carry/", {"drop": "1"})
    assert "calculator" not in client.session


# --- lines, sheet, what if, calendar


def test_a_line_opens_by_itself_and_the_sheet_has_all_of_them_open(client: Client) -> None:
    found = selectors.entitlements_of(named(SOFTWARE), DAY)
    line = next(each for each in found.lines if each.title == "软件企业研发投入补助")
    page = client.get("/mine/", {"on": MEASURES_DAY}).content.decode()
    assert line.result.measure.measure.quote[:20] not in page  # what is closed is not rendered
    asked = {"on": MEASURES_DAY, "line": line.key}
    part = client.get("/mine/lines/", asked, headers=HTMX).content.decode()
    assert part.count('class="sign"') == len(line.conditions)
    assert f"/policies/{line.policy.id}/clauses/" in part
    assert "<html" in client.get("/mine/lines/", asked).content.decode()
    assert client.get("/mine/lines/", {"on": MEASURES_DAY, "line": "x y"}).status_code == 404
    sheet = client.get("/mine/lines/", {"on": MEASURES_DAY}).content.decode()
    shown = [each for each in found.lines if each.state in ("met", "near", "unknown")]
    assert sheet.count("<blockquote") == len(shown)
    rest = client.get("/mine/lines/", {"on": MEASURES_DAY, "state": "not_met"}, headers=HTMX).content.decode()
    assert rest.count("data-row") == sum(each.state == "not_met" for each in found.lines)


def test_what_if_moves_projects_choices_and_sets(client: Client) -> None:
    page = client.get("/mine/what-if/", {"on": MEASURES_DAY}).content.decode()
    for name in ("f.revenue.2023", "f.cross_industry_platform", "f.factory_titles", "f.projects[0].total_investment"):
        assert f'name="{name}"' in page, name
    moved = {"on": MEASURES_DAY, "f.factory_titles": ["", "全球灯塔工厂"], "f.cross_industry_platform": "是"}
    told = client.get("/mine/what-if/", moved).content.decode().split("哪些变了")[1]
    assert "灯塔工厂" in told
    assert "双跨" in told
    unknown = client.get("/mine/what-if/", {"on": MEASURES_DAY, "f.registered_in": ""}).content.decode()
    assert "还缺 注册地" in unknown.split("哪些变了")[1]


def test_what_ends_is_a_calendar(client: Client) -> None:
    text = client.get("/mine/export/ics/", {"on": MEASURES_DAY}).content.decode()
    found = selectors.entitlements_of(named(SOFTWARE), DAY)
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert text.count("BEGIN:VEVENT") == len(found.ending) > 0
    assert all(f"DTSTART;VALUE=DATE:{ends:%Y%m%d}" in lines for ends, _, _ in found.ending)
    assert max(len(line.encode()) for line in lines) <= 75


def test_a_step_in_money_is_told_in_wan_and_never_too_small() -> None:
    from fractions import Fraction

    fact = corpus().vocabulary.by_key("rd_spend")
    step = Step(fact, "enterprise", 2023, Fraction(42_365_001), Fraction(64_802_100))
    assert forms.step_words(step) == "年研发投入（2023 年）增加 22.44\u2009万元，到 64.81\u2009万元"


def test_what_is_not_in_force_is_not_red(repo: Path) -> None:
    """Red says overdue; a draft or an expired clause is neither late nor wrong."""
    folder = repo / "src" / "cewen" / "portal" / "entitlements"
    style = (folder / "static" / "entitlements" / "entitlements.css").read_text(encoding="utf-8")
    assert re.search(r"\.not_in_force \{ color: var\(--muted\)", style)
    assert "overdue" not in (folder / "templates" / "entitlements" / "amount.html").read_text(encoding="utf-8")


def test_the_calculator_answers_for_today_first_and_marks_the_trial() -> None:
    client = Client()
    page = client.post("/calculate/", {"f-enterprise-registered_in": "洪山区"}, follow=True).content.decode()
    assert page.index('id="today-title"') < page.index("试算：按") < page.index('class="sums is-trial"')
    assert Enterprise.objects.count() == 0


def test_a_gap_says_where_to_get_to_in_wan_and_exactly_in_its_tooltip(client: Client) -> None:
    data = {"path": "enterprise", "key": "rd_spend", "year": "2023", "text": "423.65", "on": MEASURES_DAY}
    client.post("/mine/facts/", {**data, "key": "revenue", "text": "4320.1407"})
    client.post("/mine/facts/", data)
    found = selectors.entitlements_of(named(SOFTWARE), DAY)
    line = next(each for each in found.lines if each.title == "软件企业研发投入补助")
    part = client.get("/mine/lines/", {"on": MEASURES_DAY, "line": line.key}, headers=HTMX).content.decode()
    assert (
        "年研发投入再增加 224.38\u2009万元，到 648.03\u2009万元 即可" in part
    )  # 648.021105, and rounded up it suffices
    assert "到 6480211.05" in part
