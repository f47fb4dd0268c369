"""Paths into a measure: `cap`, `conditions[3]`, `conditions[+]`, `tiers[五级].amount`, `parameters.门槛`."""

from __future__ import annotations

import difflib
import re
from typing import Any

Step = str | int
Path = tuple[Step, ...]

APPEND = "+"
_PART = re.compile(r"(?P<name>[^\[\]\.]+)(?P<places>(?:\[[^\[\]]+\])*)")


class PathFault(ValueError):
    """A path that leads nowhere: `message` says why, `remedy` what there is instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def parse_path(text: str) -> tuple[str, ...]:
    """The steps as written; "conditions[3]" -> ("conditions", "3"). Raises PathFault."""
    steps: list[str] = []
    for part in text.split("."):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise PathFault(f"“{text}”不是路径", "写成 cap、conditions[3]、tiers[五级].amount 或 parameters.名称。")
        steps.append(match["name"].strip())
        steps.extend(re.findall(r"\[([^\[\]]+)\]", match["places"]))
    return tuple(steps)


def find(data: Any, text: str, fields: tuple[str, ...]) -> Path:
    """Where in plain data (dicts and lists) the path leads. `fields` are the names allowed at the top.

    The last step of a list may be `+`: the place after its last entry. Raises PathFault.
    """
    steps = parse_path(text)
    found: list[Step] = []
    current = data
    for depth, step in enumerate(steps):
        is_last = depth == len(steps) - 1
        where = _index(current, step, is_last, text) if isinstance(current, list) else step
        if isinstance(current, dict):
            known = fields if depth == 0 else tuple(str(key) for key in current)
            if step not in known:
                raise PathFault(f"没有“{text}”这一项", _hint(step, known))
        elif not isinstance(current, list):
            raise PathFault(f"“{text}”：“{'.'.join(map(str, found))}”里没有更小的项", "写到这一项为止。")
        found.append(where)
        if not is_last:
            current = current.get(where) if isinstance(current, dict) else current[int(where)]
    return tuple(found)


def get(data: Any, path: Path) -> Any:
    """The value at a path; None where there is none yet."""
    for step in path:
        if not isinstance(data, list):
            data = data.get(step)
        elif int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def put(data: Any, path: Path, value: Any) -> None:
    """Set the value at a path in place; None removes it."""
    *outer, last = path
    for step in outer:
        data = data[step]
    if isinstance(data, list):
        if value is None:
            del data[int(last)]
        else:
            data[int(last) : int(last) + 1] = [value]
    elif value is None:
        data.pop(last, None)
    else:
        data[last] = value


def _index(entries: list[Any], step: str, is_last: bool, text: str) -> int:
    if step == APPEND and is_last:
        return len(entries)
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    if step in names:
        return names.index(step)
    if step.isdecimal() and int(step) < len(entries):
        return int(step)
    named = "、".join(str(name) for name in names) + "，或 " if names else ""
    known = f"可写 {named}0 到 {len(entries) - 1}，从 0 数起。" if entries else "这一项是空的，添一项写 [+]。"
    raise PathFault(f"“{text}”没有“{step}”这一项", known)


def _hint(step: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(step, known, n=1)
    return f"是不是“{near[0]}”？" if near else f"可以改的项：{'、'.join(known) or '无'}。"
