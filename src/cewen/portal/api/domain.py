"""The interface without the web: problems as RFC 9457 has them, pages of a list, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from cewen.base.diagnostic import Diagnostic

PREFIX = "/api/v1/"
PROBLEM = "application/problem+json"
WINDOW_SECONDS = 60
KNOWN_CALLS = 600
"""Calls a person or token may make in a window."""
UNKNOWN_CALLS = 120
"""Calls an address may make in a window without signing in."""
ANSWERS_KEPT = timedelta(days=2)
LONGEST_KEY = 255
MOST_ITEMS = 200

TITLES = {
    400: "请求看不懂", 401: "未登录", 403: "无权", 404: "没有", 405: "不能这样调用", 406: "给不出这种格式", 409: "与现状冲突",
    413: "太大", 415: "不收这种格式", 422: "内容不合", 429: "太频繁", 500: "门户出错", 503: "暂停服务",
}  # fmt: skip
"""What each status means, in two or three words; the sentence of the case stands in `detail`."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list (一页): its items, how many there are in all, where the next page begins (None: nowhere)."""

    items: tuple[Any, ...]
    count: int
    next_offset: int | None


def page_of(items: Sequence[_Item], limit: int, offset: int) -> Sheet:
    """Items from `offset` on, at most `limit`."""
    end = offset + limit
    return Sheet(tuple(items[offset:end]), len(items), end if end < len(items) else None)


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
