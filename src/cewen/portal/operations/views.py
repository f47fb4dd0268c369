"""/metrics for Prometheus."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cewen.portal.operations.selectors import metric_lines


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse("\n".join(metric_lines()) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
