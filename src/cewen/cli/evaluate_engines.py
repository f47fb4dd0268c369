"""Which engine evaluates a register: the one named, or the one that suits its size."""

from __future__ import annotations

import re

import click

from cewen.engine.backends.base import ALIASES, backend_names, is_installed

AUTO = "auto"
REFERENCE = "reference"
FEW = 2_000
"""Below it, row by row is as fast, and every result can be traced."""

MOST_REPORTED = 5_000
"""Enterprises a report is still worked out for row by row when another engine was named."""

_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)(?:://.*)?", re.DOTALL)
_PASSWORD = re.compile(r"(://[^:/@]*):.*@", re.DOTALL)


def check_engine(target: str) -> None:
    """Raise UsageError for a name nobody knows; an address is judged by its scheme."""
    match = _SCHEME.fullmatch(target)
    scheme = match["scheme"] if match else target
    if scheme not in (AUTO, REFERENCE, *backend_names(), *ALIASES):
        known = "、".join((AUTO, REFERENCE, *backend_names()))
        raise click.UsageError(f"没有名为“{shown_engine(target)}”的计算引擎。可用：{known}，或数据库的地址。")


def choose_engine(target: str, enterprises: int, *, with_report: bool) -> str:
    """The engine to use for so many enterprises; UsageError where a report would take hours.

    A report gives reasons for each enterprise, which only the reference interpreter has.
    """
    if target == REFERENCE or (with_report and target == AUTO):
        return REFERENCE
    if with_report:
        if enterprises > MOST_REPORTED:
            message = f"报告要逐家写明理由，只有 reference 给得出；企业超过 {MOST_REPORTED} 家时要很久，不替你改引擎。"
            raise click.UsageError(message + "去掉 --report，或写 --engine reference。")
        click.echo(f"报告要逐家写明理由：这次改用 reference 计算，不用 {shown_engine(target)}。", err=True)
        return REFERENCE
    if target != AUTO:
        return target
    if enterprises < FEW:
        return REFERENCE
    return "kernel" if is_installed("kernel") else "duckdb"


def shown_engine(target: str) -> str:
    """An engine as results name it: an address without what is secret in it."""
    return _PASSWORD.sub(r"\1:***@", target).partition("?")[0]
