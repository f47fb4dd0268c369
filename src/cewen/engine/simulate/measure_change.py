"""Measures changed, added and removed: each new measure is a checked model again, its faults placed in the reform."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from cewen.base.source import Place
from cewen.engine.simulate import path as paths
from cewen.engine.simulate.change import Change, ChangeKind, value_words
from cewen.engine.simulate.draft import Draft
from cewen.engine.simulate.reform import AddedMeasure, MeasureChange
from cewen.rules.kinds import DEFAULT_KIND, measure_kinds
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import Pointer, YamlFile

FIXED = ("id", "kind", "subject")
"""What makes a measure this measure; another kind or subject is another measure."""

NO_CLAUSE = "改革方案"
"""Clause of a measure that has no official text yet."""


def change_measure(draft: Draft, change: MeasureChange, index: int) -> None:
    """Apply one entry of `measures`."""
    pointer: Pointer = ("measures", index)
    found = draft.measure(change.measure, draft.file.place(*pointer, "measure"))
    if found is None:
        return
    policy, measure = found
    key, about = f"{policy.id}#{measure.id}", f"措施“{measure.title}”（{measure.clause}）"
    data = plain(measure.model_dump())
    fields = tuple(name for name in type(measure).model_fields if name not in FIXED)
    changes: list[Change] = []
    places: dict[Pointer, Place] = {(): draft.file.place(*pointer)}
    removals: list[paths.Path] = []
    for text, raw in change.set.items():
        place = draft.file.place(*pointer, "set", text)
        try:
            where = paths.find(data, text, fields)
        except paths.PathFault as fault:
            message, remedy = fault.message, fault.remedy
            if text.partition(".")[0] in FIXED:
                message, remedy = f"“{text}”不能改", "取消这条措施（remove），再新增一条（add）。"
            draft.error("CW641", f"{about}：{message}", remedy, place)
            continue
        before = paths.get(data, where)
        value = plain(raw)
        if change.begins_on is not None:
            if not _may_have_dates(measure, where) or not isinstance(value, str):
                message = f"{about}的 {text} 不能按日期变化"
                draft.error("CW641", message, "去掉 from；只有金额、上限、比例、档次金额与参数可以带日期。", place)
                continue
            value = _from_day(before, value, change.begins_on, policy.header.effective_on)
        if not draft.is_new(key, text, place):
            continue
        if value == before:
            draft.unchanged(about, text, value_words(before), place)
            continue
        draft.suspect(about, text, before, raw, place)
        places[where] = place
        if value is None and isinstance(where[-1], int):
            removals.append(where)
        else:
            paths.put(data, where, value)
        words = (value_words(before), value_words(value))
        changes.append(Change(ChangeKind.CHANGED, key, measure.title, measure.clause, text, *words, place))
    for where in sorted(
        removals, key=lambda each: each[-1], reverse=True
    ):  # later places first: the others keep theirs
        paths.put(data, where, None)
    if changes:
        if change.begins_on is not None and change.begins_on > draft.on:
            draft.not_yet(key, about, change.begins_on, draft.file.place(*pointer, "from"))
        _replace(draft, policy, type(measure), data, places, about)
        draft.changes.extend(changes)


def add_measure(draft: Draft, added: AddedMeasure, index: int) -> None:
    """Apply one entry of `add`."""
    pointer: Pointer = ("add", index)
    place = draft.file.place(*pointer)
    policy = draft.policy(added.policy, draft.file.place(*pointer, "policy"))
    if policy is None:
        return
    kinds = measure_kinds()
    kind = added.measure.get("kind", DEFAULT_KIND)
    if kind not in kinds:
        message = f"没有名为“{kind}”的措施种类"
        draft.error(
            "CW002", message, f"可用的种类：{'、'.join(kinds)}。", draft.file.place(*pointer, "measure", "kind")
        )
        return
    title = str(added.measure.get("title", ""))
    data = {"clause": NO_CLAUSE, "quote": f"{NO_CLAUSE}：{title}", **plain(added.measure)}
    if policy.measure(str(data.get("id"))) is not None:
        message = f"政策“{policy.id}”已有编号“{data['id']}”的措施"
        draft.error("CW642", message, "新措施换一个编号；要改现有的，写在 measures 里。", place)
        return
    inner = (*pointer, "measure")
    places = {at[len(inner) :]: where for at, where in draft.file.file.places.items() if at[: len(inner)] == inner}
    measure = _replace(draft, policy, kinds[kind], data, {(): place, **places}, f"新增措施“{title}”")
    if measure is not None:
        words = measure.amount_sentence()
        key = f"{policy.id}#{measure.id}"
        draft.changes.append(Change(ChangeKind.ADDED, key, measure.title, measure.clause, "措施", "无", words, place))


def remove_measure(draft: Draft, key: str, index: int) -> None:
    """Apply one entry of `remove`: the measure goes, and leaves the stacking rules that name it."""
    place = draft.file.place("remove", index)
    found = draft.measure(key, place)
    if found is None:
        return
    policy, measure = found
    full = f"{policy.id}#{measure.id}"
    if any(change.key == full for change in draft.changes):
        draft.error("CW642", f"措施“{measure.title}”（{measure.clause}）又改又取消", "只留一处。", place)
        return
    rules = tuple(
        rule.model_copy(update={"members": tuple(member for member in rule.members if member != measure.id)})
        for rule in policy.header.stacking
    )
    header = policy.header.model_copy(update={"stacking": rules})
    measures = tuple(each for each in policy.measures if each.id != measure.id)
    draft.policies[policy.id] = replace(policy, header=header, measures=measures)
    words = measure.amount_sentence()
    draft.changes.append(Change(ChangeKind.REMOVED, full, measure.title, measure.clause, "措施", words, "无", place))


def plain(value: Any) -> Any:
    """Lists for tuples, words for enumerations, all the way down."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return getattr(value, "value", value)


def _replace(
    draft: Draft, policy: Policy, model: type[Measure], data: dict[str, Any], places: dict[Pointer, Place], about: str
) -> Measure | None:
    """The measure of `data` in place of the one with its id, or after the last; faults point into the reform."""
    old = policy.files.get(policy.measure_files.get(str(data.get("id")), ""))
    file = YamlFile(draft.file.file.path, data, {**(old.places if old else {}), **places})
    try:
        measure = model.model_validate(data)
    except ValidationError as error:
        for found in shape_findings(error, model, file):
            draft.findings.append(replace(found, message=f"{about}：{found.message}"))
        return None
    name = f"{draft.file.file.path}#{measure.id}"
    known = policy.measure(measure.id) is not None
    measures = tuple(measure if each.id == measure.id else each for each in policy.measures)
    draft.policies[policy.id] = replace(
        policy,
        measures=measures if known else (*measures, measure),
        files={**policy.files, name: file},
        measure_files={**policy.measure_files, measure.id: name},
    )
    return measure


_DATED = ("amount", "cap", "rate", "each", "most")


def _may_have_dates(measure: Measure, where: paths.Path) -> bool:
    return where[-1] in _DATED or (where[0] == "parameters" and len(where) == 2)


def _from_day(before: Any, value: str, begins_on: date, effective_on: date | None) -> Any:
    """What was until the day, and the new value from it on."""
    if before is None:
        return value
    since = effective_on if effective_on is not None and effective_on < begins_on else date.min
    earlier = before if isinstance(before, dict) else {since: before}
    kept = {day: text for day, text in earlier.items() if day < begins_on}
    if not kept:
        return value
    if kept[max(kept)] == value and len(kept) == len(earlier):
        return before
    return {**kept, begins_on: value}
