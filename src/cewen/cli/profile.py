"""`cewen profile REGISTER OUT.json`: what a register looks like, without a single row of it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.engine.synth import profile_register
from cewen.rules.load import load_corpus, require_sound


@click.command()
@click.argument("register", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def command(register: Path, out: Path, as_json: bool) -> None:
    """名册的概况：家数、缺失、分位数、各类家数、秩相关；没有任何一行。

    少于 5 家的格不列，其余家数取到 5 的倍数；分位数取两位有效数字，每一端少于 5 家的不列。可交给 cewen synth --profile 生成相近的名册。

    例：cewen profile 名册.xlsx 概况.json
    """
    if out.suffix.lower() != ".json":
        raise click.UsageError(f"概况的文件名要以 .json 结尾，写的是“{out.name}”。")
    if not out.absolute().parent.is_dir():
        raise click.UsageError(f"没有文件夹“{out.parent}”，先建立它。")
    found = profile_register(register, require_sound(load_corpus()))
    with whole_file(out) as file:
        file.write_text(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(found.to_json())
        return
    counts = "、".join(f"{subject.label} {subject.rows:,} 行 {len(subject.columns)} 列" for subject in found.subjects)
    console().print(f"已写出 [accent]{out}[/]：{counts}。", soft_wrap=True)
