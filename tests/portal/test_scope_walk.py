"""Whoever is bound to one place never meets an enterprise of another: not in a list, a search, an export, a file, a call."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cewen.portal.access import Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.api import services
from cewen.portal.enterprises.models import Award, Enterprise, FactRecord
from cewen.portal.enterprises.services import touch_register
from portal_support import client_of, make_member, make_organization, make_person
from route_support import routes

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


def clients() -> list[tuple[str, Client]]:
    """Someone of each role that is bound to the one place."""
    found = [("nobody", Client()), ("person", client_of(make_person()))]
    for role in Role:
        if role in {Role.PUBLIC, Role.PERSON} | SAME:
            continue
        if role is Role.APPLICANT:
            home = make_organization("enterprise", HERE, uscc=OWN)
        else:
            home = make_organization(
                {Role.OFFICER_CITY: "city", Role.OFFICER_PROVINCE: "province"}.get(role, "district"), HERE
            )
        found.append((role.value, client_of(make_member(role, home, HERE))))
    return found


def test_nobody_bound_to_one_place_meets_an_enterprise_of_another(
    foreign: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "KNOWN_CALLS", 10**6)
    monkeypatch.setattr(services, "UNKNOWN_CALLS", 10**6)
    met, called = [], 0
    for who, client in clients():
        client.raise_request_exception = False
        for name, parts in routes():
            if name.startswith(LEFT_OUT):
                continue
            for address in addresses(name, parts, foreign):
                called += 1
                response = client.get(address)
                if SECRET_NAME in words_of(response):
                    met.append(f"{who} {address}")
    assert met == []
    assert called > 500


def test_the_walk_would_see_it(foreign: Enterprise) -> None:
    """Someone who may see the whole country does meet the name, by the same addresses."""
    person = make_member(Role.OFFICER_PROVINCE, make_organization("province", "420000"), "420000")
    assert actor_of_person(person).may({Role.OFFICER_PROVINCE})
    seen = [name for name, parts in routes() if _meets(client_of(person), name, parts, foreign)]
    assert {"enterprises:register", "api:v1:register", "api:v1:enterprise"} <= set(seen)


def _meets(client: Client, name: str, parts: tuple[str, ...], foreign: Enterprise) -> bool:
    if not name.startswith(("enterprises:", "api:v1:")):
        return False
    return any(SECRET_NAME in words_of(client.get(address)) for address in addresses(name, parts, foreign))
