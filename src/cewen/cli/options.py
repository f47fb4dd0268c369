"""Options several commands share: the date, the policies, the year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date written 2024-06-30."""

    name = "日期"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”不是日期，写成 2024-06-30", param, ctx)


def on_option(command: _Command) -> _Command:
    """`--on DATE`: the day the answer is for; today by default."""
    return click.option(
        "--on", type=Day(), default=date.today, metavar="日期", help="哪一天的结论，如 2024-06-30；默认今天"
    )(command)


def policies_options(command: _Command) -> _Command:
    """`--policy ID` (may repeat) and `--policies FOLDER`."""
    command = click.option("--policy", "policy_ids", multiple=True, metavar="编号", help="只看这些政策，可重复")(
        command
    )
    return click.option(
        "--policies",
        "home",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="文件夹",
        help="政策文件夹；默认用随软件附带的",
    )(command)


def year_option(command: _Command) -> _Command:
    """`--year`: the year annual facts mean."""
    return click.option(
        "--year", type=click.IntRange(1990, 2100), metavar="年份", help="年度事实取哪一年；默认上一个完整年度"
    )(command)


def json_option(command: _Command) -> _Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON（约定的格式）")(command)
