"""YAML as an officer reads it: keys in order, short lists in one line, comments where a person must look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

_LONGEST_LINE = 96


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a comment behind it (带注的值)."""

    value: str
    comment: str


def scalar(value: object) -> str:
    """A value on one line, quoted where YAML would read it as something else."""
    if isinstance(value, Noted):
        return f"{scalar(value.value)}  # {_one_line(value.comment)}"
    if value is None:
        return "null"
    if not isinstance(value, str):
        return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return _quoted(value)


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    """Text on one line, in quotes where it needs them; keys and labels come again and again."""
    if "\n" in value or "\r" in value or "\x85" in value or "\u2028" in value or "\u2029" in value:
        value = " ".join(value.split())
    return yaml.safe_dump(value, allow_unicode=True, width=10**9).removesuffix("\n").removesuffix("\n...")


def render(value: Mapping[str, Any], indent: int = 0) -> str:
    """A mapping as YAML; entries that are None are left out."""
    lines: list[str] = []
    for key, inner in value.items():
        if inner is not None:
            lines.extend(_entry(" " * indent + f"{scalar(key)}:", inner, indent))
    return "\n".join(lines) + "\n"


def render_list(values: Sequence[Mapping[str, Any]], indent: int = 0) -> str:
    """A list of mappings as YAML."""
    if not values:
        return "[]\n"
    return "".join(" " * indent + "- " + render(value, indent + 2)[indent + 2 :] for value in values)


def flow(value: object) -> str:
    """A value in one line: {年营业收入: {2023: 500万元}}."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inside(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return _inside(value)


def _inside(value: object) -> str:
    """A scalar within a flow collection, where , and brackets part values."""
    text = scalar(value)
    if isinstance(value, str) and text[:1] not in "'\"" and any(mark in text for mark in ",[]{}:#"):
        return "'" + value.replace("'", "''") + "'"
    return text


def _entry(head: str, value: Any, indent: int) -> list[str]:
    if isinstance(value, Mapping):
        line = f"{head} {flow(value)}"
        return [line] if len(line) <= _LONGEST_LINE or not value else [head, render(value, indent + 2).rstrip("\n")]
    if isinstance(value, (list, tuple)):
        if not value:
            return []
        if isinstance(value[0], Mapping):
            return [head, render_list(value, indent + 2).rstrip("\n")]
        return [head, *(" " * (indent + 2) + f"- {scalar(item)}" for item in value)]
    return [f"{head} {scalar(value)}"]


def _one_line(text: str) -> str:
    return " ".join(text.split())
