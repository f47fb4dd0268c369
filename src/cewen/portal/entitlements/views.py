"""Pages of the entitlements: one's own, with facts edited in place; what if; the calculator without an account."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.base.period import last_full_year
from cewen.engine.fact_value import ValueFault
from cewen.portal.accounts.selectors import regions
from cewen.portal.enterprises.domain import ENTERPRISE
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.enterprises.selectors import enterprise_in_scope
from cewen.portal.enterprises.services import add_object, change_fact, open_own_enterprise, remove_object
from cewen.portal.entitlements import selectors
from cewen.portal.entitlements.domain import (
    Entitlements,
    Question,
    question_of,
    questions_of,
)
from cewen.portal.entitlements.services import write_document, write_json, write_workbook
from cewen.portal.policies.selectors import corpus
from cewen.portal.request import PortalRequest
from cewen.rules.facts import COLLECTIONS, SUBJECTS

_SESSION = "calculator"
_FIRST = ("registered_in", "enterprise_kinds", "revenue", "rd_spend")
"""What the calculator asks first; everything after is chosen by what it settles."""
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _day(request: PortalRequest, default: date) -> date:
    asked = request.POST.get("on") or request.GET.get("on") or ""
    try:
        return min(max(date.fromisoformat(asked), selectors.FIRST_DAY), selectors.LAST_DAY)
    except ValueError:
        return default


def _as_if(request: PortalRequest) -> bool:
    return (request.POST.get("as_if") or request.GET.get("as_if") or "") == "1"


def _view(found: Entitlements, today: date, error: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """What the panel shows, whoever looks."""
    open_facts = [
        (record, _with_error(questions, error)) for record, questions in questions_of(found.plan, found.sheet)
    ]
    return {
        "found": found,
        "today": today,
        "useful": selectors.useful_day(today),
        "records": open_facts,
        "missing": [(each, question_of(each)) for each in found.missing[:8]],
        "missing_count": len(found.missing),
        "subjects": [(key, SUBJECTS[key]) for key in COLLECTIONS],
        "region_names": _region_names(),
        "regions": regions(),
    }


def _with_error(questions: tuple[Question, ...], error: tuple[str, str]) -> list[Question]:
    at, sentence = error
    return [
        Question(each.fact, each.path, each.year, each.text, sentence if each.id == at else "") for each in questions
    ]


def _region_names() -> list[str]:
    """Names of the regions below those the policies apply in."""
    known = regions()
    outer = {
        found.code
        for each in corpus().policies
        if (found := known.find(each.header.region)) and found.level != "country"
    }
    names = {known.name(code) for code in known.codes() if any(known.lies_in(code, each) for each in outer)}
    return sorted(name for name in names if name not in ("市辖区", "县"))


@require_GET
def mine(request: PortalRequest) -> HttpResponse:
    return _mine(request)


def _own(request: PortalRequest) -> tuple[Enterprise | None, list[tuple[str, str]]]:
    return selectors.own_enterprise(request.actor, request.POST.get("uscc") or request.GET.get("uscc") or "")


def _mine(request: PortalRequest, error: tuple[str, str] = ("", ""), status: int = 200) -> HttpResponse:
    enterprise, own = _own(request)
    if enterprise is None:
        return render(request, "entitlements/nothing.html", {"own": own}, status=200 if not own else 404)
    today = timezone.localdate()
    found = selectors.entitlements_of(enterprise, _day(request, today), _as_if(request))
    context = {**_view(found, today, error), "mode": "mine", "enterprise": enterprise, "own": own}
    template = "entitlements/panel.html" if request.htmx else "entitlements/mine.html"
    return render(request, template, context, status=status)


def _text(request: PortalRequest) -> str:
    """What was chosen or typed; of a set its members, 无 only where it stands alone."""
    chosen = [each for each in request.POST.getlist("text") if each.strip()]
    return "、".join(each for each in chosen if len(chosen) == 1 or each != "无")


@require_POST
def save_fact(request: PortalRequest) -> HttpResponse:
    enterprise, _all = _own(request)
    if enterprise is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    values = {name: request.POST.get(name, "") for name in ("path", "key", "year", "source")}
    open_own_enterprise(request.actor, enterprise.uscc)
    try:
        change_fact(request.actor, uscc=enterprise.uscc, text=_text(request), **values)
    except ValidationError as refused:
        return _mine(request, (request.POST.get("id", ""), "".join(refused.messages)), 422)
    return _after(request, enterprise)


@require_POST
def save_object(request: PortalRequest) -> HttpResponse:
    enterprise, _all = _own(request)
    if enterprise is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    open_own_enterprise(request.actor, enterprise.uscc)
    try:
        if request.POST.get("remove"):
            remove_object(request.actor, uscc=enterprise.uscc, path=request.POST["remove"])
        else:
            add_object(request.actor, uscc=enterprise.uscc, subject=request.POST.get("subject", ""))
    except ValidationError as refused:
        messages.error(request, "".join(refused.messages))
    return _after(request, enterprise)


def _after(request: PortalRequest, enterprise: Enterprise) -> HttpResponse:
    if request.htmx:
        return _mine(request)
    asked = {"uscc": enterprise.uscc, "on": request.POST.get("on", ""), "as_if": "1" if _as_if(request) else ""}
    return redirect(f"{reverse('entitlements:mine')}?{urlencode({name: text for name, text in asked.items() if text})}")


@require_GET
def what_if(request: PortalRequest) -> HttpResponse:
    """Numbers of the own facts moved, nothing saved."""
    enterprise, own = _own(request)
    if enterprise is None:
        return render(request, "entitlements/nothing.html", {"own": own}, status=200 if not own else 404)
    today = timezone.localdate()
    before = selectors.entitlements_of(enterprise, _day(request, today), _as_if(request))
    changes = {
        (match[1], match[2] or ""): text
        for name in request.GET
        if (match := re.fullmatch(r"f\.([a-z][a-z0-9_]*)(?:\.(\d{4}))?", name))
        and (text := request.GET.get(name, "").strip())
    }
    sheet, faults = selectors.with_changes(before.sheet, {key: _typed(key[0], text) for key, text in changes.items()})
    after = Entitlements(before.plan, sheet, before.as_if_in_force)
    context = {
        "enterprise": enterprise, "own": own, "before": before, "found": after, "today": today, "faults": faults,
        "shifts": selectors.shifts(before, after), "sliders": _sliders(before, changes), "useful": selectors.useful_day(today),
        "mode": "what_if", "regions": regions(),
    }  # fmt: skip
    return render(request, "entitlements/shifts.html" if request.htmx else "entitlements/what_if.html", context)


def _typed(key: str, text: str) -> str:
    """Sliders of money count in 万元."""
    fact = next((each for each in corpus().vocabulary if each.key == key), None)
    return f"{text}万元" if fact is not None and fact.type.value == "money" else text


def _sliders(before: Entitlements, changes: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    """A slider for every number of the enterprise that some measure reads, for the year that counts."""
    _record, questions = next(questions_of(before.plan, before.sheet))
    found = []
    for each in questions:
        if not each.fact.type.is_number or each.year not in (None, before.year):
            continue
        is_money = each.fact.type.value == "money"
        now = each.text.removesuffix("万元")
        _low, high = each.fact.bounds()
        least = 100 if is_money else 10
        top = int(high) if high is not None and not is_money else max(least, int(2 * Decimal(now or 0)))
        found.append({
            "question": each, "name": f"f.{each.fact.key}" + (f".{each.year}" if each.year else ""), "now": now,
            "value": changes.get((each.fact.key, each.year_text), now), "top": top,
            "step": max(1, top // 200), "unit": "万元" if is_money else each.fact.unit,
        })  # fmt: skip
    return found


@require_GET
def export_mine(request: PortalRequest, kind: str) -> HttpResponseBase:
    enterprise, _own_ones = _own(request)
    if enterprise is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    today = timezone.localdate()
    return _export(selectors.entitlements_of(enterprise, _day(request, today), _as_if(request)), enterprise.name, kind)


def _export(found: Entitlements, name: str, kind: str) -> HttpResponseBase:
    if kind == "docx":
        content, media = write_document(found, name), _DOCUMENT
    elif kind == "xlsx":
        content, media = write_workbook(found), _SPREADSHEET
    elif kind == "json":
        content, media = write_json(found), "application/json"
    else:
        raise Http404(_("没有这种导出。"))
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = (
        content_disposition_header(True, f"{name}可享措施-{found.on}.{kind}") or "attachment"
    )
    return response


@require_GET
def of_enterprise(request: PortalRequest, uscc: str) -> HttpResponse:
    """What an enterprise of the register can get, for an officer: to be read, not edited."""
    found, enterprise = _of_enterprise(request, uscc)
    context = {**_view(found, timezone.localdate()), "mode": "officer", "enterprise": enterprise, "own": []}
    return render(request, "entitlements/panel.html" if request.htmx else "entitlements/mine.html", context)


@require_GET
def export_enterprise(request: PortalRequest, uscc: str, kind: str) -> HttpResponseBase:
    found, enterprise = _of_enterprise(request, uscc)
    return _export(found, enterprise.name or uscc, kind)


def _of_enterprise(request: PortalRequest, uscc: str) -> tuple[Entitlements, Enterprise]:
    enterprise = enterprise_in_scope(request.actor, uscc)
    if enterprise is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    today = timezone.localdate()
    return selectors.entitlements_of(enterprise, _day(request, today), _as_if(request)), enterprise


@require_http_methods(["GET", "POST"])
def calculator(request: PortalRequest) -> HttpResponse:
    """Without an account: a handful of facts, then the question that settles most; the session is all that is kept."""
    day = _day(request, selectors.useful_day(timezone.localdate()))
    if request.method == "POST":
        answers: dict[str, Any] = {"facts": {}, "objects": [], "skipped": [], "on": request.POST.get("on", "")}
        answers["objects"] = [
            {"subject": each, "facts": {}} for each in request.POST.getlist("objects") if each in COLLECTIONS
        ]
        faults = {}
        for question in _first_questions(day):
            text = "、".join(part for part in request.POST.getlist(question.id) if part.strip())
            text = text.replace("、无", "").removeprefix("无、")
            try:
                selectors.with_answer(
                    answers, ENTERPRISE, question.fact.key, question.year_text, _in_wan(question, text)
                )
            except (ValueFault, KeyError) as fault:
                faults[question.id] = f"{fault}"
        if faults:
            return _first_page(request, day, faults)
        request.session[_SESSION] = answers
        return redirect("entitlements:calculator")
    if _SESSION not in request.session:
        return _first_page(request, day, {})
    return _calculated(request)


def _in_wan(question: Question, text: str) -> str:
    """The calculator asks money in 万元; a unit that is typed all the same counts as typed."""
    return f"{text}万元" if question.fact.type.value == "money" and re.fullmatch(r"[\d,.]+", text) else text


def _first_questions(day: date) -> list[Question]:
    facts = {fact.key: fact for fact in corpus().vocabulary.of_subject(ENTERPRISE)}
    year = last_full_year(day)
    return [
        Question(facts[key], ENTERPRISE, year if facts[key].is_annual else None, "") for key in _FIRST if key in facts
    ]


def _first_page(request: PortalRequest, day: date, faults: dict[str, str]) -> HttpResponse:
    questions = []
    for each in _first_questions(day):
        text = "、".join(request.POST.getlist(each.id))
        questions.append(Question(each.fact, each.path, each.year, text, faults.get(each.id, "")))
    context = {
        "questions": questions, "on": day, "today": timezone.localdate(), "region_names": _region_names(),
        "subjects": [(key, SUBJECTS[key]) for key in COLLECTIONS],
    }  # fmt: skip
    return render(request, "entitlements/calculator.html", context, status=422 if faults else 200)


def _calculated(request: PortalRequest, error: str = "", status: int = 200) -> HttpResponse:
    answers, today = request.session[_SESSION], timezone.localdate()
    day = _day(request, _answers_day(answers) or selectors.useful_day(today))
    found = Entitlements(selectors.plan_on(day), selectors.answers_sheet(answers), _as_if(request))
    skipped = {tuple(each) for each in answers.get("skipped", ())}
    asked = [(each, question_of(each)) for each in found.missing]
    left = [pair for pair in asked if (pair[1].path, pair[1].fact.key, pair[1].year_text) not in skipped]
    context = {**_view(found, today), "mode": "calculator", "next": left[0] if left else None, "left": left[1:7],
               "error": error, "own": []}  # fmt: skip
    template = "entitlements/calculated_panel.html" if request.htmx else "entitlements/calculated.html"
    return render(request, template, context, status=status)


def _answers_day(answers: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(answers.get("on", ""))
    except ValueError:
        return None


@require_POST
def answer(request: PortalRequest) -> HttpResponse:
    """One more fact, or "I do not know", which asks the next."""
    answers = request.session.get(_SESSION)
    if answers is None:
        return redirect("entitlements:calculator")
    path, key, year = (request.POST.get(name, "") for name in ("path", "key", "year"))
    try:
        fact = selectors.fact_at(path, key, year)
        if request.POST.get("skip"):
            answers.setdefault("skipped", []).append([path, key, year])
        else:
            question = Question(fact, path, int(year) if year else None, "")
            selectors.with_answer(answers, path, key, year, _in_wan(question, _text(request)))
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
    answers = request.session.get(_SESSION)
    if answers is None:
        return redirect("entitlements:calculator")
    day = _day(request, _answers_day(answers) or selectors.useful_day(timezone.localdate()))
    return _export(
        Entitlements(selectors.plan_on(day), selectors.answers_sheet(answers), _as_if(request)), "本企业", kind
    )
