"""Every route stands on the list of who may call it, and nobody else gets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from cewen.portal.access import Role
from cewen.portal.api import services
from cewen.portal.urls import ACCESS
from portal_support import client_as
from route_support import allowed_roles

SAMPLES: dict[str, Any] = {
    "policy_id": "wuhan/2022-software-plan", "clause_path": "一", "secret": "no-such-secret", "provider_id": "oidc",
    "key": "k", "uidb36": "1",
}  # fmt: skip
"""What stands for a part of an address; any other part gets a number no row has."""


def parts_of(pattern: Any) -> set[str]:
    """Names of the parts of an address that a pattern leaves open."""
    return set(pattern.converters) | set(pattern.regex.groupindex)


def routes() -> Iterator[tuple[str, set[str]]]:
    """Name, with its namespace, and open parts of every route."""

    def walk(patterns: list[Any], namespace: str, parts: set[str]) -> Iterator[tuple[str, set[str]]]:
        for each in patterns:
            inside = parts | parts_of(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(
                    each.url_patterns, f"{namespace}{each.namespace}:" if each.namespace else namespace, inside
                )
            else:
                yield f"{namespace}{each.name or ''}", inside

    yield from walk(get_resolver().url_patterns, "", set())


ROUTES = sorted({name for name, _ in routes()})


PARTS = dict(routes())


def address(name: str) -> str:
    """An address of a route, its parts filled with samples."""
    parts = PARTS[name]
    return reverse(name, kwargs={part: SAMPLES.get(part, 987654321) for part in parts})


def test_every_route_has_a_name_and_stands_on_the_list() -> None:
    assert len(ROUTES) > 50
    assert [name for name in ROUTES if not name or name.endswith(":")] == []
    assert set(ROUTES) == set(ACCESS)


def test_every_route_names_at_least_one_role() -> None:
    assert [name for name, roles in ACCESS.items() if not roles] == []


OWN_RULES = {"account_logout", "socialaccount_login_error", "home:enter"}
"""Routes that end the session, answer 401 to say what another system refused, or are there in a demonstration only; they
have tests of their own."""


def is_refused(client: Client, where: str, method: str) -> bool:
    """True when the access list stops the call: sent to sign in, 401, or 403."""
    response = getattr(client, method)(where)
    sent_to_sign_in = response.status_code == 302 and response["Location"].startswith("/accounts/login/?next=")
    return sent_to_sign_in or response.status_code in (401, 403)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_the_routes_beside_which_it_stands_and_no_other(
    role: Role, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that are read end where they would begin: `test_scope_walk` reads every one of them as every role."""
    monkeypatch.setattr(services, "KNOWN_CALLS", 10**6)
    monkeypatch.setattr(services, "UNKNOWN_CALLS", 10**6)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "route_support.LetThrough"]
    client = client_as(role)
    addresses = {name: address(name) for name in ROUTES}
    held = {Role.PUBLIC, role} | (set() if role is Role.PUBLIC else {Role.PERSON})
    wrong = []
    for name in ROUTES:
        if name in OWN_RULES:
            continue
        for method in ("get", "post"):
            allowed = bool(held & allowed_roles(name, method))
            if is_refused(client, addresses[name], method) == allowed:
                wrong.append(f"{method} {name}: {'refused' if allowed else 'let through'}")
    assert wrong == []
