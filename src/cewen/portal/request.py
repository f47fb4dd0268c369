"""The request as views of the portal get it: with who acts, and what htmx asks for."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from cewen.portal.access import Actor


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
