"""Calls on runs: ask for one over the register in one's own scope, watch it, read what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Schema
from ninja.responses import Status
from pydantic import Field

from cewen.portal.access import Refused
from cewen.portal.calls import PREFIX, Calls, Page, RowId, Words, contract, day, known, rows, sheet
from cewen.portal.registry import wake_jobs
from cewen.portal.request import PortalRequest
from cewen.portal.runs import selectors, services, views
from cewen.portal.runs.models import Run
from cewen.portal.runs.selectors import EVALUATORS

calls = Calls("测算企业库")


class RunIn(Schema):
    """What a run is to evaluate (发起测算)."""

    title: str = Field("", max_length=120)
    on: date
    year: int = Field(ge=1990, le=2100, description="年度事实取哪一年")
    policies: list[str] = Field([], max_length=50, description="政策编号；空的为全部")
    as_if_in_force: bool = False


class RunOut(RunIn):
    """Run (测算): how far it is, and its sums in whole fen once it is done."""

    id: int
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done_count: int
    total_count: int
    row_count: int
    engine: str
    failure: str
    created_at: datetime
    ended_at: datetime | None
    summary: dict[str, Any] | None


class RunFilter(Words):
    """Which runs (测算筛选)."""

    status: Literal["", "queued", "running", "done", "failed", "cancelled"] = ""


class RowFilter(Words):
    """Which awards of a run (结果筛选)."""

    measure: str = Field("", max_length=200, description="政策编号#措施编号")
    sort: Literal["order", "amount", "name"] = "order"


@calls.get("/runs", roles=EVALUATORS, response=Page[RunOut], summary="我发起的测算")
def runs_list(request: PortalRequest, wanted: Query[RunFilter]) -> Any:
    return rows(selectors.runs_in_scope(request.actor, wanted.q, wanted.status), wanted)


@calls.post(
    "/runs", roles=EVALUATORS, response={201: RunOut}, summary="发起一次测算",
    example={"title": "年底盘点", "on": "2024-06-30", "year": 2023, "policies": [], "as_if_in_force": False},
)  # fmt: skip
def start_run(request: PortalRequest, response: HttpResponse, body: RunIn) -> Any:
    day(body.on)
    found = services.start_run(request.actor, **body.dict())
    transaction.on_commit(wake_jobs)
    response["Location"] = f"{PREFIX}runs/{found.pk}"
    return Status(201, found)


@calls.get("/runs/{int:run_id}", roles=EVALUATORS, response=RunOut, summary="一次测算：进度与合计")
def run(request: PortalRequest, run_id: RowId) -> Any:
    found = _run(request, run_id)
    if found.is_open:
        wake_jobs()  # also after a restart: whoever looks sees waiting runs taken up again
    return found


@calls.post("/runs/{int:run_id}/cancel", roles=EVALUATORS, response=RunOut, summary="取消测算")
def cancel_run(request: PortalRequest, run_id: RowId) -> Any:
    return services.cancel_run(request.actor, run_id=_run(request, run_id).pk)


@calls.get("/runs/{int:run_id}/rows", roles=EVALUATORS, response=Page[dict[str, Any]], summary="一次测算的逐条结果")
def run_rows(request: PortalRequest, run_id: RowId, wanted: Query[RowFilter]) -> Any:
    table = selectors.result_rows(_done(request, run_id), wanted.q, wanted.measure, wanted.sort)
    return contract(sheet(table.slice(wanted.offset, wanted.limit).to_pylist(), table.num_rows, wanted))


@calls.get(
    "/runs/{int:run_id}/rows/export", roles=EVALUATORS, files=["csv", "xlsx", "parquet"], summary="逐条结果，成文件"
)
def export_rows(
    request: PortalRequest, run_id: RowId, wanted: Query[RowFilter], format: Literal["csv", "xlsx", "parquet"] = "csv"
) -> HttpResponseBase:
    _done(request, run_id)
    return views.export(request, run_id)


def _run(request: PortalRequest, run_id: int) -> Run:
    return known(selectors.run_in_scope(request.actor, run_id), _("没有这次测算，或不是您发起的。"))


def _done(request: PortalRequest, run_id: int) -> Run:
    found = _run(request, run_id)
    if not selectors.may_see_rows(request.actor):
        raise Refused(_("您的角色只看合计，不看单个企业。"))
    if not found.result:
        raise Http404(_("这次测算还没有结果。"))
    return found
