"""`cewen runs start|list|watch|rows --server URL`: evaluations of the register of a portal."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any

import click

from cewen.base.errors import CewenError
from cewen.base.period import last_full_year
from cewen.base.source import Place
from cewen.cli.options import on_option, year_option
from cewen.cli.remote import ask, ask_all, send, server_option
from cewen.cli.terminal import print_json

OPEN = ("queued", "running")
SECONDS = 1.0


@click.group()
def command() -> None:
    """测算门户的企业库：发起、查看、等结果、取逐条。

    例：cewen runs start --on 2024-06-30 --watch --server https://门户 --token-file 令牌
    """


@command.command("start")
@on_option
@year_option
@click.option("--policy", "policy_ids", multiple=True, metavar="编号", help="只算这些政策，可重复；不写为全部")
@click.option("--title", default="", metavar="名称")
@click.option("--as-if-in-force", is_flag=True, help="征求意见稿与已失效的也算")
@click.option("--watch", "wants_watch", is_flag=True, help="等到算完")
@server_option
def start(
    on: date, year: int | None, policy_ids: tuple[str, ...], title: str, as_if_in_force: bool, wants_watch: bool,
    server: str | None,
) -> None:  # fmt: skip
    """发起一次测算。"""
    body = {"title": title, "on": on.isoformat(), "year": year or last_full_year(on), "policies": list(policy_ids),
            "as_if_in_force": as_if_in_force}  # fmt: skip
    found = send(_named(server), "runs", body)
    print_json(_watch(_named(server), found) if wants_watch else found)


@command.command("list")
@click.option("--status", default="", metavar="状态", help="queued、running、done、failed、cancelled")
@server_option
def list_runs(status: str, server: str | None) -> None:
    """我发起的测算，新的在前。"""
    print_json(ask_all(_named(server), "runs", {"status": status})[1])


@command.command("watch")
@click.argument("run", type=click.IntRange(1))
@server_option
def watch(run: int, server: str | None) -> None:
    """等一次测算算完；没有算成或已取消的以 1 退出。"""
    print_json(_watch(_named(server), ask(_named(server), f"runs/{run}")))


@command.command("rows")
@click.argument("run", type=click.IntRange(1))
@click.option("--measure", default="", metavar="编号", help="只要一条措施，政策编号#措施编号")
@server_option
def rows(run: int, measure: str, server: str | None) -> None:
    """一次测算的逐条结果。"""
    print_json(ask_all(_named(server), f"runs/{run}/rows", {"measure": measure})[1])


def _named(server: str | None) -> str:
    if server is None:
        raise click.UsageError("缺少 --server：写明门户的地址。")
    return server


def _watch(server: str, found: Any) -> Any:
    """The run once it is done. Raises CewenError (CW788) for one that failed or was cancelled."""
    said = ""
    while found["status"] in OPEN:
        now = f"{found['done_count']}/{found['total_count']}"
        if now != said and sys.stderr.isatty():
            click.echo(f"{found['title']}　{now}", err=True)
        said = now
        time.sleep(SECONDS)
        found = ask(server, f"runs/{found['id']}")
    if found["status"] != "done":
        message = f"第 {found['id']} 次测算没有结果：{found['failure'] or '已取消'}"
        raise CewenError.of("CW788", message, "照门户说的改，再发起一次。", Place(server))
    return found
