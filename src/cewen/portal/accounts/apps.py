"""The Django application, and what it hears of signing in and out."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest


class Accounts(AppConfig):
    """Accounts (账户)."""

    name = "cewen.portal.accounts"
    label = "accounts"
    verbose_name = "账户"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        user_logged_in.connect(_signed_in, dispatch_uid="cewen_signed_in")
        user_logged_out.connect(_signed_out, dispatch_uid="cewen_signed_out")
        user_login_failed.connect(_failed, dispatch_uid="cewen_sign_in_failed")


def _signed_in(request: HttpRequest | None = None, user: Any = None, **_more: Any) -> None:
    _record("signed_in", request, user)


def _signed_out(request: HttpRequest | None = None, user: Any = None, **_more: Any) -> None:
    _record("signed_out", request, user)


def _failed(request: HttpRequest | None = None, credentials: Any = None, **_more: Any) -> None:
    _record("sign_in_failed", request, None, str((credentials or {}).get("username", "")))


def _record(action: str, request: HttpRequest | None, person: Any, username: str = "") -> None:
    from cewen.portal.access import Actor
    from cewen.portal.accounts.services import record_sign_in
    from cewen.portal.request import client_address

    if request is None:  # a test or a job signs someone in without a browser
        return
    actor = Actor(person.pk, str(person)) if person is not None else Actor()
    record_sign_in(actor, action, client_address(request), username)
