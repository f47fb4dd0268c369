"""Calls on drafts: start one from a document, save versions, check, confirm by a second person, publish."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from cewen.portal.calls import PREFIX, Calls, Json, Page, Paging, RowId, Words, heed_version, known, row_of, rows, tag
from cewen.portal.drafts import selectors, services
from cewen.portal.drafts.domain import Checked, check_files
from cewen.portal.drafts.models import Draft, DraftVersion
from cewen.portal.drafts.selectors import EDITORS
from cewen.portal.request import PortalRequest

MOST_FILES, LONGEST_FILE = 200, 300_000

calls = Calls("起草")


class DraftFilter(Words):
    """Which drafts (草稿筛选)."""

    status: Literal["", "editing", "publishing", "published"] = ""


class DraftOut(Schema):
    """Draft of a policy (政策草稿)."""

    id: int
    policy_id: str
    title: str
    source_name: str
    status: Literal["editing", "publishing", "published"]
    author: str
    publish_on: date | None
    published_version: int | None
    created_at: datetime


class StartIn(Schema):
    """Where the policy will stand (起草编号)."""

    policy_id: str = Field(min_length=1, max_length=120, description="地方/年份-短名，如 wuhan/2027-software-measures")
    region: str = Field("", max_length=60, description="适用地区；不写则按标题与发布机关推定")


class FindingOut(Schema):
    """What a check found (检查发现)."""

    file: str
    line: int | None
    code: str
    message: str
    remedy: str
    severity: str


class CheckOut(Schema):
    """What a draft is told (检查结果): findings, and each measure as a sentence."""

    errors: int
    findings: list[FindingOut]
    sentences: dict[str, str]


class VersionOut(Schema):
    """Version of a draft (草稿版本)."""

    number: int
    author: str
    note: str
    errors: int
    confirmed_by: str
    confirmed_at: datetime | None
    created_at: datetime


class VersionFull(VersionOut):
    """Version with its files (草稿版本与文件)."""

    files: dict[str, str]
    check: CheckOut
    may_confirm: bool


class FilesIn(Schema):
    """Files changed, by path (改动的文件)."""

    files: dict[str, str] = Field(max_length=MOST_FILES)


class SaveIn(FilesIn):
    """A version to be saved (保存版本): what changed since version `base`."""

    base: int = Field(ge=0, le=2**31 - 1, description="在第几版上改的；已有更新的版本时不收")
    note: str = Field("", max_length=200)
    derive_cases: bool = Field(False, description="按规则补写算例")


class PublishIn(Schema):
    """When a draft appears in the library (发布)."""

    on: date


@calls.get("/drafts", roles=EDITORS, response=Page[DraftOut], summary="草稿")
def drafts(request: PortalRequest, wanted: Query[DraftFilter]) -> Any:
    return rows(selectors.drafts_in_scope(request.actor, wanted.q, wanted.status), wanted, _draft_json)


@calls.post("/drafts", roles=EDITORS, response={201: DraftOut}, summary="从文件起草（txt、md、html、docx、pdf）")
def start_draft(
    request: PortalRequest, response: HttpResponse, document: File[UploadedFile], body: Form[StartIn]
) -> Any:
    made = services.start_draft(request.actor, name=document.name or "", content=document.read(), **body.dict())
    response["Location"] = f"{PREFIX}drafts/{made.pk}"
    return Status(201, _draft_json(made))


@calls.get("/drafts/{int:draft_id}", roles=EDITORS, response=DraftOut, summary="一份草稿")
def draft(request: PortalRequest, response: HttpResponse, draft_id: RowId) -> Any:
    found = _draft(request, draft_id)
    response["ETag"] = tag(_version(found))
    return _draft_json(found)


@calls.get(
    "/drafts/{int:draft_id}/versions", roles=EDITORS, response=Page[VersionOut], summary="一份草稿的各版，新的在前"
)
def draft_versions(request: PortalRequest, draft_id: RowId, wanted: Query[Paging]) -> Any:
    return rows(selectors.versions_of(_draft(request, draft_id)), wanted, _version_json)


@calls.post(
    "/drafts/{int:draft_id}/versions", roles=EDITORS, versioned=True, response={201: VersionOut}, summary="保存一版",
    example={"base": 1, "files": {"measures/01-rd-subsidy.yaml": "…"}, "note": "上限改为一百万元"},
)  # fmt: skip
def save_version(request: PortalRequest, draft_id: RowId, body: SaveIn) -> Any:
    _heed(request, draft_id)
    made = services.save_version(
        request.actor, draft_id=draft_id, base=body.base, changed=body.files, note=body.note,
        derive_cases=body.derive_cases,
    )  # fmt: skip
    return Status(201, _version_json(made))


@calls.get(
    "/drafts/{int:draft_id}/versions/{int:number}", roles=EDITORS, response=VersionFull, summary="一版：文件与检查结果"
)
def draft_version(request: PortalRequest, draft_id: RowId, number: RowId) -> Any:
    found = _draft(request, draft_id)
    version = known(found.versions.select_related("author", "confirmed_by").filter(number=number).first())
    return _version_json(version) | {
        "files": version.files,
        "check": _check_json(selectors.checked_version(found, version)),
        "may_confirm": selectors.may_confirm(request.actor, found),
    }


@calls.post(
    "/drafts/{int:draft_id}/check", roles=EDITORS, changes=False, response=CheckOut, summary="改成这样会怎样：检查，不保存",
    example={"files": {"measures/01-rd-subsidy.yaml": "…"}},
)  # fmt: skip
def check_draft(request: PortalRequest, draft_id: RowId, body: FilesIn) -> Any:
    found = _draft(request, draft_id)
    kept = selectors.latest_version(found).files
    return _check_json(check_files(found.policy_id, {**kept, **{n: t for n, t in body.files.items() if n in kept}}))


@calls.post(
    "/drafts/{int:draft_id}/versions/{int:number}/confirm", roles=EDITORS, response=VersionOut,
    summary="确认一版：由没有写过它的人",
)  # fmt: skip
def confirm_version(request: PortalRequest, draft_id: RowId, number: RowId) -> Any:
    return _version_json(services.confirm_version(request.actor, draft_id=draft_id, number=number))


@calls.post(
    "/drafts/{int:draft_id}/versions/{int:number}/publish", roles=EDITORS, response=DraftOut, summary="决定发布一版",
    example={"on": "2027-01-01"},
)  # fmt: skip
def publish_draft(request: PortalRequest, draft_id: RowId, number: RowId, body: PublishIn) -> Any:
    return _draft_json(services.publish_draft(request.actor, draft_id=draft_id, number=number, on=body.on))


def _draft(request: PortalRequest, draft_id: int) -> Draft:
    return row_of(selectors.drafts_in_scope(request.actor), draft_id, _("没有这份草稿。"))


def _heed(request: PortalRequest, draft_id: int) -> None:
    with transaction.atomic():
        heed_version(request, _version(_draft(request, draft_id)))


def _version(found: Draft) -> str:
    latest = selectors.latest_version(found)
    return f"{latest.number}-{found.status}-{'confirmed' if latest.confirmed_by_id else 'open'}"


def _draft_json(found: Draft) -> Json:
    names = [name for name in DraftOut.model_fields if name != "author"]
    return {name: getattr(found, name) for name in names} | {"author": str(found.author)}


def _version_json(found: DraftVersion) -> Json:
    return {
        "number": found.number, "author": str(found.author), "note": found.note, "errors": found.error_count,
        "confirmed_by": str(found.confirmed_by or ""), "confirmed_at": found.confirmed_at,
        "created_at": found.created_at,
    }  # fmt: skip


def _check_json(found: Checked) -> Json:
    names = ("file", "line", "code", "message", "remedy", "severity")
    findings = [{name: getattr(each, name) for name in names} for each in found.findings]
    return {"errors": found.error_count, "findings": findings, "sentences": found.sentences}
