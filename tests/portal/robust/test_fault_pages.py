"""What a use case finds wrong is a page with a sentence and what to do, whichever view it comes out of; never a 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.core.handlers.base import BaseHandler
from django.db import OperationalError
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.api.domain import PREFIX
from cewen.portal.faults import LARGEST_BODIES, LARGEST_BODY
from cewen.portal.urls import ACCESS
from portal_support import client_as
from route_support import routes

pytestmark = pytest.mark.django_db
FAULT = CewenError.of("CW020", "政策文件夹写不了", "检查权限与磁盘空间。")
PAGES = [(name, parts) for name, parts in routes() if not name.startswith("api:")]
OWN = [each for each in PAGES if ":" in each[0]]
"""Routes of the portal's modules; those of libraries have no use cases."""
GUESSES = {"policy_id": "wuhan/2022-software-plan", "target_id": "software-revenue", "task_key": "root-technology",
           "clause_path": "一", "kind": "csv", "uscc": "91429999H00000047W", "edge": "take", "path": "a"}  # fmt: skip


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Every view raises what it is told, after all that stands before it."""
    resolve = BaseHandler.resolve_request

    def install(error: Exception) -> None:
        def view(*_given: Any, **_named: Any) -> None:
            raise error

        def resolved(self: BaseHandler, request: Any) -> Any:
            found = resolve(self, request)
            found.func = view
            return found

        monkeypatch.setattr(BaseHandler, "resolve_request", resolved)

    return install


def address(name: str, parts: tuple[str, ...]) -> str:
    for value in ("1", "a", "11111111-1111-1111-1111-111111111111"):
        try:
            return reverse(name, kwargs={part: GUESSES.get(part, value) for part in parts})
        except NoReverseMatch:
            continue
    return ""


@pytest.mark.parametrize(("name", "parts"), OWN, ids=[name for name, _parts in OWN])
def test_every_page_shows_what_its_use_case_found(
    name: str, parts: tuple[str, ...], fails: Callable[[Exception], None]
) -> None:
    path = address(name, parts)
    if not path:
        pytest.skip(f"no address of {name} can be made up")
    client = client_as(sorted(ACCESS[name])[0])
    fails(FAULT)
    for send in (client.get, client.post):
        response = send(path)
        page = response.content.decode()
        assert response.status_code == 422, page[:500]
        assert "政策文件夹写不了" in page
        assert "检查权限与磁盘空间。（CW020）" in page
        assert "<html" in page
        part = send(path, HTTP_HX_REQUEST="true")
        assert part.status_code == 422
        assert "政策文件夹写不了" in part.content.decode()
        assert "<html" not in part.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ValidationError("填一个日期。"), 422, "填一个日期。"),
        (ValidationError({"text": ["写一句话。", "写短些。"]}), 422, "写短些。"),
        (RequestDataTooBig(), 413, "压缩或分成几份再传。"),
        (TooManyFieldsSent(), 400, "分成几次提交。"),
        (OperationalError("database is locked"), 503, "过几秒再试。"),
        (OperationalError("deadlock detected\nDETAIL: …"), 503, "过几秒再试。"),
    ],
    ids=["sentence", "by field", "too big", "too many", "locked", "deadlock"],
)
def test_other_faults_have_their_status_and_sentence(
    error: Exception, status: int, said: str, fails: Callable[[Exception], None]
) -> None:
    fails(error)
    response = Client().get("/policies/")
    assert response.status_code == status
    assert said in response.content.decode()
    plain = Client().get("/policies/", HTTP_ACCEPT="application/json")
    assert plain["Content-Type"].startswith("text/plain")
    assert said in plain.content.decode()


def test_what_is_no_fault_of_the_user_stays_an_error(fails: Callable[[Exception], None]) -> None:
    fails(ZeroDivisionError("division by zero"))
    client = Client(raise_request_exception=False)
    assert client.get("/policies/").status_code == 500
    fails(OperationalError("no such table: x"))
    assert client.get("/policies/").status_code == 500


def test_the_interface_answers_in_its_own_shape(fails: Callable[[Exception], None]) -> None:
    fails(OperationalError("database is locked"))
    response = Client().get(f"{PREFIX}policies")
    assert response.status_code == 503
    assert response["Content-Type"].startswith("application/problem+json")


def test_going_back_leads_nowhere_else(fails: Callable[[Exception], None]) -> None:
    fails(FAULT)
    page = Client().get("/policies/", HTTP_REFERER="https://elsewhere.example/").content.decode()
    assert "elsewhere" not in page
    page = Client().get("/policies/", HTTP_REFERER="http://testserver/open-data/").content.decode()
    assert 'href="http://testserver/open-data/"' in page


# --- how much is taken


def sent(client: Client, path: str, size: int) -> tuple[int, str]:
    """A request that says it has so many bytes; not one of them is there to be read."""

    class Nothing:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    told: dict[str, Any] = {"CONTENT_LENGTH": str(size), "wsgi.input": Nothing()}
    response = client.generic("POST", path, b"", content_type="multipart/form-data; boundary=x", **told)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("path", ["/", "/policies/", "/accounts/login/", "/api/v1/read", "/targets/", "/calculate/"])
def test_a_large_body_is_refused_before_a_byte_of_it_is_read(path: str) -> None:
    status, page = sent(Client(), path, LARGEST_BODY + 1)
    assert status == 413, page[:300]


@pytest.mark.parametrize("name", [each for each in LARGEST_BODIES if not each.startswith("api:")])
def test_a_page_that_takes_files_takes_no_more_than_it_says(name: str) -> None:
    path = address(name, dict(PAGES)[name])
    status, page = sent(client_as(sorted(ACCESS[name])[0]), path, LARGEST_BODIES[name] + 1)
    assert status == 413
    assert "MB" in page
    assert "压缩或分成几份再传。" in page


def test_who_may_not_upload_is_refused_before_a_byte_is_read() -> None:
    status, _page = sent(Client(), "/enterprises/imports/", 50 * 1024 * 1024)
    assert status == 403
    status, _page = sent(client_as(Role.APPLICANT), "/enterprises/imports/", 50 * 1024 * 1024)
    assert status == 403


def test_a_body_that_does_not_say_its_length_is_refused() -> None:
    client = Client()
    response = client.generic("POST", "/policies/", b"", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert response.status_code == 411


def test_every_address_with_a_limit_of_its_own_is_there() -> None:
    assert set(LARGEST_BODIES) <= set(ACCESS)
