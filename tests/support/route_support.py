"""Every route of the portal, for tests that walk all of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, get_resolver

from cewen.portal.access import Role
from cewen.portal.api.urls import BY_METHOD
from cewen.portal.urls import ACCESS


def routes() -> list[tuple[str, tuple[str, ...]]]:
    """Name and open parts of every route."""
    found = []

    def walk(patterns: list[Any], namespace: str, parts: tuple[str, ...]) -> None:
        for each in patterns:
            inside = (*parts, *each.pattern.converters, *each.pattern.regex.groupindex)
            if isinstance(each, URLResolver):
                walk(each.url_patterns, f"{namespace}{each.namespace}:" if each.namespace else namespace, inside)
            else:
                found.append((f"{namespace}{each.name}", tuple(dict.fromkeys(inside))))

    walk(get_resolver().url_patterns, "", ())
    return found


def allowed_roles(name: str, method: str) -> frozenset[Role]:
    """Roles beside a route; calls of the interface at one address have their own for each method."""
    call = BY_METHOD.get(name, {}).get(method.upper())
    return call.roles if call else ACCESS[name]


class LetThrough:
    """Answers 204 in place of a page that may be read (放行即止): stands last, after everything that refuses."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = self.get_response(request)
        return answer

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, named: Any) -> HttpResponse | None:
        return HttpResponse(status=204) if request.method == "GET" else None
