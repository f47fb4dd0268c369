"""Every list can be searched, sorted by its headings, and taken along as a file with what was searched for."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client, RequestFactory
from python_calamine import CalamineWorkbook

from cewen.portal.access import Role
from cewen.portal.listing import asked_file, asked_order, in_order, table_file
from portal_support import client_as, make_member, make_organization

pytestmark = pytest.mark.django_db
LISTS: dict[str, tuple[Role, str, tuple[str, ...]]] = {
    "/policies/": (Role.PUBLIC, "数字经济", ("status", "-date", "date", "title", "-measures")),
    "/policies/timeline/": (Role.PUBLIC, "软件", ("day", "-day")),
    "/observations/": (Role.PUBLIC, "武汉", ("published", "-published", "indicator", "-region", "period", "source")),
    "/tasks/units/": (Role.SUPERVISOR, "市", ("unit", "-unit", "-red", "open")),
    "/people/": (Role.ADMINISTRATOR, "甲", ("name", "-name", "username", "-username")),
    "/organizations/": (Role.ADMINISTRATOR, "甲", ("name", "-name", "kind", "code", "-region")),
    "/audit/": (Role.SUPERVISOR, "signed", ("at", "-at", "by", "-action", "subject")),
    "/alerts/": (Role.SUPERVISOR, "", ("rule", "severity", "owner", "subject")),
    "/score-cards/": (Role.SUPERVISOR, "", ("made", "-made", "title", "version")),
}


def rows_of(client: Client, address: str, **query: str) -> list[dict[str, str]]:
    response = client.get(address, {**query, "file": "csv"})
    assert response.status_code == 200, (address, query)
    assert response["Content-Disposition"].endswith('.csv"')
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture(autouse=True)
def something_to_list() -> None:
    home = make_organization(name="甲组织")
    for name in ("甲一", "乙二", "甲三"):
        person = make_member(Role.EXPERT, make_organization("expert_body"), "420100")
        type(person).objects.filter(pk=person.pk).update(name=name)
    Client().post("/accounts/login/", {"login": "nobody", "password": "wrong"})
    assert home.pk


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_searched_sorted_and_exported(address: str) -> None:
    role, words, orders = LISTS[address]
    client = client_as(role)
    client.post("/alerts/run/")
    page = client.get(address).content.decode().partition("<main")[2]
    assert 'type="search"' in page
    assert "file=csv" in page
    assert "file=xlsx" in page
    everything = rows_of(client, address)
    if words:
        found = rows_of(client, address, q=words)
        assert 0 < len(found) <= len(everything)
        assert rows_of(client, address, q="没有这样的词吧") == []
    for order in orders:
        assert client.get(address, {"sort": order}).status_code == 200
        again = rows_of(client, address, sort=order)
        assert sorted(map(repr, again)) == sorted(map(repr, rows_of(client, address)))
    assert client.get(address, {"sort": "nonsense; drop"}).status_code == 200


@pytest.mark.parametrize(
    ("address", "order", "column"),
    [
        ("/people/", "name", "name"),
        ("/people/", "username", "username"),
        ("/organizations/", "name", "name"),
        ("/policies/", "title", "title"),
        ("/policies/timeline/", "day", "day"),
        ("/observations/", "published", "published_on"),
    ],
)
def test_the_other_way_round_is_the_other_way_round(address: str, order: str, column: str) -> None:
    client = client_as(LISTS[address][0])
    up = [row[column] for row in rows_of(client, address, sort=order)]
    down = [row[column] for row in rows_of(client, address, sort=f"-{order}")]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(set(up)) > 1


def test_a_heading_says_how_the_list_is_sorted_and_turns_it() -> None:
    client = client_as(Role.ADMINISTRATOR)
    page = client.get("/people/", {"q": "甲", "page": "1"}).content.decode()
    assert '<th aria-sort="ascending"><a href="?q=%E7%94%B2&amp;sort=-name">' in page
    turned = client.get("/people/", {"sort": "-name"}).content.decode()
    assert '<th aria-sort="descending"><a href="?sort=name">' in turned
    assert turned.count("aria-sort") == 1


def test_the_workbook_holds_what_the_csv_holds() -> None:
    client = client_as(Role.ADMINISTRATOR)
    content = client.get("/people/", {"file": "xlsx", "q": "甲"}).content
    sheet: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == [row["name"] for row in rows_of(client, "/people/", q="甲")]
    assert sheet[0][0] == "name"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    content = table_file([{"name": "=1+1", "day": date(2024, 6, 30), "units": ["甲", "乙"]}], "csv").decode("utf-8-sig")
    assert content.splitlines() == ["name,day,units", "'=1+1,2024-06-30,甲、乙"]


def test_what_has_no_value_stands_last_both_ways() -> None:
    keys = {"size": lambda row: row}
    assert in_order([3, None, 1], "size", keys) == [1, 3, None]
    assert in_order([3, None, 1], "-size", keys) == [3, 1, None]


def test_only_known_orders_and_files_are_taken() -> None:
    request = RequestFactory().get("/", {"sort": "-password", "file": "exe"})
    assert asked_order(request, ("name",), "name") == "name"
    assert asked_file(request) == ""
