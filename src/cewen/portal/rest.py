"""What holds for every call of the interface: who may, how often, once only, and problems in one shape."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _

from cewen import __version__
from cewen.portal.api.domain import LONGEST_KEY, PREFIX, PROBLEM, Allowance, problem_json
from cewen.portal.api.models import KeptAnswer
from cewen.portal.api.services import Answer, DifferentRequest, count_call, keep_answer, reserve_answer
from cewen.portal.api.urls import BY_METHOD
from cewen.portal.request import client_address
from cewen.portal.urls import ACCESS

Respond = Callable[[HttpRequest], HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")
REPLAYED = "Idempotent-Replayed"


class RestMiddleware:
    """Stands before the calls of the interface (接口中间层); every other request passes untouched."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        allowance = count_call(request.actor, client_address(request))  # type: ignore[attr-defined]
        if allowance.is_spent:
            response = problem(429, _("一分钟内调用太多。请按 Retry-After 的秒数等一等。"))
            response["Retry-After"] = str(allowance.wait)
        else:
            response = _as_problem(self._answer(request))
            response = _conditional(request, response)
        return _with_headers(response, allowance)

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, named: Any) -> HttpResponse | None:
        """Refuse in the shape of the interface, before the pages' own list would lead to the sign-in page."""
        match, actor = request.resolver_match, request.actor  # type: ignore[attr-defined]
        if match is None:
            return None
        if not request.path.startswith(PREFIX):
            if _is_by_token(request) and request.method not in SAFE and actor.is_read_only:
                raise PermissionDenied(_("这个令牌只读，什么也改不了。"))
            return None
        call = BY_METHOD.get(match.view_name, {}).get(request.method or "")
        if not actor.may(call.roles if call else ACCESS.get(match.view_name, ())):
            if actor.is_known:
                return problem(403, _("您的角色不能调用这个接口。"))
            response = problem(401, _("请先登录，或在 Authorization 里带上令牌。"))
            response["WWW-Authenticate"] = "Bearer"
            return response
        if call is not None and call.changes and actor.is_read_only:
            return problem(403, _("这个令牌只读，什么也改不了。"))
        if "\0" in unquote(request.get_full_path()):
            return problem(400, _("地址里有不能用的字符。"))
        if request.method not in SAFE and actor.is_known and not _is_by_token(request) and _is_forged(request):
            return problem(403, _("用浏览器的登录状态改数据，须带上防伪标记；程序请用令牌。"))
        return None

    def _answer(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        actor = request.actor  # type: ignore[attr-defined]
        if not key or request.method in SAFE or not actor.is_known:
            return self.get_response(request)
        if len(key) > LONGEST_KEY:
            return problem(400, _("幂等键最长 255 个字符。"))
        try:
            asked = _fingerprint(request)
        except RequestDataTooBig:
            return problem(413, _("请求太大。"))
        try:
            with transaction.atomic():
                return self._once(request, reserve_answer(actor, key, asked))
        except DifferentRequest:
            return problem(422, _("这个幂等键已经用于另一个请求。换一个新的键。"))
        except _Failed as failed:
            return failed.response

    def _once(self, request: HttpRequest, kept: KeptAnswer | Answer) -> HttpResponse:
        if isinstance(kept, Answer):
            response = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
            if kept.location:
                response["Location"] = kept.location
            response[REPLAYED] = "true"
            return response
        response = _as_problem(self.get_response(request))
        if response.status_code >= 500:
            raise _Failed(response)
        told = problem(409, _("这件事已经办过；其中的密钥只给一次，没有留存。")) if _is_secret(response) else response
        content = b"" if told.streaming else told.content
        kind = told.get("Content-Type", "")
        keep_answer(kept, Answer(told.status_code, kind, content, told.get("Location", "")))
        return response


class _Failed(Exception):
    """A write that went wrong (写入失败): nothing of it is kept, its key neither, and it may be tried again."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        super().__init__()


def _fingerprint(request: HttpRequest) -> str:
    """What was asked, as a digest: of an upload its fields and files, which are not held in memory."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        found.update(request.body)
        return found.hexdigest()
    for name, values in sorted(request.POST.lists()):
        found.update(f"{name}={values!r}\n".encode(errors="surrogatepass"))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(f"{name}={file.name} {file.size}\n".encode(errors="surrogatepass"))
            for block in file.chunks():
                found.update(block)
            file.seek(0)
    return found.hexdigest()


def _is_secret(response: HttpResponse) -> bool:
    """True for an answer with a secret that is told once and not kept."""
    return "no-store" in response.get("Cache-Control", "")


def _is_by_token(request: HttpRequest) -> bool:
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """A problem as a response."""
    return JsonResponse(
        problem_json(status, detail, **more),
        status=status,
        content_type=PROBLEM,
        json_dumps_params={"ensure_ascii": False},
    )


def _as_problem(response: HttpResponse) -> HttpResponse:
    """Whatever Django itself answered (no such address, no such method) in the shape of the interface."""
    if response.status_code < 400 or response.get("Content-Type", "").startswith(PROBLEM):
        return response
    sentences = {
        404: _("没有这个接口。清单见 /api/v1/openapi.json。"),
        405: _("这个接口不能用这个方法调用。"),
        413: _("请求太大。"),
    }
    said = sentences.get(response.status_code)
    if said is None:
        said = _("门户出错，已经记下。请稍后再试。") if response.status_code >= 500 else _("这个请求看不懂。")
    found = problem(response.status_code, said)
    if "Allow" in response:
        found["Allow"] = response["Allow"]
    return found


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An entity tag for what was read, and 304 where the caller has it already."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    assert found is not None
    return found


def _with_headers(response: HttpResponse, allowance: Allowance) -> HttpResponse:
    response["Cache-Control"] = "no-store" if _is_secret(response) else "private, no-cache"
    patch_vary_headers(response, ("Authorization", "Cookie"))
    response["Cewen-Version"] = __version__
    response["RateLimit-Limit"] = str(allowance.limit)
    response["RateLimit-Remaining"] = str(max(0, allowance.left))
    response["RateLimit-Reset"] = str(allowance.wait)
    return response


def _is_forged(request: HttpRequest) -> bool:
    """True when a change that rests on the browser's session does not carry the portal's own mark.

    django-ninja takes its routes out of Django's own check, so that tokens need no mark; here it is made up for.
    """
    check = CsrfViewMiddleware(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda _request: HttpResponse(), (), {}) is not None
