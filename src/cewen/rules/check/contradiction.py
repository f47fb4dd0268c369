"""CW301: conditions nobody can meet together, tiers nobody can reach, alternatives that never hold."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.rules import ops
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.rules.check.satisfiable import can_hold
from cewen.rules.lower import LoweredMeasure

PAGE = Page(
    code="CW301",
    title="条件互相矛盾，谁也不能满足",
    why="矛盾的条件使措施成为一纸空文，多半是门槛写错了方向、单位写错了一级。",
    looks_for="同一事实（或同一算式）的上下限、单选的取值、地区、是否，连同登记的取值范围，能不能同时成立；"
    "“或”的每一支、每一档也逐一看。判断是精确的：报出来的必定矛盾。",
    remedy="对照原文改正门槛或比较的方向；各对象条件不同的，分成几条措施或用“或”。",
    bad="conditions:\n  - 年营业收入 >= 500万元\n  - 年营业收入 < 100万元",
    good="conditions:\n  - 年营业收入 >= 500万元\n  - 年营业收入 < 1亿元",
)
_REMEDY = "对照原文改正门槛、取值或比较的方向。"


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for the first condition that cannot be met beside those before it, and for each dead tier or branch."""
    for lowered in examined.sound:
        conditions = [condition.op for condition in lowered.conditions]
        if can_hold(conditions, examined.corpus):
            yield from _dead_branches(examined, lowered)
            yield from _dead_tiers(examined, lowered)
        else:
            yield _contradiction(examined, lowered)


def _contradiction(examined: Examined, lowered: LoweredMeasure) -> Diagnostic:
    conditions = lowered.conditions
    count = next(
        at
        for at in range(1, len(conditions) + 1)
        if not can_hold([each.op for each in conditions[:at]], examined.corpus)
    )
    last = conditions[count - 1]
    place = examined.place(lowered.measure, "conditions", count - 1)
    if not can_hold([last.op], examined.corpus):
        return PAGE.found(f"条件“{last.text}”永远不能成立", _REMEDY, place, lowered.measure.quote)
    partner = next((one for one in conditions[: count - 1] if not can_hold([one.op, last.op], examined.corpus)), None)
    with_what = f"“{partner.text}”" if partner else "前面的条件合起来"
    return PAGE.found(f"条件“{last.text}”与{with_what}不能同时成立", _REMEDY, place, lowered.measure.quote)


def _dead_branches(examined: Examined, lowered: LoweredMeasure) -> Iterator[Diagnostic]:
    """Parts of a 或 that cannot hold beside the other conditions."""
    for index, condition in enumerate(lowered.conditions):
        if not isinstance(condition.op, ops.Any):
            continue
        others = [each.op for at, each in enumerate(lowered.conditions) if at != index]
        for number, part in enumerate(condition.op.parts, start=1):
            if not can_hold([*others, part], examined.corpus):
                message = f"“{condition.text}”里“或”的第{number}支永远不能成立"
                place = examined.place(lowered.measure, "conditions", index)
                yield PAGE.found(message, _REMEDY, place, lowered.measure.quote)


def _dead_tiers(examined: Examined, lowered: LoweredMeasure) -> Iterator[Diagnostic]:
    conditions = [condition.op for condition in lowered.conditions]
    for index, tier in enumerate(lowered.tiers):
        if tier.condition is not None and not can_hold([*conditions, tier.condition], examined.corpus):
            message = f"档次“{tier.name}”（{tier.condition_text}）永远达不到：它与措施的条件矛盾，或本身不能成立"
            yield PAGE.found(
                message, _REMEDY, examined.place(lowered.measure, "tiers", index, "when"), lowered.measure.quote
            )


CHECK = Check((PAGE,), find)
