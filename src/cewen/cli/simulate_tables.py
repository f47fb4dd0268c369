"""The answer of a simulation on the terminal: sums first, then what differs, then who it meets."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from cewen.base.certainty import Certainty
from cewen.base.money import display_money
from cewen.cli.terminal import console
from cewen.engine.simulate.compare import MeasureLine
from cewen.engine.simulate.contract import decimal_text
from cewen.engine.simulate.ratio import ratio_text
from cewen.engine.simulate.simulate import Simulation
from cewen.engine.simulate.tally import MeasureTally
from cewen.engine.simulate.words import assumption_words

MOST_LINES = 16


def show(found: Simulation) -> None:
    """Print the simulation."""
    out = console()
    out.print(f"\n[bold]{escape(found.title)}[/]　{found.enterprises} 家企业\n")
    for change in found.changes:
        where = f"（{change.clause}）" if change.clause else ""
        words = f"{change.path}：{change.before} → [bold]{escape(change.after)}[/]"
        out.print(f"  {change.kind.label}　{escape(change.title)}{where}　{words}")
    for finding in found.findings:
        out.print(f"  [unknown]{finding.severity.label} {finding.code}[/]　{escape(finding.message)}")
        out.print(f"  [muted]　　怎么办：{escape(finding.remedy)}[/]")
    out.print()
    out.print(_totals(found))
    out.print()
    out.print(_measures(found))
    _shifts(found)
    _districts(found)
    _spread(found)
    _years(found)
    _budget(found)
    for words in assumption_words(found.settings):
        out.print(f"[muted]假定：{escape(words)}。[/]")


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="muted")
    for at, head in enumerate(heads):
        table.add_column(head, justify="left" if at == 0 else "right", no_wrap=True)
    return table


def _totals(found: Simulation) -> Table:
    table = _table("合计", found.before_title, found.after_title, "相差")
    before, after = found.before, found.after
    for label, style, one, other in (
        ("确定", "met", before.cost.definite, after.cost.definite),
        ("另有上限，最高", "ceiling", before.cost.ceiling, after.cost.ceiling),
    ):
        table.add_row(label, display_money(one), f"[{style}]{display_money(other)}[/]", _signed(other - one))
    for label, first, second in (
        ("奖补笔数", before.awards, after.awards),
        ("可享企业", before.entitled, after.entitled),
    ):
        table.add_row(label, str(first), str(second), f"{second - first:+d}" if first != second else "·")
    return table


def _signed(fen: int) -> str:
    return "·" if fen == 0 else ("+" if fen > 0 else "") + display_money(fen)


def _measures(found: Simulation) -> Table:
    lines = [line for line in found.measures if not line.is_same]
    lines.sort(key=lambda line: -abs(_amount(line.after) - _amount(line.before)))
    heads = (f"笔数 {found.before_title}", found.after_title, f"金额 {found.before_title}", found.after_title)
    table = _table("结果有变的措施", "条款", *heads)
    for line in lines[:MOST_LINES]:
        measure = line.either.measure.measure
        style = "met" if measure.certainty is Certainty.DEFINITE else "ceiling"
        table.add_row(
            escape(measure.title), escape(measure.clause), _count(line, before=True), _count(line, before=False),
            _money(line.before), f"[{style}]{_money(line.after)}[/]",
        )  # fmt: skip
    if not lines:
        table.add_row("[muted]没有一条措施的结果改变[/]")
    if len(lines) > MOST_LINES:
        table.add_row(f"[muted]其余 {len(lines) - MOST_LINES} 条见 --out 或 --report[/]")
    return table


def _amount(tally: MeasureTally | None) -> int:
    return 0 if tally is None else tally.amount


def _money(tally: MeasureTally | None) -> str:
    return "—" if tally is None else display_money(_amount(tally))


def _count(line: MeasureLine, *, before: bool) -> str:
    tally = line.before if before else line.after
    return "—" if tally is None else str(tally.awards)


def _shifts(found: Simulation) -> None:
    out, balance = console(), found.balance
    mixed = f"、有得有失 {balance.mixed}" if balance.mixed else ""
    out.print(
        f"\n受益 [met]{balance.winners}[/] 家、受损 [overdue]{balance.losers}[/] 家{mixed}、不变 {balance.same} 家"
    )
    for shift in found.shifts:
        if not shift.winners and not shift.losers:
            continue
        gains = f"{shift.winners} 家多得 {display_money(shift.gained)}"
        out.print(f"  {shift.kind.label}：{gains}，{shift.losers} 家少得 {display_money(shift.lost)}")
        for word, listed in (("多", shift.top_winners), ("少", shift.top_losers)):
            for each in listed[:3]:
                name = escape(each.name or each.uscc)
                out.print(
                    f"    [muted]{word} {display_money(abs(each.after - each.before))}　{name}　{each.district}[/]"
                )


def _districts(found: Simulation) -> None:
    lines = [line for line in found.districts if line.before != line.after]
    if not lines:
        return
    table = _table("注册地", "企业", "确定", "", "最高", "")
    for line in lines[:MOST_LINES]:
        costs = (line.before.definite, line.after.definite, line.before.ceiling, line.after.ceiling)
        table.add_row(escape(line.name), str(line.enterprises), *(display_money(fen) if fen else "·" for fen in costs))
    console().print()
    console().print(table)


def _spread(found: Simulation) -> None:
    out = console()
    out.print()
    for kind, both in found.distributions.items():
        if any(side.total for side in both):
            gini = " → ".join(decimal_text(side.gini) for side in both)
            top = " → ".join(ratio_text(side.top_share, 1) for side in both)
            out.print(f"{kind.label}的分布：基尼系数 {gini}，最多的十家占 {top}")


def _years(found: Simulation) -> None:
    if not found.years:
        return
    table = _table("逐年", "确定", "", "最高", "", "笔数", "")
    for line in found.years:
        costs = (
            line.before.cost.definite, line.after.cost.definite, line.before.cost.ceiling, line.after.cost.ceiling,
        )  # fmt: skip
        table.add_row(
            str(line.on), *(display_money(fen) for fen in costs), str(line.before.awards), str(line.after.awards)
        )
    console().print()
    console().print(table)
    for words in dict.fromkeys(words for line in found.years for words in line.dormant):
        console().print(f"[muted]  {escape(words)}，其后不计[/]")


def _budget(found: Simulation) -> None:
    if found.allocations is None:
        return
    table = _table("预算", "申领", "分得", "足额", "部分", "没有")
    for title, side in zip((found.before_title, found.after_title), found.allocations, strict=True):
        for label, part in (("确定", side.definite), ("上限部分，最高", side.ceiling)):
            money = (display_money(part.claimed), display_money(part.granted))
            counts = (part.in_full, part.in_part, part.nothing)
            table.add_row(f"{escape(title)} · {label}", *money, *(f"{count} 笔" for count in counts))
        table.add_row(f"{escape(title)} · 结余", "", display_money(side.left))
    console().print()
    console().print(table)
