"""What the calls of the interface share: who may make them, pages of a list, days, versions, files in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import ConfigDict, Field

from cewen.portal.access import Role

PREFIX = "/api/v1/"
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
MOST_ITEMS, LAST_ROW = 200, 10_000_000
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""Number of a row: one no database can hold is refused before it is asked."""
Json = dict[str, Any]
Money = Annotated[str, Field(description="元，两位小数", pattern=r"^-?\d+\.\d{2}$")]

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "yaml": "application/yaml",
    "zip": "application/zip",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "any": "*/*",
}
"""Media types of the files the interface gives, by how their names end."""

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")
_Row = TypeVar("_Row", bound=Model)
_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Facts:
    """What the document says of a call beyond its shapes (接口说明): who may, whether it changes, versions, files."""

    roles: frozenset[Role]
    changes: bool
    is_versioned: bool = False
    files: tuple[str, ...] = ()
    example: Any = None


class Calls(Router):
    """Calls (一组接口) of one module, each with the roles that may make it beside it.

    `changes=False` marks a call that takes a body and keeps nothing: a read-only token may make it. `versioned` says
    that If-Match is heeded, `files` which kinds of files come out, `example` a body that works.
    """

    def __init__(self, tag: str) -> None:
        super().__init__(tags=[tag])
        self.facts: dict[tuple[str, str], tuple[str, Facts]] = {}

    def get(  # type: ignore[override]
        self, path: str, *, roles: Iterable[Role], files: Sequence[str] = (), **more: Any
    ) -> Callable[[_View], _View]:
        return self._call("GET", path, Facts(frozenset(roles), False, files=tuple(files)), more)

    def post(  # type: ignore[override]
        self,
        path: str,
        *,
        roles: Iterable[Role],
        changes: bool = True,
        versioned: bool = False,
        example: Any = None,
        **more: Any,
    ) -> Callable[[_View], _View]:
        return self._call("POST", path, Facts(frozenset(roles), changes, versioned, (), example), more)

    def put(  # type: ignore[override]
        self, path: str, *, roles: Iterable[Role], versioned: bool = False, example: Any = None, **more: Any
    ) -> Callable[[_View], _View]:
        return self._call("PUT", path, Facts(frozenset(roles), True, versioned, (), example), more)

    def delete(  # type: ignore[override]
        self, path: str, *, roles: Iterable[Role], **more: Any
    ) -> Callable[[_View], _View]:
        return self._call("DELETE", path, Facts(frozenset(roles), True), {"response": {204: None}, **more})

    def _call(self, method: str, path: str, facts: Facts, more: Mapping[str, Any]) -> Callable[[_View], _View]:
        def keep(view: _View) -> _View:
            self.facts[path, method] = (view.__name__, facts)
            self.add_api_operation(path, [method], view, **{"operation_id": view.__name__, **more})
            return view

        return keep


class Open(Schema):
    """Shape that may have more members than are named (开放结构)."""

    model_config = ConfigDict(extra="allow")


class Paging(Schema):
    """Which part of a list (分页)."""

    limit: int = Field(50, ge=1, le=MOST_ITEMS, description="最多几项")
    offset: int = Field(0, ge=0, le=LAST_ROW, description="从第几项起")


class Words(Paging):
    """Which part of a list, and what is searched in it (分页与搜索)."""

    q: str = Field("", max_length=100, description="词语，空格分开，都要出现")


class Day(Schema):
    """Of which day (哪一天)."""

    on: date | None = Field(None, description="哪一天的样子；默认今天")


class Page(Schema, Generic[_Item]):
    """A page of a list (一页): where the next one begins, null where there is none."""

    items: list[_Item]
    count: int
    next_offset: int | None


class OpenPage(Schema):
    """A page of things in the shape of the contract (列表)."""

    on: date
    items: list[Json]
    count: int
    next_offset: int | None


def page(items: Sequence[Any], wanted: Paging) -> Json:
    """The part of a sequence that was asked for."""
    return sheet(items[wanted.offset : wanted.offset + wanted.limit], len(items), wanted)


def rows(found: QuerySet[_Row], wanted: Paging, shape: Callable[[_Row], Any] | None = None) -> Json:
    """The part of a query that was asked for, each row in a shape."""
    part = list(found[wanted.offset : wanted.offset + wanted.limit])
    return sheet([shape(each) for each in part] if shape else part, found.count(), wanted)


def sheet(items: Sequence[Any], count: int, wanted: Paging) -> Json:
    """A page whose items are at hand already."""
    end = wanted.offset + wanted.limit
    return {"items": list(items), "count": count, "next_offset": end if end < count else None}


def day(asked: date | None) -> date:
    """The day asked for, else today. Raises ValidationError for one far off."""
    if asked is None:
        return timezone.localdate()
    if not FIRST_DAY <= asked <= LAST_DAY:
        raise ValidationError({"on": _("日期在 1990 年至 2100 年之间。")})
    return asked


def known(found: _Found | None, said: str = "") -> _Found:
    """What was looked for. Raises Http404 where there is none."""
    if found is None:
        raise Http404(said or _("没有这一项，或不在您的范围内。"))
    return found


def row_of(found: QuerySet[_Row], row_id: int, said: str = "") -> _Row:
    """The row of a number. Raises Http404 where there is none."""
    return known(found.filter(pk=row_id).first(), said)


def contract(body: Any) -> HttpResponse:
    """An answer whose shape is that of the contract, sent as it is."""
    return JsonResponse(body, safe=False, json_dumps_params={"ensure_ascii": False})


def file(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to be kept."""
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def tag(version: object) -> str:
    """A version as an entity tag."""
    return f'"v{version}"'


def heed_version(request: HttpRequest, version: object) -> None:
    """Go on when the caller saw this version, or named none in If-Match. Raises HttpError (412) otherwise."""
    asked = request.headers.get("If-Match", "").strip()
    if asked and asked != "*" and tag(version) not in [part.strip() for part in asked.split(",")]:
        raise HttpError(412, _("您改的不是最新的一版：先重新读取，再在新的一版上改。"))
