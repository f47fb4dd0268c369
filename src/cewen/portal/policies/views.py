"""Pages of the policies: library, document, clause, comparison, timeline."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from cewen.base.period import InForce
from cewen.portal.access import Role
from cewen.portal.listing import asked_file, asked_order, table_answer
from cewen.portal.policies import selectors
from cewen.portal.policies.domain import STATUS_WORDS, Found, Moment, Sheet, draw_timeline
from cewen.portal.request import PortalRequest
from cewen.text.compare import Change

EDITORS = frozenset({Role.POLICY_EDITOR, Role.ADMINISTRATOR})
ORDER_WORDS = (
    ("status", gettext_noop("施行状态")), ("-date", gettext_noop("日期，新的在前")), ("date", gettext_noop("日期，旧的在前")),
    ("title", gettext_noop("标题")), ("-measures", gettext_noop("措施多的在前")),
)  # fmt: skip
"""Orders of the library, as its form offers them."""


@require_GET
def library(request: PortalRequest) -> HttpResponse:
    today = _day(request)
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "issuer", "region", "status", "year")}
    order = asked_order(request, selectors.ORDERS, "status")
    found = selectors.library(
        today, wanted["q"][:100], wanted["issuer"], wanted["region"], wanted["status"], wanted["year"], order
    )
    if kind := asked_file(request):
        return table_answer(map(library_row, found), f"policies-{today}", kind)
    context = {
        "found": found,
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "choices": selectors.choices(),
        "sort": order,
        "orders": ORDER_WORDS,
        "statuses": [(state.value, STATUS_WORDS[state]) for state in InForce],
        "words": STATUS_WORDS,
        "today": today,
    }
    template = "policies/results.html" if request.htmx else "policies/library.html"
    return render(request, template, context)


def library_row(found: Found) -> dict[str, object]:
    """A policy as a row of a file."""
    header = found.policy.header
    return {
        "id": found.policy.id, "title": header.title, "number": header.number or "", "issuer": header.issuer,
        "region": header.region, "status": found.status.value, "issued_on": header.issued_on,
        "effective_on": header.effective_on, "expires_on": header.expires_on, "measures": len(found.policy.measures),
        "targets": len(found.policy.targets), "tasks": len(found.policy.tasks), "hits": found.hit_count,
        "sha256": header.sha256,
    }  # fmt: skip


@require_GET
def document(request: PortalRequest, policy_id: str) -> HttpResponse:
    sheet = _sheet(policy_id)
    others = [each for each in selectors.corpus().policies if each.id != policy_id]
    context = {**_context(request, sheet), "others": others}
    return render(request, "policies/document.html", context)


@require_GET
def clause(request: PortalRequest, policy_id: str, clause_path: str) -> HttpResponse:
    sheet = _sheet(policy_id)
    section = sheet.section(clause_path)
    if section is None or section.clause is None:
        raise Http404(_("这份文件里没有这一条。"))
    below = [each for each in sheet.sections if each.clause in tuple(section.clause.walk())[1:]]
    context = {**_context(request, sheet), "section": section, "sections": [section, *below]}
    return render(request, "policies/clause.html", context)


@require_GET
def text(request: PortalRequest, policy_id: str) -> HttpResponse:
    """The official text, word for word, as a file."""
    found = _sheet(policy_id).policy
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{policy_id.replace("/", "-")}.txt"'
    return response


@require_GET
def compare(request: PortalRequest) -> HttpResponse:
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    known = {each.id for each in selectors.corpus().policies}
    for wanted in filter(None, (before, after)):
        if wanted not in known:
            raise Http404(_("没有这份文件。"))
    comparison = selectors.comparison(before, after) if before and after and before != after else None
    runs = []
    if comparison is not None:
        grouped = groupby(comparison.clauses, lambda each: each.change is Change.SAME)
        runs = [(is_same, list(run)) for is_same, run in grouped]
    context = {
        "policies": selectors.corpus().policies,
        "before": before,
        "after": after,
        "comparison": comparison,
        "counts": [(change, comparison.counts()[change.value]) for change in Change] if comparison else [],
        "is_flow": request.GET.get("view") == "flow",
        "runs": runs,
        "changed_parts": [part for part in comparison.parts if part.change is not Change.SAME] if comparison else [],
    }
    return render(request, "policies/compare.html", context)


@require_GET
def timeline(request: PortalRequest) -> HttpResponse:
    today, words = _day(request), request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    moments = [
        each for each in selectors.timeline()
        if (not kind or (each.kind == "target") == (kind == "target")) and _is_about(each, words)
    ]  # fmt: skip
    order = asked_order(request, ("day",), "day")
    if order == "-day":
        moments.reverse()
    if asked := asked_file(request):
        return table_answer(map(moment_row, moments), f"timeline-{today}", asked)
    years = [(year, list(group)) for year, group in groupby(moments, lambda each: each.day.year)]
    coming = next((each for each in moments if each.day >= today), None) if order == "day" else None
    context = {
        "years": years, "today": today, "coming": coming, "kind": kind, "words": words, "count": len(moments),
        "sort": order, "chart": draw_timeline(selectors.corpus().policies, today),
    }  # fmt: skip
    return render(request, "policies/timeline.html", context)


def _is_about(moment: Moment, words: str) -> bool:
    text = f"{moment.policy.header.title} {moment.detail} {moment.day}".lower()
    return all(word in text for word in words.lower().split())


def moment_row(moment: Moment) -> dict[str, object]:
    """A moment as a row of a file."""
    return {
        "day": moment.day, "kind": moment.kind, "what": moment.word, "policy": moment.policy.id,
        "title": moment.policy.header.title, "clause": moment.clause, "detail": moment.detail,
    }  # fmt: skip


@require_GET
def timeline_chart(request: PortalRequest) -> HttpResponse:
    """The drawn timeline as a file of its own."""
    today = _day(request)
    found = draw_timeline(selectors.corpus().policies, today)
    if found is None:
        raise Http404(_("没有日期，画不出时间线。"))
    context = {"chart": found, "today": today, "alone": True}
    response = render(request, "policies/timeline.svg", context, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="timeline-{today}.svg"'
    return response


def _sheet(policy_id: str) -> Sheet:
    found = selectors.sheet(policy_id)
    if found is None:
        raise Http404(_("政策库里没有这份文件。"))
    return found


def _context(request: PortalRequest, sheet: Sheet) -> dict[str, object]:
    today = _day(request)
    status = sheet.status(today)
    return {
        "digest": selectors.edition().digest,
        "sheet": sheet,
        "policy": sheet.policy,
        "header": sheet.policy.header,
        "status": status,
        "edits": request.actor.may(EDITORS),
        "today": today,
    }


def _day(request: PortalRequest) -> date:
    """The day asked for by `on`, else today."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()
