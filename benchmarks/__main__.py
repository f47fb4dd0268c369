"""`python -m benchmarks`: everything side by side in one run, a table on the screen, a page and JSON beside."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.engines import ENGINES
from benchmarks.environment import ROOT
from benchmarks.machine import describe_machine, load_average
from benchmarks.report import ENGINE_HEADER, engine_cells, render_report
from benchmarks.run import bench_budget, bench_corpus, bench_engines, bench_floor, bench_one

BENCHES = ("engines", "floor", "corpus", "one", "budget")
CLAIMS = 1_000_000


@click.command()
@click.option("--rows", multiple=True, type=click.IntRange(2_000), metavar="家数", help="可写多次；默认 1000000")
@click.option("--corpus-rows", multiple=True, type=click.IntRange(1_000), metavar="家数",
              help="全部措施的家数，可写多次；默认 10000、100000、1000000；超过 10000000 的写它的倍数")  # fmt: skip
@click.option("--runs", default=5, type=click.IntRange(1), metavar="次数", help="取中位数的次数；默认 5")
@click.option("--bench", "benches", multiple=True, type=click.Choice(BENCHES), help="只跑这些；默认全部")
@click.option("--engine", "engines", multiple=True, type=click.Choice([each.name for each in ENGINES]),
              help="只跑这些引擎；默认全部")  # fmt: skip
@click.option("--workers", default=2, type=click.IntRange(1), metavar="个数", help="生成名册的线程数")
@click.option("--out", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path, file_okay=False),
              metavar="文件夹", help="写出 <日期>.md 与 .json")  # fmt: skip
def main(
    rows: tuple[int, ...],
    corpus_rows: tuple[int, ...],
    runs: int,
    benches: tuple[str, ...],
    engines: tuple[str, ...],
    workers: int,
    out: Path,
) -> None:
    """各引擎并列：时间、内存、错了多少。装不上的引擎会说明原因并跳过。"""
    sizes, chosen = rows or (1_000_000,), benches or BENCHES
    found: dict[str, Any] = {"date": date.today().isoformat(), "runs": runs, "machine": describe_machine()}
    before = load_average()

    def tell(line: str) -> None:
        click.echo(line, err=True)

    if "engines" in chosen:
        found["engines"] = bench_engines(sizes, runs, engines, tell)
    if "floor" in chosen:
        found["floor"] = bench_floor(sizes, runs, tell)
    if "corpus" in chosen:
        found["corpus"] = bench_corpus(corpus_rows or (10_000, 100_000, 1_000_000), min(runs, 3), workers, tell)
    if "one" in chosen:
        found["one"] = bench_one(runs, tell)
    if "budget" in chosen:
        found["budget"] = bench_budget(CLAIMS, runs, tell)
    found["load"] = (before, load_average())
    out.mkdir(parents=True, exist_ok=True)
    page = out / f"{found['date']}.md"
    page.write_text(render_report(found), encoding="utf-8")
    page.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _show(found)
    click.echo(f"已写出 {page.name} 与 {page.with_suffix('.json').name}")


def _show(found: dict[str, Any]) -> None:
    if "engines" not in found:
        return
    table = Table(show_edge=False)
    for at, header in enumerate(ENGINE_HEADER):
        table.add_column(header, justify="right" if at else "left")
    for cells in engine_cells(found["engines"]):
        table.add_row(*cells)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


if __name__ == "__main__":
    main()
