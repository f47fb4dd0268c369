"""What a draft leaves open is set aside, so that the rest can be computed: a measure with 待定, or with a fact nobody has
confirmed, is never evaluated, and a notice says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.source import Place
from cewen.rules.placeholder import PENDING, is_pending, placeholder_findings
from cewen.rules.policy import Header, Policy
from cewen.rules.yaml_file import YamlFile

CODE = "CW690"
FACTS = "facts.yaml"
_NAME = re.compile(r"[A-Za-z_一-鿿][0-9A-Za-z_一-鿿]*")
_PROSE = frozenset(("quote", "note", "title", "citations", "open_conditions", "wording"))


def finished_part(policy: Policy) -> tuple[Policy, Diagnostic | None]:
    """The policy without the measures a draft leaves open, and a notice that names them; itself where nothing is open.

    Stacking rules lose the members set aside; where a stacking rule is itself open, no measure is left, since together
    they could pay too much. Without an effective date a policy is a draft for every date.
    """
    if not policy.is_unfinished:
        return policy, None
    open_files = {name for name, file in policy.files.items() if _has_pending(file)}
    unconfirmed = frozenset(_unconfirmed(policy.files.get(FACTS)))
    header = policy.files.get("policy.yaml")
    stacking_open = header is not None and _mentions_pending(header.data.get("stacking"))
    left_out = {
        measure.id
        for measure in policy.measures
        if stacking_open
        or policy.measure_files.get(measure.id) in open_files
        or unconfirmed & set(_names(policy.files[policy.measure_files[measure.id]].data))
    }
    kept = tuple(measure for measure in policy.measures if measure.id not in left_out)
    unread = [name for name in open_files if name.startswith("measures/")]
    missing = len(unread) - sum(policy.measure_files.get(each) in open_files for each in policy.measure_files)
    finished = replace(
        policy,
        header=_without_members(policy.header, left_out, drop_all=stacking_open),
        measures=kept,
        files={
            name: file
            for name, file in policy.files.items()
            if name not in open_files and not (name.startswith("cases/") and _case_of(file) in left_out)
        },
        measure_files={name: file for name, file in policy.measure_files.items() if name not in left_out},
    )
    count = sum(1 for file in policy.files.values() for _ in _pending(file))
    return finished, _notice(policy, count, len(left_out) + missing, len(kept), open_dates=_open_dates(header))


def _notice(policy: Policy, count: int, left_out: int, kept: int, *, open_dates: bool) -> Diagnostic:
    message = f"《{policy.header.title}》是草稿，还有 {count} 处待定：{left_out} 条措施没有计算，{kept} 条照算"
    if open_dates:
        message += "；施行日期待定，按尚未施行处理"
    remedy = f"cewen check {policy.id} 逐处列出待定；facts.yaml 里的事实，写上定义就是确认。"
    return Diagnostic(CODE, message, remedy, Place(f"{policy.id}/policy.yaml"), Severity.NOTICE)


def _without_members(header: Header, left_out: set[str], *, drop_all: bool) -> Header:
    if drop_all:
        return header.model_copy(update={"stacking": ()})
    rules = tuple(
        rule.model_copy(update={"members": tuple(each for each in rule.members if each not in left_out)})
        for rule in header.stacking
    )
    return header.model_copy(update={"stacking": rules})


def _mentions_pending(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_mentions_pending(inner) for key, inner in value.items() if key not in _PROSE)
    if isinstance(value, list):
        return any(map(_mentions_pending, value))
    return isinstance(value, str) and is_pending(value)


def _pending(file: YamlFile) -> Iterator[Diagnostic]:
    return placeholder_findings([file])


def _has_pending(file: YamlFile) -> bool:
    return next(_pending(file), None) is not None


def _unconfirmed(file: YamlFile | None) -> Iterator[str]:
    """Labels of the proposed facts that still hold 待定."""
    for entry in file.data if file is not None and isinstance(file.data, list) else ():
        if is_proposed(entry):
            yield str(entry.get("label"))


def is_proposed(entry: Any) -> bool:
    """Whether the declaration of a fact waits for somebody to confirm it."""
    return isinstance(entry, dict) and any(
        isinstance(value, str) and value.strip() == PENDING for value in entry.values()
    )


def _names(value: Any) -> Iterator[str]:
    """Every name the expressions of a measure file hold, and more: a name too many only keeps a measure back."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _PROSE:
                yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
    elif isinstance(value, str):
        yield from _NAME.findall(value)


def _case_of(file: YamlFile) -> Any:
    return file.data.get("measure") if isinstance(file.data, dict) else None


def _open_dates(file: YamlFile | None) -> bool:
    data = file.data if file is not None and isinstance(file.data, dict) else {}
    return data.get("effective_on") == PENDING
