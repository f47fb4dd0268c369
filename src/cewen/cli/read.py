"""`cewen read FILE`: clause tree, responsible units, targets, incentives, and what was left unread."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cewen.base.certainty import Certainty
from cewen.cli.options import json_option
from cewen.cli.remote import ask, refuse_beside_server, server_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.text import render
from cewen.text.clause import Document
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings import Readings, read_all
from cewen.text.readings.contract import document_json
from cewen.text.readings.incentives.incentive import Amount, AmountKind, Tier


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出正文与条文树并排的网页"
)
@click.option("--tree/--no-tree", "show_tree", default=True, help="是否列出条文树")
@server_option
def command(file: Path, as_json: bool, html: Path | None, show_tree: bool, server: str | None) -> None:
    """读一份公文（txt md html docx pdf）：条文树、责任单位、目标、奖补、未读懂之处。

    例：cewen read 若干政策.pdf --html 若干政策.html
    """
    source = read_text(file)
    if server is not None:
        refuse_beside_server(html=html)
        print_json(ask(server, "read", body=json.dumps({"text": source.text, "name": file.name}).encode()))
        return
    document = parse_document(source.text, file.name)
    if as_json:
        print_json(document_json(document))
        return
    readings = read_all(document)
    for finding in source.findings:
        click.echo(str(finding), err=True)
    if html is not None:
        with whole_file(html) as page:
            page.write_text(render.html(document, highlights(readings)), encoding="utf-8")
    show(document, readings, show_tree=show_tree)
    if html is not None:
        console().print(f"\n网页写在 [accent]{escape(str(html))}[/]")


def highlights(readings: Readings) -> list[render.Highlight]:
    """What the page marks in the text, each kind in its own colour."""
    found = [render.Highlight(incentive.span, "incentive", "奖补") for incentive in readings.incentives]
    found += [render.Highlight(target.span, "target", f"目标：{target.indicator}") for target in readings.targets]
    found += [render.Highlight(units.span, "unit", "责任单位") for units in readings.units]
    found += [render.Highlight(unread.span, "unread", f"未读懂：{unread.why}") for unread in readings.unread]
    return found


def show(document: Document, readings: Readings, *, show_tree: bool) -> None:
    """Print what the document is, its tree, and a table for each kind of reading."""
    out = console()
    out.print(render.tree(document) if show_tree else _metadata(document))
    out.print()
    for warning in document.warnings:
        out.print(f"[unknown]注意[/] {escape(warning)}")
    for table in (
        _incentives(readings),
        _targets(readings),
        _units(readings),
        _unread(document, readings),
    ):
        if table.row_count:
            out.print(table)
    out.print(
        f"条文 {sum(1 for _ in document.walk())} 条　奖补 {len(readings.incentives)} 项　目标 {len(readings.targets)} 项　"
        f"责任单位 {len(readings.units)} 处　[overdue]未读懂 {len(readings.unread)} 处[/]"
    )


def _metadata(document: Document) -> Table:
    said = document.metadata
    grid = Table.grid(padding=(0, 2))
    for name, value in (
        ("标题", said.title), ("文号", said.number), ("发布机关", said.issuer), ("印发", said.issued_on),
        ("施行", said.effective_on), ("失效", said.expires_on),
    ):  # fmt: skip
        if value is not None:
            grid.add_row(f"[muted]{name}[/]", escape(str(value)))
    if said.is_draft:
        grid.add_row("", "[overdue]征求意见稿，尚未施行[/]")
    return grid


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), show_edge=False
    )
    for column in columns:
        table.add_column(column, header_style="muted", overflow="fold", no_wrap=column == "条文")
    return table


def _incentives(readings: Readings) -> Table:
    table = _table("奖补", "条文", "对象", "给多少", "条件", "确定性")
    for incentive in readings.incentives:
        given = "；".join(_tier(tier) for tier in incentive.tiers)
        conditions = "，".join(f"{c.quantity} {c.op} {_plain(c.value, c.unit)}" for c in incentive.conditions)
        certain = incentive.certainty is Certainty.DEFINITE
        style = "met" if certain else "ceiling"
        cells = (incentive.clause, incentive.beneficiary or "—", given, conditions or "—")
        table.add_row(*map(_cell, cells), f"[{style}]{incentive.certainty.label}[/]")
    return table


def _tier(tier: Tier) -> str:
    when = f"{tier.when}：" if tier.when else ""
    cap = f"，最高 {_plain(tier.cap, '元')}" if tier.cap is not None else ""
    return f"{when}{_amount(tier.amount)}{cap}"


def _amount(amount: Amount) -> str:
    low, high = amount.low, amount.high
    match amount.kind:
        case AmountKind.FIXED:
            return _plain(low, "元")
        case AmountKind.UPTO:
            return f"最高 {_plain(low, '元')}"
        case AmountKind.RATE:
            return f"{amount.of}的 {_plain(low, '%')}"
        case AmountKind.PER_UNIT:
            return f"每{amount.unit} {_plain(low, '元')}"
        case AmountKind.RANGE_YUAN:
            return f"{_plain(low, '元')} 至 {_plain(high, '元')}"
        case AmountKind.RANGE_PERCENT:
            return f"{amount.of}的 {_plain(low, '%')} 至 {_plain(high, '%')}"
        case AmountKind.CASE_BY_CASE:
            return "一事一议"


def _cell(text: str) -> str:
    """Text for a table cell: line breaks of the official text joined, marks of the console's own language escaped."""
    return escape(text.replace("\n", ""))


def _plain(value: Fraction | None, unit: str) -> str:
    """A number for reading: ten thousand yuan and more in 万元."""
    number = value if value is not None else Fraction(0)
    if unit == "元" and number >= 10_000:
        number, unit = number / 10_000, "万元"
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{exact.normalize():f} {unit}".rstrip()


def _targets(readings: Readings) -> Table:
    table = _table("目标", "条文", "指标", "", "值", "年份")
    for target in readings.targets:
        value = f"{float(target.value):g}" + (f"–{float(target.high):g}" if target.high is not None else "")
        year = str(target.year or "—") + (" 每年" if target.frequency == "annual" else "")
        hope = "（力争）" if target.is_aspirational else ""
        table.add_row(*map(_cell, (target.clause, target.indicator + hope, target.op, f"{value} {target.unit}", year)))
    return table


def _units(readings: Readings) -> Table:
    table = _table("责任单位", "条文", "牵头", "责任", "配合")
    for units in readings.units:
        table.add_row(
            *map(
                escape,
                (
                    units.clause,
                    "、".join(units.lead) or "—",
                    "、".join(units.responsible) or "—",
                    "、".join(units.cooperating) or "—",
                ),
            )
        )
    return table


def _unread(document: Document, readings: Readings) -> Table:
    table = _table("[overdue]未读懂（有数，但没有归入上面任何一类）[/]", "原文", "为什么")
    for unread in readings.unread:
        table.add_row(escape("".join(unread.span.of(document.text).split())), escape(unread.why))
    return table
