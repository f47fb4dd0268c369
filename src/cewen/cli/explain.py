"""`cewen explain FACTS.json`: what one enterprise can get, how much, why, and what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from cewen.base.certainty import Certainty
from cewen.base.money import display_money
from cewen.cli.options import json_option, on_option, policies_options, year_option
from cewen.cli.remote import ask, refuse_beside_server, server_option
from cewen.cli.terminal import amount_text, console, print_json, say_notices, style_of
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.factsheet import FactSheet
from cewen.engine.read_facts import read_factsheet
from cewen.engine.result import Result, Status
from cewen.rules.load_cache import load_plan

SECTIONS: tuple[tuple[str, str], ...] = (
    ("可享", "met"), ("不计入合计", "suppressed"), ("缺一步", "near"), ("待核实", "unknown"), ("不符合", "not_met"), ("未施行或已失效", "not_in_force"),
)  # fmt: skip


@click.command()
@click.argument("facts", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@on_option
@year_option
@policies_options
@click.option("--as-if-in-force", is_flag=True, help="把征求意见稿与已失效的政策也算一遍，每行注明是假定")
@click.option("--all", "show_all", is_flag=True, help="不符合与未施行的也逐条列出")
@json_option
@server_option
def command(
    facts: Path,
    on: date,
    year: int | None,
    home: Path | None,
    policy_ids: tuple[str, ...],
    as_if_in_force: bool,
    show_all: bool,
    as_json: bool,
    server: str | None,
) -> None:
    """一家企业：能得什么、多少、依据哪一条、还缺什么。

    FACTS 是一份 JSON：{"enterprise": {"名称": …, "年营业收入": {"2023": "6800万元"}}, "projects": […]}

    例：cewen explain 甲公司.json --on 2024-06-30
    """
    if server is not None:
        refuse_beside_server(policies=home, policy=policy_ids, all=show_all)
        query = {"on": on, "year": year, "as_if_in_force": as_if_in_force}
        print_json(ask(server, "explain", query, facts.read_bytes()))
        return
    plan = load_plan(home, policy_ids, on)
    say_notices(plan.corpus.findings)
    sheet = read_factsheet(facts, plan.corpus)
    # One sheet in one process: the reference is done before a prepared plan would be ready.
    evaluation = evaluate_factsheet(plan, sheet, year=year, as_if_in_force=as_if_in_force)
    if as_json:
        print_json(explain_json(evaluation))
    else:
        show(evaluation, sheet, show_all=show_all)


def show(evaluation: Evaluation, sheet: FactSheet, *, show_all: bool) -> None:
    """Print sums, then results by state; what applies is opened to its conditions."""
    out = console()
    name = sheet.enterprise.name or "这家企业"
    out.print(f"\n[bold]{escape(name)}[/]　{evaluation.on} 的结论\n")
    out.print(_sums(evaluation))
    for title, section in SECTIONS:
        results = [result for result in evaluation.results if _section(result) == section]
        if not results:
            continue
        if section == "unknown":
            out.print(_unlocks(results))
            out.print()
        if section in ("unknown", "not_met", "not_in_force") and not show_all:
            out.print(f"[muted]{title} {len(results)} 条（--all 逐条列出）[/]")
            continue
        tree = Tree(f"[bold]{title}[/] {len(results)} 条", guide_style="muted")
        for result in results:
            _branch(tree, result, detailed=section in ("met", "suppressed", "near"))
        out.print(tree)
        out.print()


def _section(result: Result) -> str:
    if result.suppressed_by is not None:
        return "suppressed"
    if result.status is Status.NOT_MET:
        missed = [outcome for outcome in result.conditions if outcome.truth.value == "not_met"]
        return "near" if result.gaps and len(missed) <= 1 else "not_met"
    return result.status.value


def _sums(evaluation: Evaluation) -> Table:
    """Definite money, and "at most" apart: never added together silently."""
    definite, ceiling, open_count = 0, 0, 0
    for result in evaluation.results:
        if result.status is Status.MET and result.suppressed_by is None and result.amount is None:
            open_count += 1
        elif result.counts and result.amount is not None:
            if result.measure.measure.certainty is Certainty.DEFINITE:
                definite += result.amount.high
            else:
                ceiling += result.amount.high
    table = Table.grid(padding=(0, 3))
    table.add_row("确定", f"[met]{display_money(definite)}[/]")
    table.add_row("另有上限", f"[ceiling]最高 {display_money(ceiling)}[/]（主管部门可少给或择优，不与上面相加）")
    if open_count:
        table.add_row("另有", f"{open_count} 条符合但文件未写明数额")
    return table


def _unlocks(results: list[Result]) -> Table:
    """Missing facts, each with the measures that wait for it, the most money first."""
    waiting: dict[str, list[Result]] = {}
    for result in results:
        for label in result.need_labels:
            waiting.setdefault(label, []).append(result)
    table = Table(title="补上这些事实就能定", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("还缺", no_wrap=True)
    table.add_column("至多", justify="right", no_wrap=True)
    table.add_column("等它的措施")
    for label, held in sorted(waiting.items(), key=lambda item: -_most(item[1])):
        most = _most(held)
        titles = "、".join(dict.fromkeys(result.measure.measure.title for result in held))
        table.add_row(f"[unknown]? {escape(label)}[/]", display_money(most) if most else "未写明", escape(titles))
    return table


def _most(results: list[Result]) -> int:
    return max((result.amount.high for result in results if result.amount), default=0)


def _branch(tree: Tree, result: Result, *, detailed: bool) -> None:
    measure = result.measure.measure
    name = f"（{escape(result.object_name)}）" if result.object_name and result.subject != "enterprise" else ""
    simulated = ""
    if result.simulated is not None:
        simulated = f" [overdue]假定施行：{result.simulated.says(result.measure.policy.header.validity)}[/]"
    line = f"{escape(measure.title)}{name}　[{style_of(result)}]{escape(amount_text(result))}[/]{simulated}"
    branch = tree.add(line)
    if not detailed:
        return
    branch.add(f"[muted]{escape(result.measure.policy.header.title)} {measure.clause}　“{escape(measure.quote)}”[/]")
    for step in result.steps:
        branch.add(escape(step))
    for words in measure.open_conditions:
        branch.add(f"[unknown]人工判断[/] {escape(words)}")
