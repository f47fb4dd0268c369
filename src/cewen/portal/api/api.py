"""The calls of the interface: each reads its arguments, asks a selector or a use case, and answers in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import HttpError
from ninja.errors import ValidationError as ShapeError
from ninja.openapi.schema import OpenAPISchema
from ninja.responses import Status

from cewen import __version__
from cewen.base.errors import CewenError
from cewen.engine.explain import explain_json
from cewen.engine.read_facts import load_json
from cewen.engine.simulate.contract import simulation_json
from cewen.portal.access import Refused
from cewen.portal.api import forms, selectors
from cewen.portal.api.domain import PREFIX, PROBLEM, fields_json, findings_json, page_of, problem_json
from cewen.portal.audit.selectors import events_in_scope
from cewen.portal.enterprises import selectors as enterprises
from cewen.portal.enterprises import services as enterprise_services
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms import selectors as reforms
from cewen.portal.reforms import services as reform_services
from cewen.portal.reforms.domain import reform_file
from cewen.portal.registry import wake_jobs
from cewen.portal.request import PortalRequest
from cewen.portal.runs import selectors as runs
from cewen.portal.runs import services as run_services
from cewen.portal.runs.models import Run

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
_METHODS = ("get", "post", "put", "delete")
_DESCRIPTION = """策问的接口：页面能做的，程序也能做。

令牌在“我的账户”签发，放在 `Authorization: Bearer …`；读公开内容不用令牌。错误一律是 RFC 9457 的 problem+json。
读取给 ETag，带 If-None-Match 再问，没有变的答 304。写入可带 Idempotency-Key：同一个键重发，只办一次，答复相同；
内容不同的答 422。超过每分钟的次数答 429，Retry-After 说等多少秒。金额：字符串为元、两位小数；名称带 `_fen` 的为分。"""


class Interface(NinjaAPI):
    """Interface (接口) whose OpenAPI document also tells of problems, entity tags, keys and tokens."""

    def get_root_path(self, path_params: Any) -> str:
        """Where the calls stand; the namespace lies inside another one, which django-ninja does not expect."""
        return PREFIX

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        found["components"].setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
        for methods in found["paths"].values():
            for method, operation in methods.items():
                if method in _METHODS:
                    _complete(method, operation)
        return found


def _complete(method: str, operation: dict[str, Any]) -> None:
    operation["security"] = [{}, {"token": []}]
    parameters = operation.setdefault("parameters", [])
    text = {"type": "string", "maxLength": 200, "pattern": '^[A-Za-z0-9"*-]*$'}
    responses = operation["responses"]
    if method == "get":
        parameters.append({"in": "header", "name": "If-None-Match", "required": False, "schema": text})
        responses[304] = {"description": "没有变"}
    else:
        parameters.append({"in": "header", "name": "Idempotency-Key", "required": False, "schema": text})
    shape = {"$ref": "#/components/schemas/Problem"}
    for status in (400, 401, 403, 404, 409, 413, 415, 422, 429):
        responses[status] = {"description": "错误", "content": {PROBLEM: {"schema": shape}}}


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


def _contract(body: Mapping[str, Any]) -> HttpResponse:
    """An answer whose shape is that of the contract, sent as it is."""
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@api.exception_handler(ShapeError)
def _ill_shaped(request: HttpRequest, error: ShapeError) -> HttpResponse:
    errors = [{"pointer": "/".join(map(str, each["loc"])), "detail": str(each["msg"])} for each in error.errors]
    return _problem(422, _("参数或内容的格式不对。"), errors=errors)


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return _problem(422, "；".join(error.messages), errors=fields_json(found))


@api.exception_handler(CewenError)
def _faulty(request: HttpRequest, error: CewenError) -> HttpResponse:
    first = error.diagnostics[0]
    return _problem(422, f"{first.message}。{first.remedy}", findings=findings_json(error.diagnostics))


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
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


def _day(asked: date | None) -> date:
    if asked is None:
        return timezone.localdate()
    if not FIRST_DAY <= asked <= LAST_DAY:
        raise ValidationError({"on": _("日期在 1990 年至 2100 年之间。")})
    return asked


def _known(found: selectors.Json | None) -> selectors.Json:
    if found is None:
        raise Http404(_("没有这一项。"))
    return found


# --- policies


@api.get("/policies", response=forms.Page[forms.PolicyOut], tags=["政策"], summary="政策")
def policies(request: HttpRequest, wanted: Query[forms.PolicyFilter]) -> Any:
    day = _day(wanted.on)
    found = selectors.find_policies(day, wanted.q, wanted.issuer, wanted.region, wanted.status)
    return page_of(found, wanted.limit, wanted.offset)


@api.get(
    "/policies/{path:policy_id}/clauses", response=forms.Page[forms.ClauseOut], tags=["政策"], summary="一份政策的条文"
)
def clauses(request: HttpRequest, policy_id: str, wanted: Query[forms.Paging]) -> Any:
    found = selectors.clause_list(policy_id)
    if found is None:
        raise Http404(_("没有这份政策。"))
    return page_of(found, wanted.limit, wanted.offset)


@api.get(
    "/policies/{path:policy_id}/clauses/{path:clause_path}",
    response=forms.ClauseFull,
    tags=["政策"],
    summary="一条条文：原文与它的作用",
)
def clause(request: HttpRequest, policy_id: str, clause_path: str) -> Any:
    return _known(selectors.clause_json(policy_id, clause_path))


@api.get(
    "/policies/{path:policy_id}/measures/{measure_id}", response=forms.MeasureOut, tags=["政策"], summary="一条措施"
)
def measure(request: HttpRequest, policy_id: str, measure_id: str, on: date | None = None) -> Any:
    return _known(selectors.find_measure(policy_id, measure_id, _day(on)))


@api.get("/policies/{path:policy_id}", response=forms.PolicyOut, tags=["政策"], summary="一份政策")
def policy(request: HttpRequest, policy_id: str, on: date | None = None) -> Any:
    found = corpus().policy(policy_id)
    if found is None:
        raise Http404(_("没有这份政策。"))
    return selectors.policy_json(found, _day(on))


@api.get("/measures", response=forms.Page[forms.MeasureOut], tags=["政策"], summary="措施")
def measures(request: HttpRequest, wanted: Query[forms.MeasureFilter]) -> Any:
    found = selectors.find_measures(_day(wanted.on), wanted.q, wanted.policy, wanted.subject, wanted.in_force)
    return page_of(found, wanted.limit, wanted.offset)


@api.get("/targets", response=forms.OpenPage, tags=["目标与任务"], summary="目标到哪一步了")
def targets(request: HttpRequest, wanted: Query[forms.TargetFilter]) -> Any:
    day = _day(wanted.on)
    found = selectors.find_targets(day, wanted.policy, wanted.region, wanted.status)
    return _paged(day, found, wanted)


@api.get("/tasks", response=forms.OpenPage, tags=["目标与任务"], summary="督办任务")
def tasks(request: HttpRequest, wanted: Query[forms.TaskFilter]) -> Any:
    day = _day(wanted.on)
    return _paged(day, selectors.find_tasks(day, wanted.policy, wanted.unit, wanted.lamp), wanted)


def _paged(day: date, found: list[selectors.Json], wanted: forms.Paging) -> HttpResponse:
    page = page_of(found, wanted.limit, wanted.offset)
    shape = {"items": list(page.items), "count": page.count, "next_offset": page.next_offset}
    return _contract({"on": day.isoformat()} | shape)


@api.get("/facts", response=list[forms.FactOut], tags=["测算"], summary="可填的事实")
def facts(request: HttpRequest) -> Any:
    return selectors.facts_json()


# --- calculation: nothing is kept


def _body(request: HttpRequest) -> Any:
    """The body with exact decimals. Raises CewenError (CW600) for what is no JSON."""
    try:
        return load_json(request.body.decode("utf-8-sig"), "facts")
    except UnicodeDecodeError as error:
        raise CewenError.of("CW600", "内容不是 UTF-8 编码", "用 UTF-8 发送。") from error


@api.post(
    "/explain", response=forms.ExplainOut, tags=["测算"], summary="一家企业：能得什么、多少、依据哪一条、还缺什么"
)
def explain(request: HttpRequest, body: forms.SheetIn, when: Query[forms.When]) -> Any:
    found = selectors.explain_facts(_body(request), _day(when.on), when.year, when.as_if_in_force)
    return _contract(explain_json(found))


@api.post("/evaluate", response=forms.EvaluateOut, tags=["测算"], summary="一册企业（至多一百家）逐家测算")
def evaluate(request: HttpRequest, body: forms.SheetsIn, when: Query[forms.When]) -> Any:
    entries = _body(request)["enterprises"]
    return _contract(selectors.evaluate_facts(entries, _day(when.on), when.year, when.as_if_in_force))


@api.post("/read", response=forms.ReadOut, tags=["测算"], summary="读一份公文的文本")
def read(request: HttpRequest, body: forms.TextIn) -> Any:
    return _contract(selectors.read_text(body.text, body.name))


# --- the register


@api.get("/enterprises", response=forms.EnterprisePage, tags=["企业"], summary="企业库（在您的范围内）")
def register(request: PortalRequest, wanted: Query[forms.EnterpriseFilter]) -> Any:
    query = enterprises.RegisterQuery(wanted.q, wanted.region, wanted.size, wanted.field, wanted.awards, wanted.sort)
    page = enterprises.page_of(request.actor, query, wanted.after).page
    return {"items": [_row(each) for each in page.rows], "after": page.after or None}


@api.get("/enterprises/{uscc}", response=forms.EnterpriseOut, tags=["企业"], summary="一家企业")
def enterprise(request: PortalRequest, uscc: str) -> Any:
    return _row(_enterprise(request, uscc))


@api.get("/enterprises/{uscc}/entitlements", response=forms.ExplainOut, tags=["企业"], summary="库里一家企业能得什么")
def entitlements(request: PortalRequest, uscc: str, when: Query[forms.When]) -> Any:
    held = enterprises.factsheet_of(_enterprise(request, uscc))
    found = selectors.explain_sheet(held, _day(when.on), when.year, when.as_if_in_force)
    return _contract(explain_json(found))


@api.put("/enterprises/{uscc}/facts", response=dict[str, bool], tags=["企业"], summary="改一项事实")
def change_fact(request: PortalRequest, uscc: str, body: forms.FactIn) -> Any:
    _enterprise(request, uscc)
    return {"changed": enterprise_services.change_fact(request.actor, uscc=uscc, **body.dict())}


def _enterprise(request: PortalRequest, uscc: str) -> Enterprise:
    found = enterprises.enterprise_in_scope(request.actor, uscc)
    if found is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    return found


def _row(row: Enterprise) -> selectors.Json:
    names = (
        "uscc", "name", "region_code", "size", "fields", "revenue_year", "employees", "employees_year", "award_count"
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"revenue_fen": row.revenue}


# --- runs and reforms: over the register in one's own scope


@api.get("/runs", response=forms.Page[forms.RunOut], tags=["测算与改革"], summary="我发起的测算")
def runs_list(request: PortalRequest, wanted: Query[forms.RunFilter]) -> Any:
    return _rows(runs.runs_in_scope(request.actor, wanted.q, wanted.status), wanted)


@api.post("/runs", response={201: forms.RunOut}, tags=["测算与改革"], summary="发起一次测算")
def start_run(request: PortalRequest, response: HttpResponse, body: forms.RunIn) -> Any:
    _day(body.on)
    found = run_services.start_run(request.actor, **body.dict())
    transaction.on_commit(wake_jobs)
    response["Location"] = f"{PREFIX}runs/{found.pk}"
    return Status(201, found)


@api.get("/runs/{int:run_id}", response=forms.RunOut, tags=["测算与改革"], summary="一次测算：进度与合计")
def run(request: PortalRequest, run_id: int) -> Any:
    return _run(request, run_id)


@api.post("/runs/{int:run_id}/cancel", response=forms.RunOut, tags=["测算与改革"], summary="取消测算")
def cancel_run(request: PortalRequest, run_id: int) -> Any:
    return run_services.cancel_run(request.actor, run_id=_run(request, run_id).pk)


@api.get(
    "/runs/{int:run_id}/rows", response=forms.Page[dict[str, Any]], tags=["测算与改革"], summary="一次测算的逐条结果"
)
def run_rows(request: PortalRequest, run_id: int, wanted: Query[forms.RowFilter]) -> Any:
    found = _run(request, run_id)
    if not runs.may_see_rows(request.actor):
        raise Refused(_("您的角色只看合计，不看单个企业。"))
    if not found.result:
        raise Http404(_("这次测算还没有结果。"))
    table = runs.result_rows(found, wanted.q, wanted.measure, wanted.sort)
    end = wanted.offset + wanted.limit
    items = table.slice(wanted.offset, wanted.limit).to_pylist()
    shape = {"items": items, "count": table.num_rows, "next_offset": end if end < table.num_rows else None}
    return JsonResponse(shape, json_dumps_params={"ensure_ascii": False})


@api.post("/simulate", response=forms.SimulationOut, tags=["测算与改革"], summary="改革试算：花多少、谁得谁失")
def simulate(request: PortalRequest, body: forms.ReformIn) -> Any:
    asked = reforms.Asked(_day(body.on), body.year, body.as_if_in_force)
    found = reforms.simulate(request.actor, reform_file(body.reform), asked)
    return _contract(simulation_json(found.simulation))


@api.get("/scenarios", response=forms.Page[forms.ScenarioOut], tags=["测算与改革"], summary="我保存的方案")
def scenarios(request: PortalRequest, wanted: Query[forms.Paging]) -> Any:
    return _rows(reforms.scenarios_in_scope(request.actor), wanted)


@api.post("/scenarios", response={201: forms.ScenarioOut}, tags=["测算与改革"], summary="保存一个方案")
def save_scenario(request: PortalRequest, body: forms.ScenarioIn) -> Any:
    asked = reforms.Asked(_day(body.on), body.year, body.as_if_in_force)
    kept = reform_services.save_scenario(
        request.actor, title=body.title, note=body.note, reform=body.reform, asked=asked
    )
    return Status(201, kept)


def _rows(rows: QuerySet[Any], wanted: forms.Paging) -> selectors.Json:
    count, end = rows.count(), wanted.offset + wanted.limit
    return {"items": list(rows[wanted.offset : end]), "count": count, "next_offset": end if end < count else None}


def _run(request: PortalRequest, run_id: int) -> Run:
    found = runs.run_in_scope(request.actor, run_id)
    if found is None:
        raise Http404(_("没有这次测算，或不是您发起的。"))
    return found


# --- oneself and the record


@api.get("/me", response=dict[str, Any], tags=["账户"], summary="令牌是谁的、有哪些角色")
def me(request: PortalRequest) -> Any:
    actor = request.actor
    grants = [
        {"role": grant.role, "organization": grant.organization_id, "region_code": grant.region_code,
         "scheme": grant.scheme, "on_behalf_of": grant.on_behalf_of}
        for grant in actor.grants
    ]  # fmt: skip
    return {"name": actor.name, "roles": sorted(actor.roles), "grants": grants}


@api.get("/events", response=forms.Page[forms.EventOut], tags=["账户"], summary="审计事件")
def events(request: PortalRequest, wanted: Query[forms.EventFilter]) -> Any:
    page = _rows(events_in_scope(request.actor, subject=wanted.subject, by=wanted.by, action=wanted.action), wanted)
    names = ("sequence", "at", "actor", "actor_name", "on_behalf_of", "action", "subject", "digest")
    items = [{name: getattr(each, name) for name in names} | {"data": json.loads(each.data)} for each in page["items"]]
    return page | {"items": items}
