"""待定: what a drafted policy leaves for a person to fill in; nothing with a placeholder is ever evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cewen.base.diagnostic import Diagnostic
from cewen.base.source import Place
from cewen.rules.yaml_file import Pointer, YamlFile

PENDING = "待定"
CODE = "CW150"
_WORD = re.compile(rf"(?<![0-9A-Za-z_一-鿿“]){PENDING}(?![0-9A-Za-z_一-鿿”])")
_EXPRESSIONS = frozenset(
    ("conditions", "parameters", "amount", "cap", "each", "count", "most", "of", "rate", "when", "less")
)
"""Keys below which a text is an expression: there the word may stand inside; elsewhere it must be the whole value."""


def is_pending(expression: str) -> bool:
    """Whether an expression of the condition language still holds a placeholder (占位)."""
    return _WORD.search(expression) is not None


def placeholder_findings(files: Iterable[YamlFile]) -> Iterator[Diagnostic]:
    """A finding for each 待定 in the files of a policy folder, in the order of the files; quotes and notes may say it."""
    for file in files:
        for pointer in _pending(file.data, ()):
            yield Diagnostic(CODE, _message(pointer), _remedy(pointer, file), file.place(*pointer))


def places_of(findings: Iterable[Diagnostic]) -> frozenset[Place]:
    """Where the placeholders stand."""
    return frozenset(finding.place for finding in findings if finding.code == CODE)


def _pending(value: Any, pointer: Pointer) -> Iterator[Pointer]:
    if isinstance(value, dict):
        for key, inner in value.items():
            shown = key if isinstance(key, (str, int)) else key.isoformat()
            yield from _pending(inner, (*pointer, shown))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _pending(inner, (*pointer, index))
    elif isinstance(value, str):
        is_expression = any(part in _EXPRESSIONS for part in pointer) and pointer[:1] != ("cases",)
        if value.strip() == PENDING or (is_expression and is_pending(value)):
            yield pointer


def _message(pointer: Pointer) -> str:
    names = [str(part) for part in pointer if isinstance(part, str)]
    return f"{PENDING}尚未填写（{'.'.join(names) or '整项'}）"


def _remedy(pointer: Pointer, file: YamlFile) -> str:
    first = pointer[0] if pointer else ""
    if first == "cases":
        return "措施填好以后补上事实与结论；不要的算例整个删去。"
    if file.path.endswith("facts.yaml"):
        return "核对这个提议登记的事实：对的，写上定义；不对的改名、改类型，或删去并改用登记过的事实。"
    if first == "conditions":
        return "换成登记过的事实（cewen facts 可查找）；机器判断不了的，把原话写进 open_conditions；没有这个条件的，删去这一行。"
    if any(part in _EXPRESSIONS for part in pointer):
        return "把“待定”换成登记过的事实（cewen facts 可查找），数值不必改；没有合适的事实，先在本文件夹的 facts.yaml 里登记。"
    if file.path.endswith("policy.yaml"):
        return "照原文或公布的网页填上；文件没有而又不必填的，删去这一行。"
    return "照原文填上。"
