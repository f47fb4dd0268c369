"""How the terminal looks: one console, the colours of meaning, amounts in words a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import click
from rich.console import Console
from rich.theme import Theme

from cewen.base.certainty import Certainty
from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.money import display_money
from cewen.engine.result import Result, Status

THEME = Theme(
    {
        "met": "green", "ceiling": "yellow", "not_met": "bright_black", "unknown": "magenta", "overdue": "red",
        "muted": "bright_black", "accent": "blue", "not_in_force": "bright_black",
    }
)  # fmt: skip


@lru_cache(maxsize=1)
def console() -> Console:
    """The one console; wide enough for tables when the output is no terminal."""
    found = Console(theme=THEME, highlight=False)
    return found if found.is_terminal else Console(theme=THEME, highlight=False, width=120)


def print_json(value: Any) -> None:
    """JSON with Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def say_notices(findings: Iterable[Diagnostic]) -> None:
    """What a person should know of the policies before the answer, on stderr: drafts of which something is left out."""
    for finding in findings:
        if finding.severity is Severity.NOTICE:
            click.echo(str(finding), err=True)


def amount_text(result: Result) -> str:
    """The amount as a person reads it: 72.00 万元 · 最高 100.00 万元 · 择优，最高 … · 一事一议 · 待核实."""
    measure, amount = result.measure.measure, result.amount
    if result.status is Status.NOT_IN_FORCE and result.reason is not None:
        return result.reason.says(result.measure.policy.header.validity)
    if result.status is Status.NOT_MET:
        return "；".join(f"差 {_missing(gap)}" for gap in result.gaps) or "—"
    if result.status is Status.UNKNOWN:
        bound = f"，至多 {display_money(amount.high)}" if amount else ""
        return f"待核实：还缺 {'、'.join(result.need_labels) or '人工判断'}{bound}"
    if amount is None:
        return measure.amount_sentence()
    if measure.certainty is Certainty.SELECTIVE:
        return f"择优，最高 {display_money(amount.high)}"
    if measure.certainty is Certainty.CEILING:
        return f"最高 {display_money(amount.high)}"
    return display_money(amount.high)


def _missing(gap: Any) -> str:
    money = gap.fact.quantity is not None and gap.fact.quantity.is_money
    small = money and gap.missing < 10**6
    if small:
        return f"{gap.fact.label} {gap.to_json()['missing']} 元"
    return f"{gap.fact.label} {display_money(int(gap.missing)) if money else f'{gap.missing}{gap.fact.unit}'}"


def style_of(result: Result) -> str:
    """The colour name of a result's status and certainty."""
    if result.status is Status.MET:
        return "met" if result.measure.measure.certainty is Certainty.DEFINITE else "ceiling"
    return result.status.value
