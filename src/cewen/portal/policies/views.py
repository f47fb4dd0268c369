"""Pages of the policies: library, document, clause, comparison, timeline."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cewen.base.period import InForce
from cewen.portal.access import Role
from cewen.portal.policies import selectors
from cewen.portal.policies.domain import STATUS_WORDS, Sheet
from cewen.portal.request import PortalRequest
from cewen.text.compare import Change
from cewen.text.render import summary

EDITORS = frozenset({Role.POLICY_EDITOR, Role.ADMINISTRATOR})


@require_GET
def library(request: PortalRequest) -> HttpResponse:
    today = _day(request)
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "issuer", "region", "status", "year")}
    found = selectors.library(
        today, wanted["q"][:100], wanted["issuer"], wanted["region"], wanted["status"], wanted["year"]
    )
    context = {
        "found": found,
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "choices": selectors.choices(),
        "statuses": [(state.value, STATUS_WORDS[state]) for state in InForce],
        "words": STATUS_WORDS,
        "today": today,
    }
    template = "policies/results.html" if request.htmx else "policies/library.html"
    return render(request, template, context)


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
        "summary": summary(comparison) if comparison else "",
        "runs": runs,
        "changed_parts": [part for part in comparison.parts if part.change is not Change.SAME] if comparison else [],
    }
    return render(request, "policies/compare.html", context)


@require_GET
def timeline(request: PortalRequest) -> HttpResponse:
    today = _day(request)
    kind = request.GET.get("kind", "")
    moments = [each for each in selectors.timeline() if not kind or (each.kind == "target") == (kind == "target")]
    years = [(year, list(group)) for year, group in groupby(moments, lambda each: each.day.year)]
    coming = next((each for each in moments if each.day >= today), None)
    return render(request, "policies/timeline.html", {"years": years, "today": today, "coming": coming, "kind": kind})


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
