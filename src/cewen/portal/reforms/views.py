"""Pages of reforms: the builder with its live simulation, scenarios saved, shared and compared, and files of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
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
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.words import assumption_words
from cewen.engine.simulate.workbook import write_workbook
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms import selectors, services
from cewen.portal.reforms.domain import MOST_COMPARED, lines, reform_data, reform_file, section_label
from cewen.portal.reforms.forms import ScenarioForm, State, edits_in, read_state, state_of
from cewen.portal.reforms.models import Scenario
from cewen.portal.request import PortalRequest
from cewen.portal.submission import submit

PAGE_SIZE = 30
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "yaml": "application/yaml",
}


@require_GET
def builder(request: PortalRequest) -> HttpResponse:
    """The measure's numbers beside its sentence; whatever is turned is worked out at once."""
    today = timezone.localdate()
    state = read_state(request.GET, request.actor, today)
    if state is None:
        if request.GET.get("m"):
            raise Http404(_("政策里没有这条措施。"))
        context = {"choices": selectors.choices(today), "today": today, "status": _statuses(today)}
        return render(request, "reforms/choose.html", context)
    context = _context(request, state)
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "reforms/outcome.html", {**context, "is_part": True})
        if not state.faults:
            response["HX-Push-Url"] = reverse("reforms:builder") + state.query
        return response
    return render(request, "reforms/builder.html", context)


def _statuses(today: date) -> dict[str, Any]:
    return {policy.id: policy.header.validity.on(today) for policy in corpus().policies}


def _context(request: PortalRequest, state: State, form: ScenarioForm | None = None) -> dict[str, Any]:
    shown = lines(state.measure, state.asked.on, state.own_edits)
    sections = dict.fromkeys(line.expression.section for line in shown)
    titles = {f"{policy.id}#{each.id}": each.title for policy in corpus().policies for each in policy.measures}
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
    }
    if state.faults:
        return context
    try:
        outcome = _simulate(request, state)
    except CewenError as error:
        context["faults"] = [f"{each.message}。{each.remedy}" for each in error.diagnostics]
        return context
    found = outcome.simulation
    kind, tiles = selectors.draw_tiles(found)
    return context | {
        "found": found,
        "definite_change": found.after.cost.definite - found.before.cost.definite,
        "ceiling_change": found.after.cost.ceiling - found.before.cost.ceiling,
        "notices": [each for each in found.findings if state.edits or each.code != "CW643"],
        "after_words": selectors.changed_readback(outcome.reformed, state.key),
        "drawing": selectors.draw_curve(outcome.curve) if outcome.curve else None,
        "curve": outcome.curve,
        "deciles": selectors.draw_deciles(found),
        "tile_kind": kind,
        "tiles": tiles,
        "near": selectors.near_thresholds(found, state.key),
        "moved": [line for line in found.measures if not line.is_same],
        "own_line": next((line for line in found.measures if line.key == state.key), None),
        "assumptions": assumption_words(found.settings),
    }


def _title(state: State) -> str:
    return f"{state.measure.title}等" if state.other_edits else state.measure.title


def _simulate(request: PortalRequest, state: State) -> selectors.Outcome:
    reform = reform_file(reform_data(_title(state), state.edits))
    return selectors.simulate(request.actor, reform, state.asked, state.key, state.axis)


@require_GET
def export(request: PortalRequest) -> HttpResponse:
    """The simulation as a workbook or JSON, or the reform as a file `cewen simulate --reform` reads."""
    state = read_state(request.GET, request.actor, timezone.localdate())
    kind = request.GET.get("format", "xlsx")
    if state is None or kind not in FORMATS:
        raise Http404(_("没有这种文件。"))
    data = reform_data(_title(state), state.edits)
    if kind == "yaml":
        return _file(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode(), kind, _title(state))
    found = _simulate(request, state).simulation
    if kind == "json":
        shape = {"reform": data, **simulation_json(found)}
        return _file(json.dumps(shape, ensure_ascii=False, indent=1).encode(), kind, _title(state))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "simulation.xlsx"
        write_workbook(path, found)
        return _file(path.read_bytes(), kind, _title(state))


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
    data = reform_data(_title(state), state.edits)
    made = submit(
        form,
        lambda: services.save_scenario(
            request.actor, **form.cleaned_data, reform=data, asked=state.asked, measure_key=state.key
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
    if request.GET.get("format") == "csv":
        return _list_file(found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [(each, edits_in(each.reform)) for each in page], "words": words, "sort": sort,
               "most": MOST_COMPARED}  # fmt: skip
    return render(request, "reforms/scenarios.html", context)


def _list_file(found: Any) -> HttpResponse:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("名称", "说明", "哪一天", "事实年度", "保存", "措施", "哪一项", "改成"))
    for each in found:
        for edit in edits_in(each.reform):
            cells = (each.title, each.note, each.on, each.year, f"{each.created_at:%Y-%m-%d}", *vars_of(edit))
            writer.writerow([_plain(str(cell)) for cell in cells])
    return _file(b"\xef\xbb\xbf" + stream.getvalue().encode(), "csv", _("改革方案"))


def vars_of(edit: Any) -> tuple[str, str, str]:
    return edit.key, edit.path, edit.text or "取消"


def _plain(cell: str) -> str:
    """No cell is a formula to whoever opens the file."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@require_GET
def scenario(request: PortalRequest, scenario_id: int) -> HttpResponse:
    """A scenario opens in the builder, on today's register."""
    return _open(selectors.scenarios_in_scope(request.actor).filter(pk=scenario_id).first())


@require_GET
def shared(request: PortalRequest, secret: str) -> HttpResponse:
    """A scenario somebody shared: the reform is theirs, the figures are of the reader's own regions."""
    return _open(selectors.shared_scenario(secret))


def _open(found: Scenario | None) -> HttpResponse:
    if found is None:
        raise Http404(_("没有这个方案，或分享已经收回。"))
    state = state_of(found)
    if state is None:
        raise Http404(_("方案里的措施已不在政策库里。"))
    return redirect(reverse("reforms:builder") + state.query)


@require_POST
def share(request: PortalRequest, scenario_id: int) -> HttpResponse:
    return _after(request, services.share_scenario, scenario_id, _("链接已生成，有试算权限的人打开可见。"))


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
    wanted = [int(each) for each in request.GET.getlist("s") if each.isdecimal()][:MOST_COMPARED]
    known = {each.pk: each for each in selectors.scenarios_in_scope(request.actor).filter(pk__in=wanted)}
    columns = []
    for pk in wanted:
        found = known.get(pk)
        if found is None:
            raise Http404(_("没有这个方案。"))
        asked = selectors.Asked(found.on, found.year, found.as_if_in_force)
        try:
            outcome, fault = selectors.simulate(request.actor, reform_file(found.reform), asked), ""
        except CewenError as error:
            outcome, fault = None, "；".join(each.message for each in error.diagnostics)
        columns.append((found, outcome.simulation if outcome else None, fault))
    days = {(found.on, found.year, found.as_if_in_force) for found, _found, _fault in columns}
    context = {"columns": columns, "is_alike": len(days) <= 1, "most": MOST_COMPARED}
    return render(request, "reforms/compare.html", context)
