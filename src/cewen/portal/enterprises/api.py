"""Calls on the register: enterprises with their facts, imports, saved queries, claims."""

from __future__ import annotations

from typing import Any, Literal

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query
from ninja.files import UploadedFile
from ninja.responses import Status

from cewen.portal.access import SIGNED_IN
from cewen.portal.calls import (
    PREFIX,
    Calls,
    Page,
    Paging,
    RowId,
    heed_version,
    known,
    page,
    row_of,
    rows,
    sheet,
    tag,
)
from cewen.portal.enterprises import jobs, selectors, services, views
from cewen.portal.enterprises.forms import store_uploads
from cewen.portal.enterprises.models import Enterprise, FactChange, FactImport, FactRecord
from cewen.portal.enterprises.selectors import READERS
from cewen.portal.enterprises.services import DECIDERS, EDITORS
from cewen.portal.enterprises.shapes import (
    AwardOut,
    ChangeOut,
    ClaimIn,
    ClaimOut,
    DecisionIn,
    EnterpriseFilter,
    EnterpriseOut,
    EnterprisePage,
    FactIn,
    FactsOut,
    ImportOut,
    ObjectIn,
    ViewIn,
    ViewOut,
    claim_json,
    enterprise_json,
    import_json,
)
from cewen.portal.policies.selectors import corpus
from cewen.portal.request import PortalRequest

calls = Calls("企业")
_OPEN = READERS | EDITORS


# --- the list and one enterprise


@calls.get("/enterprises", roles=READERS, response=EnterprisePage, summary="企业库（在您的范围内）")
def register(request: PortalRequest, wanted: Query[EnterpriseFilter]) -> Any:
    query = selectors.RegisterQuery(wanted.q, wanted.region, wanted.size, wanted.field, wanted.awards, wanted.sort)
    if wanted.offset or (wanted.limit != selectors.PAGE_SIZE and not wanted.after):
        found = selectors.ordered(selectors.search(request.actor, query), wanted.sort)
        part = found[wanted.offset : wanted.offset + wanted.limit]
        return sheet([enterprise_json(each) for each in part], selectors.count_of(request.actor, query), wanted) | {
            "after": None
        }
    kept = selectors.page_of(request.actor, query, wanted.after)
    shape = sheet([enterprise_json(each) for each in kept.page.rows], kept.count, wanted)
    return shape | {"after": kept.page.after or None} | ({"next_offset": None} if wanted.after else {})


@calls.get("/enterprises/export", roles=READERS, files=["csv", "xlsx"], summary="筛出的企业，成文件")
def export_register(
    request: PortalRequest, wanted: Query[EnterpriseFilter], format: Literal["csv", "xlsx"] = "csv"
) -> HttpResponseBase:
    return views.export_xlsx(request) if format == "xlsx" else views.export_csv(request)


@calls.get("/enterprises/{uscc}", roles=_OPEN, response=EnterpriseOut, summary="一家企业")
def enterprise(request: PortalRequest, uscc: str) -> Any:
    return enterprise_json(_enterprise(request, uscc))


@calls.get("/enterprises/{uscc}/facts", roles=_OPEN, response=FactsOut, summary="一家企业的事实：逐年、来源、版本")
def facts_of(request: PortalRequest, response: HttpResponse, uscc: str) -> Any:
    record = selectors.record_of(_enterprise(request, uscc))
    response["ETag"] = tag(record.version)
    return {"uscc": uscc, "version": record.version, "facts": record.facts, "sources": record.sources,
            "objects": record.objects_known}  # fmt: skip


@calls.put(
    "/enterprises/{uscc}/facts", roles=EDITORS, versioned=True, response=dict[str, bool], summary="改一项事实",
    example={"key": "revenue", "year": "2023", "text": "6800万元", "source": "审计报告"},
)  # fmt: skip
def change_fact(request: PortalRequest, uscc: str, body: FactIn) -> Any:
    with transaction.atomic():
        _editable(request, uscc)
        return {"changed": services.change_fact(request.actor, uscc=uscc, **body.dict())}


@calls.post(
    "/enterprises/{uscc}/objects", roles=EDITORS, versioned=True, response={201: dict[str, str]},
    summary="新增一个项目、产品或园区", example={"subject": "project"},
)  # fmt: skip
def add_object(request: PortalRequest, uscc: str, body: ObjectIn) -> Any:
    with transaction.atomic():
        _editable(request, uscc)
        return Status(201, {"path": services.add_object(request.actor, uscc=uscc, subject=body.subject)})


@calls.delete("/enterprises/{uscc}/objects/{path}", roles=EDITORS, summary="删去一个项目、产品或园区")
def remove_object(request: PortalRequest, uscc: str, path: str) -> Any:
    with transaction.atomic():
        _editable(request, uscc)
        services.remove_object(request.actor, uscc=uscc, path=path)
    return Status(204, None)


@calls.get("/enterprises/{uscc}/history", roles=_OPEN, response=Page[ChangeOut], summary="一家企业的事实变更，新的在前")
def history(request: PortalRequest, uscc: str, wanted: Query[Paging]) -> Any:
    labels = {fact.key: fact.label for fact in corpus().vocabulary}
    found = FactChange.objects.select_related("person").filter(enterprise=_enterprise(request, uscc))
    names = ("at", "path", "key", "year", "old", "new", "source")
    return rows(
        found, wanted,
        lambda each: {name: getattr(each, name) for name in names}
        | {"label": labels.get(each.key, each.key), "person": each.person.name if each.person else ""},
    )  # fmt: skip


@calls.get("/enterprises/{uscc}/awards", roles=_OPEN, response=Page[AwardOut], summary="一家企业已获的奖补")
def awards(request: PortalRequest, uscc: str, wanted: Query[Paging]) -> Any:
    found = selectors.awards_of(_enterprise(request, uscc))
    names = ("measure", "on", "object", "tier")
    items = [
        {name: getattr(each, name) for name in names} | {"title": title, "amount_fen": each.amount}
        for each, title in found
    ]
    return page(items, wanted)


def _enterprise(request: PortalRequest, uscc: str) -> Enterprise:
    return known(selectors.enterprise_in_scope(request.actor, uscc), _("没有这家企业，或不在您的范围内。"))


def _editable(request: PortalRequest, uscc: str) -> None:
    """See that the caller may write to it and saw its newest version; one's own is opened when first written to."""
    if selectors.own_organizations(request.actor).filter(uscc=uscc).exists():
        services.open_own_enterprise(request.actor, uscc)
    found = _enterprise(request, uscc)
    record = FactRecord.objects.select_for_update(of=("self",)).filter(enterprise=found).first()
    heed_version(request, record.version if record else 1)


# --- imports


@calls.get("/imports", roles=DECIDERS, response=Page[ImportOut], summary="导入批次")
def imports(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.imports_in_scope(request.actor), wanted, import_json)


@calls.post("/imports", roles=DECIDERS, response={201: ImportOut}, summary="上传名册（xlsx、csv、parquet），逐行检查")
def upload_import(
    request: PortalRequest, response: HttpResponse, files: File[list[UploadedFile]], source: Form[str] = ""
) -> Any:
    folder, digest, size = store_uploads(files)
    names = "、".join(each.name or "" for each in files)
    found = services.receive_import(
        request.actor, file_name=names, stored_as=folder, size=size, sha256=digest, source=source
    )
    jobs.run(jobs.check_import, found)
    found.refresh_from_db()
    response["Location"] = f"{PREFIX}imports/{found.pk}"
    return Status(201, import_json(found))


@calls.get("/imports/{int:import_id}", roles=DECIDERS, response=ImportOut, summary="一批导入：到哪一步了")
def one_import(request: PortalRequest, import_id: RowId) -> Any:
    return import_json(_import(request, import_id))


@calls.get(
    "/imports/{int:import_id}/findings", roles=DECIDERS, response=Page[dict[str, Any]], summary="一批导入：逐行的问题"
)
def import_findings(request: PortalRequest, import_id: RowId, wanted: Query[Paging]) -> Any:
    return page(_import(request, import_id).findings, wanted)


@calls.get("/imports/{int:import_id}/findings/export", roles=DECIDERS, files=["xlsx"], summary="逐行的问题，成文件")
def export_findings(request: PortalRequest, import_id: RowId) -> HttpResponseBase:
    return views.findings_xlsx(request, import_id)


@calls.post("/imports/{int:import_id}/load", roles=DECIDERS, response=ImportOut, summary="确认载入一批")
def load_import(request: PortalRequest, import_id: RowId) -> Any:
    found = services.confirm_import(request.actor, import_id=_import(request, import_id).pk)
    jobs.run(jobs.load_import, found)
    found.refresh_from_db()
    return import_json(found)


def _import(request: PortalRequest, import_id: int) -> FactImport:
    found = row_of(selectors.imports_in_scope(request.actor), import_id, _("没有这一批。"))
    if jobs.is_stale(found):
        FactImport.objects.filter(pk=found.pk, stage=found.stage).update(stage=FactImport.Stage.FAILED)
        found.refresh_from_db()
    return found


# --- saved queries and claims


@calls.get("/views", roles=SIGNED_IN, response=Page[ViewOut], summary="我保存的查询")
def saved_views(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.saved_views(request.actor), wanted)


@calls.post(
    "/views", roles=SIGNED_IN, response={201: ViewOut}, summary="保存查询；同名的换成这一个",
    example={"name": "洪山区有收入的", "query": "region=420111&sort=-revenue"},
)  # fmt: skip
def save_view(request: PortalRequest, body: ViewIn) -> Any:
    return Status(201, services.save_view(request.actor, name=body.name, query=body.query))


@calls.delete("/views/{int:view_id}", roles=SIGNED_IN, summary="删去保存的查询")
def delete_view(request: PortalRequest, view_id: RowId) -> Any:
    services.delete_view(request.actor, view_id=view_id)
    return Status(204, None)


@calls.get("/claims", roles=DECIDERS, response=Page[ClaimOut], summary="待核实与已核实的认领（在您的范围内）")
def claims(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.claims_in_scope(request.actor), wanted, claim_json)


@calls.get("/claims/own", roles=SIGNED_IN, response=Page[ClaimOut], summary="我提交的认领")
def own_claims(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.claims_of(request.actor).select_related("person"), wanted, claim_json)


@calls.post(
    "/claims/own", roles=SIGNED_IN, response={201: ClaimOut}, summary="认领企业，等注册地的经办核实",
    example={"uscc": "91420100MA4KL0001X", "name": "示例软件公司", "region_code": "洪山区", "grounds": "财务负责人"},
)  # fmt: skip
def claim_enterprise(request: PortalRequest, body: ClaimIn) -> Any:
    return Status(201, claim_json(services.claim_enterprise(request.actor, **body.dict())))


@calls.post(
    "/claims/{int:claim_id}/decision", roles=DECIDERS, response=ClaimOut, summary="核实认领",
    example={"approve": True, "reason": ""},
)  # fmt: skip
def decide_claim(request: PortalRequest, claim_id: RowId, body: DecisionIn) -> Any:
    return claim_json(services.decide_claim(request.actor, claim_id=claim_id, approve=body.approve, reason=body.reason))
