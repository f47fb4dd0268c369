"""Calls on reforms: simulate, sweep one number, keep scenarios, share and compare them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema
from ninja.responses import Status
from pydantic import Field

from cewen.base.errors import CewenError
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.sweep import parse_sweep, point_reform
from cewen.portal.calls import PREFIX, Calls, Json, Open, Page, RowId, Words, contract, day, known, row_of, rows
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms import selectors, services
from cewen.portal.reforms.domain import MOST_COMPARED, expressions, reform_file
from cewen.portal.reforms.models import Scenario
from cewen.portal.request import PortalRequest
from cewen.portal.runs.selectors import EVALUATORS

MOST_POINTS = 20
_SORTS = {"-created": "-created_at", "created": "created_at", "title": "title", "on": "on"}
_REFORM = {
    "title": "最高补助提到三百万元",
    "measures": [{"measure": "wuhan/2024-manufacturing-policy#rd-subsidy", "set": {"cap": "300万元"}}],
}
_ASKED = {"on": "2024-06-30", "year": 2023, "as_if_in_force": True}

calls = Calls("改革试算")


class AskedIn(Schema):
    """On which day, with facts of which year (试算条件)."""

    on: date
    year: int = Field(ge=1990, le=2100)
    as_if_in_force: bool = False


class ReformIn(AskedIn):
    """What is to be simulated (改革试算): a reform as reform.yaml holds it, and when it is asked on."""

    reform: Json


class SimulationOut(Open):
    """What a reform does (试算结果), in the shape of the contract."""

    title: str
    enterprises: int
    changes: list[Json]
    before: Json
    after: Json
    measures: list[Json]


class SweepIn(AskedIn):
    """One number moved in equal steps (逐点试算)."""

    sweep: str = Field(max_length=500, description="措施编号:cap={50万元..250万元}")
    points: int = Field(5, ge=2, le=MOST_POINTS)


class PointOut(Schema):
    """A point of a sweep (试算点)."""

    value: str
    after: Json


class SweepOut(Schema):
    """A sweep (逐点试算结果): totals as the rules are, and at every point."""

    measure: str
    path: str
    before: Json
    points: list[PointOut]


class ParameterOut(Schema):
    """Expression of a measure a reform may set (可改的一项): its path and how it reads now."""

    path: str
    text: str | None
    label: str


class ScenarioIn(ReformIn):
    """A reform to be kept (保存方案)."""

    title: str = Field(min_length=1, max_length=120)
    note: str = Field("", max_length=2000)


class ScenarioOut(ScenarioIn):
    """Kept reform (改革方案); `share_address` while a link is shared."""

    id: int
    created_at: datetime
    share_address: str | None


class ScenarioFilter(Words):
    """Which scenarios (方案筛选)."""

    sort: Literal["-created", "created", "title", "on"] = "-created"


class ComparedFilter(Schema):
    """Which scenarios beside each other (并列哪几个)."""

    ids: list[RowId] = Field(min_length=1, max_length=MOST_COMPARED)


class ComparedOut(Schema):
    """A scenario beside others (并列的方案): what it does, or why it cannot be worked out."""

    scenario: ScenarioOut
    simulation: Json | None
    fault: str


def _asked(body: AskedIn) -> selectors.Asked:
    return selectors.Asked(day(body.on), body.year, body.as_if_in_force)


@calls.get("/parameters", roles=EVALUATORS, response=list[ParameterOut], summary="一条措施可改的各项")
def parameters(request: PortalRequest, measure: str, on: date | None = None) -> Any:
    _policy, found = known(corpus().measure(measure), _("政策里没有这条措施。"))
    return [{"path": each.path, "text": each.text, "label": each.label} for each in expressions(found, day(on))]


@calls.post(
    "/simulate", roles=EVALUATORS, changes=False, response=SimulationOut, summary="改革试算：花多少、谁得谁失",
    example={"reform": _REFORM, **_ASKED},
)  # fmt: skip
def simulate(request: PortalRequest, body: ReformIn) -> Any:
    found = selectors.simulate(request.actor, reform_file(body.reform), _asked(body))
    return contract(simulation_json(found.simulation))


@calls.post(
    "/sweep", roles=EVALUATORS, changes=False, response=SweepOut, summary="逐点试算：一个数等距变动，合计怎样变",
    example={"sweep": "wuhan/2024-manufacturing-policy#rd-subsidy:cap={50万元..250万元}", "points": 5, **_ASKED},
)  # fmt: skip
def sweep(request: PortalRequest, body: SweepIn) -> Any:
    wanted, asked = parse_sweep(body.sweep, body.points), _asked(body)
    found = [
        simulation_json(selectors.simulate(request.actor, point_reform(wanted, at), asked).simulation)
        for at in range(len(wanted.values))
    ]
    points = [{"value": value, "after": each["after"]} for value, each in zip(wanted.values, found, strict=True)]
    shape = {"measure": wanted.measure, "path": wanted.path, "before": found[0]["before"], "points": points}
    return contract(shape)


@calls.get("/scenarios", roles=EVALUATORS, response=Page[ScenarioOut], summary="我保存的方案")
def scenarios(request: PortalRequest, wanted: Query[ScenarioFilter]) -> Any:
    found = selectors.scenarios_in_scope(request.actor, wanted.q).order_by(_SORTS[wanted.sort], "-id")
    return rows(found, wanted, _scenario_json)


@calls.post(
    "/scenarios", roles=EVALUATORS, response={201: ScenarioOut}, summary="保存一个方案",
    example={"title": "三百万元", "note": "", "reform": _REFORM, **_ASKED},
)  # fmt: skip
def save_scenario(request: PortalRequest, response: HttpResponse, body: ScenarioIn) -> Any:
    kept = services.save_scenario(
        request.actor, title=body.title, note=body.note, reform=body.reform, asked=_asked(body)
    )
    response["Location"] = f"{PREFIX}scenarios/{kept.pk}"
    return Status(201, _scenario_json(kept))


@calls.get("/scenarios/comparison", roles=EVALUATORS, response=list[ComparedOut], summary="至多四个方案并列")
def compare_scenarios(request: PortalRequest, wanted: Query[ComparedFilter]) -> Any:
    return contract([_compared(request, _scenario(request, each)) for each in wanted.ids])


def _compared(request: PortalRequest, found: Scenario) -> Json:
    asked = selectors.Asked(found.on, found.year, found.as_if_in_force)
    shape = ScenarioOut(**_scenario_json(found)).model_dump(mode="json")
    try:
        outcome = selectors.simulate(request.actor, reform_file(found.reform), asked)
    except CewenError as error:
        return {"scenario": shape, "simulation": None, "fault": "；".join(each.message for each in error.diagnostics)}
    return {"scenario": shape, "simulation": simulation_json(outcome.simulation), "fault": ""}


@calls.get("/scenarios/shared/{secret}", roles=EVALUATORS, response=ScenarioOut, summary="别人分享的方案")
def shared_scenario(request: PortalRequest, secret: str) -> Any:
    return _scenario_json(known(selectors.shared_scenario(secret), _("没有这个方案，或分享已经收回。")))


@calls.get("/scenarios/{int:scenario_id}", roles=EVALUATORS, response=ScenarioOut, summary="一个方案")
def scenario(request: PortalRequest, scenario_id: RowId) -> Any:
    return _scenario_json(_scenario(request, scenario_id))


@calls.delete("/scenarios/{int:scenario_id}", roles=EVALUATORS, summary="删去方案")
def remove_scenario(request: PortalRequest, scenario_id: RowId) -> Any:
    services.remove_scenario(request.actor, scenario_id=scenario_id)
    return Status(204, None)


@calls.post("/scenarios/{int:scenario_id}/share", roles=EVALUATORS, response=ScenarioOut, summary="分享方案：给出链接")
def share_scenario(request: PortalRequest, scenario_id: RowId) -> Any:
    return _scenario_json(services.share_scenario(request.actor, scenario_id=scenario_id))


@calls.post("/scenarios/{int:scenario_id}/withdraw", roles=EVALUATORS, response=ScenarioOut, summary="收回分享")
def withdraw_scenario(request: PortalRequest, scenario_id: RowId) -> Any:
    return _scenario_json(services.withdraw_scenario(request.actor, scenario_id=scenario_id))


def _scenario(request: PortalRequest, scenario_id: int) -> Scenario:
    return row_of(selectors.scenarios_in_scope(request.actor), scenario_id, _("没有这个方案。"))


def _scenario_json(found: Scenario) -> Json:
    names = ("id", "title", "note", "reform", "on", "year", "as_if_in_force", "created_at")
    secret = found.share_secret
    shared = f"{PREFIX}scenarios/shared/{secret}" if secret else None
    return {name: getattr(found, name) for name in names} | {"share_address": shared}
