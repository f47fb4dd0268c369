"""What stands before every view: is the portal alive, who acts, and may they call this route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from cewen import __version__
from cewen.portal.access import Refused
from cewen.portal.accounts.selectors import actor_of_person, actor_of_token
from cewen.portal.urls import ACCESS

Respond = Callable[[HttpRequest], HttpResponse]
HEALTH_PATH = "/healthz"


class HealthMiddleware:
    """/healthz (健康检查): 200 while the database answers, 503 otherwise; before sessions, languages and hosts."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != HEALTH_PATH:
            return self.get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return JsonResponse({"status": "no_database", "version": __version__}, status=503)
        return JsonResponse({"status": "ok", "version": __version__})


class ActorMiddleware:
    """Gives each request its `actor` (操作人), worked out when first asked for: by bearer token, else by session."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            request.actor = SimpleLazyObject(lambda: actor_of_token(secret.strip()))  # type: ignore[attr-defined]
        else:
            request.actor = SimpleLazyObject(lambda: actor_of_person(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)


class AccessMiddleware:
    """Refuses every route that is not on the list, and every actor whose roles are not beside it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, named: Any) -> HttpResponse | None:
        match = request.resolver_match
        allowed = ACCESS.get(match.view_name) if match else None
        if allowed is None:
            raise PermissionDenied(_("这个页面不在访问清单上，任何人都不能打开。"))
        actor = request.actor  # type: ignore[attr-defined]
        if actor.may(allowed):
            return None
        if not actor.is_known and _wants_page(request):
            return redirect_to_login(request.get_full_path())
        if not actor.is_known:
            return JsonResponse({"detail": "请先登录，或在 Authorization 里带上令牌。"}, status=401)
        raise PermissionDenied(_("您的角色不能打开这个页面。"))

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """A use case that refuses shows the page that says why."""
        if isinstance(error, Refused):
            raise PermissionDenied(str(error)) from error


def _wants_page(request: HttpRequest) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "text/html")
