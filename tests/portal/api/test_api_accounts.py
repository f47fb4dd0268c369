"""People, roles, tokens by calls: a token never reaches further than the one that made it, and one that reads only reads."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from caller_support import Caller, caller
from cewen.engine.register import read_register
from cewen.portal.access import Role
from cewen.portal.accounts.models import RoleAssignment
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.policies.selectors import corpus
from portal_support import client_of, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db
DAY = "2024-06-30"


@pytest.fixture
def register(repo: Path) -> None:
    """Sixty enterprises of the example register."""
    load_sheets(islice(read_register(repo / "examples" / "register", corpus()).sheets, 60), None)


def in_scope() -> Any:
    """Enterprises of the city whose officer calls."""
    return Enterprise.objects.filter(Q(region_code__startswith="4201") | Q(region_code=""))


def test_people_get_roles_invitations_and_deputies_by_calls() -> None:
    home = make_organization("city")
    chief, colleague = caller(Role.ADMINISTRATOR, home), make_person("新同事")
    body = {"person": colleague.pk, "role": "officer_city", "organization": home.pk, "starts_on": "2024-01-01"}
    made = chief.post("assignments", body, 201)
    assert made["person"] == "新同事"
    assert made["id"] in [each["id"] for each in chief.get("assignments")["items"]]
    deputy = chief.post(
        "deputies", {"substitute": colleague.pk, "starts_on": "2024-01-01", "ends_on": "2099-01-01"}, 201
    )
    assert Caller(colleague).get("deputies")["items"] == [deputy]
    assert {"administrator", "officer_city"} <= set(Caller(colleague).get("me")["roles"])
    chief.delete(f"deputies/{deputy['id']}", status=204)
    chief.delete(f"assignments/{made['id']}", status=204)
    assert Caller(colleague).get("me")["grants"] == []
    sent = chief.post("invitations", {"organization": home.pk, "name": "王五", "role": "supervisor"}, 201)
    guest = Caller(make_person())
    secret = sent["address"].rstrip("/").rsplit("/", 1)[-1]
    assert guest.post(f"invitations/accept/{secret}") == {"accepted": True}
    assert "supervisor" in Caller(guest.person).get("me")["roles"]
    guest.post(f"invitations/accept/{secret}", status=404)
    organization = chief.post("organizations", {"kind": "district", "name": "某区科经局", "region_code": "420111"}, 201)
    assert organization in chief.get("organizations?q=科经局")["items"]
    events = chief.get("events?action=accounts.&limit=200")
    lines = chief.get("events/export?action=accounts.").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + events["count"] + 0


def test_a_token_never_makes_a_wider_or_a_longer_one() -> None:
    person = make_member(Role.OFFICER_CITY)
    RoleAssignment.objects.create(
        person=person, role=Role.SUPERVISOR, organization=make_organization("city"), starts_on="2020-01-01"
    )
    narrow = Caller(person, roles=frozenset({Role.SUPERVISOR}))
    made = narrow.post("tokens", {"name": "子令牌", "days": 300}, 201)
    assert made["roles"] == ["supervisor"]
    own = next(each for each in narrow.get("tokens")["items"] if each["name"] == "测试")
    assert made["expires_at"] <= own["expires_at"]
    narrow.post("tokens", {"name": "更宽", "roles": ["officer_city"]}, 403)
    narrow.post("tokens", {"name": "不是角色", "roles": ["public"]}, 422)
    whole = Caller(person)
    assert whole.post("tokens", {"name": "全部"}, 201)["roles"] == ["officer_city", "supervisor"]
    RoleAssignment.objects.filter(person=person, role=Role.SUPERVISOR).delete()
    narrow.post("tokens", {"name": "没有角色了"}, 403)


def test_a_secret_is_told_once_even_with_a_key() -> None:
    from cewen.portal.api.models import KeptAnswer

    person = Caller(make_person())
    key = {"headers": {"idempotency-key": "t-1"}}
    made = person.post("tokens", {"name": "一次"}, 201, **key)
    person.post("tokens", {"name": "一次"}, 409, **key)
    assert person.get("tokens")["count"] == 2
    assert made["secret"].encode() not in bytes(KeptAnswer.objects.get().body)
    person.delete(f"tokens/{made['id']}", status=204)
    person.delete(f"tokens/{made['id']}", status=404)


def test_a_token_that_only_reads_changes_nothing_neither_by_call_nor_by_page(register: None) -> None:
    reader = caller(Role.OFFICER_CITY, is_read_only=True)
    assert reader.get("me")["is_read_only"]
    assert reader.get("enterprises")["count"] == in_scope().count() > 0
    asked = {"on": DAY, "year": 2023, "as_if_in_force": True}
    assert reader.post("simulate", {"reform": {"title": "不变", "measures": []}, **asked})["findings"]
    uscc = in_scope().first().uscc
    for method, address, body in (
        ("put", f"enterprises/{uscc}/facts", {"key": "revenue", "year": "2023", "text": "1元"}),
        ("post", "runs", {"on": DAY, "year": 2023}),
        ("post", "tokens", {"name": "能写的"}),
        ("delete", "views/1", None),
    ):
        assert "只读" in reader.ask(method, address, body, 403)["detail"]
    page = reader.client.post(
        "/enterprises/views/", {"name": "x"}, headers={"authorization": f"Bearer {reader.secret}"}
    )
    assert page.status_code == 403
    writer = caller(Role.OFFICER_CITY)
    writer.post("views", {"name": "x", "query": ""}, 201)


@pytest.mark.parametrize("address", ["search?q=a%00b", "policies/a%00b", "events?subject=%00"])
def test_what_no_database_can_hold_is_refused_before_it_is_asked(address: str) -> None:
    caller(Role.ADMINISTRATOR).get(address, status=400)


def test_a_number_no_row_can_have_is_refused() -> None:
    caller(Role.OFFICER_CITY).get(f"runs/{10**30}", status=422)


def test_a_token_that_only_reads_is_issued_on_the_page_too() -> None:
    person = make_person()
    client = client_of(person)
    page = client.post("/me/tokens/", {"name": "看板", "days": 30, "is_read_only": "on"}).content.decode()
    secret = re.findall(r"cewen_[\w-]{20,}", page)[0]
    told = Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).json()
    assert (told["name"], told["is_read_only"]) == (person.name, True)
    assert "只读" in client.get("/me/").content.decode()
