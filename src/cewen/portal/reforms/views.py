"""Pages of reforms: the builder with its live simulation, scenarios saved, shared and compared, and files of them."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import yaml
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cewen.base.errors import CewenError
from cewen.base.period import InForce
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.report import render_report
from cewen.engine.simulate.sweep import Sweep
from cewen.engine.simulate.words import assumption_words
from cewen.engine.simulate.workbook import write_workbook
from cewen.portal.enterprises.selectors import register_version
from cewen.portal.listing import asked_file, asked_order, in_order, table_answer
from cewen.portal.reforms import selectors, services
from cewen.portal.reforms.domain import (
    MOST_COMPARED,
    lines,
    reform_data,
    reform_file,
    section_label,
    sweep_values,
)
from cewen.portal.reforms.forms import (
    CHOICE_ORDERS,
    SHARE_DAYS,
    STATUS_WORDS,
    ComparedRow,
    ScenarioForm,
    State,
    choice_row,
    compared_rows,
    draw_curve,
    draw_deciles,
    draw_sweep,
    draw_tiles,
    edits_in,
    near_line,
    read_state,
    says,
    scenario_line,
    state_of,
    value_text,
)
from cewen.portal.reforms.models import Scenario
from cewen.portal.request import PortalRequest
from cewen.portal.runs.domain import column_pairs
from cewen.portal.runs.selectors import EVALUATORS, may_see_rows
from cewen.portal.submission import submit
from cewen.portal.template_tags import yuan

PAGE_SIZE = 30
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "yaml": "application/yaml",
    "html": "text/html; charset=utf-8",
}


@require_GET
def builder(request: PortalRequest) -> HttpResponse:
    """The measure's numbers beside its sentence; whatever is turned is worked out at once."""
    today = timezone.localdate()
    state = read_state(request.GET, request.actor, today)
    if state is None:
        if request.GET.get("m"):
            raise Http404(_("政策里没有这条措施。"))
        return _choose(request, today)
    is_waiting = not request.htmx and "form" not in request.GET and selectors.is_slow(state.asked)
    context = _context(request, state, is_waiting=is_waiting)
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "reforms/outcome.html", {**context, "is_part": True})
        if not state.faults:
            how = "HX-Replace-Url" if request.headers.get("X-Same-Step") else "HX-Push-Url"  # dragging is one step
            response[how] = reverse("reforms:builder") + state.query
        return response
    return render(request, "reforms/builder.html", context)


def _choose(request: PortalRequest, today: date) -> HttpResponse:
    """Every measure that can be tried, searched by words, policy and status."""
    words, wanted, status = (request.GET.get(name, "").strip()[:100] for name in ("q", "policy", "status"))
    order = asked_order(request, CHOICE_ORDERS, "")
    every = selectors.choices(today)
    rows = [
        (policy, each, policy.header.validity.on(today))
        for policy, measures in every
        for each in measures
        if wanted in ("", policy.id) and says(words, policy, each)
    ]
    rows = [row for row in rows if status in ("", row[2].value)]
    if order:
        rows = in_order(rows, order, CHOICE_ORDERS)
    if kind := asked_file(request):
        return table_answer([choice_row(*row) for row in rows], "measures", kind)
    context = {
        "rows": rows, "policies": [policy for policy, _measures in every], "words": words, "wanted": wanted,
        "status": status, "sort": order, "statuses": [(each, _(STATUS_WORDS[each])) for each in InForce],
        "total": sum(len(measures) for _policy, measures in every),
    }  # fmt: skip
    return render(request, "reforms/choose.html", context)


def _context(
    request: PortalRequest, state: State, form: ScenarioForm | None = None, *, is_waiting: bool = False
) -> dict[str, Any]:
    shown = lines(state.measure, state.asked.on, state.own_edits)
    sections = dict.fromkeys(line.expression.section for line in shown)
    titles = selectors.measure_titles()
    context: dict[str, Any] = {
        "state": state,
        "policy": state.policy,
        "measure": state.measure,
        "status": state.policy.header.validity.on(state.asked.on),
        "sections": [
            (section_label(name), [line for line in shown if line.expression.section == name]) for name in sections
        ],
        "choices": selectors.choices(state.asked.on),
        "others": [(each, titles.get(each.key, each.key), state.without(each).query) for each in state.other_edits],
        "before_words": selectors.plain_readback(state.policy, state.measure),
        "scenario_form": form or ScenarioForm(initial={"title": state.measure.title}),
        "faults": list(state.faults),
        "is_part": False,
        "may_see_rows": may_see_rows(request.actor),
        "is_waiting": is_waiting,
    }
    if state.faults or is_waiting:
        return context
    try:
        outcome = _simulate(request, state)
    except CewenError as error:
        context["faults"] = [f"{each.message}。{each.remedy}" for each in error.diagnostics]
        return context
    found = outcome.simulation
    kind, tiles = draw_tiles(found)
    return context | {
        "found": found,
        "definite_change": found.after.cost.definite - found.before.cost.definite,
        "ceiling_change": found.after.cost.ceiling - found.before.cost.ceiling,
        "notices": [each for each in found.findings if state.edits or each.code != "CW643"],
        "after_words": selectors.changed_readback(outcome.reformed, state.key),
        "drawing": draw_curve(outcome.curve) if outcome.curve else None,
        "curve": outcome.curve,
        "deciles": draw_deciles(found),
        "tile_kind": kind,
        "tiles": tiles,
        "near": selectors.near_thresholds(found, state.key),
        "moved": [line for line in found.measures if not line.is_same],
        "own_line": next((line for line in found.measures if line.key == state.key), None),
        "assumptions": assumption_words(found.settings),
    }


def _simulate(request: PortalRequest, state: State) -> selectors.Outcome:
    return selectors.simulate(request.actor, reform_file(state.reform), state.asked, state.key, state.axis)


@require_GET
def sweep(request: PortalRequest) -> HttpResponse:
    """What the register costs while one number of the measure goes from half to twice what the clause says."""
    state = read_state(request.GET, request.actor, timezone.localdate())
    if state is None:
        raise Http404(_("政策里没有这条措施。"))
    shown = [line for line in lines(state.measure, state.asked.on, state.own_edits) if line.knobs]
    knobs = [(line, knob) for line in shown for knob in line.knobs if knob.value or knob.original]
    asked = request.GET.get("knob", "")
    chosen = next((pair for pair in knobs if pair[1].name == asked), None) or next(
        (pair for pair in knobs if pair[1].is_changed), knobs[0] if knobs else None
    )
    context: dict[str, Any] = {"state": state, "knobs": knobs, "knob": chosen[1] if chosen else None, "faults": []}
    if chosen is not None:
        line, knob = chosen
        path = line.expression.path
        text = state.own_edits.get(path) or line.expression.text or ""
        values = sweep_values(line, knob, text)
        others = [each for each in state.edits if (each.key, each.path) != (state.key, path)]
        try:
            found = selectors.sweep(
                request.actor, reform_file(reform_data(state.title, others)), state.asked,
                Sweep(state.key, path, values),
            )  # fmt: skip
            context |= {"swept": found, "points": draw_sweep(found, line.expression.text or "", text), "line": line}
        except CewenError as error:
            context["faults"] = [f"{each.message}。{each.remedy}" for each in error.diagnostics]
    return render(request, "reforms/sweep.html" if request.htmx else "reforms/sweep_page.html", context)


@require_GET
def near(request: PortalRequest) -> HttpResponse:
    """Which enterprises stand just below and just above a threshold of the measure."""
    state, asked = read_state(request.GET, request.actor, timezone.localdate()), request.GET.get("t", "")
    at = int(asked) if asked.isdecimal() and len(asked) < 4 else -1
    found = state and selectors.near_rows(request.actor, reform_file(state.reform), state.asked, state.key, at)
    if not state or not found:
        raise Http404(_("没有这个门槛，或它不在企业自己的事实上。"))
    threshold, rows = found
    shown = [(row, value_text(threshold, row.value)) for row in rows]
    if kind := asked_file(request):
        return table_answer([near_line(row, words) for row, words in shown], "near", kind)
    context = {"state": state, "threshold": threshold, "rows": shown, "most": selectors.MOST_NEAR}
    return render(request, "reforms/near.html", context)


@require_GET
def export(request: PortalRequest) -> HttpResponse:
    """The simulation as a workbook or JSON, or the reform as a file `cewen simulate --reform` reads."""
    state = read_state(request.GET, request.actor, timezone.localdate())
    kind = request.GET.get("format", "xlsx")
    if state is None or kind not in FORMATS:
        raise Http404(_("没有这种文件。"))
    data = state.reform
    if kind == "yaml":
        return _file(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode(), kind, state.title)
    found = _simulate(request, state).simulation
    if kind == "json":
        shape = {"reform": data, **simulation_json(found)}
        return _file(json.dumps(shape, ensure_ascii=False, indent=1).encode(), kind, state.title)
    if kind == "html":
        return _file(render_report(found).encode(), kind, state.title)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "simulation.xlsx"
        write_workbook(path, found)
        return _file(path.read_bytes(), kind, state.title)


def _file(content: bytes, kind: str, title: str) -> HttpResponse:
    response = HttpResponse(content, content_type=FORMATS.get(kind, "text/csv; charset=utf-8"))
    name = quote(f"{title}.{kind}")
    response["Content-Disposition"] = f"attachment; filename=\"reform.{kind}\"; filename*=UTF-8''{name}"
    return response


# --- scenarios -------------------------------------------------------------------------------------------------


@require_POST
def save(request: PortalRequest) -> HttpResponse:
    state = read_state(QueryDict(request.POST.get("state", "").removeprefix("?")), request.actor, timezone.localdate())
    if state is None:
        raise Http404(_("政策里没有这条措施。"))
    form = ScenarioForm(request.POST)
    made = submit(
        form,
        lambda: services.save_scenario(
            request.actor, **form.cleaned_data, reform=state.reform, asked=state.asked, measure_key=state.key
        ),
    )
    if made is None:
        return render(request, "reforms/builder.html", _context(request, state, form), status=422)
    messages.success(request, _("方案已保存。"))
    return redirect("reforms:scenarios")


SORTS = {"new": "-created_at", "old": "created_at", "title": "title", "on": "on"}


@require_GET
def scenarios(request: PortalRequest) -> HttpResponse:
    words, sort = request.GET.get("q", "").strip()[:100], request.GET.get("sort", "new")
    found = selectors.scenarios_in_scope(request.actor, words).order_by(SORTS.get(sort, "-created_at"), "-id")
    titles = selectors.measure_titles()
    if kind := asked_file(request):
        return table_answer(
            [scenario_line(each, edit, titles) for each in found for edit in edits_in(each.reform)], "reforms", kind
        )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    version = register_version() if page.object_list else 0
    rows = [
        (each, [(titles.get(edit.key, edit.key), edit) for edit in edits_in(each.reform)],
         selectors.changed_since(each, version))
        for each in page
    ]  # fmt: skip
    context = {"page": page, "rows": rows, "words": words, "sort": sort, "most": MOST_COMPARED, "days": SHARE_DAYS,
               "today": timezone.localdate()}  # fmt: skip
    return render(request, "reforms/scenarios.html", context)


@require_GET
def scenario(request: PortalRequest, scenario_id: int) -> HttpResponse:
    """A scenario opens in the builder, on today's register."""
    return _open(selectors.scenarios_in_scope(request.actor).filter(pk=scenario_id).first())


@require_GET
def shared(request: PortalRequest, secret: str) -> HttpResponse:
    """A scenario somebody shared, for whoever has the link: the reform, and the sums its owner saw, without small ones."""
    found = selectors.shared_scenario(secret)
    if found is None:
        raise Http404(_("没有这个方案，或链接已经收回、到期。"))
    figures = found.figures or {}
    before, after = figures.get("before"), figures.get("after")
    moved = {kind: after[kind] - before[kind] for kind in ("definite", "ceiling")} if before and after else {}
    titles = selectors.measure_titles()
    state = state_of(found) if request.actor.may(EVALUATORS) else None
    context = {
        "scenario": found, "figures": figures, "before": before, "after": after, "moved": moved,
        "edits": [(titles.get(edit.key, edit.key), edit) for edit in edits_in(found.reform)],
        "groups": [(_("按规模"), figures.get("sizes")), (_("按注册地"), figures.get("districts")),
                   (_("按领域"), figures.get("fields"))],
        "own_query": state.query if state else "", "since": selectors.changed_since(found),
    }  # fmt: skip
    response = render(request, "reforms/shared.html", context)
    response["X-Robots-Tag"], response["Cache-Control"] = "noindex", "private, no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return response


def _open(found: Scenario | None) -> HttpResponse:
    if found is None:
        raise Http404(_("没有这个方案，或分享已经收回。"))
    state = state_of(found)
    if state is None:
        raise Http404(_("方案里的措施已不在政策库里。"))
    return redirect(reverse("reforms:builder") + state.query)


@require_POST
def share(request: PortalRequest, scenario_id: int) -> HttpResponse:
    text = request.POST.get("days", "")
    days = int(text) if text.isdecimal() and len(text) < 4 else services.USUAL_DAYS
    use_case = partial(services.share_scenario, days=min(max(days, 1), services.MOST_DAYS))
    return _after(request, use_case, scenario_id, _("链接已生成：拿到链接的人不登录也能看改动与合计，看不到企业。"))


@require_POST
def withdraw(request: PortalRequest, scenario_id: int) -> HttpResponse:
    return _after(request, services.withdraw_scenario, scenario_id, _("分享已收回。"))


@require_POST
def remove(request: PortalRequest, scenario_id: int) -> HttpResponse:
    return _after(request, services.remove_scenario, scenario_id, _("方案已删去。"))


def _after(request: PortalRequest, use_case: Any, scenario_id: int, said: str) -> HttpResponse:
    try:
        use_case(request.actor, scenario_id=scenario_id)
    except Scenario.DoesNotExist as error:
        raise Http404(_("没有这个方案。")) from error
    messages.success(request, said)
    return redirect("reforms:scenarios")


@require_GET
def compare(request: PortalRequest) -> HttpResponse:
    """Up to four scenarios side by side, each worked out on the reader's own register."""
    wanted = list(dict.fromkeys(int(each) for each in request.GET.getlist("s") if each.isdecimal() and len(each) < 10))
    known = {
        each.pk: each for each in selectors.scenarios_in_scope(request.actor).filter(pk__in=wanted[:MOST_COMPARED])
    }
    columns: list[tuple[Scenario, Any, str]] = []
    for pk in wanted[:MOST_COMPARED]:
        found = known.get(pk)
        if found is None:
            raise Http404(_("没有这个方案。"))
        asked = selectors.Asked(found.on, found.year, found.as_if_in_force)
        try:
            columns.append((found, selectors.simulate(request.actor, reform_file(found.reform), asked).simulation, ""))
        except CewenError as error:
            columns.append((found, None, "；".join(each.message for each in error.diagnostics)))
    rows = compared_rows([found for _scenario, found, _fault in columns])
    if kind := asked_file(request):
        return table_answer([_compared_line(row, columns) for row in rows], "comparison", kind)
    days = {(found.on, found.year, found.as_if_in_force) for found, _found, _fault in columns}
    pairs = [(scenario.title, found) for scenario, found, _fault in columns if found]
    charts = [
        (word, column_pairs([(title, getattr(found.before.cost, name), getattr(found.after.cost, name)) for title, found in pairs]))
        for name, word in (("definite", _("确定")), ("ceiling", _("最高限额")))
    ]  # fmt: skip
    context = {"columns": columns, "rows": rows, "is_alike": len(days) <= 1, "most": MOST_COMPARED,
               "charts": [(word, bars) for word, bars in charts if bars]}  # fmt: skip
    return render(request, "reforms/compare.html", context)


def _compared_line(row: ComparedRow, columns: list[tuple[Scenario, Any, str]]) -> dict[str, Any]:
    cells = [yuan(each) if row.is_money else each for each in row.cells]
    titles = [f"{at}. {scenario.title}" for at, (scenario, _found, _fault) in enumerate(columns, 1)]
    return {"": row.label, **dict(zip(titles, cells, strict=True))}
