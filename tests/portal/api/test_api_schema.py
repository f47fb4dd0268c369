"""Calls made up from the OpenAPI document find no failure of the portal and no answer that is not in the document."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings

from cewen.portal.access import Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.accounts.services import issue_token
from cewen.portal.api import services
from portal_support import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
"""The tool warns of its own dependencies; what it finds out is decided by its checks."""
EXAMPLES = int(os.environ.get("CEWEN_SCHEMA_EXAMPLES", "2"))
"""For each call and role; set higher by hand for a long look."""


@pytest.fixture(autouse=True)
def open_connection() -> Iterator[None]:
    """The test stands in one transaction; a request over WSGI would close its connection, as Django's own client knows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def schemathesis(need: Callable[[object, str], None]) -> Any:
    need(find_spec("schemathesis"), "schemathesis")
    import schemathesis

    return schemathesis


def operations(schemathesis: Any) -> list[Any]:
    """Every operation of the document as the portal serves it."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()  # not that of the portal, which begins its work by the clock
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers={"Host": "localhost"})
    return [found.ok() for found in document.get_all_operations()]


@pytest.mark.parametrize("role", [None, Role.OFFICER_CITY, Role.ADMINISTRATOR, Role.POLICY_EDITOR])
def test_no_call_fails_and_every_answer_is_as_documented(
    role: Role | None, schemathesis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "KNOWN_CALLS", 10**6)
    monkeypatch.setattr(services, "UNKNOWN_CALLS", 10**6)
    headers = {"Host": "localhost"}
    if role is not None:
        _row, secret = issue_token(actor_of_person(make_member(role)), name="测试", lasts=timedelta(days=1))
        headers["Authorization"] = f"Bearer {secret}"
    from schemathesis.specs.openapi import checks

    wanted = [
        schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
        checks.response_schema_conformance,
    ]  # fmt: skip
    called, wrong = 0, []
    for operation in operations(schemathesis):

        def call(case: Any) -> None:
            nonlocal called
            called += 1
            case.call_and_validate(headers=headers, checks=wanted)

        limits = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        try:
            limits(given(case=operation.as_strategy())(call))()
        except Exception as fault:  # one call that is wrong does not hide the next
            wrong.append(f"{operation.method} {operation.path}: {fault}")
    assert wrong == []
    assert called >= 100
