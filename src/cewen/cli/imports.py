"""`cewen imports FILE… --server URL`: a register sent to a portal, checked there row by row, and loaded when it is clean."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.cli.remote import ask, ask_all, server_option, upload
from cewen.cli.terminal import print_json

WORKING = ("received", "loading")
SECONDS = 1.0


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", default="", metavar="来源", help="数据来源，记在每个事实旁边")
@click.option("--load", "wants_load", is_flag=True, help="检查没有问题就载入；不写只检查")
@server_option
def command(files: tuple[Path, ...], source: str, wants_load: bool, server: str | None) -> None:
    """把名册（xlsx、csv、parquet）送到门户检查，可载入企业库。

    有问题的逐行列出，什么也不载入，以 1 退出。

    例：cewen imports 名册.xlsx --server https://门户 --token-file 令牌 --load
    """
    if server is None:
        raise click.UsageError("缺少 --server：写明门户的地址。本机检查名册用 cewen evaluate 名册 --findings 文件。")
    found = _watch(server, upload(server, "imports", files, {"source": source} if source else {}))
    if found["stage"] == "faulty":
        raise CewenError([_finding(each) for each in _findings(server, found)])
    if wants_load:
        found = _watch(server, ask(server, f"imports/{found['id']}/load", method="POST", body=b""))
        if found["stage"] != "loaded":
            message = f"第 {found['id']} 批没有载入"
            raise CewenError.of("CW789", message, "到门户的“导入”看这一批，可再载入一次。", Place(server))
    print_json(found)


def _watch(server: str, found: Any) -> Any:
    """The import once the portal does not work on it any more."""
    while found["stage"] in WORKING:
        time.sleep(SECONDS)
        found = ask(server, f"imports/{found['id']}")
    return found


def _findings(server: str, found: Any) -> list[Any]:
    return ask_all(server, f"imports/{found['id']}/findings", {})[1]


def _finding(each: Any) -> Diagnostic:
    known = {one.value: one for one in Severity}
    place = Place(
        each.get("file") or None, sheet=each.get("sheet") or None, row=each.get("row"), field=each.get("field") or None
    )
    return Diagnostic(
        str(each["code"]), str(each["message"]), str(each["remedy"]), place,
        severity=known.get(str(each.get("severity")), Severity.ERROR),
    )  # fmt: skip
