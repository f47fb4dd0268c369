"""What an enterprise can get: sums apart, states, gaps, quotes, facts edited in place, what if, the calculator, exports."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path

import docx
import pytest
from django.test import Client

from cewen.engine.evaluate import evaluate_factsheet
from cewen.portal.access import Role
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.entitlements import selectors
from cewen.portal.entitlements.domain import Entitlements, State, gap_text, quote_runs
from cewen.portal.policies.selectors import corpus
from cewen.rules.facts import Fact
from enterprise_support import MEASURES_DAY, OTHER, SOFTWARE, load_examples, named
from portal_support import client_as, client_of, make_member, make_organization

pytestmark = pytest.mark.django_db
DAY = date.fromisoformat(MEASURES_DAY)


@pytest.fixture
def examples(repo: Path) -> int:
    return load_examples(repo)


@pytest.fixture
def client(examples: int) -> Client:
    home = make_organization("enterprise", region_code="420100-dhgx", uscc=SOFTWARE, name="甲公司")
    return client_of(make_member(Role.APPLICANT, home))


def test_every_line_says_what_the_reference_says_and_no_sum_is_mixed(examples: int) -> None:
    for row in Enterprise.objects.select_related("record")[:40]:
        found = selectors.entitlements_of(row, DAY)
        expected = evaluate_factsheet(selectors.plan_on(DAY), found.sheet)
        assert found.situation.evaluation == expected
        counted = [line for line in found.lines if line.counts and line.high is not None]
        assert found.worth.definite == sum(line.high or 0 for line in counted if line.certainty.value == "definite")
        assert found.worth.ceiling == sum(line.high or 0 for line in counted if line.certainty.value != "definite")
        assert sum(len(group.lines) for group in found.groups) == len(expected.results)
        assert all(line.gaps for line in found.lines if line.state is State.NEAR)


def test_quotes_have_their_numbers_marked_and_lose_no_character() -> None:
    marked = 0
    for policy in corpus().policies:
        for measure in policy.measures:
            runs = quote_runs(measure.quote)
            assert "".join(text for text, _ in runs) == measure.quote
            marked += any(is_number for _, is_number in runs)
    assert marked > 20


def test_every_clause_a_line_leads_to_is_there(client: Client) -> None:
    pages = [{"on": MEASURES_DAY, "as_if": "1", **more} for more in ({}, {"state": "not_met"})]
    page = "".join(client.get("/mine/lines/", each).content.decode() for each in pages)
    addresses = set(re.findall(r'href="(/policies/[^"]+/clauses/[^"]+)"', page))
    assert len(addresses) > 10
    assert {address for address in addresses if client.get(address).status_code != 200} == set()


@pytest.mark.parametrize(("fen", "text"), [
    (23_400_000, "23.40\u2009万元"), (23_400_001, "23.41\u2009万元"), (1, "0.01 元"), (999_999, "9999.99 元"),
    (10**10 + 1, "1.01\u2009亿元"),
])  # fmt: skip
def test_a_gap_is_never_told_smaller_than_it_is(fen: int, text: str) -> None:
    fact: Fact = corpus().vocabulary.by_key("revenue")
    from fractions import Fraction

    assert gap_text(fact, Fraction(fen)) == text


def test_on_a_day_without_amounts_the_page_says_so_and_leads_to_one_that_has(client: Client) -> None:
    useful = selectors.useful_day(date(2026, 11, 22))
    assert useful == date(2025, 5, 31)
    assert selectors.useful_day(DAY) == DAY
    assert "不能据以申报或拨付" in client.get("/mine/", {"on": MEASURES_DAY}).content.decode()


def test_a_fact_edited_in_place_recomputes_and_a_wrong_one_says_why(client: Client) -> None:
    data = {"path": "enterprise", "key": "dcmm_level", "year": "", "text": "3", "on": MEASURES_DAY,
            "id": "f-enterprise-dcmm_level"}  # fmt: skip
    before = selectors.entitlements_of(named(SOFTWARE), DAY).worth
    response = client.post("/mine/facts/", data, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    after = selectors.entitlements_of(named(SOFTWARE), DAY).worth
    assert after.definite == before.definite + 20_000_000
    wrong = client.post("/mine/facts/", {**data, "text": "9"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "不能大于" in wrong.content.decode()
    assert named(SOFTWARE).record.facts["dcmm_level"] == {"": "3"}


def test_sets_are_joined_and_none_counts_only_alone(client: Client) -> None:
    data = {"path": "enterprise", "key": "factory_titles", "on": MEASURES_DAY}
    client.post("/mine/facts/", {**data, "text": ["全球灯塔工厂", "无"]})
    assert named(SOFTWARE).record.facts["factory_titles"] == {"": "全球灯塔工厂"}
    client.post("/mine/facts/", {**data, "text": ["无"]})
    assert named(SOFTWARE).record.facts["factory_titles"] == {"": "无"}
    client.post("/mine/facts/", data)
    assert "factory_titles" not in named(SOFTWARE).record.facts  # no box: not known, which is not "none"


def test_a_project_is_added_filled_and_removed(client: Client) -> None:
    before = len(named(SOFTWARE).record.objects_known)
    client.post("/mine/objects/", {"subject": "project", "on": MEASURES_DAY})
    assert len(named(SOFTWARE).record.objects_known) == before + 1
    path = f"projects[{sum(each['subject'] == 'project' for each in named(SOFTWARE).record.objects_known) - 1}]"
    client.post("/mine/facts/", {"path": path, "key": "project_name", "text": "新项目", "on": MEASURES_DAY})
    assert "新项目" in client.get("/mine/", {"on": MEASURES_DAY}).content.decode()
    client.post("/mine/objects/", {"remove": path, "on": MEASURES_DAY})
    assert len(named(SOFTWARE).record.objects_known) == before


def test_nobody_sees_or_changes_another_enterprise(client: Client) -> None:
    assert client.get("/mine/", {"uscc": OTHER}).status_code == 404
    before = named(OTHER).record.facts
    data = {"uscc": OTHER, "path": "enterprise", "key": "dcmm_level", "text": "5"}
    assert client.post("/mine/facts/", data).status_code == 404
    assert named(OTHER).record.facts == before
    assert client.get("/mine/export/json/", {"uscc": OTHER}).status_code == 404


def test_what_if_shows_what_would_change_and_saves_nothing(client: Client) -> None:
    before = named(SOFTWARE).record.facts
    page = client.get("/mine/what-if/", {"on": MEASURES_DAY, "f.dcmm_level": "3"}).content.decode()
    assert "数据管理能力成熟度" in page.split("哪些变了")[1].split("</ul>")[0]
    assert "20.00" in page
    faulty = client.get("/mine/what-if/", {"on": MEASURES_DAY, "f.dcmm_level": "9"}).content.decode()
    assert "不能大于" in faulty
    assert named(SOFTWARE).record.facts == before


def test_the_exports_say_the_same_sums(client: Client) -> None:
    found = selectors.entitlements_of(named(SOFTWARE), DAY)
    data = json.loads(client.get("/mine/export/json/", {"on": MEASURES_DAY}).content)
    assert data["worth"] == found.worth.to_json()
    assert len(data["results"]) == len(found.lines)
    document = docx.Document(io.BytesIO(client.get("/mine/export/docx/", {"on": MEASURES_DAY}).content))
    text = "\n".join(each.text for each in document.paragraphs)
    met = [line for line in found.lines if line.state is State.ENTITLED]
    assert all(line.result.measure.measure.quote in text for line in met)
    assert client.get("/mine/export/xlsx/", {"on": MEASURES_DAY}).content[:2] == b"PK"
    assert client.get("/mine/export/pdf/", {"on": MEASURES_DAY}).status_code == 404


def test_someone_without_an_enterprise_is_led_to_register_one() -> None:
    home = make_organization("enterprise", region_code="420111")
    client = client_of(make_member(Role.APPLICANT, home))
    assert client.get("/mine/").status_code == 200  # registered, facts still to be given
    assert not Enterprise.objects.filter(uscc=home.uscc).exists()


# --- the calculator


def start(client: Client, **more: object) -> str:
    data = {"on": MEASURES_DAY, "f-enterprise-registered_in": "洪山区", "f-enterprise-enterprise_kinds": ["软件企业"],
            "f-enterprise-revenue-2023": "6800", "f-enterprise-rd_spend-2023": "1200万元", **more}  # fmt: skip
    return client.post("/calculate/", data, follow=True).content.decode()


def test_from_the_front_page_to_a_list_with_amounts_in_three_clicks() -> None:
    client = Client()
    front = client.get("/").content.decode()
    assert 'href="/calculate/"' in front
    assert client.get("/calculate/").status_code == 200
    page = start(client)
    assert "软件企业研发投入补助" in page
    assert "100.00\u2009万元" in page
    assert Enterprise.objects.count() == 0


def test_the_next_question_is_the_one_that_settles_most_and_may_be_skipped() -> None:
    client = Client()
    page = start(client)
    found = Entitlements(selectors.plan_on(DAY), selectors.answers_sheet(client.session["calculator"]))
    first, second = found.missing[:2]
    card = page.split('id="next-title"')[1].split("</section>")[0]
    assert first.words in card
    data = {"path": first.path, "key": first.fact.key, "year": "" if first.year is None else str(first.year)}
    page = client.post("/calculate/answer/", {**data, "skip": "1"}, follow=True).content.decode()
    assert second.words in page.split('id="next-title"')[1].split("</section>")[0]


def test_an_answer_narrows_what_is_open_and_a_wrong_one_says_why() -> None:
    client = Client()
    start(client, objects=["project"])
    data = {"path": "enterprise", "key": "dcmm_level", "year": ""}
    page = client.post("/calculate/answer/", {**data, "text": "3"}, follow=True).content.decode()
    assert "20.00\u2009万元" in page
    wrong = client.post("/calculate/answer/", {**data, "text": "七"})
    assert wrong.status_code == 422
    own = client.post("/calculate/answer/", {"path": "projects[0]", "key": "project_kinds", "text": ["智能化改造"]})
    assert own.status_code == 302
    assert client.session["calculator"]["objects"][0]["facts"] == {"project_kinds": "智能化改造"}


@pytest.mark.parametrize("data", [
    {"path": "projects[9]", "key": "project_kinds"}, {"path": "x", "key": "revenue"}, {"path": "enterprise", "key": "x"},
    {"path": "projects[-1]", "key": "project_kinds"}, {"path": "enterprise", "key": "revenue", "year": "x"}, {},
])  # fmt: skip
def test_a_question_nobody_asked_is_not_found(data: dict[str, str]) -> None:
    client = Client()
    start(client)
    assert client.post("/calculate/answer/", {**data, "text": "1"}).status_code == 404


def test_nothing_asked_yet_answered_shows_everything_as_unknown_never_as_no() -> None:
    client = Client()
    page = client.post("/calculate/", {"on": MEASURES_DAY}, follow=True).content.decode()
    assert re.search(r"待核实 [1-9]", page)
    assert re.search(r"不符合 0<", page)


def test_a_wrong_first_answer_stays_on_the_form() -> None:
    page = Client().post("/calculate/", {"on": MEASURES_DAY, "f-enterprise-registered_in": "不存在的区"})
    assert page.status_code == 422
    assert "不是登记的地区" in page.content.decode()


def test_starting_again_forgets_the_answers() -> None:
    client = Client()
    start(client)
    client.post("/calculate/restart/")
    assert "calculator" not in client.session
    assert client.get("/calculate/export/docx/").status_code == 302


def test_an_officer_reads_the_same_and_cannot_edit_there(examples: int) -> None:
    page = (
        client_as(Role.OFFICER_CITY)
        .get(f"/enterprises/{SOFTWARE}/entitlements/", {"on": MEASURES_DAY})
        .content.decode()
    )
    assert "软件企业研发投入补助" in page
    assert "/mine/facts/" not in page
