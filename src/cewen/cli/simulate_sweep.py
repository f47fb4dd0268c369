"""A sweep on the terminal: one line a point, the rules as they are first."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from cewen.base.money import display_money
from cewen.cli.terminal import console
from cewen.engine.simulate.sweep import Swept
from cewen.engine.simulate.words import assumption_words


def show_sweep(found: Swept) -> None:
    """Print the sweep."""
    out = console()
    out.print(f"\n[bold]逐点试算：{escape(found.title)}[/]\n")
    for finding in found.findings:
        out.print(f"  [unknown]{finding.severity.label} {finding.code}[/]　{escape(finding.message)}")
        out.print(f"  [muted]　　怎么办：{escape(finding.remedy)}[/]")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="muted")
    for at, head in enumerate(("取值", "确定", "最高", "奖补笔数", "可享企业", "受益", "受损", "有得有失")):
        table.add_column(head, justify="left" if at == 0 else "right", no_wrap=True)
    before = found.before
    table.add_row(
        "[muted]现行[/]", display_money(before.cost.definite), display_money(before.cost.ceiling), str(before.awards),
        str(before.entitled), "", "", "",
    )  # fmt: skip
    for point in found.points:
        side, balance = point.after, point.balance
        counts = (side.awards, side.entitled, balance.winners, balance.losers, balance.mixed)
        money = (display_money(side.cost.definite), display_money(side.cost.ceiling))
        table.add_row(escape(point.value), *money, *(str(count) if count else "·" for count in counts))
    out.print(table)
    out.print("\n[muted]确定与最高不相加；受益、受损是与现行相比的企业数。[/]")
    for words in assumption_words(found.settings):
        out.print(f"[muted]假定：{escape(words)}。[/]")
