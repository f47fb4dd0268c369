"""Wrong usage said in Chinese: what was typed, what is expected, where help stands."""

from __future__ import annotations

import click
from click import exceptions as faults


def usage_sentence(error: click.ClickException) -> str:
    """One or two lines for the faults click finds in arguments."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "cewen"
    return f"用法有误：{_say(error)}\n  怎么办：用 {path.replace('python -m cewen', 'cewen')} --help 查看写法。"


def _say(error: click.ClickException) -> str:
    match error:
        case faults.NoSuchOption():
            near = f"（是不是 {'、'.join(error.possibilities)}？）" if error.possibilities else ""
            return f"没有 {error.option_name} 这个选项{near}"
        case faults.MissingParameter():
            return f"缺少 {_name(error)}"
        case faults.BadParameter():
            return f"{_name(error)} 不合用：{_in_chinese(error.message)}"
        case _:
            return _in_chinese(error.message)


def _name(error: faults.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "参数")
    return parameter.opts[0] if isinstance(parameter, click.Option) else (parameter.human_readable_name)


_PHRASES = (
    ("does not exist.", "不存在"), ("is a directory.", "是文件夹"), ("is a file.", "是文件"), ("File ", "文件 "),
    ("Directory ", "文件夹 "), ("is not a valid integer.", "不是整数"), ("is not readable.", "不可读"), ("Path ", "路径 "),
    ("Got unexpected extra argument", "多出了参数"), ("requires an argument.", "后面要有一个值"), ("is not one of", "不在可用的值之中："),
)  # fmt: skip


def _in_chinese(message: str) -> str:
    for english, chinese in _PHRASES:
        message = message.replace(english, chinese)
    return message
