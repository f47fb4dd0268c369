"""`cewen evaluate REGISTER`: a whole register to awards, sums, files and a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.cli.evaluate_engines import AUTO, REFERENCE, check_engine, choose_engine, shown_engine
from cewen.cli.evaluate_findings import FORMATS as FINDINGS_FORMATS
from cewen.cli.evaluate_findings import (
    most_kept,
    say_left_out,
    show_findings,
    write_findings,
    writes_findings_of_a_stop,
)
from cewen.cli.evaluate_stop import stops_when_told
from cewen.cli.evaluate_tables import show
from cewen.cli.options import json_option, on_option, policies_options, year_option
from cewen.cli.remote import refuse_beside_server, server_option
from cewen.cli.remote_sheets import evaluate_there
from cewen.cli.terminal import console, print_json, say_notices
from cewen.engine.backends.base import Backend, load_backend
from cewen.engine.batch import EnterpriseResults, award_rows, evaluate_register
from cewen.engine.columns.blocks import split
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.reading import NAME, RegisterStream, ahead, count_enterprises, plan_keys
from cewen.engine.columns.stream import SummingBackend
from cewen.engine.columns.summary import ColumnSummary
from cewen.engine.columns.write import open_writer
from cewen.engine.export import FORMATS, open_sink, whole_file
from cewen.engine.register import Register, read_register
from cewen.engine.report import ReportBuilder
from cewen.engine.summary import Summary
from cewen.rules.load import load_corpus, require_sound
from cewen.rules.lower import Plan, lower_corpus

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("register", type=click.Path(path_type=Path, exists=True))
@on_option
@year_option
@policies_options
@click.option("--out", type=_FILE, metavar="文件", help=f"逐条写出奖补：{' '.join(FORMATS)}")
@click.option("--report", type=_FILE, metavar="文件", help="写出一页 HTML 报告（自成一体，不联网）")
@click.option(
    "--engine",
    default=AUTO,
    metavar="引擎",
    help="reference（逐家、可追溯）、kernel、duckdb、polars、spark 或数据库地址；默认 auto：企业少时 reference，多时 kernel 或 duckdb",
)
@click.option("--all", "show_all", is_flag=True, help="待核实、不符合、未施行的也写进文件")
@click.option("--as-if-in-force", is_flag=True, help="把征求意见稿与已失效的政策也算一遍，每行注明是假定")
@click.option("--strict", is_flag=True, help="名册有一处问题或警告就停下，不写结果；默认只略过有问题的企业，其余照算")
@click.option("--findings", type=_FILE, metavar="文件", help="逐处写出名册的问题：.csv .xlsx")
@json_option
@server_option
def command(
    register: Path,
    on: date,
    year: int | None,
    home: Path | None,
    policy_ids: tuple[str, ...],
    out: Path | None,
    report: Path | None,
    engine: str,
    show_all: bool,
    as_if_in_force: bool,
    strict: bool,
    findings: Path | None,
    as_json: bool,
    server: str | None,
) -> None:
    """一册企业：逐家计算，汇总与导出。

    REGISTER 是 xlsx（工作表 企业、项目、产品、园区、已获奖补）、csv、parquet，或放这些文件的文件夹。

    有问题的行连同它那家企业一起略过，逐处指出，其余照算，以 1 退出；--strict 则停下。

    例：cewen evaluate 名册.xlsx --on 2024-06-30 --out 奖补.xlsx --report 报告.html
    """
    if server is not None:
        other_engine = "" if engine == AUTO else engine
        refuse_beside_server(policies=home, policy=policy_ids, out=out, report=report, engine=other_engine,
                             all=show_all, strict=strict, findings=findings)  # fmt: skip
        print_json(evaluate_there(server, register, {"on": on, "year": year, "as_if_in_force": as_if_in_force}))
        return
    _check_usage(register, out, report, findings, engine)
    totals_only = as_json and not out and not report
    job = Job(register, year, out, report, findings, engine, show_all, as_if_in_force, strict, totals_only)
    corpus = require_sound(load_corpus(home, policy_ids))
    say_notices(corpus.findings)
    plan = lower_corpus(corpus, on)
    with writes_findings_of_a_stop(findings), _progress() as bar, stops_when_told():
        done = evaluate(job, plan, bar)
    if findings is not None:
        write_findings(findings, done.findings)
    show_findings(done.findings, done.found, findings)
    if done.faults:
        say_left_out(done.left_out, done.summary.enterprises)
    if as_json:
        print_json(done.summary.to_json(shown_engine(done.engine), done.found))
    else:
        show(done.summary, register.name, year, done.left_out)
        _say_files(out, report)
    if done.faults:
        raise click.exceptions.Exit(1)


class Lenient(TypedDict):
    """How readers take faulty rows."""

    leave_out: bool
    most: int


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked for."""

    register: Path
    year: int | None
    out: Path | None
    report: Path | None
    findings_file: Path | None
    engine: str
    show_all: bool
    as_if_in_force: bool
    strict: bool
    totals_only: bool
    """Only what the JSON shape holds is asked for: counts and money by measure."""


@dataclass(frozen=True, slots=True)
class Done:
    """Sums, findings of the register, and the engine that was used.

    `found` counts all findings, those not kept included; `faults` those that are no warnings; `left_out` the
    enterprises that were not evaluated for them.
    """

    summary: Summary
    findings: tuple[Diagnostic, ...]
    found: int
    faults: int
    left_out: int
    engine: str


def evaluate(job: Job, plan: Plan, bar: Progress) -> Done:
    """Read, choose the engine by the size of the register, evaluate and write."""
    backend = None if job.engine in (AUTO, REFERENCE) else load_backend(job.engine)  # what is missing is told first
    reading = bar.add_task("读名册", total=None, unit="行")

    def tell(rows: int) -> None:
        bar.update(reading, completed=rows)

    lenient: Lenient = {"leave_out": not job.strict, "most": most_kept(job.findings_file)}
    loaded: Register | None = None
    count = count_enterprises(job.register)
    if count is None:
        loaded = read_register(job.register, plan.corpus, tell, **lenient)
        count = len(loaded)
    engine = choose_engine(job.engine, count, with_report=job.report is not None)
    if engine == REFERENCE:
        loaded = loaded or read_register(job.register, plan.corpus, tell, **lenient)
        bar.remove_task(reading)
        _stop_at_warnings(job, loaded.findings)
        summary = _by_rows(job, plan, loaded, bar)
        return Done(summary, loaded.findings, loaded.found, loaded.faults, loaded.left_out, engine)
    backend = backend or load_backend(engine)
    if loaded is not None:
        columns, findings = encode(loaded, plan.corpus), loaded.findings
        found, faults, left_out = loaded.found, loaded.faults, loaded.left_out
        loaded = None  # the columns hold everything; a large register need not stand in memory twice
        bar.remove_task(reading)
        _stop_at_warnings(job, findings)
        summary = _by_columns(job, plan, split(columns), lambda: None, backend, bar)
        return Done(summary, findings, found, faults, left_out, engine)
    keys = plan_keys(plan, job.year) | ({NAME} if job.out else frozenset())
    stream = RegisterStream(job.register, plan.corpus, keys, **lenient)
    bar.remove_task(reading)
    with ahead(stream.blocks()) as blocks:
        summary = _by_columns(job, plan, blocks, lambda: _stop_at_warnings(job, stream.warnings), backend, bar, count)
    counts = stream.findings.count, stream.findings.errors, stream.left_out
    return Done(summary, stream.warnings, *counts, engine)


def _stop_at_warnings(job: Job, findings: tuple[Diagnostic, ...]) -> None:
    if job.strict and findings:
        raise CewenError(findings)


def _by_rows(job: Job, plan: Plan, register: Register, bar: Progress) -> Summary:
    """One enterprise after another, by the reference interpreter."""
    summary = Summary(plan, as_if_in_force=job.as_if_in_force)
    builder = ReportBuilder(plan, summary, year=job.year, as_if_in_force=job.as_if_in_force) if job.report else None
    counting = bar.add_task("逐家计算", total=len(register), unit="家")
    stream = evaluate_register(
        plan,
        register,
        year=job.year,
        as_if_in_force=job.as_if_in_force,
        progress=lambda count: bar.update(counting, completed=count),
    )
    _write(summary.watch(stream), summary, builder, job)
    return summary


def _by_columns(
    job: Job,
    plan: Plan,
    blocks: Iterable[Columns],
    check: Callable[[], None],
    backend: Backend,
    bar: Progress,
    count: int | None = None,
) -> Summary:
    """Block after block, by a back-end; `check` is called before any file takes its place."""
    task = bar.add_task("按列计算", total=count, unit="家")
    summary = ColumnSummary(plan, as_if_in_force=job.as_if_in_force)
    with ExitStack() as files:
        writer = None
        if job.out:
            table = files.enter_context(whole_file(job.out))
            options = {"show_all": job.show_all, "simulated": job.as_if_in_force}
            writer = files.enter_context(open_writer(table, job.out.suffix.lower(), summary, **options))
        for block in blocks:
            if job.totals_only and isinstance(backend, SummingBackend):
                sums = backend.sums(plan, block, year=job.year, as_if_in_force=job.as_if_in_force)
                summary.add_sums(sums, block.enterprise_count)
            else:
                results = backend.evaluate(plan, block, year=job.year, as_if_in_force=job.as_if_in_force)
                summary.add_columns(results)
                if writer:
                    writer.write(results)
            bar.update(task, completed=summary.enterprises)
        check()
    bar.remove_task(task)
    return summary


def _write(stream: Iterator[EnterpriseResults], summary: Summary, builder: ReportBuilder | None, job: Job) -> None:
    """Drive the stream once; all files take their place together at the end."""
    with ExitStack() as files:
        page = files.enter_context(whole_file(job.report)) if job.report else None
        table = files.enter_context(whole_file(job.out)) if job.out else None
        with ExitStack() as sinks:
            sink = None
            if table and job.out:
                ending = job.out.suffix.lower()
                sink = sinks.enter_context(open_sink(table, ending, summary, simulated=job.as_if_in_force))
            for results in stream:
                if builder:
                    builder.add(results)
                if sink:
                    for row in award_rows(results, show_all=job.show_all):
                        sink.write(row)
        if page and builder:
            page.write_text(builder.html(), encoding="utf-8")


def _check_usage(register: Path, out: Path | None, report: Path | None, findings: Path | None, engine: str) -> None:
    """Wrong usage is told before an hour of work, and the register is never overwritten."""
    check_engine(engine)
    if out is not None and out.suffix.lower() not in FORMATS:
        raise click.UsageError(f"--out 的文件名要以 {'、'.join(FORMATS)} 之一结尾，写的是“{out.name}”。")
    if report is not None and report.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--report 的文件名要以 .html 结尾，写的是“{report.name}”。")
    if findings is not None and findings.suffix.lower() not in FINDINGS_FORMATS:
        raise click.UsageError(f"--findings 的文件名要以 .csv 或 .xlsx 结尾，写的是“{findings.name}”。")
    for path in (out, report, findings):
        if path is None:
            continue
        if not path.parent.is_dir():
            raise click.UsageError(f"没有文件夹“{path.parent}”，先建立它。")
        inside = (
            path.resolve().parent == register.resolve() if register.is_dir() else path.resolve() == register.resolve()
        )
        if inside:
            raise click.UsageError(f"“{path}”会混进或盖掉名册，换一个文件夹或文件名。")
    written = [path.resolve() for path in (out, report, findings) if path is not None]
    if len(set(written)) < len(written):
        raise click.UsageError("--out、--report 与 --findings 不能是同一个文件。")


@contextmanager
def _progress() -> Iterator[Progress]:
    """On stderr, so that results can be piped; silent where stderr is no terminal."""
    err = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("{task.fields[unit]}"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        yield bar


def _say_files(out: Path | None, report: Path | None) -> None:
    screen = console()
    for path, what in ((out, "逐条结果"), (report, "报告")):
        if path is not None:
            screen.print(f"{what}已写到 [accent]{escape(str(path))}[/]")
    if report is None:
        screen.print("[muted]下一步：加 --report 报告.html 看每家企业缺什么；加 --out 奖补.xlsx 逐条导出。[/]")
