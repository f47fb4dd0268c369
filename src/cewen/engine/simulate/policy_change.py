"""Stacking rules and validity of a policy changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from cewen.engine.simulate import path as paths
from cewen.engine.simulate.change import Change, ChangeKind, value_words
from cewen.engine.simulate.draft import Draft
from cewen.engine.simulate.measure_change import plain
from cewen.engine.simulate.reform import StackingChange, ValidityChange
from cewen.rules.policy import Policy, StackingRule
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import Pointer

_LABELS = {"effective_on": "施行日", "expires_on": "失效日", "repealed_on": "废止日"}


def change_stacking(draft: Draft, change: StackingChange, index: int) -> None:
    """Apply one entry of `stacking`."""
    pointer: Pointer = ("stacking", index)
    policy = draft.policy(change.policy, draft.file.place(*pointer, "policy"))
    if policy is None:
        return
    rules = {rule.id: plain(rule.model_dump()) for rule in policy.header.stacking}
    changes: list[Change] = []
    for text, value in change.set.items():
        place = draft.file.place(*pointer, "set", text)
        try:
            where = paths.find(rules, text, tuple(rules))
        except paths.PathFault as fault:
            draft.error("CW641", f"《{policy.header.title}》的叠加规则：{fault.message}", fault.remedy, place)
            continue
        before = paths.get(rules, where)
        rule_id = str(where[0])
        about = f"叠加规则“{rule_id}”（{rules[rule_id]['clause']}）"
        if not draft.is_new(policy.id, f"stacking.{text}", place):
            continue
        if plain(value) == before:
            draft.unchanged(about, text, value_words(before), place)
            continue
        paths.put(rules, where, plain(value))
        changes.append(_change(policy, ChangeKind.CHANGED, text, value_words(before), value_words(plain(value)), place))
    for at, rule_id in enumerate(change.remove):
        place = draft.file.place(*pointer, "remove", at)
        if rule_id not in rules:
            message = f"《{policy.header.title}》没有叠加规则“{rule_id}”"
            draft.error("CW641", message, f"现有的规则：{'、'.join(rules) or '无'}。", place)
            continue
        words = rules.pop(rule_id)["quote"]
        changes.append(_change(policy, ChangeKind.REMOVED, rule_id, words, "无", place))
    for at, rule in enumerate(change.add):
        place = draft.file.place(*pointer, "add", at)
        if rule.id in rules:
            draft.error("CW642", f"已有叠加规则“{rule.id}”", "换一个编号；要改现有的，写在 set 里。", place)
            continue
        rules[rule.id] = plain(rule.model_dump())
        changes.append(_change(policy, ChangeKind.ADDED, rule.id, "无", rule.quote, place))
    if not changes:
        return
    try:
        stacking = tuple(StackingRule.model_validate(rule) for rule in rules.values())
    except ValidationError as error:
        draft.findings.extend(shape_findings(error, StackingRule, draft.file.file, pointer))
        return
    draft.policies[policy.id] = replace(policy, header=policy.header.model_copy(update={"stacking": stacking}))
    draft.changes.extend(changes)


def change_validity(draft: Draft, change: ValidityChange, index: int) -> None:
    """Apply one entry of `validity`. A value written as null takes a date away."""
    pointer: Pointer = ("validity", index)
    policy = draft.policy(change.policy, draft.file.place(*pointer, "policy"))
    if policy is None:
        return
    update: dict[str, Any] = {}
    for name, label in _LABELS.items():
        if name not in change.model_fields_set:
            continue
        place = draft.file.place(*pointer, name)
        before, after = getattr(policy.header, name), getattr(change, name)
        if not draft.is_new(policy.id, name, place):
            continue
        if before == after:
            draft.unchanged(f"《{policy.header.title}》", name, value_words(before), place)
            continue
        update[name] = after
        draft.changes.append(_change(policy, ChangeKind.CHANGED, label, value_words(before), value_words(after), place))
    if update:
        draft.policies[policy.id] = replace(policy, header=policy.header.model_copy(update=update))


def _change(policy: Policy, kind: ChangeKind, path: str, before: str, after: str, place: Any) -> Change:
    return Change(kind, policy.id, policy.header.title, "", path, before, after, place)
