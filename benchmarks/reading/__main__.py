"""`python -m benchmarks.reading`: how well and how fast policies are read whose texts shaped no rule."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.environment import ROOT
from benchmarks.reading.pathological import measure, seconds_to_read
from benchmarks.reading.score import Tally, score_set

SETS = Path(__file__).parent / "sets"
USUAL = 35_000
"""Characters of a long policy."""


@click.command()
@click.option("--show", is_flag=True, help="列出每一处不同")
@click.option("--speed", is_flag=True, help="只测时间")
def main(show: bool, speed: bool) -> None:
    """盲测集的召回、误读、字段 F1、全对；加 --speed 改测病态文本与长文的时间。

    例：python -m benchmarks.reading --show
    """
    if speed:
        _speed()
        return
    shared = Path(os.environ.get("CEWEN_SHARED") or ROOT.parent / "shared")
    table = Table("标注集", "奖补", "召回", "误读", "字段 F1", "全对")
    lines: list[str] = []
    for annotated in sorted(SETS.glob("*.json")):
        name = annotated.name.removesuffix(".json")
        texts = SETS / name.split(".")[0]
        if not texts.is_dir():
            texts = shared / "eval" / "unlabelled"
        if not texts.is_dir():
            lines.append(f"{name}：正文不随仓库，设 CEWEN_SHARED 后可测")
            continue
        total = Tally()
        for file, tally in score_set(annotated, texts).items():
            total.add(tally)
            lines.extend(f"{file[:24]}　{difference}" for difference in tally.differences if show)
        table.add_row(name, *total.row().split())
    Console().print(table)
    for line in lines:
        click.echo(line)


def _speed() -> None:
    table = Table("文本", "字数", "处理器秒")
    sample = "".join(sorted(file.read_text("utf-8") for file in (SETS / "composed-1").glob("*.txt")))
    usual = (sample * (USUAL // len(sample) + 1))[:USUAL]
    table.add_row("一份长政策", str(len(usual)), f"{seconds_to_read(usual):.2f}")
    for name, length, seconds in measure():
        table.add_row(name, str(length), f"{seconds:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
