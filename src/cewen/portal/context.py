"""What every page shows: the actor, the navigation it may use, the address of the other language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language

from cewen import __version__
from cewen.portal.access import ANONYMOUS, Actor
from cewen.portal.home.selectors import demonstration_people, is_demonstration, tour
from cewen.portal.home.views import address_of
from cewen.portal.registry import collect_navigation
from cewen.portal.request import door_is_open
from cewen.portal.urls import ACCESS

MOST_ENTRIES = {"zh": 8, "en": 5}
"""Entries of the navigation that stand side by side, by language: English words are longer. Others are under “more”."""


def page(request: HttpRequest) -> dict[str, Any]:
    """`actor`, `navigation` and `further` (label, address, is_current), `version`, `has_oidc`, `guide` of a tour."""
    actor = getattr(request, "actor", ANONYMOUS)
    here = request.path
    entries = [(item, reverse(item.route)) for item in collect_navigation() if actor.may(ACCESS.get(item.route, ()))]
    above = [address for _, address in entries if address != "/" and here.startswith(address)]
    current = max(above, key=len, default="")
    shown = [{"label": item.label, "address": address, "is_current": address == current} for item, address in entries]
    most = MOST_ENTRIES["en" if (get_language() or "").startswith("en") else "zh"]
    is_long = len(shown) > most + 1
    return {
        "actor": actor,
        "navigation": shown[:most] if is_long else shown,
        "all_navigation": shown,
        "further": shown[most:] if is_long else [],
        "is_further": is_long and any(each["is_current"] for each in shown[most:]),
        "version": __version__,
        "has_oidc": settings.ENVIRONMENT.oidc_url is not None,
        "is_demonstration": is_demonstration(),
        "guide": _guide(request, actor) if is_demonstration() and hasattr(request, "session") else None,
    }


def _guide(request: HttpRequest, actor: Actor) -> dict[str, Any] | None:
    """Where one is on a tour: its sentence, the steps before and after, and whom it is to be walked as."""
    name, number = request.session.get("tour") or ("", 0)
    found = tour(name)
    step = found.step(number) if found else None
    if found is None or step is None:
        return None
    language, address = get_language() or "", address_of(step)
    person = next((each for each in demonstration_people() if each.username == found.account), None)
    return {
        "name": found.name, "title": found.title.to(language), "number": number, "total": len(found.steps),
        "sentence": step.sentence.to(language), "address": address,
        "is_here": iri_to_uri(request.path) == address.split("?")[0].split("#")[0],
        "before": reverse("home:tour", args=[found.name, number - 1]) if number > 1 else "",
        "after": reverse("home:tour", args=[found.name, number + 1]) if number < len(found.steps) else "",
        "again": reverse("home:tour", args=[found.name, number]),
        "person": person if person and not actor.may({found.role}) else None, "door": door_is_open(request),
    }  # fmt: skip
