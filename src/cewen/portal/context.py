"""What every page shows: the actor, the navigation it may use, the address of the other language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cewen import __version__
from cewen.portal.access import ANONYMOUS
from cewen.portal.registry import collect_navigation
from cewen.portal.urls import ACCESS


def page(request: HttpRequest) -> dict[str, Any]:
    """`actor`, `navigation` (label, address, is_current), `version`, `has_oidc`."""
    actor = getattr(request, "actor", ANONYMOUS)
    here = request.path
    entries = [(item, reverse(item.route)) for item in collect_navigation() if actor.may(ACCESS.get(item.route, ()))]
    above = [address for _, address in entries if address != "/" and here.startswith(address)]
    current = max(above, key=len, default="")
    return {
        "actor": actor,
        "navigation": [
            {"label": item.label, "address": address, "is_current": address == current} for item, address in entries
        ],
        "version": __version__,
        "has_oidc": settings.ENVIRONMENT.oidc_url is not None,
    }
