"""No silence: a change that reaches nobody, an instrument out of force, facts that are missing. Each with its remedy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.period import InForce
from cewen.base.source import Place
from cewen.engine.columns.measure_columns import UNKNOWN, MeasureColumns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.simulate.apply import Reformed

MOST_FACTS = 3


def reform_notices(reformed: Reformed, before: ColumnResults, after: ColumnResults) -> tuple[Diagnostic, ...]:
    """What the reader of the result must know, for each changed measure: CW644, CW645, CW646."""
    return tuple(_notices(reformed, before, after))


def _notices(reformed: Reformed, before: ColumnResults, after: ColumnResults) -> Iterator[Diagnostic]:
    old = {each.measure.key: each for each in before.by_measure}
    new = {each.measure.key: each for each in after.by_measure}
    for key in reformed.measure_keys:
        place = next(change.place for change in reformed.changes if change.key == key)
        results = new.get(key) or old[key]
        about = f"措施“{results.measure.measure.title}”（{results.measure.measure.clause}）"
        header = results.measure.policy.header
        if results.in_force is not InForce.IN_FORCE and not after.as_if_in_force:
            words = results.in_force.says(header.validity)
            message = f"{about}：《{header.title}》{words}，{after.plan.on} 这一天改动不起作用"
            remedy = "换一个 --on 日期；或加 --as-if-in-force 假定施行；或在方案的 validity 里改有效期。"
            yield Diagnostic("CW644", message, remedy, place, Severity.NOTICE)
            continue
        missing = _missing(results, after)
        if key in old and key in new and key not in reformed.later and is_same(old[key], new[key]):
            message = f"{about}改了，但名册 {results.row_count} 行中没有一条结论或金额因此不同"
            remedy = f"先补 {missing[0]}，或放大改动。" if missing else "看“门槛附近”有没有企业，或放大改动。"
            yield Diagnostic("CW645", message, remedy, place, Severity.NOTICE)
        unknown = int(np.count_nonzero(results.status == UNKNOWN))
        if unknown and key in new:
            message = f"{about}有 {unknown} 行待核实，没有计入金额；缺 {'、'.join(missing)}"
            yield Diagnostic("CW646", message, "在名册里补上这些列，再算一次。", place, Severity.NOTICE)
    if reformed.changes and not reformed.measure_keys and _all_same(old, new):
        names = "、".join(dict.fromkeys(f"{change.about}的 {change.path}" for change in reformed.changes))
        message = f"{names} 改了，但名册中没有一条结论或金额因此不同"
        remedy = "核对日期与规则的成员；叠加规则只在同一企业（或同一对象）符合几条措施时起作用。"
        yield Diagnostic("CW645", message, remedy, reformed.changes[0].place, Severity.NOTICE)


def _all_same(old: dict[str, MeasureColumns], new: dict[str, MeasureColumns]) -> bool:
    return old.keys() == new.keys() and all(is_same(old[key], new[key]) for key in old)


def is_same(one: MeasureColumns, other: MeasureColumns) -> bool:
    """Whether status, interval and suppression are alike in every row."""
    if one is other:
        return True
    certainty = one.measure.measure.certainty is other.measure.measure.certainty
    pairs = (
        (one.status, other.status), (one.low, other.low), (one.high, other.high),
        (one.suppressed_by >= 0, other.suppressed_by >= 0),
    )  # fmt: skip
    return certainty and all(np.array_equal(left, right) for left, right in pairs)


def _missing(results: MeasureColumns, after: ColumnResults) -> list[str]:
    """The facts that hold up most rows, with how many."""
    vocabulary = after.columns.layout.vocabulary
    counted = []
    for at, (key, year) in enumerate(results.needed):
        count = int(np.count_nonzero((results.needs >> at) & 1))
        if count:
            label = vocabulary.by_key(key).label
            counted.append((count, f"{label}（{year} 年）" if year else label))
    ordered = sorted(counted, key=lambda pair: -pair[0])
    return [f"“{label}”（{count} 行）" for count, label in ordered[:MOST_FACTS]]


def dormant_notices(results: ColumnResults) -> tuple[Diagnostic, ...]:
    """A notice (CW644) for each document of the corpus that is not in force on the date, so that zero is explained."""
    found: dict[str, Diagnostic] = {}
    for each in results.by_measure:
        header = each.measure.policy.header
        if each.in_force is InForce.IN_FORCE or results.as_if_in_force or header.id in found:
            continue
        words = each.in_force.says(header.validity)
        message = f"《{header.title}》{words}，{results.plan.on} 这一天不计"
        remedy = "换一个 --on 日期，或加 --as-if-in-force 假定施行。"
        found[header.id] = Diagnostic("CW644", message, remedy, Place(), Severity.NOTICE)
    return tuple(found.values())
