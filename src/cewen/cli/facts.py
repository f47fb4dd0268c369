"""`cewen facts [WORD]`: what an enterprise, project, product or park can be asked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cewen.base.errors import CewenError
from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.rules.facts import SUBJECTS, Fact
from cewen.rules.load import load_corpus

COLUMNS = ("label", "key", "subject", "type", "unit", "period", "definition")
PERIODS = {"annual": "年度", "point": "时点", "event": "事件"}


@click.command()
@click.argument("word", required=False, metavar="[词]")
@click.option(
    "--policies", "home", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹", help="政策文件夹"
)
@click.option("--csv", "as_csv", is_flag=True, help="输出 CSV")
@json_option
def command(word: str | None, home: Path | None, as_csv: bool, as_json: bool) -> None:
    """可填的事实：名称、英文名、类型、单位、口径与来源。

    给一个词，只列名称、英文名、取值或口径里有它的。

    例：cewen facts 收入
    """
    corpus = load_corpus(home)
    found = [fact for fact in corpus.vocabulary if word is None or _speaks_of(fact, word)]
    if as_json:
        print_json([fact.model_dump(mode="json") for fact in found])
        return
    if as_csv:
        click.echo(to_csv(found), nl=False)
        return
    if not found:
        near = corpus.vocabulary.like(word or "")
        remedy = f"是不是“{near}”？" if near else "用 cewen facts 查看全部。"
        raise CewenError.of("CW203", f"没有与“{word}”有关的事实", remedy)
    show(found)


def _speaks_of(fact: Fact, word: str) -> bool:
    texts = (fact.label, fact.key, fact.definition, *fact.values)
    return any(word.casefold() in text.casefold() for text in texts)


def to_csv(facts: list[Fact]) -> str:
    """The columns of the register's contract, one fact a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for fact in facts:
        writer.writerow([str(getattr(fact, column)) for column in COLUMNS])
    return out.getvalue()


def show(facts: list[Fact]) -> None:
    """A table for each subject."""
    for subject, label in SUBJECTS.items():
        own = [fact for fact in facts if fact.subject == subject]
        if not own:
            continue
        table = Table(title=f"{label}的事实", title_justify="left", box=None, pad_edge=False)
        table.add_column("名称", style="bold", no_wrap=True)
        table.add_column("英文名", style="muted", no_wrap=True)
        table.add_column("类型", no_wrap=True)
        table.add_column("口径与取值", ratio=3, overflow="fold")
        table.add_column("来源", style="muted", ratio=2, overflow="fold")
        for fact in own:
            table.add_row(fact.label, fact.key, _type(fact), escape(_meaning(fact)), escape(fact.source))
        console().print(table, "")
    console().print(f"[muted]共 {len(facts)} 个。年度事实按年份填：{{2023: 6800万元}}；不知道的不填。[/]")


def _type(fact: Fact) -> str:
    unit = f"（{fact.unit}）" if fact.unit else ""
    return f"{PERIODS[fact.period] if fact.is_annual else ''}{fact.type.label}{unit}"


def _meaning(fact: Fact) -> str:
    limits = "至".join(limit for limit in (fact.minimum, fact.maximum) if limit) if fact.maximum else ""
    values = "" if set(fact.values) <= set(fact.definition.split("、")) else f"取值：{'、'.join(fact.values)}"
    return "；".join(part for part in (fact.definition, values, limits) if part) or "—"
