"""The front page, and the pages shown when something is missing, not allowed, or went wrong."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cewen.portal.policies.selectors import figures, policies_in_force

CALCULATOR = "entitlements:calculator"
"""Route of the anonymous calculator; the front page leads there once that module is there."""


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    try:
        calculator = reverse(CALCULATOR)
    except NoReverseMatch:
        calculator = ""
    context = {
        "calculator": calculator,
        "in_force": policies_in_force(today),
        "figures": figures(today),
        "today": today,
    }
    return render(request, "home/front.html", context)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("这个请求看不懂"), _("地址或提交的内容不完整。请返回上一页重试。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, _("页面放得太久了"), _("为防止别的网站冒用您的身份，请返回上一页，刷新后再提交。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says why, and offers to sign in."""
    said = str(exception) if exception and str(exception) else _("您的角色不能打开这个页面。")
    return _page(request, 403, _("没有权限"), said, _("需要这项权限的，请与本单位管理员联系。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: offers the search."""
    return _page(
        request, 404, _("没有这个页面"), _("地址可能写错了，或内容已经移走。"), _("试试上方的查找，或从政策库进入。")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page without a query to anything, since anything may be what failed."""
    try:
        body = str(loader.render_to_string("errors/server_error.html", {}))
    except Exception:
        logging.getLogger(__name__).exception("the error page failed")
        body = "出错了。请稍后再试。"
    return HttpResponse(body, status=500)


def _page(request: HttpRequest, status: int, heading: str, sentence: str, help_text: str = "") -> HttpResponse:
    if not hasattr(request, "actor") or "text/html" not in request.headers.get("Accept", "text/html"):
        return HttpResponse(f"{heading}。{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    context = {"heading": heading, "sentence": sentence, "help": help_text, "offer_sign_in": status == 403}
    return render(request, "parts/error_page.html", context, status=status)
