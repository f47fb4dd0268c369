"""The register's answer on the terminal: by measure, by district, in all."""

from __future__ import annotations

from itertools import groupby

from rich.markup import escape
from rich.table import Table

from cewen.base.money import display_money
from cewen.base.period import last_full_year
from cewen.cli.terminal import console
from cewen.engine.result import Status
from cewen.engine.summary import MeasureSummary, Summary, Sums

MOST_DISTRICTS = 16
MOST_NEEDS = 5


def show(summary: Summary, name: str, year: int | None, left_out: int = 0) -> None:
    """Print the sums first, then the measures by document, then the districts. `left_out` enterprises are not in them."""
    out = console()
    facts_year = last_full_year(summary.plan.on) if year is None else year
    out.print(f"\n[bold]{escape(name)}[/]　{summary.plan.on} 的结论　年度事实取 {facts_year} 年\n")
    out.print(_totals(summary, left_out))
    out.print()
    _measures(summary)
    _silent(summary)
    out.print()
    out.print(_districts(summary))
    out.print()
    _needs(summary)


def _totals(summary: Summary, left_out: int) -> Table:
    table = Table.grid(padding=(0, 3))
    share = f"{summary.enterprises} 家，其中 [met]{summary.entitled}[/] 家有可享的奖补"
    table.add_row("企业", share)
    if left_out:
        table.add_row("没有计算", f"[overdue]{left_out} 家[/]，名册里这些企业的行有问题")
    table.add_row("确定", f"[met]{display_money(summary.sums.definite)}[/]")
    table.add_row("另有上限", f"[ceiling]最高 {display_money(summary.sums.ceiling)}[/]（可少给或择优，不与上面相加）")
    if summary.sums.open_count:
        table.add_row("另有", f"{summary.sums.open_count} 条符合但文件未写明数额")
    return table


def _measures(summary: Summary) -> None:
    """One table a document, of one width, so that the columns stand under each other."""
    out = console()
    spoken = [each for each in summary.measures.values() if _speaks(each)]
    for number, (_, group) in enumerate(groupby(spoken, key=lambda each: each.measure.policy.id)):
        own = list(group)
        header = own[0].measure.policy.header
        table = Table(box=None, padding=(0, 1), header_style="muted", show_header=number == 0)
        table.add_column("措施", width=50, no_wrap=True, overflow="ellipsis")
        for name in ("符合", "待核实", "不符合"):
            table.add_column(name, justify="right", no_wrap=True, width=6)
        table.add_column("确定", justify="right", no_wrap=True, width=13)
        table.add_column("最高", justify="right", no_wrap=True, width=13)
        table.add_column("条款", no_wrap=True, width=12)
        for each in own:
            table.add_row(*_cells(each))
        ribbon = f"\n  [overdue]假定施行：{own[0].in_force.says(header.validity)}[/]" if own[0].simulated else ""
        out.print(f" [bold]{escape(header.title)}[/]{ribbon}")
        out.print(table)


def _cells(each: MeasureSummary) -> tuple[str, ...]:
    counts = each.enterprises
    mark = "[overdue]假定[/] " if each.simulated else ""
    return (
        f"  {mark}{escape(each.measure.measure.title)}",
        _count(counts[Status.MET], "met"),
        _count(counts[Status.UNKNOWN], "unknown"),
        _count(counts[Status.NOT_MET], "not_met"),
        f"[met]{display_money(each.sums.definite)}[/]" if each.sums.definite else "",
        f"[ceiling]{display_money(each.sums.ceiling)}[/]" if each.sums.ceiling else _blank(each.sums),
        f"[muted]{escape(each.measure.measure.clause)}[/]",
    )


def _blank(sums: Sums) -> str:
    return f"[muted]{sums.open_count} 条无数额[/]" if sums.open_count else ""


def _count(count: int, style: str) -> str:
    return f"[{style}]{count}[/]" if count else "[muted]·[/]"


def _speaks(each: MeasureSummary) -> bool:
    """A measure someone meets or may meet; the others are counted in one line."""
    return bool(each.enterprises[Status.MET] or each.enterprises[Status.UNKNOWN])


def _silent(summary: Summary) -> None:
    out = console()
    dormant: dict[str, int] = {}
    nobody = 0
    for each in summary.measures.values():
        if each.enterprises[Status.NOT_IN_FORCE]:
            words = each.in_force.says(each.measure.policy.header.validity)
            title = each.measure.policy.header.title
            dormant[f"《{title}》{words}"] = dormant.get(f"《{title}》{words}", 0) + 1
        elif not _speaks(each):
            nobody += 1
    if nobody:
        out.print(f"[muted]  另有 {nobody} 条措施，册内没有一家符合或待核实[/]")
    for words, count in dormant.items():
        out.print(f"[muted]  {escape(words)}：{count} 条未计（--as-if-in-force 可假定施行）[/]")


def _districts(summary: Summary) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="muted")
    table.add_column("注册地", max_width=40, no_wrap=True)
    for name in ("企业", "可享", "确定", "最高"):
        table.add_column(name, justify="right", no_wrap=True)
    districts = summary.districts
    for each in districts[:MOST_DISTRICTS]:
        table.add_row(f"  {escape(each.name)}", str(each.enterprises), _count(each.entitled, "met"), *_money(each.sums))
    rest = districts[MOST_DISTRICTS:]
    if rest:
        sums = Sums(sum(each.sums.definite for each in rest), sum(each.sums.ceiling for each in rest))
        counts = (str(sum(each.enterprises for each in rest)), _count(sum(each.entitled for each in rest), "met"))
        table.add_row(f"  [muted]其余 {len(rest)} 个地区[/]", *counts, *_money(sums))
    return table


def _money(sums: Sums) -> tuple[str, str]:
    definite = f"[met]{display_money(sums.definite)}[/]" if sums.definite else ""
    return definite, f"[ceiling]{display_money(sums.ceiling)}[/]" if sums.ceiling else ""


def _needs(summary: Summary) -> None:
    """What to ask for first: the facts that hold up most results."""
    if not summary.needs:
        return
    out = console()
    out.print("[bold]先补这些事实[/]　[muted]补上后能定下最多结论[/]")
    for need in summary.needs[:MOST_NEEDS]:
        out.print(f"  [unknown]?[/] {escape(need.label)}　{need.enterprises} 家企业、{need.results} 条结论在等它")
    out.print()
