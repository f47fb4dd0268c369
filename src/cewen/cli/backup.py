"""`cewen backup FILE`: the whole portal in one file, also while it runs."""

from __future__ import annotations

from pathlib import Path

import click

from cewen.cli.terminal import console


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="文件夹", help="数据文件夹"
)
@click.option("--check", "only_check", is_flag=True, help="不备份，只核对这一份备份是否完好")
def command(file: Path, data: Path | None, only_check: bool) -> None:
    """备份门户：数据库、上传的文件、签名密钥，写成一个文件。门户不必停。

    文件里有签名密钥与全部数据，只给可信的人。已有的文件从不覆盖。

    例：cewen backup 2026-11-22.cewen --data cewen-data
    """
    from cewen.portal.safekeeping import environment_of, read_backup, write_backup

    if only_check:
        kept, done = read_backup(file), "备份完好"
    else:
        kept, done = write_backup(environment_of(data), file), "已备份"
    size = file.stat().st_size / 2**20
    console().print(f"[met]✓[/] {done}：{file}　{size:.1f} MB，{kept.file_count} 个文件，{kept.made_at}")
