"""The Django application."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.apps import AppConfig
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class Enterprises(AppConfig):
    """Enterprises (企业库)."""

    name = "cewen.portal.enterprises"
    label = "enterprises"
    verbose_name = "企业库"

    def ready(self) -> None:
        user_signed_up.connect(claim_on_signing_up, dispatch_uid="enterprises.claim")


def claim_on_signing_up(request: HttpRequest, user: Any, **_: Any) -> None:
    """Who names an enterprise when signing up has claimed it with that; one that cannot be claimed is claimed later."""
    from cewen.portal.accounts.selectors import actor_of_person
    from cewen.portal.enterprises.services import claim_enterprise

    named = getattr(request, "signup_enterprise", None)
    if not named:
        return
    grounds = f"注册时登记：{user.name} {user.email}".strip()
    try:
        claim_enterprise(
            actor_of_person(user), uscc=named["uscc"], name=named["enterprise"], region_code=named["region"],
            grounds=grounds,
        )  # fmt: skip
    except ValidationError:
        request.signup_enterprise = None  # type: ignore[attr-defined]
