"""What holds for every answer of the portal: headers, errors that help, languages, health."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from cewen.portal.access import Role
from cewen.portal.home.views import server_error
from cewen.portal.request import client_address
from cewen.portal.urls import ACCESS
from portal_support import PASSWORD, client_as, make_member

pytestmark = pytest.mark.django_db


def test_nothing_inline_and_nothing_from_elsewhere_may_run() -> None:
    policy = Client().get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


def test_the_other_headers_are_set() -> None:
    response = Client().get("/")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_session_cookie_is_not_for_scripts_nor_for_other_sites() -> None:
    person, client = make_member(Role.OFFICER_CITY), Client()
    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    cookie = client.cookies["cewen_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("address", ["/", "/policies/", "/accounts/login/"])
def test_a_page_asks_nobody_else(address: str) -> None:
    page = Client().get(address).content.decode()
    assert re.findall(r"(?:src|href|action)=\"(?!/|#|\?|data:)[^\"]+\"", page) == []


def test_a_page_that_is_not_there_says_so_and_helps() -> None:
    response = Client().get("/no/such/page/")
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()
    assert "/policies/" in response.content.decode()


def test_no_permission_is_a_page_of_its_own() -> None:
    response = client_as(Role.APPLICANT).get("/audit/")
    assert response.status_code == 403
    assert "没有权限" in response.content.decode()


def test_someone_not_signed_in_is_sent_to_sign_in_and_back() -> None:
    response = Client().get("/people/?q=x")
    assert response["Location"] == "/accounts/login/?next=/people/%3Fq%3Dx"


def test_a_program_not_signed_in_is_told_in_its_own_way() -> None:
    response = Client(headers={"accept": "application/json"}).get("/people/")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/json"


def test_a_form_without_its_token_is_refused_with_a_page() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "页面放得太久了" in response.content.decode()


def test_a_route_that_is_not_on_the_list_is_refused_to_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ACCESS, "policies:library")
    assert client_as(Role.ADMINISTRATOR).get("/policies/").status_code == 403


def test_when_the_portal_fails_a_plain_page_is_left() -> None:
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "出错了" in response.content.decode()


def test_the_language_is_chosen_and_kept() -> None:
    client = Client()
    assert 'lang="zh-CN"' in client.get("/").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert 'lang="en"' in page
    assert "Policies" in page


def test_health_is_answered_whatever_the_host() -> None:
    response = Client(headers={"host": "10.1.2.3"}).get("/healthz")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
        (1, "", "9.9.9.9"),
    ],
)
def test_an_address_a_client_wrote_itself_does_not_count(
    proxies: int, forwarded: str, expected: str, settings: object
) -> None:
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, proxy_count=proxies)  # type: ignore[attr-defined]
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == expected
