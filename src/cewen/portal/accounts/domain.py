"""Rules of accounts without a database: which roles an organization of a kind can hold, how long secrets count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cewen.portal.access import FINANCE, Role

_AUTHORITY = FINANCE | {Role.SUPERVISOR, Role.STATISTICIAN, Role.POLICY_EDITOR, Role.ADMINISTRATOR}

ROLES_OF_KIND: dict[str, frozenset[Role]] = {
    "enterprise": frozenset({Role.APPLICANT}),
    "district": _AUTHORITY | {Role.OFFICER_DISTRICT},
    "city": _AUTHORITY | {Role.OFFICER_CITY},
    "province": _AUTHORITY | {Role.OFFICER_PROVINCE},
    "expert_body": frozenset({Role.EXPERT}),
}
"""Roles people may hold in an organization, by its kind."""

INVITATION_LASTS = timedelta(days=7)
LONGEST_TOKEN = timedelta(days=366)
SECRET_BYTES = 32
"""Random bytes of an invitation or token: enough that guessing is hopeless."""


def tried_username(request: Any, credentials: Mapping[str, Any] | None = None) -> str:
    """The name someone tries to sign in with, however it is spelled: allauth and axes name the field differently,
    and upper case must not open a second series of attempts."""
    known = credentials or {}
    form = getattr(request, "POST", {})
    name = known.get("username") or known.get("login") or form.get("login") or form.get("username") or ""
    return str(name).strip().lower()[:150]
