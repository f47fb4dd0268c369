"""`cewen test [POLICY…]`: the worked cases, measure by measure, and every case that fails."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.cli.options import json_option, policies_options
from cewen.cli.terminal import console, print_json, say_notices
from cewen.engine.cases import CaseOutcome, run_cases
from cewen.engine.check_cases import WANTED
from cewen.rules.load import Corpus, load_corpus, require_sound

KINDS = {**WANTED, "history": "往来与时限"}


@click.command()
@click.argument("policies", nargs=-1, metavar="[政策编号]…")
@policies_options
@json_option
def command(policies: tuple[str, ...], policy_ids: tuple[str, ...], home: Path | None, as_json: bool) -> None:
    """运行算例：每个算例用参照解释器算一遍，与期望逐项比较。

    全部通过以 0 退出，否则以 1 退出。

    例：cewen test wuhan/2022-digital-economy-measures
    """
    corpus = require_sound(load_corpus(home))
    say_notices(corpus.findings)
    wanted = (*policies, *policy_ids)
    unknown = [name for name in wanted if corpus.policy(name) is None]
    if unknown:
        known = "、".join(policy.id for policy in corpus.policies)
        raise CewenError.of("CW003", f"没有政策“{'、'.join(unknown)}”", f"已有的政策：{known or '无'}。")
    findings: list[Diagnostic] = []
    outcomes = [
        outcome
        for policy in corpus.policies
        if not wanted or policy.id in wanted
        for outcome in run_cases(corpus, policy, findings)
    ]
    if findings:
        raise CewenError(findings)
    failed = [outcome for outcome in outcomes if outcome.faults]
    if as_json:
        print_json(cases_json(outcomes))
    else:
        show(corpus, outcomes)
    if failed:
        sys.exit(1)


def cases_json(outcomes: list[CaseOutcome]) -> dict[str, object]:
    """Counts and every case."""
    return {
        "passed": sum(1 for outcome in outcomes if not outcome.faults),
        "failed": sum(1 for outcome in outcomes if outcome.faults),
        "cases": [
            {
                "measure": f"{outcome.policy}#{outcome.measure}",
                "name": outcome.case.name,
                "kind": outcome.case.kind,
                "place": outcome.place.to_json(),
                "faults": list(outcome.faults),
            }
            for outcome in outcomes
        ],
    }


def show(corpus: Corpus, outcomes: list[CaseOutcome]) -> None:
    """A table a policy, a row a measure; then the failures one by one."""
    out = console()
    for policy_id, of_policy in groupby(outcomes, key=lambda outcome: outcome.policy):
        policy = corpus.policy(policy_id)
        table = Table(
            title=policy.header.title if policy else policy_id, title_justify="left", box=None, pad_edge=False
        )
        table.add_column("措施", ratio=1)
        for label in KINDS.values():
            table.add_column(label, justify="right")
        table.add_column("")
        for measure_id, group in groupby(of_policy, key=lambda outcome: outcome.measure):
            _add_row(table, corpus, f"{policy_id}#{measure_id}", list(group))
        out.print(table, "")
    failed = [outcome for outcome in outcomes if outcome.faults]
    for outcome in failed:
        out.print(f"[overdue]✗[/] {escape(outcome.case.name)}　[muted]{escape(str(outcome.place))}[/]")
        for fault in outcome.faults:
            out.print(f"    {escape(fault)}")
    if failed:
        out.print(f"\n{len(outcomes)} 个算例，[overdue]{len(failed)} 个没有通过[/]。对照原文，改正措施或算例。")
    elif outcomes:
        out.print(f"[met]✓[/] {len(outcomes)} 个算例全部通过。")
    else:
        out.print("没有算例。算例写在政策文件夹的 cases/ 里。")


def _add_row(table: Table, corpus: Corpus, key: str, group: list[CaseOutcome]) -> None:
    found = corpus.measure(key)
    kinds: Counter[str] = Counter(outcome.case.kind for outcome in group)
    failed = sum(1 for outcome in group if outcome.faults)
    title = found[1].title if found else f"{key}（没有这条措施）"
    numbers = (str(kinds[kind]) if kinds[kind] else "[muted]·[/]" for kind in KINDS)
    table.add_row(escape(title), *numbers, f"[overdue]✗ {failed}[/]" if failed else "[met]✓[/]")
