"""`cewen serve`: the portal and its REST interface, set up where nothing is yet."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click
from rich.table import Table

from cewen.cli.terminal import console

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option("--host", default="127.0.0.1", metavar="地址", help="在哪个地址上听；0.0.0.0 为所有网卡")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, metavar="端口", help="默认 8000")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹", help="数据文件夹；默认 ./cewen-data"
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, metavar="个数", help="工作进程；默认 2")
@click.option("--demo", is_flag=True, help="建立演示账户，每种角色一个，并打印密码")
@click.option("--administrator", metavar="用户名", help="建立第一个管理员，并打印密码")
@click.option("--prepare-only", is_flag=True, help="只准备数据库与账户，不启动")
@click.option("--rounds", "only_rounds", is_flag=True, help="只把到期的定时工作做一遍，不启动；可放进 cron")
@click.option("--settings", "show_settings", is_flag=True, help="列出可用的环境变量")
def command(
    host: str, port: int, data: Path | None, workers: int, demo: bool, administrator: str | None, prepare_only: bool,
    only_rounds: bool, show_settings: bool,
) -> None:  # fmt: skip
    """启动门户。没有数据文件夹就新建：数据库、密钥、静态文件。

    例：cewen serve --demo
    """
    from cewen.portal.environment import VARIABLES, read_environment
    from cewen.portal.installation import make_administrator, make_data_folder, make_own_policies, prepare, start

    if show_settings:
        table = Table("环境变量", "作用", "不设时", box=None, pad_edge=False, header_style="muted")
        for variable in VARIABLES:
            table.add_row(variable.name, variable.meaning, variable.default)
        console().print(table)
        return
    folder = (data or Path(os.environ.get("CEWEN_DATA") or "cewen-data")).absolute()
    if only_rounds:
        _run_rounds(folder)
        return
    make_data_folder(folder)
    _admit(host)
    os.environ["CEWEN_DEMO"] = _demonstration_key(host) if demo else ""
    if demo:
        make_own_policies(folder)  # so that a draft can be published
    start(folder)
    prepare()
    if administrator:
        password = make_administrator(administrator)
        console().print(f"管理员 [bold]{administrator}[/]　密码 [bold]{password}[/]（只显示这一次）")
    if demo:
        _show_demonstration()
    if prepare_only:
        console().print(f"[met]✓[/] 已准备好 {folder}")
        return
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    scheme = "https" if read_environment().is_https else "http"
    console().print(f"[met]✓[/] 门户已启动：[accent]{scheme}://{shown}:{port}/[/]　（Ctrl+C 停止）")
    if key := read_environment().demo_key:
        entrance = f"{scheme}://{shown}:{port}/demonstration/{key}/"
        console().print(f"  演示入口，选一个角色即进，不用密码：[accent]{entrance}[/]", soft_wrap=True)
    _listen(host, port, workers)


def _run_rounds(folder: Path) -> None:
    """What is due by the clock, once. A running server does the same of itself; neither does what the other is at."""
    from cewen.portal.installation import run_rounds, start

    start(folder)
    done = run_rounds()
    for name, failure in done.items():
        console().print(f"[overdue]✗[/] {name}　{failure}" if failure else f"[met]✓[/] {name}")
    if not done:
        console().print("[muted]没有到期的工作[/]")
    if any(done.values()):
        sys.exit(1)


def _admit(host: str) -> None:
    """The address one listens on is one the portal answers to, unless hosts were named."""
    if "CEWEN_HOSTS" not in os.environ and host not in _LOOPBACK:
        os.environ["CEWEN_HOSTS"] = "*" if host in ("0.0.0.0", "::") else f"{host},localhost,127.0.0.1,[::1]"


def _demonstration_key(host: str) -> str:
    """What CEWEN_DEMO is: on this machine's own address a key for signing in by one click, elsewhere tours only."""
    return secrets.token_urlsafe(32) if host in _LOOPBACK else "1"


def _show_demonstration() -> None:
    from cewen.portal.demonstration import load_demonstration, load_demonstration_register, make_password

    password = make_password()
    table = Table("用户名", "姓名", "组织", box=None, pad_edge=False, header_style="muted")
    for account in load_demonstration(password):
        table.add_row(account.username, account.name, account.organization)
    console().print("[bold]演示账户[/]")
    console().print(table)
    console().print(f"密码都是 [bold]{password}[/]")
    console().print(f"[muted]企业库里有 {load_demonstration_register():,} 家（合成）[/]\n")


def _listen(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "cewen.portal.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        log_enabled=False,
    ).serve()
