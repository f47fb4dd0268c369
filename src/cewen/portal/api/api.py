"""The interface: the calls of every module under one address, with one document and one shape of what is wrong."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as ShapeError
from ninja.openapi.schema import OpenAPISchema

from cewen import __version__
from cewen.base.errors import CewenError
from cewen.portal.access import AccessList, Refused, Role
from cewen.portal.api.domain import PREFIX, PROBLEM, complete, fields_json, findings_json, problem_json
from cewen.portal.calls import Calls, Facts
from cewen.portal.registry import MODULES

_DESCRIPTION = """策问的接口：页面能做的，程序也能做。

令牌在“我的账户”签发，放在 `Authorization: Bearer …`；读公开内容不用令牌。令牌可以只带一部分角色，也可以只读。
错误一律是 RFC 9457 的 problem+json。列表都用 limit、offset，答 items、count、next_offset。
读取给 ETag，带 If-None-Match 再问，没有变的答 304；改有版本的东西可带 If-Match，不是最新一版的答 412。
写入可带 Idempotency-Key：同一个键重发，只办一次，答复相同；内容不同的答 422。
超过每分钟的次数答 429，Retry-After 说等多少秒。金额：字符串为元、两位小数；名称带 `_fen` 的为分。"""


class Interface(NinjaAPI):
    """Interface (接口) whose OpenAPI document also tells of problems, entity tags, keys, roles and tokens."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._document: OpenAPISchema | None = None
        self.facts: dict[str, Facts] = {}
        self.access: AccessList = {"openapi-json": frozenset({Role.PUBLIC}), "api-root": frozenset({Role.PUBLIC})}
        self.by_method: dict[str, dict[str, Facts]] = {}

    def take_in(self, calls: Calls) -> None:
        """Add the calls of a module. Raises ValueError for a name that stands for another call already."""
        beside: dict[str, dict[str, Facts]] = {}
        for (path, method), (name, facts) in calls.facts.items():
            if name in self.facts:
                raise ValueError(f"two calls of the name {name}")
            self.facts[name] = facts
            beside.setdefault(path, {})[method] = facts
        for (path, _method), (name, _facts) in calls.facts.items():
            self.by_method[name] = beside[path]  # Django finds an address by its first name, whatever the method
            self.access[name] = frozenset().union(*(each.roles for each in beside[path].values()))
        self.add_router("", calls)

    def get_root_path(self, path_params: Any) -> str:
        """Where the calls stand; the namespace lies inside another one, which django-ninja does not expect."""
        return PREFIX

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Put together once a process, which takes a seventh of a second; not to be changed by whoever gets it."""
        if self._document is None:
            found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            complete(found, self.facts)
            self._document = found
        return self._document


api = Interface(
    title="策问",
    version=__version__,
    description=_DESCRIPTION,
    urls_namespace="v1",
    docs_url=None,
    openapi_url="openapi.json",
)


def _problem(status: int, detail: str, **more: Any) -> HttpResponse:
    body = problem_json(status, detail, **more)
    return JsonResponse(body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


@api.exception_handler(ShapeError)
def _ill_shaped(request: HttpRequest, error: ShapeError) -> HttpResponse:
    errors = [{"pointer": "/".join(map(str, each["loc"])), "detail": str(each["msg"])} for each in error.errors]
    return _problem(422, _("参数或内容的格式不对。"), errors=errors)


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return _problem(422, "；".join(error.messages), errors=fields_json(found))


@api.exception_handler(DataError)
@api.exception_handler(UnicodeEncodeError)
def _unkept(request: HttpRequest, error: Exception) -> HttpResponse:
    return _problem(422, _("内容里有存不下的字符或过大的数。"))


@api.exception_handler(CewenError)
def _faulty(request: HttpRequest, error: CewenError) -> HttpResponse:
    first = error.diagnostics[0]
    return _problem(422, f"{first.message}。{first.remedy}", findings=findings_json(error.diagnostics))


@api.exception_handler(Refused)
@api.exception_handler(PermissionDenied)
def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    return _problem(403, str(error))


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    said = str(error) if isinstance(error, Http404) and str(error) else _("没有这一项，或不在您的范围内。")
    return _problem(404, said)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    said = _("内容不是合格的 JSON。") if error.status_code == 400 else str(error)
    return _problem(error.status_code, said)


for _name in sorted(MODULES, key=lambda name: name in ("accounts", "audit")):  # what is public first
    if _name != "api" and find_spec(f"cewen.portal.{_name}.api"):
        api.take_in(import_module(f"cewen.portal.{_name}.api").calls)
