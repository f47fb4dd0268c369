"""`cewen restore FILE`: a portal again, from its backup."""

from __future__ import annotations

from pathlib import Path

import click

from cewen.cli.terminal import console


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹", help="恢复到哪个数据文件夹")
def command(file: Path, data: Path | None) -> None:
    """从备份恢复门户，到一个还没有门户的数据文件夹。

    先核对每个文件的校验和；有一处不符，什么也不写。恢复后用 cewen verify 核对审计链。

    例：cewen restore 2026-11-22.cewen --data 新文件夹
    """
    from cewen.portal.safekeeping import environment_of, restore_backup

    environment = environment_of(data, is_new=True)
    kept, folder = restore_backup(environment, file), environment.data
    console().print(f"[met]✓[/] 已恢复 {kept.made_at} 的备份，{kept.file_count} 个文件")
    console().print(f"[muted]接下来[/] cewen serve --data {folder}　[muted]核对[/] cewen verify --data {folder}")
