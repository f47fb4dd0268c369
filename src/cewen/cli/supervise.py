"""`cewen supervise`: take, plan, report, close or return a task; escalate what is late; check the chain."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.markup import escape

from cewen.base.errors import CewenError
from cewen.cli.options import Day, on_option, policies_options
from cewen.cli.tasks import JOURNAL
from cewen.cli.terminal import console
from cewen.rules.load import load_corpus
from cewen.supervision.escalate import escalate
from cewen.supervision.event import Actor, Step
from cewen.supervision.journal import Journal
from cewen.supervision.unit import load_units
from cewen.supervision.workflow import shipped_workflow

STEPS = "take 领办、hand_over 换人负责、plan 报方案、progress 报进展、report 报告办结、close 核验销号、return 退回、" \
    "extend 延期、withdraw 不再办理、reopen 重新督办；escalate 逾期提级；verify 核对台账"  # fmt: skip


@click.command()
@click.argument("edge", metavar="环节")
@click.argument("task", metavar="[任务编号]", required=False)
@on_option
@policies_options
@click.option("--person", metavar="姓名", default="", help="经办人")
@click.option("--as-unit", "unit", metavar="单位", default="", help="经办人的单位")
@click.option("--role", type=click.Choice(["lead", "supervisor"]), default="lead", help="牵头单位或督查机构")
@click.option("--for", "acts_for", metavar="姓名", default="", help="代谁办理")
@click.option("--text", metavar="文字", default="", help="说明")
@click.option("--evidence", multiple=True, metavar="材料", help="佐证材料的名称、文号或网址，可重复")
@click.option("--owner", metavar="姓名", default="", help="责任人（领办、换人时）")
@click.option("--due", type=Day(), metavar="日期", help="新的期限（延期时）")
@click.option("--key", metavar="编号", default="", help="重复提交也只记一次")
@click.option(
    "--journal", type=click.Path(path_type=Path, dir_okay=False), default=JOURNAL, metavar="文件", help="督办台账"
)
def command(
    edge: str,
    task: str | None,
    on: date,
    policy_ids: tuple[str, ...],
    home: Path | None,
    person: str,
    unit: str,
    role: str,
    acts_for: str,
    text: str,
    evidence: tuple[str, ...],
    owner: str,
    due: date | None,
    key: str,
    journal: Path,
) -> None:
    """办理督办任务：领办、报方案、报进展、报告办结、核验销号、退回、提级。

    每一步都记入台账，记下的不能改；没有佐证不能报告办结，报告人不能自己核验。

    例：cewen supervise take wuhan/2022-software-plan#root-technology --person 李某 --as-unit 市科技局 --owner 李某
    """
    found = Journal(journal)
    if edge == "verify":
        faults = found.faults()
        if faults:
            raise CewenError.of(
                "CW815", f"台账 {journal} 被改动过：{'；'.join(faults)}", "从备份恢复，并查明是谁改的。"
            )
        console().print(f"[met]台账完整[/]：{len(found.events())} 条事件，前后相接。")
        return
    corpus, workflow = load_corpus(home, policy_ids), shipped_workflow()
    units = load_units(home / "units.yaml" if home is not None else None)
    if edge == "escalate":
        raised = escalate(found, corpus, workflow, units, on)
        for event in raised:
            console().print(f"{escape(event.step.task)}　{event.step.text}")
        console().print(f"[muted]{on} 提级 {len(raised)} 件。[/]")
        return
    if edge not in workflow.edges:
        raise CewenError.of("CW812", f"没有环节“{edge}”", f"可用的环节：{STEPS}。")
    if task is None or not person:
        raise CewenError.of(
            "CW814", "要写明任务编号和经办人", "如 cewen supervise take 编号 --person 姓名 --as-unit 单位。"
        )
    actor = Actor(person, unit, role, acts_for)
    case = found.act(corpus, Step(task, edge, actor, on, text, evidence, owner, due, key), workflow, units)
    console().print(f"{escape(case.task.title)}：{workflow.states[case.state].label}，责任人 {case.owner or '未定'}。")
