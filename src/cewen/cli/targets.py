"""`cewen targets`: where every target stands on a day, on what evidence, and whether it will be met."""

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
from cewen.indicators.all_targets import assess_targets
from cewen.indicators.assess import Assessment, TargetStatus, chance
from cewen.indicators.contract import target_json, targets_json
from cewen.indicators.definition import load_indicators
from cewen.indicators.store import load_observations
from cewen.rules.load import Corpus, load_corpus

STYLES = {
    TargetStatus.MET: "met", TargetStatus.MET_EARLY: "met", TargetStatus.ON_TRACK: "accent",
    TargetStatus.AT_RISK: "ceiling", TargetStatus.OFF_TRACK: "overdue", TargetStatus.MISSED: "overdue",
    TargetStatus.NO_DATA: "unknown", TargetStatus.NOT_MEASURABLE: "muted", TargetStatus.NOT_IN_FORCE: "not_in_force",
}  # fmt: skip
SIGNS = {
    TargetStatus.MET: "✓", TargetStatus.MET_EARLY: "✓", TargetStatus.ON_TRACK: "→", TargetStatus.AT_RISK: "!",
    TargetStatus.OFF_TRACK: "✗", TargetStatus.MISSED: "✗", TargetStatus.NO_DATA: "?",
    TargetStatus.NOT_MEASURABLE: "—", TargetStatus.NOT_IN_FORCE: "·",
}  # fmt: skip


@click.command()
@on_option
@policies_options
@click.option("--region", metavar="地区", help="地区名称或代码，如 武汉市、420100")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice([each.code for each in TargetStatus]),
    metavar="状态", help="只列这些状态，可重复：" + "、".join(f"{each.code}（{each.label}）" for each in TargetStatus),
)  # fmt: skip
@click.option(
    "--observations",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="观测 csv 或 xlsx；默认用随附的",
)
@click.option("--as-if-in-force", is_flag=True, help="征求意见稿也按施行判断")
@click.option("--csv", "as_csv", is_flag=True, help="输出 CSV")
@json_option
@server_option
def command(
    on: date,
    policy_ids: tuple[str, ...],
    home: Path | None,
    region: str | None,
    statuses: tuple[str, ...],
    observations: Path | None,
    as_if_in_force: bool,
    as_csv: bool,
    as_json: bool,
    server: str | None,
) -> None:
    """每个目标到哪一步了：凭什么数、还差多快、能不能达到。

    只看 --on 那一天以前公布的数。没有数的写明没有数，不猜。

    例：cewen targets --on 2026-11-22 --region 武汉市
    """
    if server is not None:
        refuse_beside_server(policies=home, observations=observations, as_if_in_force=as_if_in_force, csv=as_csv)
        print_json(_asked(server, on, policy_ids, region, statuses))
        return
    corpus = load_corpus(home, policy_ids)
    own = home / "indicators.yaml" if home is not None and (home / "indicators.yaml").is_file() else None
    indicators = load_indicators(own)
    known = load_observations(observations, indicators)
    found = assess_targets(corpus, known, indicators, on, region=_region(corpus, region), as_if_in_force=as_if_in_force)
    found = tuple(each for each in found if not statuses or each.status.code in statuses)
    if as_json:
        print_json(targets_json(on, found))
    elif as_csv:
        click.echo(to_csv(found), nl=False)
    else:
        show(found, on)


def _asked(
    server: str, on: date, policy_ids: tuple[str, ...], region: str | None, statuses: tuple[str, ...]
) -> dict[str, object]:
    """What another portal says, in the shape of the contract."""
    first, items = ask_all(server, "targets", {"on": on, "region": region})
    kept = [
        each
        for each in items
        if (not policy_ids or each["policy"] in policy_ids) and (not statuses or each["status"] in statuses)
    ]
    return {"on": first["on"], "targets": kept}


def _region(corpus: Corpus, asked: str | None) -> str | None:
    if asked is None:
        return None
    name = corpus.regions.name(asked) if asked.isdecimal() and asked in corpus.regions.codes() else asked
    known = sorted({target.region for policy in corpus.policies for target in policy.targets})
    if name not in known:
        raise CewenError.of("CW807", f"没有“{asked}”的目标", f"目标里有的地区：{'、'.join(known)}。")
    return name


def show(found: tuple[Assessment, ...], on: date) -> None:
    """A table for each document, what can be said first."""
    for policy_id in dict.fromkeys(each.policy.id for each in found):
        own = [each for each in found if each.policy.id == policy_id]
        header = own[0].policy.header
        table = Table(title=f"{header.title}　{header.number or ''}", title_justify="left", box=None, pad_edge=False)
        table.add_column("状态", no_wrap=True)
        table.add_column("目标", ratio=3, overflow="fold")
        table.add_column("条款", no_wrap=True, style="muted")
        table.add_column("可能性", justify="right", no_wrap=True)
        table.add_column("凭据与理由", ratio=4, overflow="fold")
        for each in sorted(own, key=lambda one: one.status in (TargetStatus.NO_DATA, TargetStatus.NOT_MEASURABLE)):
            style = STYLES[each.status]
            likely = "" if each.outlook is None else chance(each.outlook.probability)
            table.add_row(
                f"[{style}]{SIGNS[each.status]} {each.status.label}[/]",
                escape(_words(each)),
                each.target.clause,
                likely,
                escape(each.reason),
            )
        console().print(table, "")
    counts = Counter(each.status for each in found)
    total = "，".join(f"{status.label} {counts[status]}" for status in TargetStatus if counts[status])
    console().print(f"[muted]{on} 共 {len(found)} 条：{total or '没有符合条件的目标'}。[/]")


def _words(each: Assessment) -> str:
    target = each.target
    due = f"{target.year}年" if target.year else ""
    aim = each.goal.words if each.goal else f"{target.value} {target.unit}"
    wish = "（力争）" if target.aspirational else ""
    return f"{due}{target.region}{target.indicator} {aim}{wish}"


def to_csv(found: tuple[Assessment, ...]) -> str:
    """The fields of the contract, one target a line; the projection and the evidence in columns of their own."""
    out = io.StringIO()
    rows = []
    for each in found:
        row = target_json(each)
        observed, projection = row.pop("observed") or {}, row.pop("projection") or {}
        rows.append(
            row
            | {f"observed_{key}": observed.get(key) for key in ("value", "unit", "period", "bound", "source", "url")}
            | {f"projection_{key}": projection.get(key) for key in ("value", "low", "high", "probability", "method")}
        )
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["id"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()
