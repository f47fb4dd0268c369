"""The page that lists the calls of the interface, made from its OpenAPI document: who may, what goes in, how to try it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cewen.portal.access import Role
from cewen.portal.api.api import api
from cewen.portal.api.domain import operations

_SAMPLES = {
    "policy_id": "wuhan/2022-software-plan", "clause_path": "一", "measure_id": "rd-subsidy", "uscc": "91420111MA4KL0001X",
    "kind": "observations", "path": "projects[0]", "secret": "…", "target_id": "software-revenue", "task_key": "root-technology",
    "edge": "take",
}  # fmt: skip
"""What stands for a part of an address in an example; any other part is a number."""
HOST = "HOST"
_FILES = {
    "document": "规划.docx",
    "files": "名册.xlsx",
    "file": "公布数.csv",
    "definition": "定义.yaml",
    "cells": "得分.csv",
}


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60].lower()
    groups: dict[str, list[dict[str, Any]]] = {}
    origin, count = f"{request.scheme}://{request.get_host()}", 0
    for entry in _entries():
        if all(word in entry["text"] for word in words.split()):
            groups.setdefault(entry["tag"], []).append(entry | {"curl": entry["curl"].replace(HOST, origin)})
            count += 1
    context = {"groups": groups, "words": words, "count": count}
    return render(request, "api/reference.html", context)


@lru_cache(maxsize=1)
def _entries() -> tuple[dict[str, Any], ...]:
    document = api.get_openapi_schema()
    return tuple(_entry(document, *each) for each in operations(document))


def _entry(document: dict[str, Any], address: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    roles = [Role(each) for each in operation["x-roles"]]
    contents = operation.get("requestBody", {}).get("content", {})
    named = [
        {"name": each["name"], "where": each["in"], "required": each.get("required", False),
         "meaning": each.get("description") or each["schema"].get("description", ""), "kind": _kind(each["schema"])}
        for each in operation["parameters"]
    ]  # fmt: skip
    return {
        "name": operation["operationId"], "tag": operation["tags"][0], "method": method.upper(), "address": address,
        "summary": operation["summary"], "roles": [role.label for role in roles], "is_public": Role.PUBLIC in roles,
        "changes": operation["x-changes"], "parameters": named,
        "fields": [field for content in contents.values() for field in _fields(document, content["schema"])],
        "is_upload": "multipart/form-data" in contents, "curl": _curl(document, address, method, operation, contents),
        "text": f"{method} {address} {operation['summary']} {operation['tags'][0]}".lower(),
    }  # fmt: skip


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Members of a body, each with what it may hold."""
    found = _resolved(document, schema)
    if "allOf" in found:
        found = {"properties": {name: shape for part in found["allOf"]
                                for name, shape in _resolved(document, part).get("properties", {}).items()},
                 "required": [name for part in found["allOf"] for name in _resolved(document, part).get("required", ())]}  # fmt: skip
    return [
        {"name": name, "required": name in found.get("required", ()), "kind": _kind(_resolved(document, shape)),
         "meaning": shape.get("description", "")}
        for name, shape in found.get("properties", {}).items()
    ]  # fmt: skip


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    found: dict[str, Any] = document["components"]["schemas"][reference.rsplit("/", 1)[-1]] if reference else schema
    return found


def _kind(schema: dict[str, Any]) -> str:
    """What a value may be, in a few characters: integer 1…200, "a" | "b", date."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"] if each.get("type") != "null"))
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"] if each != "")
    if "const" in schema:
        return str(schema["const"])
    kind = schema.get("format") or schema.get("type", "object")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and high < 10**7 + 1:
        return f"{kind} {low}…{high}"
    return str(kind)


def _curl(
    document: dict[str, Any], address: str, method: str, operation: dict[str, Any], contents: dict[str, Any]
) -> str:
    """A line for a shell that makes the call; `HOST` stands for the portal."""
    where = re.sub(r"\{(\w+)\}", lambda match: _SAMPLES.get(match[1], "1"), address)
    needed = [each["name"] for each in operation["parameters"] if each["in"] == "query" and each.get("required")]
    samples = {"before": "wuhan/2022-software-plan", "after": "wuhan/2022-digital-economy-measures",
               "measure": "wuhan/2022-digital-economy-measures%23rd-subsidy", "ids": "1"}  # fmt: skip
    query = "&".join(f"{name}={samples.get(name, '1')}" for name in needed)
    parts = ["curl"]
    if operation["security"] == [{"token": []}]:
        parts.append('-H "Authorization: Bearer $CEWEN_TOKEN"')
    if "multipart/form-data" in contents:
        names = _fields(document, contents["multipart/form-data"]["schema"])
        parts += [f"-F {each['name']}=@{_FILES[each['name']]}" for each in names if each["name"] in _FILES]
        parts += [f"-F {each['name']}=…" for each in names if each["name"] not in _FILES and each["required"]]
    elif contents:
        example = next(iter(contents.values())).get("example", {})
        parts += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(example, ensure_ascii=False)}'"]
    if method not in ("get", "post") or (method == "post" and not contents):
        parts.append(f"-X {method.upper()}")
    return " ".join([*parts, f"'{HOST}{where}{'?' if query else ''}{query}'"])
