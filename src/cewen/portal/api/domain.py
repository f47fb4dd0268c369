"""The interface without the web: problems as RFC 9457 has them, pages of a list, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import Field

from cewen.base.diagnostic import Diagnostic
from cewen.portal.access import Role
from cewen.portal.calls import PREFIX, TYPES, Facts, Open

__all__ = ("PREFIX", "PROBLEM", "Allowance", "Problem", "complete", "problem_json")
PROBLEM = "application/problem+json"
WINDOW_SECONDS = 60
KNOWN_CALLS = 600
"""Calls a person or token may make in a window."""
UNKNOWN_CALLS = 120
"""Calls an address may make in a window without signing in."""
ANSWERS_KEPT = timedelta(days=2)
LONGEST_KEY = 255
_METHODS = ("get", "post", "put", "delete")

TITLES = {
    400: "请求看不懂", 401: "未登录", 403: "无权", 404: "没有", 405: "不能这样调用", 406: "给不出这种格式", 409: "与现状冲突",
    412: "不是最新一版", 413: "太大", 415: "不收这种格式", 422: "内容不合", 429: "太频繁", 500: "门户出错", 503: "暂停服务",
}  # fmt: skip
"""What each status means, in two or three words; the sentence of the case stands in `detail`."""


def problem_json(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """A problem (RFC 9457): type, title, status, detail, and members of its own such as `findings`."""
    shape = {"type": "about:blank", "title": TITLES.get(status, "出错"), "status": status, "detail": detail}
    return shape | {name: value for name, value in more.items() if value}


def findings_json(findings: Iterable[Diagnostic]) -> list[dict[str, object]]:
    """Diagnostics as a problem carries them."""
    return [finding.to_json() for finding in findings]


def fields_json(errors: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    """What is wrong with which part of the body, one entry for each sentence."""
    return [{"pointer": name, "detail": sentence} for name, sentences in errors.items() for sentence in sentences]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit (余量) in the present window; `wait` seconds until the next one."""

    limit: int
    left: int
    wait: int

    @property
    def is_spent(self) -> bool:
        return self.left < 0


class Problem(Open):
    """Problem (错误), RFC 9457. `findings` are diagnostics with code, message, remedy and place."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="出了什么事、怎么办，一句话")
    findings: list[dict[str, Any]] = Field([])
    errors: list[dict[str, Any]] = Field([])


# --- the document ------------------------------------------------------------------------------------------------

_SAID = {
    400: "内容不是合格的 JSON。", 401: "请先登录，或在 Authorization 里带上令牌。", 403: "您的角色不能调用这个接口。",
    404: "没有这一项，或不在您的范围内。", 409: "这件事已经办过。", 412: "您改的不是最新的一版：先重新读取，再在新的一版上改。",
    413: "请求太大。", 415: "不收这种格式。", 422: "参数或内容的格式不对。", 429: "一分钟内调用太多。请按 Retry-After 的秒数等一等。",
}  # fmt: skip
_MARK = {"type": "string", "maxLength": 200, "pattern": '^[A-Za-z0-9"*-]*$'}


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Address, method in lower case, and operation of every call of an OpenAPI document."""
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield address, method, operation


def complete(document: dict[str, Any], facts: Mapping[str, Facts]) -> None:
    """Add to an OpenAPI document what holds for every call: tokens, roles, entity tags, keys, problems, examples."""
    parts = document["components"]
    parts.setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
    parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    parts["responses"] = {
        f"Problem{status}": {
            "description": TITLES[status],
            "content": {
                PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": problem_json(status, said)}
            },
        }
        for status, said in _SAID.items()
    }
    for _address, method, operation in operations(document):
        _complete(method, operation, facts[operation["operationId"]])


def _complete(method: str, operation: dict[str, Any], facts: Facts) -> None:
    is_public = Role.PUBLIC in facts.roles
    operation["security"] = [{}, {"token": []}] if is_public else [{"token": []}]
    operation["x-roles"] = [role.value for role in Role if role in facts.roles]
    operation["x-changes"] = facts.changes
    parameters, responses = operation.setdefault("parameters", []), operation["responses"]
    if method == "get":
        parameters.append(_header("If-None-Match", "上次的 ETag：没有变的答 304"))
        responses[304] = {"description": "没有变"}
    elif facts.changes:
        parameters.append(_header("Idempotency-Key", "自选的键：重发只办一次，答复相同"))
    if facts.is_versioned:
        parameters.append(_header("If-Match", "读到的 ETag：已有更新的一版时答 412"))
    if facts.files:
        responses[200] = {"description": "文件", "content": {TYPES[kind]: {"schema": {}} for kind in facts.files}}
    if facts.example is not None:
        for content in operation["requestBody"]["content"].values():
            content["example"] = facts.example
    for status in _SAID:
        if status != 412 or facts.is_versioned:
            responses[status] = {"$ref": f"#/components/responses/Problem{status}"}


def _header(name: str, meaning: str) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "description": meaning, "schema": _MARK}
