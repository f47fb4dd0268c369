"""`cewen tasks`: who owes what by when, and what is late."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cewen.base.errors import CewenError
from cewen.cli.options import json_option, on_option, policies_options
from cewen.cli.remote import ask_all, refuse_beside_server, server_option
from cewen.cli.terminal import console, print_json
from cewen.rules.load import load_corpus
from cewen.supervision.case import TaskCase, lamp_of
from cewen.supervision.contract import task_json, tasks_json
from cewen.supervision.journal import Journal, cases_on
from cewen.supervision.unit import Units, load_units
from cewen.supervision.workflow import Workflow, shipped_workflow

JOURNAL = Path("cewen-data") / "supervision.sqlite"
LAMPS = {"red": ("overdue", "红"), "yellow": ("ceiling", "黄"), "blue": ("accent", "蓝"), "none": ("muted", "—")}


@click.command()
@on_option
@policies_options
@click.option("--unit", metavar="单位", help="只看这个单位牵头或参与的，写名称，如 市经信局")
@click.option(
    "--lamp", "lamps", multiple=True, type=click.Choice(["red", "yellow", "blue"]), help="只看亮这些灯的，可重复"
)
@click.option("--unowned", is_flag=True, help="只看还没有单位或责任人的")
@click.option(
    "--journal", type=click.Path(path_type=Path, dir_okay=False), default=JOURNAL, metavar="文件",
    help="督办台账，默认 cewen-data/supervision.sqlite；还没有时各任务都是待领办",
)  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="输出 CSV")
@json_option
@server_option
def command(
    on: date,
    policy_ids: tuple[str, ...],
    home: Path | None,
    unit: str | None,
    lamps: tuple[str, ...],
    unowned: bool,
    journal: Path,
    as_csv: bool,
    as_json: bool,
    server: str | None,
) -> None:
    """督办任务：每一条由谁牵头、几时到期、到哪一步、亮什么灯。

    条文里的任务、每年要办的事、没有单位认领的目标都在内。办理用 cewen supervise。

    例：cewen tasks --on 2026-11-22 --unit 市经信局
    """
    if server is not None:
        refuse_beside_server(policies=home, csv=as_csv)
        first, items = ask_all(server, "tasks", {"on": on, "unit": unit})
        kept = [
            each
            for each in items
            if (not policy_ids or each["policy"] in policy_ids)
            and (not lamps or each["lamp"] in lamps)
            and (not unowned or not each["lead"])
        ]
        print_json({"on": first["on"], "tasks": kept})
        return
    corpus = load_corpus(home, policy_ids)
    own = home / "units.yaml" if home is not None else None
    units, workflow = load_units(own), shipped_workflow()
    found = cases_on(corpus, Journal(journal).events(), workflow, on)
    found = _of_unit(found, unit, units, on) if unit is not None else found
    found = tuple(
        each
        for each in found
        if (not lamps or lamp_of(each, workflow, on)[0] in lamps)
        and (not unowned or (each.is_open and not each.is_owned))
    )
    if as_json:
        print_json(tasks_json(on, found, workflow, units))
    elif as_csv:
        click.echo(to_csv(found, workflow, units, on), nl=False)
    else:
        show(found, workflow, units, on)


def _of_unit(found: tuple[TaskCase, ...], unit: str, units: Units, on: date) -> tuple[TaskCase, ...]:
    kept = tuple(
        each for each in found if any(units.same(unit, other, on) for other in (*each.lead, *each.task.responsible))
    )
    if not kept:
        known = sorted({units.name_on(other, on) for each in found for other in (*each.lead, *each.task.responsible)})
        raise CewenError.of("CW807", f"没有“{unit}”的任务", f"任务里有的单位：{'、'.join(known)}。")
    return kept


def show(found: tuple[TaskCase, ...], workflow: Workflow, units: Units, on: date) -> None:
    """A table for each document, what is late first."""
    order = list(LAMPS)
    for policy in dict.fromkeys(each.task.policy for each in found):
        table = Table(title=policy, title_justify="left", box=None, pad_edge=False)
        for name, options in (
            ("灯", {}), ("到期", {}), ("状态", {}), ("任务", {"ratio": 3}), ("牵头", {"ratio": 2}), ("条款", {"style": "muted"})
        ):  # fmt: skip
            table.add_column(name, overflow="fold", no_wrap="ratio" not in options, **options)
        own = [each for each in found if each.task.policy == policy]
        for each in sorted(own, key=lambda case: (order.index(lamp_of(case, workflow, on)[0]), case.due or date.max)):
            lamp, words = lamp_of(each, workflow, on)
            style, sign = LAMPS[lamp]
            state = workflow.states[each.state].label if each.state in workflow.states else "征求意见稿，尚未施行"
            lead = "、".join(units.name_on(unit, on) for unit in each.lead) or "无单位认领"
            mark = "" if each.task.lead_named or not each.lead else "（条文未写明，取第一责任单位）"
            table.add_row(
                f"[{style}]{sign} {words}[/]", str(each.due or "未载明"), state,
                escape(each.task.title), escape(lead + mark), each.task.clause,
            )  # fmt: skip
        console().print(table, "")
    counts = Counter(lamp_of(each, workflow, on)[0] for each in found)
    lit = "，".join(f"{LAMPS[lamp][1]}灯 {counts[lamp]}" for lamp in ("red", "yellow", "blue") if counts[lamp])
    unowned = sum(each.is_open and not each.is_owned for each in found)
    console().print(f"[muted]{on} 共 {len(found)} 件：{lit or '没有亮灯的'}；无人负责 {unowned}。[/]")


def to_csv(found: tuple[TaskCase, ...], workflow: Workflow, units: Units, on: date) -> str:
    """The fields of the contract, one task a line, with the byte-order mark Excel asks for."""
    out = io.StringIO()
    rows = [task_json(each, workflow, units, on) for each in found]
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["id"], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(row | {"responsible": "、".join(row["responsible"])})
    return "\ufeff" + out.getvalue()
