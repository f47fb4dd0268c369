"""The request as views of the portal get it: with who acts, and what htmx asks for."""

from __future__ import annotations

import hashlib
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django_htmx.middleware import HtmxDetails

from cewen.portal.access import Actor
from cewen.portal.environment import LOOPBACK_HOSTS

DOOR = "demonstration_door"
"""Where a session keeps that its browser was shown the entrance of the demonstration."""
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via")


class PortalRequest(HttpRequest):
    """Request (请求) after the middleware: `actor` may act, `htmx` is true when only a part of the page is wanted."""

    actor: Actor
    htmx: HtmxDetails


def client_address(request: HttpRequest) -> str:
    """Where a request comes from. Behind proxies, what the outermost trusted one saw: a client can write the rest."""
    count: int = settings.ENVIRONMENT.proxy_count
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if count and len(forwarded) >= count:
        return forwarded[-count]
    return str(request.META.get("REMOTE_ADDR", ""))


def seal(key: str) -> str:
    """What a session keeps of the key: enough to know it again, not to write the address from it."""
    return hashlib.sha256(f"door:{key}".encode()).hexdigest()


def door_may_open(request: HttpRequest) -> bool:
    """True where signing in by one click may be at all: a demonstration, and the request comes from this machine itself.

    The key is only there in a demonstration that listens on the loopback address, without proxies, https or other
    names. A proxy on this machine that hides itself would still look like a browser here: it does not know the key.
    """
    if not settings.ENVIRONMENT.demo_key or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        host = request.get_host()
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        return name in LOOPBACK_HOSTS and ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except (DisallowedHost, ValueError):
        return False


def door_is_open(request: HttpRequest) -> bool:
    """True where the door may open and this browser came by the address printed in the terminal."""
    if not door_may_open(request):
        return False
    return constant_time_compare(str(request.session.get(DOOR, "")), seal(settings.ENVIRONMENT.demo_key))
