"""`cewen synth OUT`: a synthetic register, calibrated to published totals or resembling a profile."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from cewen.base.errors import CewenError
from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.engine.synth import FORMATS, Report, load_basis, read_profile, resemble, synthesize
from cewen.engine.synth.targets import USED
from cewen.rules.load import load_corpus, require_sound

_FILE = click.Path(path_type=Path, dir_okay=False)
_YEARS = re.compile(r"((?:19|20)\d\d)(?:-((?:19|20)\d\d))?")
_MOST_YEARS = 15


class Years(click.ParamType[tuple[int, ...]]):
    """A span of years written 2021-2025, or one year."""

    name = "年份"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        match = _YEARS.fullmatch(str(value))
        if match is None:
            self.fail(f"“{value}”不是年份，写成 2021-2025", param, ctx)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < _MOST_YEARS:
            self.fail(f"“{value}”不合用：从早到晚写，至多 {_MOST_YEARS} 年", param, ctx)
        return tuple(range(first, last + 1))


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--enterprises", default=10_000, type=click.IntRange(1, 100_000_000), metavar="家数", help="默认 10000")
@click.option("--seed", default=1, type=click.IntRange(0), metavar="整数", help="同一个数生成同样的名册；默认 1")
@click.option("--years", default="2021-2025", type=Years(), metavar="年份", help="年度事实的年份；默认 2021-2025")
@click.option("--workers", type=click.IntRange(1, 64), metavar="个数", help="线程数，不影响结果；默认按处理器")
@click.option("--missing", type=click.FloatRange(0, 90), metavar="百分数", help="每一格留空的概率；默认按设定（2）")
@click.option("--profile", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="文件",
              help="照 cewen profile 写出的概况生成，不按公布总量校准")  # fmt: skip
@click.option("--report", type=_FILE, metavar="文件.json", help="写出每个目标、生成值与误差")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="默认按 OUT 的名称：.xlsx 为工作簿，其余为 parquet 文件夹"
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    out: Path,
    enterprises: int,
    seed: int,
    years: tuple[int, ...],
    workers: int | None,
    missing: float | None,
    profile: Path | None,
    report: Path | None,
    form: str | None,
    as_json: bool,
) -> None:
    """生成一册合成企业：按公布的总量校准，代码与名称都不会是真的。

    OUT 是文件夹（parquet、csv，一类对象一个文件）或 .xlsx 工作簿，可直接交给 cewen evaluate。

    例：cewen synth 合成名册 --enterprises 100000 --seed 7 --report 校准.json
    """
    form = form or ("xlsx" if out.suffix.lower() == ".xlsx" else "parquet")
    _check_usage(out, form, report)
    if profile is not None:
        _check_not_given(context, "years", "missing")
    corpus = require_sound(load_corpus())
    threads = workers or min(os.cpu_count() or 1, 4)
    with _progress() as bar:
        tell = _teller(bar, enterprises)
        if profile is not None:
            rows = resemble(
                corpus, read_profile(profile, corpus), out,
                count=enterprises, seed=seed, workers=threads, form=form, progress=tell,
            )  # fmt: skip
            _finish_profile(out, profile, seed, rows, report, as_json)
            return
        basis = load_basis()
        if missing is not None:
            basis = basis.with_missing(missing / 100)
        found = synthesize(
            corpus, out, count=enterprises, seed=seed, years=years, workers=threads, form=form, basis=basis,
            progress=tell,
        )  # fmt: skip
    if report is not None:
        _write_report(report, found.to_json())
    if found.findings:
        raise CewenError(found.findings)
    if as_json:
        print_json(found.to_json())
    else:
        _show(found, out, report)


def _check_usage(out: Path, form: str, report: Path | None) -> None:
    """Wrong usage is told before anything is drawn."""
    if (form == "xlsx") != (out.suffix.lower() == ".xlsx"):
        raise click.UsageError("工作簿的名称要以 .xlsx 结尾；parquet 与 csv 写到文件夹。")
    for path in (out, report):
        if path is not None and not path.absolute().parent.is_dir():
            raise click.UsageError(f"没有文件夹“{path.parent}”，先建立它。")
    if report is not None and report.absolute().is_relative_to(out.absolute()):
        raise click.UsageError("报告不要写进名册文件夹，换一个位置。")


def _check_not_given(context: click.Context, *names: str) -> None:
    """A profile brings its own years and missing cells; an option that would do nothing is refused."""
    for name in names:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name} 不能与 --profile 同用：年份与缺失照概况。")


def _write_report(path: Path, content: dict[str, Any]) -> None:
    with whole_file(path) as file:
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _finish_profile(
    out: Path, profile: Path, seed: int, rows: dict[str, int], report: Path | None, as_json: bool
) -> None:
    summary = {
        "profile": profile.name, "seed": seed, "rows": rows,
        "note": "照概况生成：边际分布与秩相关相近；不按公布总量校准，不含已获奖补。",
    }  # fmt: skip
    if report is not None:
        _write_report(report, summary)
    if as_json:
        print_json(summary)
        return
    console().print(f"已写出 [accent]{out}[/]：企业 {rows['enterprise']:,} 家。{summary['note']}", soft_wrap=True)


_STATES = {USED: "校准", "holdout": "对照", "too_few": "家数太少，只对照"}


def _show(report: Report, out: Path, report_file: Path | None) -> None:
    table = Table(title="公布的总量与生成的总量", title_justify="left", show_edge=False)
    for header in ("目标", "年份", "应为", "生成", "误差", "用途"):
        table.add_column(header, justify="right" if header in ("应为", "生成", "误差") else "left")
    for each in report.outcomes:
        error = "—" if each.error is None else f"{each.error:+.2f}%"
        style = "muted" if each.state != USED else None
        unit = each.target.unit
        table.add_row(
            each.target.name, str(each.target.year), f"{each.expected:,.6g} {unit}", f"{each.simulated:,.6g} {unit}",
            error, _STATES[each.state], style=style,
        )  # fmt: skip
    screen = console()
    screen.print(table)
    screen.print(
        f"\n家数与金额按实际的 {report.scale:.4g} 倍计。名称都带“合成”，代码都以 91429999 开头（没有这个地区）。"
    )
    names = {"enterprise": "企业", "project": "项目", "product": "产品", "park": "园区", "awards": "已获奖补"}
    counts = "、".join(f"{names[subject]} {count:,}" for subject, count in report.rows.items())
    screen.print(f"已写出 [accent]{out}[/]：{counts}。", soft_wrap=True)
    if report_file is not None:
        screen.print(f"报告：[accent]{report_file}[/]", soft_wrap=True)


def _progress() -> Progress:
    """Progress on the error stream, so that the output stays clean."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _teller(bar: Progress, count: int) -> Callable[[str, int], None]:
    tasks = {}

    def tell(stage: str, done: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=count)
        bar.update(tasks[stage], completed=done)

    return tell
