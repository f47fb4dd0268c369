"""`cewen simulate REGISTER --reform FILE`: what a change costs, who gains and who loses, before it is made."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from cewen.base.period import last_full_year
from cewen.cli.evaluate_stop import stops_when_told
from cewen.cli.options import json_option, on_option, policies_options, year_option
from cewen.cli.remote import refuse_beside_server, send, server_option
from cewen.cli.simulate_options import budget_of, growth_of, take_up_of
from cewen.cli.simulate_sweep import show_sweep
from cewen.cli.simulate_tables import show
from cewen.cli.terminal import console, print_json
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.reading import read_columns
from cewen.engine.export import whole_file
from cewen.engine.simulate.against import without_regions
from cewen.engine.simulate.apply import apply_reform
from cewen.engine.simulate.budget import BudgetRule
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.evaluate import AUTO, open_engine
from cewen.engine.simulate.keys import simulation_keys
from cewen.engine.simulate.reform import ReformFile, read_reform
from cewen.engine.simulate.report import render_report
from cewen.engine.simulate.simulate import Settings, Simulation, Simulator
from cewen.engine.simulate.sweep import Sweep, Swept, parse_sweep, point_reform, run_sweep
from cewen.engine.simulate.sweep_contract import sweep_json
from cewen.engine.simulate.workbook import write_workbook
from cewen.rules.load import Corpus, load_corpus, require_sound

_FILE = click.Path(path_type=Path, dir_okay=False)
MOST_POINTS_THERE = 20
"""Points a portal works out at a time."""
_RULES = [rule.value for rule in BudgetRule]


@click.command()
@click.argument("register", type=click.Path(path_type=Path, exists=True), required=False)
@click.option(
    "--reform",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="文件",
    help="改革方案 reform.yaml",
)
@click.option("--against", metavar="编号", help="不改规则，而与另一份政策相比；--policy 写相比的这一份")
@click.option("--ignore-region", is_flag=True, help="与 --against 合用：把两份政策的注册地条件都视为满足")
@on_option
@year_option
@policies_options
@click.option(
    "--engine",
    default=AUTO,
    metavar="引擎",
    help="reference、kernel、duckdb、polars、spark 或数据库地址；默认 auto：装了的里最快的，企业少时 reference",
)
@click.option("--as-if-in-force", is_flag=True, help="把征求意见稿与已失效的政策也算一遍，每处注明是假定")
@click.option("--take-up", multiple=True, metavar="比例", help="申报率，如 80%；或 措施编号=60%，可重复；默认全部申报")
@click.option("--years", type=click.IntRange(0, 30), default=0, metavar="年数", help="再往后算几年")
@click.option("--growth", multiple=True, metavar="比例", help="年度金额每年增长，如 8%；或 事实=3%，可重复")
@click.option("--budget", metavar="金额", help="预算，如 5亿元")
@click.option("--budget-rule", type=click.Choice(_RULES), default=_RULES[0], metavar="办法",
              help="预算不够时：pro_rata 按比例、ranking 按排名、first_come 按先后（名册的次序）")  # fmt: skip
@click.option("--rank-by", metavar="事实", help="ranking 按哪个事实由高到低，如 年研发投入；默认按申领金额")
@click.option(
    "--sweep", metavar="项", help="逐点试算一个数：措施编号:cap={50万元..250万元}；与 --reform 合用时方案照改"
)
@click.option("--points", type=click.IntRange(2, 201), default=21, metavar="点数", help="逐点试算几个点；默认 21")
@click.option("--out", type=_FILE, metavar="文件", help="写出 xlsx")
@click.option("--report", type=_FILE, metavar="文件", help="写出一页 HTML 报告（自成一体，不联网）")
@json_option
@server_option
def command(
    register: Path | None,
    reform: Path | None,
    against: str | None,
    ignore_region: bool,
    on: date,
    year: int | None,
    home: Path | None,
    policy_ids: tuple[str, ...],
    engine: str,
    as_if_in_force: bool,
    take_up: tuple[str, ...],
    years: int,
    growth: tuple[str, ...],
    budget: str | None,
    budget_rule: str,
    rank_by: str | None,
    sweep: str | None,
    points: int,
    out: Path | None,
    report: Path | None,
    as_json: bool,
    server: str | None,
) -> None:
    """改革模拟：改一个数，多花多少，谁受益，谁受损。

    REGISTER 是名册（xlsx、csv、parquet 或文件夹）；政策文件夹里的文件不会改动。与 --server 合用时不写：用那个门户的企业库。

    例：cewen simulate 名册.xlsx --reform reform.yaml --on 2024-06-30 --report 模拟.html

    例：cewen simulate 名册.xlsx --policy 甲市政策 --against 乙市政策 --ignore-region --on 2024-06-30

    例：cewen simulate 名册.xlsx --sweep 'rd-subsidy:cap={50万元..250万元}' --on 2024-06-30
    """
    if server is not None:
        refuse_beside_server(policies=home, policy=policy_ids, against=against, ignore_region=ignore_region,
                             take_up=take_up, years=years, growth=growth, budget=budget, rank_by=rank_by, out=out,
                             report=report, engine="" if engine == AUTO else engine)  # fmt: skip
        print_json(_ask_there(server, register, reform, sweep, points, (on, year, as_if_in_force)))
        return
    if register is None:
        raise click.UsageError("缺少 REGISTER：写明名册，或用 --server 由门户用它的企业库试算。")
    _check_usage(reform, against, ignore_region, sweep, policy_ids)
    _check_files(register, out, report, sweep)
    corpus = require_sound(load_corpus(home))
    settings = Settings(
        on,
        engine,
        year,
        as_if_in_force,
        take_up_of(take_up, corpus),
        years,
        growth_of(growth, corpus),
        budget_of(budget, budget_rule, rank_by, corpus),
    )
    chosen = _chosen(corpus, policy_ids, home)
    written = None if reform is None else read_reform(reform)
    with stops_when_told():
        if sweep is not None:
            found = _sweep(register, chosen, written, parse_sweep(sweep, points), settings)
            if as_json:
                print_json(sweep_json(found))
            else:
                show_sweep(found)
            return
        other = None if against is None else _chosen(corpus, (against,), home)
        simulation = _simulate(register, chosen, written, other, settings, ignore_region=ignore_region)
        _write(simulation, out, report)
    if as_json:
        print_json(simulation_json(simulation))
        return
    show(simulation)
    for path, what in ((out, "工作簿"), (report, "报告")):
        if path is not None:
            console().print(f"{what}已写到 [accent]{escape(str(path))}[/]")


def _simulate(
    register: Path,
    chosen: Corpus,
    written: ReformFile | None,
    other: Corpus | None,
    settings: Settings,
    *,
    ignore_region: bool,
) -> Simulation:
    """Faults of the reform are told before the register is read."""
    err = Console(stderr=True)
    if written is None:
        assert other is not None
        columns = _read(register, (chosen, other), settings)
        with err.status("计算两份政策……"):
            simulator = Simulator(chosen, columns, settings, without_regions if ignore_region else None)
            first, second = (f"《{corpus.policies[0].header.title}》" for corpus in (chosen, other))
            return simulator.against(other, f"甲 {first} 与 乙 {second}", "甲", "乙")
    reformed = apply_reform(chosen, written, settings.on)
    columns = _read(register, (chosen, reformed.corpus), settings)
    with err.status("计算改革前后……"):
        return Simulator(chosen, columns, settings).simulate(reformed, written.reform.title)


def _sweep(register: Path, chosen: Corpus, written: ReformFile | None, sweep: Sweep, settings: Settings) -> Swept:
    """Every point of the sweep; the first and last are checked before the register is read."""
    ends = tuple(
        apply_reform(chosen, point_reform(sweep, at, written), settings.on) for at in (0, len(sweep.values) - 1)
    )
    columns = _read(register, (chosen, *(each.corpus for each in ends)), settings)
    with Console(stderr=True).status("逐点试算……"):
        return run_sweep(Simulator(chosen, columns, settings), sweep, written)


def _read(register: Path, sides: tuple[Corpus, ...], settings: Settings) -> Columns:
    """The register as columns, with what either side reads. Findings are told first.

    What an engine lacks is told before the register is read.
    """
    if settings.engine != AUTO:
        open_engine(settings.engine)
    with Console(stderr=True).status("读名册……"):
        columns, findings = read_columns(register, sides[0], keys=simulation_keys(sides, settings))
    for finding in findings:
        click.echo(str(finding), err=True)
    return columns


def _chosen(corpus: Corpus, policy_ids: tuple[str, ...], home: Path | None) -> Corpus:
    """The policies named; all of them where none is. CewenError (CW003) for an unknown one."""
    return require_sound(load_corpus(home, policy_ids)) if policy_ids else corpus


def _write(found: Simulation, out: Path | None, report: Path | None) -> None:
    """Both files are made whole before either takes its place."""
    with ExitStack() as files:
        page = files.enter_context(whole_file(report)) if report else None
        book = files.enter_context(whole_file(out)) if out else None
        if page:
            page.write_text(render_report(found), encoding="utf-8")
        if book:
            write_workbook(book, found)


def _check_usage(
    reform: Path | None, against: str | None, ignore_region: bool, sweep: str | None, policy_ids: tuple[str, ...]
) -> None:
    """Wrong usage is told before any work."""
    if (reform is None and sweep is None) == (against is None):
        raise click.UsageError("写 --reform 改革方案（或 --sweep 逐点试算），或 --against 另一份政策，二者取一。")
    if against is not None and len(policy_ids) != 1:
        raise click.UsageError("--against 要与一个 --policy 合用：两份政策各一份。")
    if ignore_region and against is None:
        raise click.UsageError("--ignore-region 只与 --against 合用。")


def _check_files(register: Path, out: Path | None, report: Path | None, sweep: str | None) -> None:
    """Where results go: never over the register, never into one another."""
    if sweep is not None and (out is not None or report is not None):
        raise click.UsageError("--sweep 的结果在屏幕上，或用 --json；不写 --out 与 --report。")
    if out is not None and out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--out 的文件名要以 .xlsx 结尾，写的是“{out.name}”。")
    if report is not None and report.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--report 的文件名要以 .html 结尾，写的是“{report.name}”。")
    for path in (out, report):
        if path is None:
            continue
        if not path.parent.is_dir():
            raise click.UsageError(f"没有文件夹“{path.parent}”，先建立它。")
        place = path.resolve().parent if register.is_dir() else path.resolve()
        if place == register.resolve():
            raise click.UsageError(f"“{path}”会混进或盖掉名册，换一个文件夹或文件名。")


def _ask_there(
    server: str,
    register: Path | None,
    reform: Path | None,
    sweep: str | None,
    points: int,
    asked: tuple[date, int | None, bool],
) -> object:
    """What that portal simulates on its own register."""
    if register is not None or (reform is None) == (sweep is None):
        raise click.UsageError("与 --server 合用时不写 REGISTER，写 --reform 或 --sweep 其中一个。")
    on, year, as_if = asked
    shape = {"on": on.isoformat(), "year": year or last_full_year(on), "as_if_in_force": as_if}
    if sweep is not None:
        return send(server, "sweep", {"sweep": sweep, "points": min(points, MOST_POINTS_THERE), **shape})
    assert reform is not None
    data = read_reform(reform).reform.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return send(server, "simulate", {"reform": data, **shape})
