"""Asking a portal elsewhere in place of this machine: `--server URL`, the token in a file or in CEWEN_TOKEN."""

from __future__ import annotations

import json
import os
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import click

from cewen import __version__
from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.source import Place

TOKEN = "CEWEN_TOKEN"
VERSION = "Cewen-Version"
_TOKEN_FILE = "cewen.token_file"
SECONDS = 60
MOST_BYTES = 64 * 2**20
PAGE = 200

_Command = TypeVar("_Command", bound=Callable[..., Any])


def server_option(command: _Command) -> _Command:
    """`--server URL`: the answer comes from that portal, with its policies; the output is JSON."""
    command = click.option(
        "--token-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="文件",
        expose_value=False,
        callback=_keep_token_file,
        help=f"令牌放在这个文件里（只有属主能读，0600）；不写取环境变量 {TOKEN}",
    )(command)
    return click.option("--server", metavar="地址", help="由这个门户答复（https://…）；输出 JSON")(command)


def _keep_token_file(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    if path is not None:
        context.meta[_TOKEN_FILE] = path


def token_in_use() -> str:
    """The token: of `--token-file`, else of the environment, "" without one. Raises CewenError (CW787) for a file others read."""
    context = click.get_current_context(silent=True)
    path: Path | None = context.meta.get(_TOKEN_FILE) if context else None
    if path is None:
        return os.environ.get(TOKEN, "").strip()
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise CewenError.of("CW787", f"令牌文件“{path}”别人也能读", f"chmod 600 {path}", Place(str(path)))
    return path.read_text(encoding="utf-8").strip()


def refuse_beside_server(**options: object) -> None:
    """What only this machine can do is not left out silently: UsageError for an option that was given with --server."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value]
    if given:
        raise click.UsageError(f"{'、'.join(given)} 不能与 --server 一起用：由那个门户按它自己的政策答复。")


def ask(
    server: str,
    path: str,
    query: Mapping[str, object] | None = None,
    body: bytes | None = None,
    *,
    method: str | None = None,
    kind: str = "application/json",
    key: str = "",
) -> Any:
    """What a call of the interface answers; None where it answers nothing. `key`: sent again, it is done once.

    Raises CewenError: CW745 not reached, CW746 refused, CW747 not understood, CW786 of another version. The token goes
    over https only, or to this very machine; no redirection is followed with it.
    """
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CewenError.of("CW745", f"“{server}”不是门户的地址", "写成 https://主机，不带路径。", Place(server))
    token = token_in_use()
    if token and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise CewenError.of(
            "CW745", "令牌不经 http 送出，路上谁都能看见", f"用 https:// 的地址，或不设 {TOKEN}。", Place(server)
        )
    named = {name: value for name, value in (query or {}).items() if value not in (None, "", False)}
    address = f"{server.rstrip('/')}/api/v1/{path}" + (f"?{urlencode(named)}" if named else "")
    headers = {"Accept": "application/json", "User-Agent": f"cewen/{__version__}"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Content-Type": kind} if body is not None else {}
    headers |= {"Idempotency-Key": key} if key else {}
    request = urllib.request.Request(address, data=body, headers=headers, method=method)
    try:
        with urllib.request.build_opener(_NoRedirection).open(request, timeout=SECONDS) as response:
            content, version = response.read(MOST_BYTES), response.headers.get(VERSION)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(server, error) from error
    except (OSError, ValueError, HTTPException) as error:
        said = getattr(error, "reason", None) or error
        raise CewenError.of(
            "CW745", f"连不上门户：{said}", "检查地址与网络，门户是否在运行。", Place(server)
        ) from error
    _check_version(server, version)
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        raise CewenError.of("CW747", "答复不是 JSON", "核对地址是不是策问的门户。", Place(server)) from error


def _check_version(server: str, version: str | None) -> None:
    """Raises CewenError (CW786) where the portal is of another series than this command: 0.1 and 0.2."""
    if version is not None and version.split(".")[:2] != __version__.split(".")[:2]:
        message = f"门户是 {version}，这里是 {__version__}"
        raise CewenError.of("CW786", message, "把两边升到同一个版本。", Place(server))


def upload(server: str, path: str, files: Sequence[Path], fields: Mapping[str, str], name: str = "files") -> Any:
    """Send files as a form would. Raises as `ask`."""
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{text}\r\n'.encode()
        for field, text in fields.items()
    ]
    for each in files:
        title = each.name.replace('"', "%22").replace("\r", "").replace("\n", "")
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{title}"\r\n'
        parts += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), each.read_bytes(), b"\r\n"]
    body = b"".join([*parts, f"--{mark}--\r\n".encode()])
    return ask(server, path, body=body, kind=f"multipart/form-data; boundary={mark}", key=uuid4().hex)


def send(server: str, path: str, body: Any, query: Mapping[str, object] | None = None) -> Any:
    """Write once, whatever the network does to the answer. Raises as `ask`."""
    return ask(server, path, query, json.dumps(body, ensure_ascii=False).encode(), key=uuid4().hex)


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
        if error.code == 404:  # a call this version knows and the portal does not
            _check_version(server, error.headers.get(VERSION))
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
