"""What stops before or inside a view for a reason its user can act on: a page that says what and what to do, never a 500."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cewen.base.errors import CewenError
from cewen.portal.api.domain import PREFIX
from cewen.portal.urls import ACCESS

Respond = Callable[[HttpRequest], HttpResponse]
LARGEST_BODY = 4 * 1024 * 1024 + 64 * 1024
"""Bytes of a request to any address that takes no files: a form of four megabytes and what stands around it."""
_MB = 1024 * 1024
LARGEST_BODIES = {
    "enterprises:imports": 101 * _MB, "api:v1:imports": 101 * _MB, "api:v1:upload_import": 101 * _MB,
    "drafts:drafts": 21 * _MB, "api:v1:drafts": 21 * _MB, "api:v1:start_draft": 21 * _MB,
    "tasks:step": 11 * _MB, "api:v1:take_step": 51 * _MB,
    "indicators:import": 6 * _MB, "api:v1:observations": 6 * _MB, "api:v1:import_observations": 6 * _MB,
    "indicators:score_cards": 6 * _MB, "api:v1:score_cards": 6 * _MB, "api:v1:put_score_card": 6 * _MB,
}  # fmt: skip
"""Bytes of a request to the addresses that take files (上传上限), somewhat more than the files themselves may have."""


class FaultMiddleware:
    """Refuses what is too large before a byte of it is read, and shows what a use case found wrong (错误中间层)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, named: Any) -> HttpResponse | None:
        """Stands above whatever reads the body: the check against forgery looks into a form already."""
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and request.headers.get("Transfer-Encoding"):
            said = _("请求没有写明长度，不收。")
            return fault_page(request, 411, [(said, _("用浏览器，或发送时带上 Content-Length。"))])
        route = request.resolver_match.view_name if request.resolver_match else ""
        most = largest_body(route)
        if length.isdecimal() and int(length) > most:
            said = _("提交的内容有 %(size)d MB，这里一次至多收 %(most)d MB。")
            sizes = {"size": -(-int(length) // 2**20), "most": most // 2**20}
            return fault_page(request, 413, [(said % sizes, _("压缩或分成几份再传。"))])
        is_large = length.isdecimal() and int(length) > LARGEST_BODY
        if is_large and not request.actor.may(ACCESS.get(route, ())):  # type: ignore[attr-defined]
            raise PermissionDenied(_("您的角色不能打开这个页面。"))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Faults with a sentence of their own; everything else is an error of the portal and stays one."""
        if isinstance(error, OperationalError) and _is_busy(error):
            response = fault_page(request, 503, [(_("门户正忙，这一步没有做。"), _("过几秒再试。"))])
            response["Retry-After"] = "5"
            return response
        if request.path.startswith(PREFIX):
            return None
        if isinstance(error, CewenError):
            return fault_page(
                request, 422, ((each.message, f"{each.remedy}（{each.code}）") for each in error.diagnostics)
            )
        if isinstance(error, ValidationError):
            return fault_page(request, 422, ((each, "") for each in error.messages))
        if isinstance(error, RequestDataTooBig):
            return fault_page(request, 413, [(_("提交的内容太多。"), _("压缩或分成几份再传。"))])
        if isinstance(error, (TooManyFieldsSent, TooManyFilesSent)):
            return fault_page(request, 400, [(_("提交的项目或文件太多。"), _("分成几次提交。"))])
        return None


def _is_busy(error: OperationalError) -> bool:
    """The database gave this transaction up for another one (deadlock), or could not wait any longer."""
    said = str(error)
    return "database is locked" in said or "deadlock detected" in said or "lock timeout" in said


def largest_body(route: str) -> int:
    """Bytes a request to a route may have."""
    return LARGEST_BODIES.get(route, LARGEST_BODY)


def fault_page(request: HttpRequest, status: int, faults: Iterable[tuple[str, str]]) -> HttpResponse:
    """Sentences with what to do about each: a page, its fragment for htmx, a line of text for programs."""
    shown = [{"said": said, "help": remedy} for said, remedy in faults][:20]
    if not hasattr(request, "actor") or "text/html" not in request.headers.get("Accept", "text/html"):
        lines = "\n".join(f"{each['said']}{each['help']}" for each in shown)
        return HttpResponse(f"{lines}\n", status=status, content_type="text/plain; charset=utf-8")
    htmx = getattr(request, "htmx", None)
    is_part = bool(htmx) and not getattr(htmx, "boosted", False)
    template = "parts/faults.html" if is_part else "parts/fault_page.html"
    return render(request, template, {"faults": shown, "back": _page_before(request)}, status=status)


def _page_before(request: HttpRequest) -> str:
    """Where the request came from, if that is this portal; the front page otherwise."""
    before = request.headers.get("Referer", "")
    same = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if before and same else "/"
