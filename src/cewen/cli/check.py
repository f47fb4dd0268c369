"""`cewen check [POLICY…]`: findings with place and remedy; explanation pages; measures read back as sentences."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import Path

import click
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.cli.check_ranges import show_ranges
from cewen.cli.options import Day, json_option, policies_options
from cewen.cli.terminal import console, print_json
from cewen.engine.check_cases import ALL_CHECKS, count_cases
from cewen.rules.check import check_corpus
from cewen.rules.check.catalogue import GROUPS, catalogue
from cewen.rules.check.examined import Examined
from cewen.rules.load import Corpus, load_corpus
from cewen.rules.policy import Policy
from cewen.rules.readback import readback

SIGNS = {Severity.ERROR: "[overdue]✗[/]", Severity.WARNING: "[ceiling]![/]", Severity.NOTICE: "[accent]i[/]"}


@click.command()
@click.argument("policies", nargs=-1, metavar="[政策编号]…")
@policies_options
@click.option("--on", type=Day(), metavar="日期", help="另外提示这一天没有施行的政策，如 2026-01-01")
@click.option("--strict", is_flag=True, help="有警告也以 1 退出")
@click.option("--explain", metavar="代码", help="说明一种问题：为什么、查什么、怎么办，如 CW101")
@click.option("--list", "show_list", is_flag=True, help="列出全部问题代码")
@click.option(
    "--readback", "read_back", is_flag=False, flag_value="", metavar="[措施编号]", help="把措施读成一句话，与原句对照"
)
@click.option("--ranges", is_flag=True, help="每条措施的整数位宽证明：每种运算的中间值有多大、要几位")
@json_option
def command(
    policies: tuple[str, ...],
    policy_ids: tuple[str, ...],
    home: Path | None,
    on: date | None,
    strict: bool,
    explain: str | None,
    show_list: bool,
    read_back: str | None,
    ranges: bool,
    as_json: bool,
) -> None:
    """检查政策文件夹：引文、数值、条件、档次、叠加、算例，指出何处有误、怎么办。

    没有错误以 0 退出，有错误以 1 退出。

    例：cewen check wuhan/2022-digital-economy-measures
    """
    if explain is not None:
        _explain(explain)
        return
    if show_list:
        _list_codes(as_json=as_json)
        return
    corpus = load_corpus(home)
    only = _known(corpus, (*policies, *policy_ids))
    if read_back is not None:
        _show_readbacks(corpus, only, read_back, as_json=as_json)
        return
    if ranges:
        if not show_ranges(corpus, only, on or date.today(), as_json=as_json):
            sys.exit(1)
        return
    findings = check_corpus(corpus, on, only, ALL_CHECKS)
    chosen = [policy for policy in corpus.policies if not only or policy.id in only]
    counts = count(corpus, chosen)
    if as_json:
        print_json({**counts, "findings": [finding.to_json() for finding in findings]})
    else:
        show(findings, counts)
    stops = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in stops for finding in findings):
        sys.exit(1)


def _known(corpus: Corpus, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The ids asked for; a folder's path is as good as its id. Raises CewenError (CW003) for others."""
    home = corpus.home.resolve()
    ids = {policy.id for policy in corpus.policies}
    found: list[str] = []
    for name in wanted:
        folder = Path(name).resolve()
        inside = folder.relative_to(home).as_posix() if folder.is_relative_to(home) else name
        policy_id = name if name in ids else inside
        if policy_id not in ids and not (corpus.home / policy_id / "policy.yaml").is_file():
            known = "、".join(sorted(ids)) or "无"
            raise CewenError.of("CW003", f"没有政策“{name}”", f"已有的政策：{known}。", Place(str(corpus.home)))
        found.append(policy_id)
    return tuple(found)


def count(corpus: Corpus, policies: Iterable[Policy]) -> dict[str, int]:
    """How much was looked at: policies, measures, quotes, worked cases."""
    chosen = tuple(policies)
    return {
        "policies": len(chosen),
        "measures": sum(len(policy.measures) for policy in chosen),
        "quotes": sum(len(Examined(corpus, policy).quotations) for policy in chosen),
        "cases": sum(count_cases(policy) for policy in chosen),
    }


def show(findings: tuple[Diagnostic, ...], counts: dict[str, int]) -> None:
    """Findings grouped by file, then one line that sums up."""
    out = console()
    ordered = sorted(findings, key=lambda finding: finding.place.file or "")
    for file, group in groupby(ordered, key=lambda finding: finding.place.file or "（位置不详）"):
        out.print(f"\n[bold]{escape(file)}[/]")
        for finding in group:
            _show_finding(finding)
    looked_at = (
        f"{counts['policies']} 份政策、{counts['measures']} 条措施、{counts['quotes']} 处引文、{counts['cases']} 个算例"
    )
    if not findings:
        out.print(f"[met]✓[/] {looked_at}全部核对，没有发现问题。")
        return
    sums = [
        f"{number} 个{severity.label}"
        for severity in Severity
        if (number := sum(1 for finding in findings if finding.severity is severity))
    ]
    out.print(f"\n{looked_at}核对完毕：{'、'.join(sums)}。[muted]说明：cewen check --explain {findings[0].code}[/]")


def _show_finding(finding: Diagnostic) -> None:
    place = finding.place
    spot = f"{place.line}:{place.column}" if place.column is not None else str(place.line or "")
    table = Table.grid(padding=(0, 1))
    for width in (2, 7, 5):
        table.add_column(min_width=width, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(f" {SIGNS[finding.severity]}", spot, f"[muted]{finding.code}[/]", escape(finding.message))
    if finding.quote:
        table.add_row("", "", "[muted]原文[/]", escape(finding.quote))
    table.add_row("", "", "[muted]办法[/]", escape(finding.remedy))
    console().print(table)


def _explain(code: str) -> None:
    pages = catalogue(ALL_CHECKS)
    page = pages.get(code.upper())
    if page is None:
        raise CewenError.of("CW003", f"没有“{code}”这个代码", "用 cewen check --list 查看全部代码。")
    console().print(Markdown(page.to_markdown()))


def _list_codes(*, as_json: bool) -> None:
    pages = catalogue(ALL_CHECKS)
    if as_json:
        print_json(
            [{"code": page.code, "title": page.title, "severity": page.severity.value} for page in pages.values()]
        )
        return
    for start, title in GROUPS:
        table = Table("代码", "问题", "程度", title=f"{title}", title_justify="left", box=None, pad_edge=False)
        for code, page in pages.items():
            if code.startswith(start):
                table.add_row(code, page.title, page.severity.label)
        console().print(table, "")


def _show_readbacks(corpus: Corpus, only: tuple[str, ...], wanted: str, *, as_json: bool) -> None:
    """The sentence of each measure wanted beside its quote."""
    found = [
        (policy, measure)
        for policy in corpus.policies
        for measure in policy.measures
        if (not only or policy.id in only) and wanted in ("", measure.id, f"{policy.id}#{measure.id}")
    ]
    if not found:
        known = "、".join(measure.id for policy in corpus.policies for measure in policy.measures)
        raise CewenError.of("CW003", f"没有措施“{wanted}”", f"已有的措施：{known or '无'}。")
    sentences = [(policy, measure, readback(measure, policy, corpus.vocabulary)) for policy, measure in found]
    if as_json:
        print_json(
            [
                {
                    "measure": f"{policy.id}#{measure.id}",
                    "clause": measure.clause,
                    "quote": measure.quote,
                    "readback": said,
                }
                for policy, measure, said in sentences
            ]
        )
        return
    for policy, measure, said in sentences:
        table = Table.grid(padding=(0, 1))
        table.add_column(style="muted", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("原句", escape(measure.quote))
        for citation in measure.citations:
            table.add_row("又据", escape(citation.quote))
        table.add_row("读作", escape(said))
        console().print(f"\n[bold]{escape(measure.title)}[/] [muted]{policy.id}#{measure.id}[/]")
        console().print(table)
