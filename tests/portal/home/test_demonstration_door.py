"""Signing in by one click exists in a demonstration on this machine's own address, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.audit.models import Event
from cewen.portal.demonstration import load_demonstration
from cewen.portal.environment import read_environment
from cewen.portal.home.selectors import demonstration_people
from portal_support import make_member

pytestmark = pytest.mark.django_db
KEY = "k" * 43
OWN = ("localhost", "127.0.0.1", "[::1]")


@pytest.fixture
def demo(settings: Any) -> Any:
    """The settings of a demonstration that listens on 127.0.0.1, its people loaded."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=KEY, hosts=OWN)
    load_demonstration("one-password-for-all")
    return settings


def browser(host: str = "127.0.0.1:8000", address: str = "127.0.0.1", **headers: str) -> Client:
    return Client(headers={"host": host, **headers}, REMOTE_ADDR=address)


def through_the_door(**where: str) -> Client:
    client = browser(**where)
    client.get(f"/demonstration/{KEY}/")
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_the_printed_address_opens_one_click_for_every_role(demo: Any) -> None:
    assert len(demonstration_people()) >= 12
    for person in demonstration_people():
        client = through_the_door()
        assert f'value="{person.username}"' in client.get("/demonstration/").content.decode()
        assert client.post("/demonstration/enter/", {"username": person.username}).status_code == 302
        assert person.organization in client.get("/me/").content.decode()


def test_it_is_recorded_as_any_other_signing_in(demo: Any) -> None:
    through_the_door().post("/demonstration/enter/", {"username": "city"})
    assert Event.objects.filter(action="accounts.signed_in").count() == 1


def test_whoever_did_not_come_by_the_printed_address_needs_the_password(demo: Any) -> None:
    client = browser()
    assert client.post("/demonstration/enter/", {"username": "city"}).status_code == 403
    assert client.get("/demonstration/" + "x" * 43 + "/").status_code == 404
    assert client.post("/demonstration/enter/", {"username": "city"}).status_code == 403
    page = client.get("/demonstration/").content.decode()
    assert "/demonstration/enter/" not in page
    assert not is_in(client)


@pytest.mark.parametrize(
    "where",
    [
        {"address": "10.1.2.3"},
        {"address": "192.168.1.9"},
        {"address": "::ffff:10.1.2.3"},
        {"address": ""},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-proto": "http"},
        {"x-forwarded-host": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
        {"via": "1.1 proxy"},
        {"x-real-ip": "127.0.0.1"},
    ],
)
def test_the_door_stays_shut_to_what_does_not_come_from_this_machine(demo: Any, where: dict[str, str]) -> None:
    opened = through_the_door()
    client = browser(**where)
    assert client.get(f"/demonstration/{KEY}/").status_code == 404
    client.cookies = opened.cookies  # not even with the session of a browser that was let in
    assert client.post("/demonstration/enter/", {"username": "city"}).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "10.0.0.1:8000", "[::2]:8000"])
def test_the_door_stays_shut_under_another_name(demo: Any, host: str) -> None:
    demo.ALLOWED_HOSTS = ["*"]
    assert browser(host=host).get(f"/demonstration/{KEY}/").status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:8000"])
def test_every_own_name_of_this_machine_will_do(demo: Any, host: str) -> None:
    demo.ALLOWED_HOSTS = list(OWN)
    assert browser(host=host, address="::1").get(f"/demonstration/{KEY}/").status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        {"demo": ""},
        {"demo": "1"},
        {"proxy_count": 1},
        {"is_https": True},
        {"origins": ("https://example.org",)},
        {"hosts": (*OWN, "example.org")},
        {"hosts": ("*",)},
    ],
    ids=str,
)
def test_an_installation_that_is_meant_for_others_has_no_door(settings: Any, change: dict[str, Any]) -> None:
    environment = replace(settings.ENVIRONMENT, demo=KEY, hosts=OWN)
    settings.ENVIRONMENT = environment
    load_demonstration("one-password-for-all")
    opened = through_the_door()
    settings.ENVIRONMENT = replace(environment, **change)
    client = through_the_door()
    client.cookies = opened.cookies
    assert client.get(f"/demonstration/{KEY}/").status_code == 404
    assert client.post("/demonstration/enter/", {"username": "city"}).status_code == 403
    assert "/demonstration/enter/" not in client.get("/accounts/login/").content.decode()
    assert not is_in(client)


def test_a_new_start_shuts_the_door_to_those_let_in_before(demo: Any) -> None:
    client = through_the_door()
    demo.ENVIRONMENT = replace(demo.ENVIRONMENT, demo="n" * 43)
    assert client.post("/demonstration/enter/", {"username": "city"}).status_code == 403


def test_only_people_of_the_demonstration_can_be_entered_as(demo: Any) -> None:
    other = make_member(Role.ADMINISTRATOR)
    client = through_the_door()
    assert client.post("/demonstration/enter/", {"username": other.username}).status_code == 403
    assert client.post("/demonstration/enter/", {"username": ""}).status_code == 403
    assert not is_in(client)


def test_someone_real_with_the_name_of_a_demonstration_account_cannot_be_entered_as(demo: Any) -> None:
    from cewen.portal.accounts.models import RoleAssignment

    RoleAssignment.objects.filter(person__username="city").delete()
    assert through_the_door().post("/demonstration/enter/", {"username": "city"}).status_code == 403


def test_a_page_elsewhere_cannot_sign_a_browser_in(demo: Any) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1:8000"}, REMOTE_ADDR="127.0.0.1")
    client.get(f"/demonstration/{KEY}/")
    assert client.post("/demonstration/enter/", {"username": "city"}).status_code == 403
    assert not is_in(client)


def test_going_on_leads_nowhere_else(demo: Any) -> None:
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        response = through_the_door().post("/demonstration/enter/", {"username": "city", "next": elsewhere})
        assert response["Location"] == "/"


def test_a_key_that_is_too_short_does_not_start(tmp_path: Any) -> None:
    with pytest.raises(CewenError) as raised:
        read_environment({"CEWEN_SECRET_KEY": "s" * 60, "CEWEN_DATA": str(tmp_path), "CEWEN_DEMO": "guess"})
    assert [finding.place.field for finding in raised.value.diagnostics] == ["CEWEN_DEMO"]


def test_the_command_gives_a_key_on_its_own_address_only() -> None:
    from cewen.cli.serve import _demonstration_key

    assert len({_demonstration_key("127.0.0.1") for _ in range(20)}) == 20
    assert all(len(_demonstration_key(host)) >= 40 for host in ("127.0.0.1", "localhost", "::1"))
    assert {_demonstration_key(host) for host in ("0.0.0.0", "::", "10.0.0.5", "cewen.example.org")} == {"1"}
