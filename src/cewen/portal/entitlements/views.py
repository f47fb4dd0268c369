"""Pages of the entitlements: one's own, with facts edited in place; what if; the calculator without an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.engine.fact_value import ValueFault
from cewen.portal.accounts.selectors import regions
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.enterprises.selectors import claims_of, enterprise_in_scope
from cewen.portal.enterprises.services import add_object, change_fact, open_own_enterprise, remove_object
from cewen.portal.entitlements import forms, selectors
from cewen.portal.entitlements.domain import Entitlements, question_of
from cewen.portal.entitlements.services import SPREADSHEET, WRITERS, take_over
from cewen.portal.policies.selectors import corpus
from cewen.portal.request import PortalRequest
from cewen.rules.facts import COLLECTIONS, SUBJECTS

_SESSION, _UPLOAD = "calculator", "own_facts"


# --- one's own -------------------------------------------------------------------------------------------------------


def _own(request: PortalRequest) -> tuple[Enterprise | None, list[tuple[str, str]]]:
    return selectors.own_enterprise(request.actor, request.POST.get("uscc") or request.GET.get("uscc") or "")


def _own_or_404(request: PortalRequest) -> Enterprise:
    enterprise, _all = _own(request)
    if enterprise is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    return enterprise


def _found(request: PortalRequest, enterprise: Enterprise) -> Entitlements:
    return selectors.entitlements_of(
        enterprise, forms.asked_day(request, timezone.localdate()), forms.is_supposed(request)
    )


@require_GET
def mine(request: PortalRequest) -> HttpResponse:
    return _mine(request)


def _mine(request: PortalRequest) -> HttpResponse:
    enterprise, own = _own(request)
    if enterprise is None:
        return render(request, "entitlements/nothing.html", {"own": own}, status=200 if not own else 404)
    found = _found(request, enterprise)
    answered = selectors.answer_slots(request.session.get(_SESSION, {}))
    context = {
        **selectors.panel(found, "mine", timezone.localdate(), enterprise),
        "own": own,
        "answered": len(answered),
    }
    return render(request, "entitlements/panel.html" if request.htmx else "entitlements/mine.html", context)


@require_GET
def fact(request: PortalRequest) -> HttpResponse:
    """One fact: what it means, its value and who says so, its history, and the field that changes it."""
    enterprise = _own_or_404(request)
    return _fact(request, _found(request, enterprise), "mine", enterprise)


def _fact(
    request: PortalRequest, found: Entitlements, mode: str, enterprise: Enterprise | None = None, error: str = ""
) -> HttpResponse:
    given = request.POST or request.GET
    slot = given.get("path", ""), given.get("key", ""), given.get("year", "")
    known = forms.find_fact(found.plan, found.sheet, slot, selectors.sources_of(enterprise))
    if known is None:
        raise Http404(_("没有登记这个事实，或年份不对。"))
    record, line = known
    text = forms.joined(request.POST.getlist("text")) if error else line.question.text
    context = {
        "line": line, "record": record, "found": found, "mode": mode, "enterprise": enterprise,
        "question": replace(line.question, text=text.removesuffix("万元"), error=error),
        "slot": forms.place_of(request) or line.question.id, "uses": selectors.uses_of(found.plan, slot[1]),
        "region_names": selectors.region_names() if line.question.control == "region" else [],
        "links": selectors.links(mode, found, enterprise.uscc if enterprise else ""),
        "history": selectors.history_of(enterprise, *slot) if enterprise else [],
    }  # fmt: skip
    template = "entitlements/fact_form.html" if request.htmx else "entitlements/fact.html"
    return render(request, template, context, status=422 if error else 200)


@require_POST
def save_fact(request: PortalRequest) -> HttpResponse:
    enterprise = _own_or_404(request)
    path, key, year, source = (request.POST.get(name, "") for name in ("path", "key", "year", "source"))
    open_own_enterprise(request.actor, enterprise.uscc)
    declared = next((each for each in corpus().vocabulary if each.key == key), None)
    text = forms.in_wan(declared, forms.typed(request)) if declared else ""
    try:
        change_fact(request.actor, uscc=enterprise.uscc, path=path, key=key, year=year, text=text, source=source)
    except ValidationError as refused:
        enterprise = _own_or_404(request)
        shown = _fact(request, _found(request, enterprise), "mine", enterprise, "".join(refused.messages))
        if request.htmx and forms.place_of(request):
            shown["HX-Retarget"] = f"#slot-{forms.place_of(request)}"
        return shown
    return _after(request, enterprise)


@require_POST
def save_object(request: PortalRequest) -> HttpResponse:
    enterprise = _own_or_404(request)
    open_own_enterprise(request.actor, enterprise.uscc)
    try:
        if request.POST.get("remove"):
            remove_object(request.actor, uscc=enterprise.uscc, path=request.POST["remove"])
        else:
            add_object(request.actor, uscc=enterprise.uscc, subject=request.POST.get("subject", ""))
    except ValidationError as refused:
        messages.error(request, "".join(refused.messages))
    return _after(request, enterprise)


@require_POST
def carry(request: PortalRequest) -> HttpResponse:
    """What was answered in the calculator becomes the enterprise's own facts; then the answers are forgotten."""
    enterprise, answers = _own_or_404(request), request.session.get(_SESSION, {})
    if request.POST.get("drop"):
        request.session.pop(_SESSION, None)
        return _after(request, enterprise)
    objects = [each["subject"] for each in answers.get("objects", ())]
    try:
        count = take_over(
            request.actor, uscc=enterprise.uscc, slots=selectors.answer_slots(answers), source=_("算一算时自行填报"),
            objects=objects,
        )  # fmt: skip
    except ValidationError as refused:
        messages.error(request, "".join(refused.messages))
    else:
        request.session.pop(_SESSION, None)
        messages.success(request, _("已存入 %(count)d 项事实。") % {"count": count})
    return _after(request, enterprise)


def _after(request: PortalRequest, enterprise: Enterprise) -> HttpResponse:
    if request.htmx:
        return _mine(request)
    return redirect(
        reverse("entitlements:mine") + selectors.links("mine", _found(request, enterprise), enterprise.uscc)["query"]
    )


@require_GET
def lines(request: PortalRequest) -> HttpResponse:
    enterprise = _own_or_404(request)
    return _lines(request, _found(request, enterprise), "mine", enterprise)


def _lines(
    request: PortalRequest, found: Entitlements, mode: str, enterprise: Enterprise | None = None
) -> HttpResponse:
    """One line opened, the lines of a state, or all of them opened on one sheet, as it is printed."""
    wanted, state = request.GET.get("line", ""), request.GET.get("state", "")
    shown, today = selectors.lines_shown(found, wanted, state), timezone.localdate()
    if wanted and not shown:
        raise Http404(_("没有这条措施。"))
    context = {
        "found": found, "mode": mode, "enterprise": enterprise, "today": today, "shown": shown,
        "is_trial": found.on != today or found.as_if_in_force,
        "links": selectors.links(mode, found, enterprise.uscc if enterprise else ""),
    }  # fmt: skip
    if request.GET.get("part") == "sums" and request.htmx:
        return render(request, "entitlements/short.html", context)
    if request.GET.get("part") == "steps":
        context |= {"steps": selectors.steps_of(found), "shown": []}
        if request.htmx:
            return render(request, "entitlements/steps.html", context)
    if request.htmx and wanted:
        return render(request, "entitlements/inside.html", {**context, "line": shown[0][2][0]})
    if request.htmx and state:
        return render(request, "entitlements/rows.html", {**context, "lines": shown[0][2] if shown else []})
    return render(request, "entitlements/sheet.html", context)


@require_GET
def what_if(request: PortalRequest) -> HttpResponse:
    """Own facts moved, nothing saved."""
    enterprise, own = _own(request)
    if enterprise is None:
        return render(request, "entitlements/nothing.html", {"own": own}, status=200 if not own else 404)
    before, today = _found(request, enterprise), timezone.localdate()
    moved = forms.moved_facts(request.GET, corpus().vocabulary)
    sheet, faults = selectors.with_moved(before.sheet, moved)
    after = Entitlements(before.plan, sheet, before.as_if_in_force)
    context = {
        "enterprise": enterprise, "own": own, "before": before, "found": after, "today": today, "faults": faults,
        "shifts": selectors.shifts(before, after), "controls": forms.controls_of(before.plan, before.sheet, moved),
        "useful": selectors.useful_day(today), "mode": "what_if", "is_trial": before.on != today or before.as_if_in_force,
    }  # fmt: skip
    return render(request, "entitlements/shifts.html" if request.htmx else "entitlements/what_if.html", context)


@require_GET
def export_mine(request: PortalRequest, kind: str) -> HttpResponseBase:
    enterprise = _own_or_404(request)
    return _export(_found(request, enterprise), enterprise.name, kind)


def _export(found: Entitlements, name: str, kind: str) -> HttpResponseBase:
    if kind not in WRITERS:
        raise Http404(_("没有这种导出。"))
    media, write = WRITERS[kind]
    return _file(write(found, name), media, f"{name}可享措施-{found.on}.{kind}")


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_http_methods(["GET", "POST"])
def own_facts(request: PortalRequest) -> HttpResponseBase:
    """Own facts by workbook: the sheet to fill, what it would change row by row, and then the change."""
    enterprise = _own_or_404(request)
    found = _found(request, enterprise)
    if request.GET.get("format") == "xlsx":
        content = forms.facts_workbook(found.plan, found.sheet)
        return _file(content, SPREADSHEET, f"{enterprise.name}事实-{found.on}.xlsx")
    context: dict[str, Any] = {
        "enterprise": enterprise,
        "found": found,
        "links": selectors.links("mine", found, enterprise.uscc),
    }
    if request.method == "POST" and request.POST.get("confirm"):
        slots = [tuple(each) for each in request.session.pop(_UPLOAD, {}).get(enterprise.uscc, [])]
        try:
            count = take_over(
                request.actor, uscc=enterprise.uscc, slots=slots, source=request.POST.get("source", "") or _("事实表")
            )
            messages.success(request, _("已存入 %(count)d 项事实。") % {"count": count})
            return _after(request, enterprise)
        except ValidationError as refused:
            context["error"] = "".join(refused.messages)
    elif request.method == "POST":
        try:
            content = b"".join(each.read() for each in request.FILES.getlist("file")[:1])
            rows = forms.read_facts_workbook(content, found.plan, found.sheet)
            faults = sum(bool(each.fault) for each in rows)
            context |= {"rows": rows, "faults": faults, "good": len(rows) - faults, "read": True}
            request.session[_UPLOAD] = {enterprise.uscc: [(*each.slot, each.text) for each in rows if not each.fault]}
        except ValueError as wrong:
            context["error"] = str(wrong)
    return render(request, "entitlements/own_facts.html", context, status=422 if context.get("error") else 200)


# --- an enterprise of the register, for an officer -------------------------------------------------------------------


@require_GET
def of_enterprise(request: PortalRequest, uscc: str) -> HttpResponse:
    """What an enterprise of the register can get, for an officer: to be read, not edited."""
    found, enterprise = _of_enterprise(request, uscc)
    context = {**selectors.panel(found, "officer", timezone.localdate(), enterprise), "own": []}
    return render(request, "entitlements/panel.html" if request.htmx else "entitlements/mine.html", context)


@require_GET
def enterprise_lines(request: PortalRequest, uscc: str) -> HttpResponse:
    found, enterprise = _of_enterprise(request, uscc)
    return _lines(request, found, "officer", enterprise)


@require_GET
def export_enterprise(request: PortalRequest, uscc: str, kind: str) -> HttpResponseBase:
    found, enterprise = _of_enterprise(request, uscc)
    return _export(found, enterprise.name or uscc, kind)


def _of_enterprise(request: PortalRequest, uscc: str) -> tuple[Entitlements, Enterprise]:
    enterprise = enterprise_in_scope(request.actor, uscc)
    if enterprise is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    return _found(request, enterprise), enterprise


# --- without an account ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def calculator(request: PortalRequest) -> HttpResponse:
    """Without an account: a handful of facts, then the question that settles most; the session is all that is kept."""
    day = forms.asked_day(request, selectors.useful_day(timezone.localdate()))
    plan = selectors.plan_on(day)
    if request.method == "POST":
        answers, faults = selectors.first_answers(plan, request.POST)
        if faults:
            return _first_page(request, day, faults)
        request.session[_SESSION] = answers
        return redirect("entitlements:calculator")
    return _calculated(request) if _SESSION in request.session else _first_page(request, day, {})


def _first_page(request: PortalRequest, day: date, faults: dict[str, str]) -> HttpResponse:
    claim = claims_of(request.actor).first() if request.actor.is_known else None
    begin = {"registered_in": regions().name(claim.region_code)} if claim else {}
    questions = [
        replace(
            each,
            text="、".join(request.POST.getlist(each.id)) or begin.get(each.fact.key, ""),
            error=faults.get(each.id, ""),
        )
        for each in forms.first_questions(selectors.plan_on(day))
    ]
    context = {
        "questions": questions, "on": day, "today": timezone.localdate(), "region_names": selectors.region_names(), "claim": claim,
        "subjects": [(key, SUBJECTS[key]) for key in COLLECTIONS],
    }  # fmt: skip
    return render(request, "entitlements/calculator.html", context, status=422 if faults else 200)


def _answered(request: PortalRequest) -> Entitlements:
    """What the answers of this session come to. Raises Http404 where nothing was answered."""
    answers = request.session.get(_SESSION)
    if answers is None:
        raise Http404(_("还没有填。请从“算一算”开始。"))
    try:
        kept = date.fromisoformat(answers.get("on", ""))
    except ValueError:
        kept = selectors.useful_day(timezone.localdate())
    return Entitlements(
        selectors.plan_on(forms.asked_day(request, kept)), selectors.answers_sheet(answers), forms.is_supposed(request)
    )


def _calculated(request: PortalRequest, error: str = "", status: int = 200) -> HttpResponse:
    found, today = _answered(request), timezone.localdate()
    skipped = {tuple(each) for each in request.session[_SESSION].get("skipped", ())}
    left = [(each, question) for each in found.missing if (question := question_of(each)).slot not in skipped]
    context = {**selectors.panel(found, "calculator", today), "next": left[0] if left else None, "left": len(left), "error": error,
               "now": Entitlements(selectors.plan_on(today), found.sheet) if found.on != today else None,
               "claim": claims_of(request.actor).first() if request.actor.is_known else None,
               "region_names": selectors.region_names() if left and left[0][1].control == "region" else [], "own": []}  # fmt: skip
    template = "entitlements/calculated_panel.html" if request.htmx else "entitlements/calculated.html"
    return render(request, template, context, status=status)


@require_GET
def calculator_lines(request: PortalRequest) -> HttpResponse:
    return _lines(request, _answered(request), "calculator")


@require_GET
def calculator_fact(request: PortalRequest) -> HttpResponse:
    return _fact(request, _answered(request), "calculator")


@require_POST
def answer(request: PortalRequest) -> HttpResponse:
    """One more fact, or "I do not know", which asks the next."""
    answers = request.session.get(_SESSION)
    if answers is None:
        return redirect("entitlements:calculator")
    path, key, year = (request.POST.get(name, "") for name in ("path", "key", "year"))
    try:
        declared = selectors.fact_at(path, key, year)
        if request.POST.get("skip"):
            answers.setdefault("skipped", []).append([path, key, year])
        else:
            selectors.with_answer(answers, path, key, year, forms.in_wan(declared, forms.typed(request)))
    except ValueFault as fault:
        return _calculated(request, f"{fault}。{fault.remedy}", 422)
    except (KeyError, IndexError) as wrong:
        raise Http404(_("没有登记这个事实，或年份不对。")) from wrong
    request.session[_SESSION] = answers
    request.session.modified = True
    return _calculated(request) if request.htmx else redirect("entitlements:calculator")


@require_POST
def restart(request: PortalRequest) -> HttpResponse:
    request.session.pop(_SESSION, None)
    return redirect("entitlements:calculator")


@require_GET
def export_calculator(request: PortalRequest, kind: str) -> HttpResponseBase:
    if _SESSION not in request.session:
        return redirect("entitlements:calculator")
    return _export(_answered(request), "本企业", kind)
