"""How many queries each page asks is written down, and does not grow with the register."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cewen.portal.access import Role
from cewen.portal.enterprises.models import Enterprise, FactRecord
from cewen.portal.enterprises.services import touch_register
from cewen.portal.urls import ACCESS
from portal_support import client_of, make_member, make_organization
from route_support import routes

pytestmark = pytest.mark.django_db
LEFT_OUT = ("account_", "mfa_", "socialaccount", "openid", "set_language")


def pages() -> list[str]:
    """Pages without open parts that an administrator or a city's officer may open."""
    held = {Role.PUBLIC, Role.PERSON, Role.ADMINISTRATOR, Role.OFFICER_CITY}
    return sorted(
        name
        for name, parts in routes()
        if not parts and not name.startswith(LEFT_OUT) and held & ACCESS.get(name, set())
    )


def add(first: int, count: int) -> None:
    rows = Enterprise.objects.bulk_create(
        Enterprise(uscc=f"T{first + n:017d}", name=f"企业{first + n}", region_code="420106", revenue=n)
        for n in range(count)
    )
    FactRecord.objects.bulk_create(FactRecord(enterprise=row, facts={"name": {"": row.name}}) for row in rows)
    touch_register()


def counts(client: Client) -> dict[str, int]:
    """Queries of each page when it is asked the second time."""
    found = {}
    for name in pages():
        address = reverse(name)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
            b"".join(getattr(response, "streaming_content", ()))
        if response.status_code == 200:
            found[name] = len(asked)
    return found


def test_no_page_asks_more_of_a_larger_register_nor_more_than_is_written_down(repo: Path) -> None:
    home = make_organization("city", "420100")
    person = make_member(Role.OFFICER_CITY, home)
    from cewen.portal.accounts.models import RoleAssignment

    RoleAssignment.objects.create(
        person=person, role=Role.ADMINISTRATOR, organization=home, region_code="420100", starts_on="2020-01-01"
    )
    client = client_of(person)
    add(0, 60)
    few = counts(client)
    add(1000, 240)
    many = counts(client)
    grown = {name: (few.get(name), count) for name, count in many.items() if count > few.get(name, 0)}
    assert grown == {}
    path = repo / "benchmarks" / "portal" / "queries.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    more = {name: count for name, count in many.items() if count > written.get(name, -1)}
    assert more == {}, f"write into {path.name}:\n{json.dumps(many, indent=1, sort_keys=True)}"
