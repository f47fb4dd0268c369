"""Calls on supervision: tasks, their steps with evidence, units and who answers for them, the weekly digest."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Query
from ninja.files import UploadedFile
from ninja.responses import Status

from cewen.base.errors import CewenError
from cewen.portal.access import ADMINISTRATORS, EVERYONE, OFFICERS
from cewen.portal.accounts.selectors import organizations_in_scope
from cewen.portal.calls import (
    Calls,
    Day,
    Json,
    OpenPage,
    Page,
    RowId,
    Words,
    contract,
    day,
    file,
    known,
    page,
    row_of,
    rows,
)
from cewen.portal.policies.selectors import corpus, edition
from cewen.portal.request import PortalRequest
from cewen.portal.tasks import selectors, services, views
from cewen.portal.tasks.domain import MOST_BYTES, TaskShown, unit_loads
from cewen.portal.tasks.models import UnitDuty
from cewen.portal.tasks.selectors import DIGEST_READERS, READERS, SUPERVISORS, events, head, units, workflow
from cewen.portal.tasks.shapes import (
    DutyIn,
    DutyOut,
    StepIn,
    TaskFilter,
    TaskFull,
    UnitOut,
)
from cewen.supervision.contract import task_json
from cewen.supervision.journal import cases_on

MOST_FILES = 5

calls = Calls("督办任务")


@calls.get("/tasks", roles=EVERYONE, response=OpenPage, summary="督办任务")
def tasks(request: HttpRequest, wanted: Query[TaskFilter]) -> Any:
    on, words = day(wanted.on), wanted.q.split()
    fitting = [
        each
        for each in _tasks(f"{edition().digest} {head()}", on)
        if wanted.policy in ("", each["policy"])
        and wanted.lamp in ("", each["lamp"])
        and wanted.state in ("", each["state"])
        and (not wanted.unit or wanted.unit in each["responsible"] or wanted.unit in (each["lead"] or "").split("、"))
        and all(word in f"{each['title']}{each['clause']}" for word in words)
    ]
    return contract({"on": on.isoformat(), **page(fitting, wanted)})


@lru_cache(maxsize=16)
def _tasks(digest: str, on: date) -> tuple[Json, ...]:
    del digest  # part of the key only
    return tuple(task_json(case, workflow(), units(), on) for case in cases_on(corpus(), events(), workflow(), on))


@calls.get("/tasks/export", roles=READERS, files=["csv", "xlsx"], summary="督办任务，成文件")
def export_tasks(
    request: PortalRequest, wanted: Query[TaskFilter], format: Literal["csv", "xlsx"] = "csv"
) -> HttpResponseBase:
    return views.export(request, format)


@calls.get("/tasks/digest", roles=DIGEST_READERS, files=["docx"], summary="一周督办简报")
def task_digest(request: PortalRequest, wanted: Query[Day]) -> HttpResponse:
    on = min(day(wanted.on), timezone.localdate())
    return file(selectors.weekly_digest(on), f"digest-{on}", "docx")


@calls.post("/tasks/escalations", roles=SUPERVISORS | ADMINISTRATORS, response=dict[str, list[str]], summary="逾期提级")
def escalate_tasks(request: PortalRequest) -> Any:
    return {"raised": [each.step.task for each in services.escalate_late(request.actor)]}


@calls.post(
    "/tasks/{path:policy_id}/{task_key}/steps/{edge}", roles=OFFICERS | SUPERVISORS, response=TaskFull,
    summary="办理一个环节，可附佐证材料",
)  # fmt: skip
def take_step(
    request: PortalRequest, policy_id: str, task_key: str, edge: str, body: Form[StepIn],
    files: File[list[UploadedFile] | None] = None,
) -> Any:  # fmt: skip
    on, given = timezone.localdate(), files or []
    row = known(selectors.find(on, policy_id, task_key), _("没有这件任务。"))
    known(workflow().edges.get(edge), _("没有这个环节。"))
    if len(given) > MOST_FILES:
        raise ValidationError({"files": _("一次至多 %(most)d 份材料。") % {"most": MOST_FILES}})
    for each in given:
        if (each.size or 0) > MOST_BYTES:
            raise CewenError.of("CW750", f"“{each.name}”超过 {MOST_BYTES // 1024 // 1024} MB", "压缩或分开提交。")
    services.take_step(
        request.actor, task_id=row.case.task.id, edge=edge, identity=body.identity, text=body.text, owner=body.owner,
        due=body.due, references=[body.reference] if body.reference else [], key=body.key,
        files=[(each.name or "", each.read()) for each in given],
    )  # fmt: skip
    return _task_json(request, known(selectors.find(on, policy_id, task_key)), on)


@calls.get("/tasks/{path:policy_id}/{task_key}", roles=READERS, response=TaskFull, summary="一件任务：经过与可办的环节")
def task(request: PortalRequest, policy_id: str, task_key: str, wanted: Query[Day]) -> Any:
    on = min(day(wanted.on), timezone.localdate())
    return _task_json(request, known(selectors.find(on, policy_id, task_key), _("没有这件任务。")), on)


def _task_json(request: PortalRequest, row: TaskShown, on: date) -> Json:
    case, reads = row.case, selectors.may_read(request.actor, row.case)
    able = selectors.steps(request.actor, case) if on == timezone.localdate() else ()
    files: dict[int, list[Json]] = {}
    for held in selectors.evidence_of(case) if reads else ():
        files.setdefault(held.event_id, []).append({"id": held.pk, "name": held.name, "sha256": held.sha256})
    happened = [
        {"number": each.number, "edge": each.step.edge, "label": workflow().edges[each.step.edge].label,
         "on": each.step.on, "unit": each.step.actor.unit, "person": each.step.actor.person, "text": each.step.text,
         "evidence": list(each.step.evidence), "files": files.get(each.number, [])}
        for each in case.events
    ]  # fmt: skip
    return {
        "on": on, "task": task_json(case, workflow(), units(), on), "is_open": reads, "events": happened if reads else [],
        "steps": [{"edge": name, "label": rule.label,
                   "identities": [{"key": each.key, "words": each.words} for each in held]}
                  for name, rule, held in able],
    }  # fmt: skip


@calls.get("/evidence/{int:evidence_id}", roles=READERS, files=["any"], summary="一份佐证材料")
def evidence(request: PortalRequest, evidence_id: RowId) -> HttpResponseBase:
    return views.evidence(request, evidence_id)


# --- units


@calls.get("/units", roles=READERS, response=Page[UnitOut], summary="各单位的任务数")
def unit_list(request: PortalRequest, wanted: Query[Words], on: date | None = None) -> Any:
    found = [each for each in unit_loads(selectors.rows_on(day(on))) if wanted.q in each.unit]
    names = tuple(UnitOut.model_fields)
    return page([{name: getattr(each, name) for name in names} for each in found], wanted)


@calls.get("/duties", roles=ADMINISTRATORS, response=Page[DutyOut], summary="哪个组织对应文件里的哪个单位")
def duties(request: PortalRequest, wanted: Query[Words]) -> Any:
    return rows(selectors.duties().filter(unit__icontains=wanted.q), wanted, _duty_json)


@calls.post(
    "/duties", roles=ADMINISTRATORS, response={201: DutyOut}, summary="设定单位对应",
    example={"organization": 1, "unit": "市经信局", "starts_on": "2027-01-01", "ends_on": None},
)  # fmt: skip
def add_duty(request: PortalRequest, body: DutyIn) -> Any:
    organization = row_of(
        organizations_in_scope(request.actor), body.organization, _("没有这个组织，或不在您的范围内。")
    )
    made = services.answer_for_unit(
        request.actor, organization=organization, unit=body.unit, starts_on=body.starts_on, ends_on=body.ends_on
    )
    return Status(201, _duty_json(made))


@calls.delete("/duties/{int:duty_id}", roles=ADMINISTRATORS, summary="结束单位对应")
def end_duty(request: PortalRequest, duty_id: RowId) -> Any:
    services.end_duty(request.actor, duty_id=duty_id)
    return Status(204, None)


def _duty_json(found: UnitDuty) -> Json:
    names = ("id", "unit", "starts_on", "ends_on")
    return {name: getattr(found, name) for name in names} | {"organization": found.organization.name}
