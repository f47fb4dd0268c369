"""Whoever is bound to one place never meets an enterprise of another: not in a list, a search, an export, a file, a call."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cewen.portal.access import Role
from cewen.portal.api import services
from cewen.portal.enterprises.models import Award, Enterprise, FactRecord
from cewen.portal.enterprises.services import touch_register
from portal_support import client_of, make_member, make_organization, make_person
from route_support import allowed_roles, routes

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "420100-dhgx", "420106"
OWN, FOREIGN = "91420100MA00000018", "91420106MA00000029"
SECRET_NAME = "界外之企甲乙丙"
QUERIES = ("", f"?q={FOREIGN}&region={ELSEWHERE}", "?format=xlsx&sort=-revenue")
LEFT_OUT = ("account_", "mfa_", "socialaccount", "openid", "set_language")
"""Routes of libraries, which know nothing of enterprises."""
SAME = {Role.FINANCE_APPROVER, Role.FINANCE_EXPORTER}
"""Roles that stand beside another one on every route."""


@pytest.fixture
def foreign() -> Enterprise:
    """Two enterprises in two places; the name of the second must not be met from the first."""
    own = Enterprise.objects.create(uscc=OWN, name="界内之企", region_code=HERE)
    other = Enterprise.objects.create(
        uscc=FOREIGN, name=SECRET_NAME, region_code=ELSEWHERE, revenue=10**12, revenue_year=2023, award_count=1
    )
    for each in (own, other):
        FactRecord.objects.create(enterprise=each, facts={"name": {"": each.name}})
    Award.objects.create(enterprise=other, measure="x#y", on="2024-01-01", amount=1)
    touch_register()
    return other


def words_of(response: Any) -> str:
    """Everything that came, what is packed in a workbook or document included."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    text: str = content.decode("utf-8", "replace")
    return text + (text.encode().decode("unicode_escape", "replace") if "\\u" in text else "")


def addresses(name: str, parts: tuple[str, ...], foreign: Enterprise) -> list[str]:
    """Addresses of a route that ask for the foreign enterprise wherever an address can."""
    samples: dict[str, Any] = {
        "uscc": FOREIGN, "policy_id": "wuhan/2022-software-plan", "clause_path": "一", "secret": "none", "provider_id": "oidc",
        "key": "k", "uidb36": "1",
    }  # fmt: skip
    try:
        base = reverse(name, kwargs={part: samples.get(part, foreign.pk) for part in parts})
    except Exception:
        base = reverse(name, kwargs={part: samples.get(part, str(foreign.pk)) for part in parts})
    return [base + query for query in (QUERIES if not parts else QUERIES[:1])]


WHO = ["nobody", "person", *(role.value for role in Role if role not in {Role.PUBLIC, Role.PERSON} | SAME)]


def client_for(who: str) -> Client:
    """Someone of a role that is bound to the one place."""
    if who in ("nobody", "person"):
        return Client() if who == "nobody" else client_of(make_person())
    role = Role(who)
    if role is Role.APPLICANT:
        home = make_organization("enterprise", HERE, uscc=OWN)
    else:
        kind = {Role.OFFICER_CITY: "city", Role.OFFICER_PROVINCE: "province"}.get(role, "district")
        home = make_organization(kind, HERE)
    return client_of(make_member(role, home, HERE))


def roles_of(who: str) -> set[Role]:
    """Roles someone has, those of everyone included."""
    if who == "nobody":
        return {Role.PUBLIC}
    return {Role.PUBLIC, Role.PERSON} | ({Role(who)} if who != "person" else set())


def visits(foreign: Enterprise) -> dict[str, str]:
    """Addresses to be asked, each with the name of its route; calls at one address are one visit."""
    return {
        address: name
        for name, parts in routes()
        if not name.startswith(LEFT_OUT)
        for address in addresses(name, parts, foreign)
    }


@pytest.mark.parametrize("who", WHO)
def test_nobody_bound_to_one_place_meets_an_enterprise_of_another(
    who: str, foreign: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is anyone refused by a page that the list lets them read."""
    monkeypatch.setattr(services, "KNOWN_CALLS", 10**6)
    monkeypatch.setattr(services, "UNKNOWN_CALLS", 10**6)
    client, asked = client_for(who), visits(foreign)
    client.raise_request_exception = False
    met, refused = [], []
    for address, name in asked.items():
        response = client.get(address)
        if SECRET_NAME in words_of(response):
            met.append(address)
        if response.status_code in (401, 403) and roles_of(who) & allowed_roles(name, "get"):
            refused.append(f"{address} {response.status_code}")
    assert met == []
    assert refused == []
    assert len(asked) > 200


def test_the_walk_would_see_it(foreign: Enterprise) -> None:
    """Someone who may see the whole country does meet the name, by the same addresses."""
    client = client_of(make_member(Role.OFFICER_PROVINCE, make_organization("province", "420000"), "420000"))
    seen = {
        name
        for address, name in visits(foreign).items()
        if name.startswith(("enterprises:", "api:v1:")) and SECRET_NAME in words_of(client.get(address))
    }
    assert {"enterprises:register", "api:v1:register", "api:v1:enterprise", "api:v1:export_register"} <= seen
