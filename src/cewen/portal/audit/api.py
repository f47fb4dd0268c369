"""Calls on the audit: events, and a file of them."""

from __future__ import annotations

import json
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from cewen.portal.access import SIGNED_IN
from cewen.portal.audit.models import Event
from cewen.portal.audit.selectors import events_in_scope
from cewen.portal.calls import Calls, Json, Page, Paging, rows
from cewen.portal.listing import table_answer
from cewen.portal.request import PortalRequest

MOST_EXPORTED = 100_000

calls = Calls("审计")


class EventFilter(Paging):
    """Which audit events (审计筛选)."""

    subject: str = Field("", max_length=100, description="对什么，如 organization:3")
    by: str = Field("", max_length=60, description="谁，如 person:2")
    action: str = Field("", max_length=60, description="动作的开头，如 accounts.")


class EventOut(Schema):
    """Audit event (审计事件)."""

    sequence: int
    at: str
    actor: str
    actor_name: str
    on_behalf_of: str
    action: str
    subject: str
    data: dict[str, Any]
    digest: str


_NAMES = ("sequence", "at", "actor", "actor_name", "on_behalf_of", "action", "subject", "digest")


@calls.get("/events", roles=SIGNED_IN, response=Page[EventOut], summary="审计事件：自己的，督查与管理员看全部")
def events(request: PortalRequest, wanted: Query[EventFilter]) -> Any:
    found = events_in_scope(request.actor, subject=wanted.subject, by=wanted.by, action=wanted.action)
    return rows(found, wanted, lambda each: _event_json(each) | {"data": json.loads(each.data)})


@calls.get("/events/export", roles=SIGNED_IN, files=["csv", "xlsx"], summary="审计事件，成文件")
def export_events(
    request: PortalRequest, wanted: Query[EventFilter], format: Literal["csv", "xlsx"] = "csv"
) -> HttpResponse:
    found = events_in_scope(request.actor, subject=wanted.subject, by=wanted.by, action=wanted.action)
    told = (_event_json(each) | {"data": each.data} for each in found[:MOST_EXPORTED].iterator(2000))
    return table_answer(told, "events", format)


def _event_json(each: Event) -> Json:
    return {name: getattr(each, name) for name in _NAMES}
