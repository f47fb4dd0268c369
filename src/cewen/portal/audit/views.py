"""The list of audit events."""

from __future__ import annotations

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cewen.portal.audit.models import Event
from cewen.portal.audit.selectors import current_head, events_in_scope
from cewen.portal.listing import asked_file, asked_order, in_database_order, table_answer
from cewen.portal.registry import collect_actions
from cewen.portal.request import PortalRequest

PAGE_SIZE = 50
ORDERS = {"at": "sequence", "by": "actor_name", "action": "action", "subject": "subject"}
"""What the list can be sorted by, and the columns behind it."""
MOST_EXPORTED = 100_000


@require_GET
def events(request: PortalRequest) -> HttpResponse:
    wanted = {name: request.GET.get(name, "").strip() for name in ("subject", "by", "action")}
    wanted["words"] = request.GET.get("q", "").strip()[:100]
    order = asked_order(request, ORDERS, "-at")
    found = in_database_order(events_in_scope(request.actor, **wanted), order, ORDERS)
    if kind := asked_file(request):
        return table_answer(map(event_row, found[:MOST_EXPORTED].iterator()), "events", kind)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(event, json.loads(event.data)) for event in page],
        "wanted": wanted,
        "sort": order,
        "is_filtered": any(wanted.values()),
        "words": collect_actions(),
        "head": current_head(),
    }
    return render(request, "audit/events.html", context)


def event_row(event: Event) -> dict[str, object]:
    """An event as a row of a file, with the digests that link it."""
    return {
        "sequence": event.sequence, "at": event.at, "actor": event.actor, "actor_name": event.actor_name,
        "on_behalf_of": event.on_behalf_of, "action": event.action, "subject": event.subject, "data": event.data,
        "algorithm": event.algorithm, "previous": event.previous, "digest": event.digest,
    }  # fmt: skip
