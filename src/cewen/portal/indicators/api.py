"""Calls on targets and figures: where a target stands, figures published, alerts, score cards, open data."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query
from ninja.files import UploadedFile
from ninja.responses import Status

from cewen.base.diagnostic import Diagnostic
from cewen.indicators.all_targets import assess_targets
from cewen.indicators.contract import observation_json, target_json
from cewen.indicators.observation import Observation
from cewen.portal.access import EVERYONE
from cewen.portal.accounts.selectors import regions
from cewen.portal.calls import (
    PREFIX,
    Calls,
    Day,
    Json,
    OpenPage,
    Page,
    Paging,
    RowId,
    contract,
    day,
    known,
    page,
    row_of,
    rows,
)
from cewen.portal.indicators import selectors, services, views
from cewen.portal.indicators.models import Alert, AppealEntry, ScoreCardEntry
from cewen.portal.indicators.selectors import STATISTICIANS, WATCHERS, knowledge
from cewen.portal.indicators.shapes import (
    AlertFilter,
    AlertOut,
    AppealIn,
    CardFull,
    CardOut,
    CloseIn,
    FigureFilter,
    GiveIn,
    ImportedOut,
    RoundOut,
    TargetFilter,
    TargetFull,
)
from cewen.portal.policies.selectors import edition
from cewen.portal.request import PortalRequest

calls = Calls("目标与指标")


# --- targets and figures


@calls.get("/targets", roles=EVERYONE, response=OpenPage, summary="目标到哪一步了")
def targets(request: HttpRequest, wanted: Query[TargetFilter]) -> Any:
    on, found = day(wanted.on), regions().find(wanted.region) if wanted.region else None
    region, words = found.name if found else wanted.region, wanted.q.split()
    fitting = [
        each
        for each in _targets(knowledge().digest, on)
        if wanted.policy in ("", each["policy"])
        and region in ("", each["region"])
        and wanted.status in ("", each["status"])
        and all(word in f"{each['indicator']}{each['quote']}{each['region']}" for word in words)
    ]
    return contract({"on": on.isoformat(), **page(fitting, wanted)})


@lru_cache(maxsize=16)
def _targets(digest: str, on: date) -> tuple[Json, ...]:
    del digest  # part of the key only
    found = knowledge()
    return tuple(
        target_json(each) for each in assess_targets(edition().corpus, found.observations, found.indicators, on)
    )


@calls.get("/targets/export", roles=EVERYONE, files=["csv", "xlsx"], summary="目标，成文件")
def export_targets(
    request: PortalRequest, wanted: Query[TargetFilter], format: Literal["csv", "xlsx"] = "csv"
) -> HttpResponseBase:
    return views.export(request, format)


@calls.get("/targets/{path:policy_id}/{target_id}", roles=EVERYONE, response=TargetFull, summary="一个目标与它的凭据")
def target(request: HttpRequest, policy_id: str, target_id: str, wanted: Query[Day]) -> Any:
    board = selectors.board(day(wanted.on))
    row = known(board.find(policy_id, target_id), _("没有这个目标。"))
    held = selectors.evidence_of(row, board)
    shape = {
        "on": board.on.isoformat(), "target": target_json(row.each),
        "figures": [observation_json(each) | {"is_best": each.id in held.best} for each in held.vintages],
        "conflicts": [[observation_json(each) for each in group] for group in held.conflicts],
        "revisions": [[observation_json(each) for each in group] for group in held.revisions],
    }  # fmt: skip
    return contract(shape)


@calls.get("/observations", roles=EVERYONE, response=Page[dict[str, Any]], summary="公布数，新的在前")
def observations(request: HttpRequest, wanted: Query[FigureFilter]) -> Any:
    found = selectors.observations(day(wanted.on), wanted.q)
    part = page(found, wanted)
    return contract(part | {"items": [_figure_json(each) for each in part["items"]]})


def _figure_json(each: Observation) -> Json:
    return {"id": each.id, "indicator": each.indicator, "basis": each.basis.code, "maturity": each.maturity.code,
            **observation_json(each)}  # fmt: skip


@calls.post("/observations", roles=STATISTICIANS, response=ImportedOut, summary="导入公布数（csv、xlsx）")
def import_observations(request: PortalRequest, file: File[UploadedFile], keep_sound: Form[bool] = False) -> Any:
    if (file.size or 0) > services.MOST_BYTES:
        services.read_upload(file.name or "", b"\0" * (services.MOST_BYTES + 1))
    done = services.import_observations(request.actor, name=file.name or "", content=file.read(), keep_sound=keep_sound)
    return {"added": done.added, "known": done.known, "findings": _findings(done.findings)}


def _findings(found: tuple[Diagnostic, ...]) -> list[dict[str, object]]:
    return [each.to_json() for each in found]


# --- alerts


@calls.get("/alerts", roles=WATCHERS, response=Page[AlertOut], summary="最近一轮预警")
def alerts(request: PortalRequest, wanted: Query[AlertFilter]) -> Any:
    found = selectors.alerts(selectors.latest_round(), wanted.show, wanted.q)
    return rows(found.select_related("round"), wanted, _alert_json)


@calls.post("/alerts/rounds", roles=WATCHERS, response=RoundOut, summary="检查今天的预警；一天一轮")
def run_alerts(request: PortalRequest) -> Any:
    made = services.run_alerts(request.actor)
    return {"on": made.on, "before": made.before, "tried": made.alerts.count(),
            "fired": made.alerts.filter(fired=True).count()}  # fmt: skip


@calls.post(
    "/alerts/{int:alert_id}/close",
    roles=WATCHERS,
    response=AlertOut,
    summary="关闭预警",
    example={"reason": "数据已更正"},
)
def close_alert(request: PortalRequest, alert_id: RowId, body: CloseIn) -> Any:
    return _alert_json(services.close_alert(request.actor, alert_id=alert_id, reason=body.reason))


@calls.post(
    "/alerts/{int:alert_id}/owner",
    roles=WATCHERS,
    response=AlertOut,
    summary="指定责任单位",
    example={"owner": "市经信局"},
)
def give_alert(request: PortalRequest, alert_id: RowId, body: GiveIn) -> Any:
    return _alert_json(services.give_alert(request.actor, alert_id=alert_id, owner=body.owner))


def _alert_json(found: Alert) -> Json:
    names = [name for name in AlertOut.model_fields if name != "on"]
    return {name: getattr(found, name) for name in names} | {"on": found.round.on}


# --- score cards and open data


@calls.get("/score-cards", roles=WATCHERS, response=Page[CardOut], summary="记分卡")
def score_cards(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.score_cards(), wanted)


@calls.post("/score-cards", roles=WATCHERS, response={201: CardOut}, summary="录入记分卡（定义 yaml，得分 csv）")
def put_score_card(
    request: PortalRequest, response: HttpResponse, definition: File[UploadedFile], cells: File[UploadedFile]
) -> Any:
    if max(definition.size or 0, cells.size or 0) > services.MOST_BYTES:
        raise ValidationError(_("文件太大。"))
    made = services.put_score_card(request.actor, definition=definition.read(), cells=cells.read())
    response["Location"] = f"{PREFIX}score-cards/{made.pk}"
    return Status(201, made)


@calls.get("/score-cards/{int:card_id}", roles=WATCHERS, response=CardFull, summary="一张记分卡：得分与申诉")
def score_card(request: PortalRequest, card_id: RowId) -> Any:
    return _card_json(row_of(selectors.score_cards(), card_id, _("没有这张记分卡。")))


@calls.post(
    "/score-cards/{int:card_id}/appeals", roles=WATCHERS, response={201: CardFull}, summary="记录申诉，得分按它重算",
    example={"district": "洪山区", "item": "software", "on": "2024-03-01", "text": "漏报", "decision": "采纳", "result": "95"},
)  # fmt: skip
def add_appeal(request: PortalRequest, card_id: RowId, body: AppealIn) -> Any:
    services.add_appeal(request.actor, card_id=card_id, **body.dict())
    return Status(201, _card_json(row_of(selectors.score_cards(), card_id)))


def _card_json(found: ScoreCardEntry) -> Json:
    appeals: list[AppealEntry] = list(found.appeals.all())
    scores = [
        {"rank": each.rank, "district": each.district, "low": str(each.low), "high": str(each.high),
         "is_settled": each.is_settled, "notes": list(each.notes)}
        for each in services.score_of(found, appeals).scores
    ]  # fmt: skip
    told = [
        {name: getattr(each, name) for name in ("district", "item", "text", "decision", "result")}
        | {"on": each.on.isoformat()}
        for each in appeals
    ]
    own = {name: getattr(found, name) for name in CardOut.model_fields}
    return own | {"content": found.content, "scores": scores, "appeals": told}


@calls.get(
    "/open-data/{kind}", roles=EVERYONE, files=["csv", "json", "zip"],
    summary="公开数据：observations、targets-csv、targets-json、package、sdmx",
)  # fmt: skip
def open_data(
    request: PortalRequest, kind: Literal["observations", "targets-csv", "targets-json", "package", "sdmx"],
    wanted: Query[Day],
) -> HttpResponseBase:  # fmt: skip
    day(wanted.on)
    return views.download(request, kind)
