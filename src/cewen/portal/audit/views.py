"""The list of audit events."""

from __future__ import annotations

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cewen.portal.audit.selectors import current_head, events_in_scope
from cewen.portal.registry import collect_actions
from cewen.portal.request import PortalRequest

PAGE_SIZE = 50


@require_GET
def events(request: PortalRequest) -> HttpResponse:
    wanted = {name: request.GET.get(name, "").strip() for name in ("subject", "by", "action")}
    found = events_in_scope(request.actor, **wanted)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(event, json.loads(event.data)) for event in page],
        "wanted": wanted,
        "words": collect_actions(),
        "head": current_head(),
    }
    return render(request, "audit/events.html", context)
