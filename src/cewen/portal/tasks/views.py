"""Pages of the tasks: the list, one task with its steps, units, evidence."""

from __future__ import annotations

from collections import Counter
from datetime import date
from operator import attrgetter
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.base.errors import CewenError
from cewen.portal.access import ADMINISTRATORS, Refused
from cewen.portal.accounts.selectors import organizations_in_scope
from cewen.portal.listing import asked_order, in_order, table_file
from cewen.portal.request import PortalRequest
from cewen.portal.submission import submit
from cewen.portal.tasks import selectors, services
from cewen.portal.tasks.domain import LAMP_ORDER, MOST_BYTES, TaskShown, export_rows, unit_loads
from cewen.portal.tasks.forms import DutyForm, StepForm
from cewen.portal.tasks.models import Evidence
from cewen.supervision.workflow import ROLE_LABELS

PAGE_SIZE = 50
LOAD_KEYS = {name: attrgetter(name) for name in ("unit", "open", "red", "yellow", "blue", "closed", "takes_part")}
"""What the list of units can be sorted by."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
def tasks(request: PortalRequest) -> HttpResponse:
    on = _day(request)
    wanted, words, sort = _wanted(request)
    rows = selectors.tasks(on, wanted, words, sort)
    everything = selectors.rows_on(on)
    lit = Counter(row.lamp for row in everything)
    first = {row.lamp: row for row in everything}
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), "count": len(rows), "wanted": wanted,
        "words": words, "sort": sort, "is_filtered": bool(words or any(wanted.values())), "on": on,
        "is_today": on == timezone.localdate(), "choices": selectors.choices(on),
        "lamps": [(first[lamp], lit[lamp]) for lamp in LAMP_ORDER if lit[lamp] and lamp != "none"],
        "unowned": sum(row.is_unowned for row in everything), "exports": ("csv", "xlsx"),
        "may_digest": request.actor.may(selectors.DIGEST_READERS),
        "may_escalate": request.actor.may(selectors.WIDE_READERS),
    }  # fmt: skip
    return render(request, "tasks/results.html" if request.htmx else "tasks/tasks.html", context)


def _wanted(request: PortalRequest) -> tuple[dict[str, str], str, str]:
    wanted = {name: request.GET.get(name, "").strip()[:200] for name in selectors.FILTERS}
    return (
        wanted,
        request.GET.get("q", "").strip()[:100],
        asked_order(request, ("lamp", "name", "lead", "state", "due"), "lamp"),
    )


@require_GET
def export(request: PortalRequest, kind: str) -> HttpResponse:
    if kind not in TYPES:
        raise Http404(_("只有 csv 与 xlsx。"))
    on = _day(request)
    rows = selectors.tasks(on, *_wanted(request))
    content = table_file(export_rows(rows, selectors.workflow(), selectors.units(), on), kind)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="tasks-{on}.{kind}"'
    return response


@require_GET
def digest(request: PortalRequest) -> HttpResponse:
    """The week as a Word file."""
    on = _day(request)
    response = HttpResponse(selectors.weekly_digest(on), content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="digest-{on}.docx"'
    return response


@require_GET
def task(request: PortalRequest, policy_id: str, task_key: str) -> HttpResponse:
    return _task(request, _found(request, policy_id, task_key))


def _found(request: PortalRequest, policy_id: str, task_key: str) -> TaskShown:
    row = selectors.find(_day(request), policy_id, task_key)
    if row is None:
        raise Http404(_("没有这件任务。"))
    return row


def _task(request: PortalRequest, row: TaskShown, tried: StepForm | None = None, edge: str = "", status: int = 200) -> HttpResponse:  # fmt: skip
    is_today = _day(request) == timezone.localdate()
    case, workflow, actor = row.case, selectors.workflow(), request.actor
    able = selectors.steps(actor, case) if is_today else ()
    forms = [
        {
            "name": name, "edge": rule,
            "form": tried if name == edge and tried is not None
            else StepForm(edge=rule, identities=held, auto_id=f"id_{name}_%s",
                          initial={"key": uuid4().hex, "owner": "" if case.owner else actor.name}),
            "is_open": name == edge,
        }
        for name, rule, held in able
    ]  # fmt: skip
    if tried is not None and edge not in {each["name"] for each in forms}:  # the step is gone: say why above
        for found in tried.errors.values():
            messages.error(request, " ".join(map(str, found)))
    reads = selectors.may_read(actor, case)
    files: dict[int, list[Evidence]] = {}
    for each in selectors.evidence_of(case) if reads else ():
        files.setdefault(each.event_id, []).append(each)
    context = {
        "row": row, "case": case, "task": case.task, "forms": forms, "on": _day(request), "is_today": is_today,
        "policy": row.policy_title, "reads": reads,
        "history": [
            {"event": event, "label": workflow.edges[event.step.edge].label, "role": ROLE_LABELS[event.step.actor.role],
             "files": files.get(event.number, []),
             "references": [text for text in event.step.evidence if "（SHA-256 " not in text]}
            for event in reversed(case.events)
        ],
        "waits_for": ROLE_LABELS.get(workflow.states[case.state].waits_for or "", "") if case.state in workflow.states else "",
    }  # fmt: skip
    return render(request, "tasks/task.html", context, status=status)


@require_POST
def step(request: PortalRequest, policy_id: str, task_key: str, edge: str) -> HttpResponse:
    row = _found(request, policy_id, task_key)
    rule = selectors.workflow().edges.get(edge)
    if rule is None:
        raise Http404(_("没有这个环节。"))
    # The forms offered are those of the state as it is now: one sent twice or too late still gets the workflow's sentence.
    held = tuple(each for each in selectors.identities(request.actor, row.case) if each.actor.role == rule.by)
    if not held:
        raise Refused(_("这一环节不由您的单位办理。"))
    form = StepForm(request.POST, request.FILES, edge=rule, identities=held, auto_id=f"id_{edge}_%s")

    def use_case() -> object:
        values = form.cleaned_data
        upload = values.get("file")
        if upload is not None and upload.size > MOST_BYTES:
            raise CewenError.of("CW750", f"“{upload.name}”超过 {MOST_BYTES // 1024 // 1024} MB", "压缩或分开提交。")
        return services.take_step(
            request.actor, task_id=row.case.task.id, edge=edge, identity=values["identity"],
            text=values.get("text", ""), owner=values.get("owner", ""), due=values.get("due"),
            references=[values["reference"]] if values.get("reference") else [],
            files=[(upload.name, upload.read())] if upload is not None else [], key=values.get("key", ""),
        )  # fmt: skip

    if submit(form, use_case) is None:
        return _task(request, row, form, edge, status=422)
    messages.success(request, _("已记入台账：%(step)s。") % {"step": rule.label})
    return redirect("tasks:task", policy_id=policy_id, task_key=task_key)


@require_GET
def evidence(request: PortalRequest, evidence_id: int) -> HttpResponse:
    found = Evidence.objects.filter(pk=evidence_id).first()
    if found is None:
        raise Http404(_("没有这份材料。"))
    spawned = next((row for row in selectors.rows_on() if row.case.task.id == found.task), None)
    if spawned is None or not selectors.may_read(request.actor, spawned.case):
        raise Refused(_("这份材料不在您的范围内。"))
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return response


@require_GET
def units(request: PortalRequest) -> HttpResponse:
    return _units(request)


def _units(request: PortalRequest, form: DutyForm | None = None, status: int = 200) -> HttpResponse:
    on, actor = _day(request), request.actor
    words = request.GET.get("q", "").strip()
    loads = [each for each in unit_loads(selectors.rows_on(on)) if words in each.unit]
    order = asked_order(request, LOAD_KEYS, "unit") if "sort" in request.GET else ""
    loads = in_order(loads, order, LOAD_KEYS) if order else loads
    kind = request.GET.get("file", "")
    if kind in TYPES:
        rows = ({name: getattr(each, name) for name in ("unit", "open", "red", "yellow", "blue", "closed", "takes_part")}
                for each in loads)  # fmt: skip
        response = HttpResponse(table_file(rows, kind), content_type=TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="units-{on}.{kind}"'
        return response
    context: dict[str, Any] = {"loads": loads, "words": words, "on": on, "sort": order, "today": timezone.localdate()}
    if actor.may(ADMINISTRATORS):
        context["duties"] = selectors.duties()
        context["form"] = form or DutyForm(
            organizations=organizations_in_scope(actor).exclude(kind__in=("enterprise", "expert_body")),
            initial={"starts_on": timezone.localdate()},
        )
    return render(request, "tasks/units.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add_duty(request: PortalRequest) -> HttpResponse:
    if request.method == "GET":
        return redirect("tasks:units")
    form = DutyForm(request.POST, organizations=organizations_in_scope(request.actor))
    if submit(form, lambda: services.answer_for_unit(request.actor, **form.cleaned_data)) is None:
        return _units(request, form, status=422)
    messages.success(request, _("已设定。"))
    return redirect("tasks:units")


@require_POST
def end_duty(request: PortalRequest, duty_id: int) -> HttpResponse:
    try:
        services.end_duty(request.actor, duty_id=duty_id)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这一项，或不在您的范围内。")) from error
    messages.success(request, _("已结束。"))
    return redirect("tasks:units")


@require_POST
def escalate(request: PortalRequest) -> HttpResponse:
    raised = services.escalate_late(request.actor)
    messages.success(request, _("提级 %(number)s 件。") % {"number": len(raised)})
    return redirect("tasks:tasks")


def _day(request: PortalRequest) -> date:
    """The day asked for by `on`, at most today."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today
