"""The register: scope, search, order, pages, exports, saved views, claims, facts and their history, columns."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cewen.engine.columns.encode import encode
from cewen.engine.register import read_register
from cewen.portal.access import Refused, Role
from cewen.portal.accounts.models import Organization
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event
from cewen.portal.enterprises import selectors, services
from cewen.portal.enterprises.domain import parse_value, write_value
from cewen.portal.enterprises.models import Enterprise, EnterpriseClaim, FactChange, SavedView
from cewen.portal.policies.selectors import corpus
from enterprise_support import OTHER, SOFTWARE, load_examples, named
from portal_support import client_as, client_of, make_actor, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def examples(repo: Path) -> int:
    return load_examples(repo)


def test_a_district_sees_its_own_enterprises_everywhere(examples: int) -> None:
    client = client_of(make_member(Role.OFFICER_DISTRICT, make_organization("district", region_code="420111")))
    own = Enterprise.objects.filter(region_code="420111").count()
    assert 0 < own < examples
    page = client.get("/enterprises/").content.decode()
    assert f"{own} 家企业" in page
    lines = list(csv.reader(io.StringIO(b"".join(client.get("/enterprises/export.csv")).decode("utf-8-sig"))))
    assert len(lines) == own + 1
    assert {line[2] for line in lines[1:]} == {"420111"}
    stranger = Enterprise.objects.exclude(region_code="420111").first()
    assert stranger is not None
    assert client.get(f"/enterprises/{stranger.uscc}/").status_code == 404
    assert client.get(f"/enterprises/{stranger.uscc}/entitlements/").status_code == 404
    columns = selectors.register_columns(make_actor(Role.OFFICER_DISTRICT, region_code="420111"))
    assert columns.enterprise_count == own


@pytest.mark.parametrize("sort", list(selectors.SORTS))
def test_pages_forward_and_back_show_every_row_once_in_order(
    examples: int, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "PAGE_SIZE", 37)
    Enterprise.objects.filter(id__in=Enterprise.objects.values_list("id")[10:90]).update(revenue=None, employees=7)
    actor, query = make_actor(Role.OFFICER_CITY, region_code="420100"), selectors.RegisterQuery(sort=sort)
    whole = list(selectors.ordered(selectors.search(actor, query), sort))
    assert len(whole) == selectors.count_of(actor, query) > 200
    pages = [selectors.page_of(actor, query).page]
    while pages[-1].after:
        pages.append(selectors.page_of(actor, query, after=pages[-1].after).page)
    assert [row for page in pages for row in page.rows] == whole
    back = [pages[-1]]
    while back[-1].before:
        back.append(selectors.page_of(actor, query, before=back[-1].before).page)
    assert [row for page in reversed(back) for row in page.rows] == whole


@pytest.mark.parametrize("region", ["", "420111", "420100-dhgx", "110000"])
@pytest.mark.parametrize("words", ["", "软件", "武汉云", "没有这样的名字"])
def test_a_page_shows_the_same_rows_whether_the_order_is_walked_or_the_region_looked_up(
    examples: int, region: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = make_actor(Role.OFFICER_CITY, region_code="420100")
    query = selectors.RegisterQuery(words=words, region=region)
    found = []
    for everything in (0, 10**9):  # how many there are decides the way
        with monkeypatch.context() as patch:
            patch.setattr(selectors, "PAGE_SIZE", 50)
            patch.setattr(selectors._Answers, "count", lambda self, asked, n=everything: 1 if asked.is_filtered else n)
            found.append([row.uscc for row in selectors.page_of(actor, query).page.rows])
    assert found[0] == found[1]
    assert found[0] == [row.uscc for row in selectors.ordered(selectors.search(actor, query), "name")[:50]]


def test_what_is_not_known_stands_last_in_either_direction(examples: int) -> None:
    Enterprise.objects.filter(uscc=SOFTWARE).update(revenue=None)
    for sort in ("revenue", "-revenue"):
        assert list(selectors.ordered(Enterprise.objects.all(), sort))[-1].revenue is None


@pytest.mark.parametrize("mark", ["x", "bnVsbA", "WzEsMl0=", "WyJhIiwgImIiXQ", "%00"])
def test_a_mark_somebody_made_up_shows_the_first_page_or_an_empty_one(examples: int, mark: str) -> None:
    assert client_as(Role.OFFICER_CITY).get("/enterprises/", {"after": mark}).status_code == 200


def test_filters_go_together_and_the_export_has_just_those_rows(examples: int) -> None:
    client = client_as(Role.OFFICER_CITY)
    asked = {
        "q": "软件",
        "size": "小型",
        "field": "软件企业",
        "awards": "yes",
        "region": "420100-dhgx",
        "sort": "-revenue",
    }
    expected = [
        row.uscc
        for row in Enterprise.objects.order_by("-revenue", "id")
        if "软件" in row.name and row.size == "小型" and "软件企业" in row.fields and row.award_count
        and row.region_code == "420100-dhgx"
    ]  # fmt: skip
    assert expected
    lines = list(csv.reader(io.StringIO(b"".join(client.get("/enterprises/export.csv", asked)).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == expected
    assert f"{len(expected)} 家企业" in client.get("/enterprises/", asked).content.decode()
    assert client.get("/enterprises/export.xlsx", asked).content[:2] == b"PK"


def test_a_name_that_looks_like_a_formula_stays_text_in_the_export() -> None:
    Enterprise.objects.create(uscc=SOFTWARE, name="=1+1", region_code="420111")
    text = b"".join(client_as(Role.OFFICER_CITY).get("/enterprises/export.csv")).decode()
    assert ",'=1+1," in text


def test_a_view_is_saved_used_and_deleted_by_its_owner_only(examples: int) -> None:
    client = client_as(Role.OFFICER_CITY)
    client.post("/enterprises/views/", {"name": "小微", "query": "size=小型"})
    assert "小微" in client.get("/enterprises/").content.decode()
    found = SavedView.objects.get()
    assert client_as(Role.OFFICER_CITY).post(f"/enterprises/views/{found.pk}/delete/").status_code == 404
    assert client.post(f"/enterprises/views/{found.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_the_list_asks_the_database_the_same_for_any_number_of_rows(
    examples: int, django_assert_max_num_queries: object
) -> None:
    client = client_as(Role.OFFICER_CITY)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get("/enterprises/")


def test_the_register_as_columns_is_that_of_the_file(examples: int, repo: Path) -> None:
    sheets = read_register(repo / "examples" / "register", corpus()).sheets
    expected = encode(sheets, corpus())
    found = selectors.register_columns(make_actor(Role.ADMINISTRATOR, region_code="CN"))
    for subject, table in expected.tables.items():
        if subject == "enterprise":
            assert found.tables[subject].select(table.column_names).equals(table)
        assert found.tables[subject].num_rows == table.num_rows
    assert found.awards.num_rows == expected.awards.num_rows


def test_columns_are_kept_until_a_fact_changes(examples: int) -> None:
    actor = make_actor(Role.OFFICER_CITY)
    first = selectors.register_columns(actor)
    assert selectors.register_columns(actor) is first
    services.change_fact(actor, uscc=SOFTWARE, key="revenue", year="2023", text="1元", source="审计报告")
    assert selectors.register_columns(actor) is not first


def test_a_fact_has_a_source_a_history_and_an_event(examples: int) -> None:
    actor = make_actor(Role.OFFICER_CITY)
    old = named(SOFTWARE).record.facts["revenue"]["2023"]
    assert services.change_fact(actor, uscc=SOFTWARE, key="revenue", year="2023", text="5000万元", source="审计报告")
    assert not services.change_fact(
        actor, uscc=SOFTWARE, key="revenue", year="2023", text="50000000", source="审计报告"
    )
    found = named(SOFTWARE)
    assert found.record.facts["revenue"]["2023"] == "50000000.00"
    assert found.record.sources["revenue"]["2023"][0] == "审计报告"
    assert found.record.sources["revenue"]["2023"][2] == actor.name
    change = FactChange.objects.get()
    assert (change.old, change.new, change.source) == (old, "50000000.00", "审计报告")
    assert Event.objects.filter(action="enterprises.fact.changed").count() == 1
    page = client_as(Role.OFFICER_CITY).get(f"/enterprises/{SOFTWARE}/").content.decode()
    assert "审计报告" in page


def test_an_applicant_changes_facts_of_the_own_enterprise_only(examples: int) -> None:
    home = make_organization("enterprise", region_code="420100-dhgx", uscc=SOFTWARE)
    actor = make_actor(Role.APPLICANT, home)
    assert services.change_fact(actor, uscc=SOFTWARE, key="csmm_level", text="3")
    with pytest.raises(Refused):
        services.change_fact(actor, uscc=OTHER, key="csmm_level", text="3")


@pytest.mark.parametrize(("key", "year", "text"), [
    ("revenue", "2023", "很多"), ("revenue", "", "1"), ("revenue", "99", "1"), ("csmm_level", "2023", "1"),
    ("csmm_level", "", "9"), ("uscc", "", OTHER), ("nothing", "", "1"), ("enterprise_kinds", "", "别的"),
])  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(
    examples: int, key: str, year: str, text: str
) -> None:
    from django.core.exceptions import ValidationError

    before = named(SOFTWARE).record.facts
    with pytest.raises(ValidationError):
        services.change_fact(make_actor(Role.OFFICER_CITY), uscc=SOFTWARE, key=key, year=year, text=text)
    assert named(SOFTWARE).record.facts == before


def test_a_claim_counts_only_after_an_officer_of_the_region_approves_it(examples: int) -> None:
    person = make_person()
    client = client_of(person)
    data = {"uscc": SOFTWARE, "name": "随便写的", "region_code": "洪山区", "grounds": "财务，电话"}
    assert client.post("/claim/", data).status_code == 302
    assert client.post("/claim/", data).status_code == 422
    assert actor_of_person(person).grants == ()
    claim = EnterpriseClaim.objects.get()
    assert claim.region_code == named(SOFTWARE).region_code  # the register's word counts, not the claimant's
    stranger = client_of(make_member(Role.OFFICER_DISTRICT, make_organization("district", region_code="420106")))
    assert stranger.post(f"/enterprises/claims/{claim.pk}/decide/", {"decision": "approve"}).status_code == 404
    officer = client_of(make_member(Role.OFFICER_DISTRICT, make_organization("district", region_code="420100-dhgx")))
    assert officer.post(f"/enterprises/claims/{claim.pk}/decide/", {"decision": "approve"}).status_code == 302
    assert Role.APPLICANT in actor_of_person(person).roles
    assert Organization.objects.get(uscc=SOFTWARE).name == named(SOFTWARE).name
    assert client.get("/mine/?on=2024-06-30").status_code == 200


def test_a_refused_claim_needs_a_reason_and_gives_no_role(examples: int) -> None:
    person, actor = make_person(), make_actor(Role.OFFICER_CITY)
    claim = services.claim_enterprise(
        actor_of_person(person), uscc=SOFTWARE, name="x", region_code="420111", grounds="法定代表人"
    )
    with pytest.raises(Exception, match="理由"):
        services.decide_claim(actor, claim_id=claim.pk, approve=False)
    services.decide_claim(actor, claim_id=claim.pk, approve=False, reason="电话核对不上")
    assert actor_of_person(person).grants == ()
    assert "电话核对不上" in client_of(person).get("/claim/").content.decode()


def test_nobody_decides_the_own_claim(examples: int) -> None:
    officer = make_member(Role.OFFICER_CITY)
    actor = actor_of_person(officer)
    claim = services.claim_enterprise(actor, uscc=SOFTWARE, name="x", region_code="420111", grounds="x")
    with pytest.raises(Refused):
        services.decide_claim(actor, claim_id=claim.pk, approve=True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_value_written_and_read_again_is_the_same(data: st.DataObject) -> None:
    vocabulary, regions = corpus().vocabulary, corpus().regions
    fact = data.draw(st.sampled_from([each for each in vocabulary if each.type.is_number or each.values]))
    if fact.type.is_number:
        low, high = fact.bounds()
        text = str(data.draw(st.integers(int(low or 0), int(high) if high is not None else 10**9)))
    else:
        text = data.draw(st.sampled_from(fact.values))
    value = parse_value(fact, text, regions)
    assert value is not None
    written = write_value(fact, value)
    assert parse_value(fact, written, regions) == value
    assert write_value(fact, parse_value(fact, written, regions)) == written  # type: ignore[arg-type]
