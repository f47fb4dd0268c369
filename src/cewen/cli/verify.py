"""`cewen verify`: is the audit chain of a portal whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="文件夹", help="数据文件夹"
)
@click.option("--noted", metavar="链尾", help="先前登记在外的链尾（本命令打印的“序号:摘要”），一并核对")
@json_option
def command(data: Path | None, noted: str | None, as_json: bool) -> None:
    """核对审计链：改过、删去、插入、换过次序的事件都会指出。

    没有问题以 0 退出，有问题以 1 退出。把打印的链尾登记在别处，整条链重写也瞒不过。

    例：cewen verify --data cewen-data
    """
    from cewen.portal.installation import start

    start(data)

    from cewen.portal.audit.domain import Head
    from cewen.portal.audit.selectors import current_head, event_count, verify_chain
    from cewen.portal.tasks.selectors import verify_tasks

    findings = (*verify_chain(Head.parse(noted) if noted else None), *verify_tasks())
    head, events = current_head(), event_count()
    if as_json:
        print_json(
            {
                "events": events,
                "head": str(head) if head else None,
                "findings": [finding.to_json() for finding in findings],
            }
        )
    elif findings:
        for finding in findings:
            click.echo(str(finding), err=True)
    else:
        console().print(f"[met]✓[/] 审计链完整：{events} 个事件")
        console().print(f"[muted]链尾[/] {head}")
    if findings:
        sys.exit(1)
