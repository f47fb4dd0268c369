"""`cewen advise FACTS.json`: which awards to choose, which step is near, which fact to supply, what to beware of."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import click
from rich.markup import escape

from cewen.base.money import display_money
from cewen.cli.options import json_option, on_option, policies_options, year_option
from cewen.cli.terminal import amount_text, console, print_json, say_notices, style_of
from cewen.engine.advise.advise import Advice, advise, advise_json
from cewen.engine.advise.step import StepKind
from cewen.engine.advise.worth import Worth
from cewen.engine.read_facts import read_factsheet
from cewen.engine.simulate.ratio import parse_ratio, ratio_text
from cewen.rules.load import load_corpus, require_sound
from cewen.rules.lower import lower_corpus

MOST = 5


@click.command()
@click.argument("facts", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@on_option
@year_option
@policies_options
@click.option("--as-if-in-force", is_flag=True, help="把征求意见稿与已失效的政策也算一遍")
@click.option("--ceiling-weight", default="100%", metavar="比例", help="比较先后时，上限的一元算确定的几成；默认 100%")
@click.option("--all", "show_all", is_flag=True, help=f"每一节全部列出；默认各列 {MOST} 条")
@json_option
def command(
    facts: Path,
    on: date,
    year: int | None,
    home: Path | None,
    policy_ids: tuple[str, ...],
    as_if_in_force: bool,
    ceiling_weight: str,
    show_all: bool,
    as_json: bool,
) -> None:
    """一家企业：怎样选最多、差哪一步、先补什么、小心什么。

    FACTS 与 cewen explain 的一样。

    例：cewen advise 甲公司.json --on 2024-06-30
    """
    weight = parse_ratio(ceiling_weight, "上限的权重", Fraction(0), Fraction(1))
    corpus = require_sound(load_corpus(home, policy_ids))
    say_notices(corpus.findings)
    sheet = read_factsheet(facts, corpus)
    plan = lower_corpus(corpus, on)
    advice = advise(plan, sheet, year=year, as_if_in_force=as_if_in_force, ceiling_weight=weight)
    if as_json:
        print_json(advise_json(advice))
    else:
        show(advice, show_all=show_all)


def show(advice: Advice, *, show_all: bool = False) -> None:
    """Print the four parts, each with a sentence on how to read it."""
    out, situation = console(), advice.situation
    name = situation.sheet.enterprise.name or "这家企业"
    out.print(f"\n[bold]{escape(name)}[/]　{situation.plan.on} 的建议\n")
    most = None if show_all else MOST
    _choice(advice)
    _steps(advice, StepKind.NUMBER, "差一步", "已过去的年度不能改，供下一年度参考", most)
    _steps(advice, StepKind.QUALIFICATION, "再取得一项资格", "以主管部门的认定、名单与证书为准", most)
    out.print("\n[bold]先补这些事实[/]　[muted]没填的不等于没有；补上才能定[/]")
    for at, missing in enumerate(advice.missing[:most], start=1):
        settles = f"补上就能定：{'、'.join(missing.settles)}" if missing.settles else ""
        waits = f"还要配合别的：{'、'.join(missing.waits)}" if missing.waits else ""
        bound = missing.most if missing.settles else missing.most_with_others
        words = worth_words(bound, sign="至多") if bound != Worth() else "数额未定"
        where = f"　[muted]来源：{escape(missing.fact.source)}[/]" if missing.fact.source else ""
        out.print(f"  {at}. [unknown]{escape(_whose(advice, missing.path) + missing.words)}[/]　{words}{where}")
        out.print(f"     {escape('；'.join(part for part in (settles, waits) if part))}")
    _rest(len(advice.missing), most, "没有待补的事实。")
    out.print("\n[bold]小心[/]　[muted]过了这条线，多一点反而少得[/]")
    for at, trap in enumerate(advice.traps[:most], start=1):
        words = escape(_whose(advice, trap.path) + trap.words)
        out.print(f"  {at}. [overdue]{words}[/]　{worth_words(trap.loss, sign='少得')}")
    _rest(len(advice.traps), most, "现值到两倍之间，没有这样的线。")
    out.print(f"\n[muted]比较先后时，上限的一元按确定的 {ratio_text(advice.ceiling_weight)} 计；两类金额不相加。[/]")


def _steps(advice: Advice, kind: StepKind, title: str, note: str, most: int | None) -> None:
    out = console()
    steps = [step for step in advice.steps if step.kind is kind]
    out.print(f"\n[bold]{title}[/]　[muted]按所值与所费排先后；{note}[/]")
    for at, step in enumerate(steps[:most], start=1):
        words = "，并且".join(f"{_whose(advice, each.path)}{each.words}" for each in step.changes)
        gain = "文件未写明数额" if step.without_amount and step.gain == Worth() else worth_words(step.gain, sign="多得")
        out.print(f"  {at}. {escape(words)}\n     → {escape('、'.join(step.titles))}：{gain}")
    _rest(len(steps), most, "没有。")


def _choice(advice: Advice) -> None:
    out, choice = console(), advice.choice
    out.print(f"[bold]怎样选最多[/]　{worth_words(choice.worth)}")
    for result in choice.chosen:
        whose = f"（{result.object_name}）" if result.object_name and result.subject != "enterprise" else ""
        title = escape(result.measure.measure.title + whose)
        out.print(f"  ✓ {title}　[{style_of(result)}]{escape(amount_text(result))}[/]")
    for result, why in choice.left_out:
        title = escape(result.measure.measure.title)
        out.print(f"  [muted]– {title}　{escape(amount_text(result))}　不选：{escape(why)}[/]")
    if not choice.chosen:
        out.print("  [muted]现在没有写明数额而可享的奖补[/]")
    if choice.as_stacked != choice.worth:
        out.print(f"  [muted]全部都报、由规则取舍，则为 {worth_words(choice.as_stacked)}[/]")


def worth_words(worth: Worth, sign: str = "") -> str:
    """确定 20.00 万元；另最高 100.00 万元 — in the colors of certainty."""
    parts = []
    if worth.definite or not worth.ceiling:
        parts.append(f"{sign}确定 [met]{display_money(worth.definite)}[/]")
    if worth.ceiling:
        parts.append(f"{sign if not parts else '另'}最高 [ceiling]{display_money(worth.ceiling)}[/]")
    return "，".join(parts)


def _whose(advice: Advice, path: str) -> str:
    record = next((each for each in advice.situation.sheet.others if each.path == path), None)
    return "" if record is None else f"“{record.name or path}”的"


def _rest(count: int, most: int | None, nothing: str) -> None:
    if count == 0:
        console().print(f"  [muted]{nothing}[/]")
    elif most is not None and count > most:
        console().print(f"  [muted]还有 {count - most} 条（--all 全部列出）[/]")
