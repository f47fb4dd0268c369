"""`cewen demo`: five real documents become an answer, in one command."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter

import click
from rich.table import Table

from cewen.base.diagnostic import has_errors
from cewen.base.errors import CewenError
from cewen.cli import evaluate, serve
from cewen.cli.options import Day
from cewen.cli.terminal import console
from cewen.engine.cases import run_cases
from cewen.rules.check import check_corpus
from cewen.rules.load import Corpus, load_corpus, require_sound, shipped_data
from cewen.text.parse import parse_document
from cewen.text.readings import read_all

DEMO_DAY = date(2024, 6, 30)
"""A day on which the shipped municipal measures were in force."""


@click.command()
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), default=Path("cewen-data"), help="结果写在哪个文件夹"
)
@click.option("--on", type=Day(), default=DEMO_DAY, metavar="日期", help="哪一天的结论")
@click.option(
    "--portal/--no-portal", "open_portal", default=None, help="最后打开门户；默认只在终端里打开，在 CI 与管道里不打开"
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, metavar="端口", help="门户的端口，占用时另取")
@click.pass_context
def command(context: click.Context, into: Path, on: date, open_portal: bool | None, port: int) -> None:
    """演示：读五份文件，核对，计算一册合成企业，写出一页报告，打开门户。"""
    out = console()
    out.print("\n[bold]策问[/]　从公布的政策文本，到谁能得到什么、依据哪一条\n")
    with _step("① 读五份公文"):
        corpus = require_sound(load_corpus())
        out.print(_documents(corpus, on))
    with _step("② 核对：引文、数字、单位、逻辑、算例"):
        _check(corpus, on)
    with _step(f"③ 计算示例名册（企业为合成，{on} 的结论）"):
        into.mkdir(parents=True, exist_ok=True)
        report, awards = into / "report.html", into / "awards.xlsx"
        register = shipped_data("examples") / "register"
        context.invoke(
            evaluate.command,
            register=register,
            on=on,
            year=None,
            home=None,
            policy_ids=(),
            out=awards,
            report=report,
            engine="reference",
            show_all=False,
            as_if_in_force=False,
            as_json=False,
        )
    _next(into, register, on)
    if _is_interactive() if open_portal is None else open_portal:
        console().print("\n[accent]④ 打开门户[/]")
        context.invoke(
            serve.command,
            host="127.0.0.1",
            port=_free_port(port),
            data=into,
            workers=1,
            demo=True,
            administrator=None,
            prepare_only=False,
            show_settings=False,
        )


def _is_interactive() -> bool:
    """Someone sits before a terminal; a pipe, a file or CI must see an end."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _free_port(wanted: int) -> int:
    """The port wanted, or any other where that one is taken."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            found: int = probe.getsockname()[1]
            return found
    return wanted


@contextmanager
def _step(title: str) -> Iterator[None]:
    begun = perf_counter()
    console().print(f"[accent]{title}[/]")
    yield
    console().print(f"[muted]　用时 {perf_counter() - begun:.1f} 秒[/]\n")


def _documents(corpus: Corpus, on: date) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="muted")
    for name in ("文件", f"{on} 的状态"):
        table.add_column(name)
    for name in ("字", "条", "奖补", "目标", "责任单位", "未读懂", "措施"):
        table.add_column(name, justify="right")
    for policy in corpus.policies:
        document = parse_document(policy.text)
        readings = read_all(document)
        validity = policy.header.validity
        counts = (
            len(policy.flow.text), sum(1 for _ in document.walk()), len(readings.incentives), len(readings.targets),
            len(readings.units), len(readings.unread), len(policy.measures),
        )  # fmt: skip
        table.add_row(policy.header.title, validity.on(on).says(validity), *(f"{count:,}" for count in counts))
    return table


def _check(corpus: Corpus, on: date) -> None:
    findings = list(check_corpus(corpus, on))
    outcomes = [outcome for policy in corpus.policies for outcome in run_cases(corpus, policy, findings)]
    failed = [outcome for outcome in outcomes if outcome.faults]
    if has_errors(findings) or failed:
        for outcome in failed:
            click.echo(f"{outcome.measure} {outcome.case.name}：{'；'.join(outcome.faults)}", err=True)
        if findings:
            raise CewenError(findings)
        raise click.exceptions.Exit(1)
    measures = sum(len(policy.measures) for policy in corpus.policies)
    targets = sum(len(policy.targets) for policy in corpus.policies)
    tasks = sum(len(policy.tasks) for policy in corpus.policies)
    console().print(
        f"　[met]✓[/] {measures} 条措施、{targets} 个目标、{tasks} 项任务的引文都在原文中；{len(outcomes)} 个算例全部相符；"
        f"发现 {len(findings)} 处"
    )


def _next(into: Path, register: Path, on: date) -> None:
    grid = Table.grid(padding=(0, 2))
    facts = shipped_data("examples") / "facts.json"
    cewen = "cewen" if shutil.which("cewen") else _near(Path(sys.argv[0]).absolute())
    for what, typed in (
        ("看报告", f"用浏览器打开 {into / 'report.html'}"),
        ("看明细", f"用 Excel 打开 {into / 'awards.xlsx'}"),
        ("问一家企业", f"{cewen} explain {_near(facts)} --on {on}"),
        ("试算征求意见稿", f"{cewen} evaluate {_near(register)} --on {on} --as-if-in-force"),
        ("读别的公文", f"{cewen} read 文件.pdf --html 文件.html"),
        ("打开门户", f"{cewen} serve --demo --data {into}"),
        ("加一份文件", "照 CONTRIBUTING.md，不写 Python"),
    ):
        grid.add_row(f"[muted]{what}[/]", typed)
    console().print("[bold]接下来[/]")
    console().print(grid)


def _near(path: Path) -> Path:
    """The path as one would type it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
