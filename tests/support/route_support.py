"""Every route of the portal, for tests that walk all of them."""

from __future__ import annotations

from typing import Any

from django.urls import URLResolver, get_resolver


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
