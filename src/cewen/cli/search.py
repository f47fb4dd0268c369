"""`cewen search WORDS`: clauses of all loaded documents that speak of something."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from cewen.cli.library_options import Money, filters_of, library_options, open_library
from cewen.cli.options import json_option, on_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.engine.export.flat import neutral
from cewen.rules.library.entry import KINDS
from cewen.rules.library.search import Hit

_COLUMNS = ("score", "document", "title", "issuer", "region", "issued_on", "status", "clause", "heading", "passage",
            "start", "end", "units", "kinds")  # fmt: skip
_KIND_WORDS = {word: kind for kind, word in KINDS.items()}


@click.command()
@click.argument("words", nargs=-1, metavar="词语...")
@library_options
@click.option("--unit", metavar="单位", help="责任单位含这几个字，如 经信局")
@click.option("--at-least", type=Money(), metavar="金额", help="条文里给的某个金额（含上限）不低于，如 100万元")
@click.option("--at-most", type=Money(), metavar="金额", help="条文里给的某个金额（含上限）不高于")
@click.option("--kind", type=click.Choice(list(_KIND_WORDS)), help="条文里有奖补、目标或任务（责任单位）")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, metavar="条数", help="最多列出几条，默认 20")
@on_option
@json_option
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出 csv")
def command(
    words: tuple[str, ...],
    paths: tuple[Path, ...],
    only: bool,
    issuer: str | None,
    region: str | None,
    issued_from: date | None,
    issued_to: date | None,
    status: str | None,
    home: Path | None,
    unit: str | None,
    at_least: Fraction | None,
    at_most: Fraction | None,
    kind: str | None,
    limit: int,
    on: date,
    as_json: bool,
    table: Path | None,
) -> None:
    """检索条文：按词语排序，按机关、地区、日期、效力、责任单位、金额筛选。

    引号里的词语必须原样出现。同一事实的不同说法（营业收入、主营业务收入）互相找得到。

    例：cewen search 首版次 软件 奖补 --region 湖北省 --at-least 100万元
    """
    _, library, _ = open_library(home, paths, only=only)
    filters = replace(
        filters_of(library.regions, on, issuer, region, issued_from, issued_to, status),
        unit=unit, at_least=at_least, at_most=at_most, kind=_KIND_WORDS[kind] if kind else None,
    )  # fmt: skip
    hits, count = library.search(" ".join(words), filters, limit)
    if table is not None:
        _write_csv(table, hits, on)
    if as_json:
        print_json({"query": " ".join(words), "on": on.isoformat(), "documents": len(library.documents),
                    "found": count, "hits": [hit_json(hit, on) for hit in hits]})  # fmt: skip
        return
    out = console()
    out.print(f"{len(library.documents)} 份文件、{len(library.rows)} 段条文里找到 {count} 处" + _shown(count, hits))
    if hits:
        out.print(_table(hits, on))
    unplaced = sum(document.region_code is None for document in library.documents) if region else 0
    if unplaced:
        out.print(f"[muted]另有 {unplaced} 份文件看不出适用地区，没有算在内[/]")
    if table is not None:
        out.print(f"写在 {table}")


def hit_json(hit: Hit, on: date) -> dict[str, object]:
    """A hit; `marks` are ranges of `passage`, `start` and `end` the passage's characters in the file."""
    document, entry = hit.document, hit.entry
    in_force = document.in_force(on)
    return {
        "score": round(hit.score, 3),
        "document": document.id,
        "title": document.title,
        "issuer": document.issuer,
        "region": document.region,
        "issued_on": document.issued_on.isoformat() if document.issued_on else None,
        "status": in_force.value if in_force else None,
        "clause": entry.path,
        "heading": entry.title,
        "passage": hit.passage,
        "marks": [list(mark) for mark in hit.marks],
        "start": hit.span.start,
        "end": hit.span.end,
        "units": list(entry.units),
        "kinds": sorted(entry.kinds),
    }


def _shown(count: int, hits: list[Hit]) -> str:
    return f"，列出最相关的 {len(hits)} 处（--limit 可改）" if count > len(hits) else ""


def _table(hits: list[Hit], on: date) -> Table:
    table = Table(box=None, padding=(0, 2, 1, 0), expand=True)
    for column, ratio in (("文件", 3), ("条文", 2), ("原文", 8)):
        table.add_column(column, ratio=ratio, overflow="fold")
    for hit in hits:
        document = hit.document
        name = Text(document.title)
        name.append(f"\n{document.status_text(on)}", style="bright_black")
        clause = Text(f"{hit.entry.path}\n{hit.entry.title}")
        table.add_row(name, clause, _highlighted(hit))
    return table


def _highlighted(hit: Hit) -> Text:
    text = Text(hit.passage)
    for start, end in hit.marks:
        text.stylize("bold yellow", start, end)
    if hit.passage and not hit.entry.text.startswith(hit.passage):
        text = Text("…") + text
    if not hit.entry.text.endswith(hit.passage):
        text.append("…")
    if hit.entry.units:
        text.append(f"\n责任单位：{'、'.join(hit.entry.units)}", style="bright_black")
    return text


def _write_csv(path: Path, hits: list[Hit], on: date) -> None:
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_COLUMNS)
        for hit in hits:
            row = hit_json(hit, on)
            cells = ("、".join(map(str, cell)) if isinstance(cell, list) else cell for cell in map(row.get, _COLUMNS))
            writer.writerow(["" if cell is None else neutral(str(cell)) for cell in cells])
