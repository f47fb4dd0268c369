"""`cewen simulate REGISTER --reform FILE`: what a change costs, who gains and who loses, before it is made."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from cewen.base.errors import CewenError
from cewen.base.money import parse_money
from cewen.cli.options import json_option, on_option, policies_options, year_option
from cewen.cli.simulate_tables import show
from cewen.cli.terminal import console, print_json
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.reading import read_columns
from cewen.engine.export import whole_file
from cewen.engine.simulate.against import without_regions
from cewen.engine.simulate.allocate import Budget
from cewen.engine.simulate.apply import apply_reform
from cewen.engine.simulate.budget import BudgetRule
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.project import Growth
from cewen.engine.simulate.ratio import parse_ratio
from cewen.engine.simulate.reform import read_reform
from cewen.engine.simulate.report import render_report
from cewen.engine.simulate.simulate import Settings, Simulation, Simulator
from cewen.engine.simulate.take_up import TakeUp
from cewen.engine.simulate.workbook import write_workbook
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus, load_corpus, require_sound

_FILE = click.Path(path_type=Path, dir_okay=False)
_RULES = [rule.value for rule in BudgetRule]


@click.command()
@click.argument("register", type=click.Path(path_type=Path, exists=True))
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
@click.option("--engine", default="reference", metavar="引擎", help="计算引擎：reference、kernel、duckdb、polars ……")
@click.option("--as-if-in-force", is_flag=True, help="把征求意见稿与已失效的政策也算一遍，每处注明是假定")
@click.option("--take-up", multiple=True, metavar="比例", help="申报率，如 80%；或 措施编号=60%，可重复；默认全部申报")
@click.option("--years", type=click.IntRange(0, 30), default=0, metavar="年数", help="再往后算几年")
@click.option("--growth", multiple=True, metavar="比例", help="年度金额每年增长，如 8%；或 事实=3%，可重复")
@click.option("--budget", metavar="金额", help="预算，如 5亿元")
@click.option("--budget-rule", type=click.Choice(_RULES), default=_RULES[0], metavar="办法",
              help="预算不够时：pro_rata 按比例、ranking 按排名、first_come 按先后（名册的次序）")  # fmt: skip
@click.option("--rank-by", metavar="事实", help="ranking 按哪个事实由高到低，如 年研发投入；默认按申领金额")
@click.option("--out", type=_FILE, metavar="文件", help="写出 xlsx")
@click.option("--report", type=_FILE, metavar="文件", help="写出一页 HTML 报告（自成一体，不联网）")
@json_option
def command(
    register: Path,
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
    out: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """改革模拟：改一个数，多花多少，谁受益，谁受损。

    REGISTER 是名册（xlsx、csv、parquet 或文件夹）；政策文件夹里的文件不会改动。

    例：cewen simulate 名册.xlsx --reform reform.yaml --on 2024-06-30 --report 模拟.html

    例：cewen simulate 名册.xlsx --policy 甲市政策 --against 乙市政策 --ignore-region --on 2024-06-30
    """
    _check_usage(reform, against, ignore_region, policy_ids, out, report)
    corpus = require_sound(load_corpus(home))
    settings = Settings(
        on,
        engine,
        year,
        as_if_in_force,
        _take_up(take_up, corpus),
        years,
        _growth(growth, corpus),
        _budget(budget, budget_rule, rank_by, corpus),
    )
    chosen = _chosen(corpus, policy_ids, home)
    written = None if reform is None else read_reform(reform)
    reformed = None if written is None else apply_reform(chosen, written, on)
    other = None if against is None else _chosen(corpus, (against,), home)
    columns = _columns(register, corpus)
    err = Console(stderr=True)
    with err.status("计算改革前后……"):
        if written is not None and reformed is not None:
            found = Simulator(chosen, columns, settings).simulate(reformed, written.reform.title)
        else:
            assert other is not None
            found = _against(chosen, other, columns, settings, ignore_region=ignore_region)
    _write(found, out, report)
    if as_json:
        print_json(simulation_json(found))
        return
    show(found)
    for path, what in ((out, "工作簿"), (report, "报告")):
        if path is not None:
            console().print(f"{what}已写到 [accent]{escape(str(path))}[/]")


def _against(chosen: Corpus, other: Corpus, columns: Columns, settings: Settings, *, ignore_region: bool) -> Simulation:
    simulator = Simulator(chosen, columns, settings, without_regions if ignore_region else None)
    first, second = (f"《{corpus.policies[0].header.title}》" for corpus in (chosen, other))
    return simulator.against(other, f"甲 {first} 与 乙 {second}", "甲", "乙")


def _columns(register: Path, corpus: Corpus) -> Columns:
    """The register as columns, all of them: a reform may read what no rule reads yet. Findings are told first."""
    columns, findings = read_columns(register, corpus)
    for finding in findings:
        click.echo(str(finding), err=True)
    return columns


def _chosen(corpus: Corpus, policy_ids: tuple[str, ...], home: Path | None) -> Corpus:
    """The policies named; all of them where none is. CewenError (CW003) for an unknown one."""
    return require_sound(load_corpus(home, policy_ids)) if policy_ids else corpus


def _write(found: Simulation, out: Path | None, report: Path | None) -> None:
    """Both files take their place together, whole."""
    with ExitStack() as files:
        page = files.enter_context(whole_file(report)) if report else None
        book = files.enter_context(whole_file(out)) if out else None
        if page:
            page.write_text(render_report(found), encoding="utf-8")
        if book:
            write_workbook(book, found)


# --- parameters ------------------------------------------------------------------------------------------------


def _take_up(values: tuple[str, ...], corpus: Corpus) -> TakeUp:
    rate, by_measure = Fraction(1), {}
    for value in values:
        key, mark, text = value.rpartition("=")
        share = parse_ratio(text, "申报率", Fraction(0), Fraction(1))
        if not mark:
            rate = share
        elif corpus.measure(key) is None:
            raise CewenError.of("CW640", f"--take-up 里没有措施“{key}”", "写成 政策编号#措施编号=60%。")
        else:
            by_measure[key] = share
    return TakeUp(rate, by_measure)


def _growth(values: tuple[str, ...], corpus: Corpus) -> Growth:
    rate, by_fact = Fraction(0), {}
    for value in values:
        label, mark, text = value.rpartition("=")
        share = parse_ratio(text, "增长率", Fraction(-1), Fraction(10))
        if not mark:
            rate = share
            continue
        fact = _fact(label, "--growth", corpus)
        if not fact.is_annual or not fact.type.is_number:
            raise CewenError.of("CW648", f"“{label}”不是年度的数，不能增长", "只写年度金额或年度数量。")
        by_fact[fact.key] = share
    return Growth(rate, by_fact)


def _budget(amount: str | None, rule: str, rank_by: str | None, corpus: Corpus) -> Budget | None:
    if amount is None:
        return None
    try:
        fen = parse_money(amount)
    except ValueError as error:
        raise CewenError.of("CW648", f"预算{error}", "写成 5亿元、3000万元，或以元计的数。") from error
    if fen < 0:
        raise CewenError.of("CW648", f"预算“{amount}”是负数", "写不小于零的金额。")
    return Budget(fen, BudgetRule(rule), None if rank_by is None else _fact(rank_by, "--rank-by", corpus))


def _fact(label: str, option: str, corpus: Corpus) -> Fact:
    fact = corpus.vocabulary.by_label(label)
    if fact is None:
        near = corpus.vocabulary.like(label)
        remedy = f"是不是“{near}”？" if near else "用 cewen facts 查看可用的标签。"
        raise CewenError.of("CW648", f"{option} 里没有名为“{label}”的事实", remedy)
    return fact


def _check_usage(
    reform: Path | None, against: str | None, ignore_region: bool, policy_ids: tuple[str, ...], out: Path | None,
    report: Path | None,
) -> None:  # fmt: skip
    """Wrong usage is told before any work."""
    if (reform is None) == (against is None):
        raise click.UsageError("写 --reform 改革方案，或 --against 另一份政策，二者取一。")
    if against is not None and len(policy_ids) != 1:
        raise click.UsageError("--against 要与一个 --policy 合用：两份政策各一份。")
    if ignore_region and against is None:
        raise click.UsageError("--ignore-region 只与 --against 合用。")
    if out is not None and out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--out 的文件名要以 .xlsx 结尾，写的是“{out.name}”。")
    if report is not None and report.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--report 的文件名要以 .html 结尾，写的是“{report.name}”。")
    for path in (out, report):
        if path is not None and not path.parent.is_dir():
            raise click.UsageError(f"没有文件夹“{path.parent}”，先建立它。")
