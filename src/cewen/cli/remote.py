"""Asking a portal elsewhere in place of this machine: `--server URL`, the token in CEWEN_TOKEN."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import click

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.source import Place

TOKEN = "CEWEN_TOKEN"
SECONDS = 60
MOST_BYTES = 64 * 2**20
PAGE = 200

_Command = TypeVar("_Command", bound=Callable[..., Any])


def server_option(command: _Command) -> _Command:
    """`--server URL`: the answer comes from that portal, with its policies; the output is JSON."""
    return click.option(
        "--server", metavar="地址", help=f"由这个门户答复（https://…），令牌取自环境变量 {TOKEN}；输出 JSON"
    )(command)


def refuse_beside_server(**options: object) -> None:
    """What only this machine can do is not left out silently: UsageError for an option that was given with --server."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value]
    if given:
        raise click.UsageError(f"{'、'.join(given)} 不能与 --server 一起用：由那个门户按它自己的政策答复。")


def ask(server: str, path: str, query: Mapping[str, object] | None = None, body: bytes | None = None) -> Any:
    """What a call of the interface answers. Raises CewenError: CW745 not reached, CW746 refused, CW747 not understood.

    The token goes over https only, or to this very machine; no redirection is followed with it.
    """
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CewenError.of("CW745", f"“{server}”不是门户的地址", "写成 https://主机，不带路径。", Place(server))
    token = os.environ.get(TOKEN, "").strip()
    if token and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise CewenError.of(
            "CW745", "令牌不经 http 送出，路上谁都能看见", f"用 https:// 的地址，或不设 {TOKEN}。", Place(server)
        )
    named = {name: value for name, value in (query or {}).items() if value not in (None, "", False)}
    address = f"{server.rstrip('/')}/api/v1/{path}" + (f"?{urlencode(named)}" if named else "")
    headers = {"Accept": "application/json", "User-Agent": "cewen"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(address, data=body, headers=headers)
    try:
        with urllib.request.build_opener(_NoRedirection).open(request, timeout=SECONDS) as response:
            content = response.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(server, error) from error
    except (OSError, ValueError) as error:
        said = getattr(error, "reason", None) or error
        raise CewenError.of(
            "CW745", f"连不上门户：{said}", "检查地址与网络，门户是否在运行。", Place(server)
        ) from error
    try:
        return json.loads(content)
    except ValueError as error:
        raise CewenError.of("CW747", "答复不是 JSON", "核对地址是不是策问的门户。", Place(server)) from error


def ask_all(server: str, path: str, query: Mapping[str, object]) -> tuple[Any, list[Any]]:
    """The first page of a list, and the items of all pages."""
    first: Any = None
    items: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        page = ask(server, path, {**query, "limit": PAGE, "offset": offset})
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise CewenError.of("CW747", "答复里没有约定的项", "把两边升到同一个版本。", Place(server))
        first = first or page
        items += page["items"]
        offset = page.get("next_offset") if page["items"] else None
    return first, items


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A portal that sends elsewhere is not followed (不跟随转向): the token is for the one that was named."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _refusal(server: str, error: urllib.error.HTTPError) -> CewenError:
    try:
        told = json.loads(error.read(MOST_BYTES))
        detail, findings = str(told["detail"]), list(told.get("findings", ()))
    except (ValueError, KeyError, TypeError, OSError):
        return CewenError.of("CW746", f"门户答复 {error.code}", "核对地址是不是策问的门户。", Place(server))
    remedy = "换一个有这项权限、没有过期的令牌。" if error.code in (401, 403) else "照门户说的改。"
    diagnostics = [Diagnostic("CW746", f"门户答复 {error.code}：{detail}", remedy, Place(server))]
    for each in findings:
        if isinstance(each, dict) and {"code", "message", "remedy"} <= set(each):
            diagnostics.append(
                Diagnostic(str(each["code"]), str(each["message"]), str(each["remedy"]), severity=_severity(each))
            )
    return CewenError(diagnostics[1:] or diagnostics)


def _severity(finding: Mapping[str, Any]) -> Severity:
    known = {each.value: each for each in Severity}
    return known.get(str(finding.get("severity")), Severity.ERROR)
