"""The page that lists the calls of the interface, made from its OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cewen.portal.api.api import api


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
            entry = {"method": method.upper(), "address": address, "summary": operation["summary"], "names": names}
            groups.setdefault(operation["tags"][0], []).append(entry)
    return render(request, "api/reference.html", {"groups": groups})
