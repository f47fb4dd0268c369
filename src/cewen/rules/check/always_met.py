"""CW302: a condition that excludes nobody, by the declared ranges or beside the other conditions."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.rules import ops
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.rules.check.satisfiable import can_hold

PAGE = Page(
    code="CW302",
    title="条件总是成立，等于没写",
    why="总是成立的条件什么也没有限制，原文的门槛就落空了，多半是方向或单位写错。",
    looks_for="按登记的取值范围必然成立的条件（报错误）；有了其他条件就必然成立的条件（报警告，可能是原文重复）。",
    remedy="对照原文改正；原文确实重复的，可以删去多余的一条。",
    bad="conditions:\n  - 从业人员 >= 0人",
    good="conditions:\n  - 从业人员 >= 10人",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each condition whose opposite cannot hold."""
    for lowered in examined.sound:
        conditions = [condition.op for condition in lowered.conditions]
        if not can_hold(conditions, examined.corpus):
            continue
        for index, condition in enumerate(lowered.conditions):
            place = examined.place(lowered.measure, "conditions", index)
            fails = ops.Not(condition.op)
            others = [op for at, op in enumerate(conditions) if at != index]
            if not can_hold([fails], examined.corpus):
                message = f"条件“{condition.text}”总是成立，没有限制任何人"
                yield PAGE.found(message, "对照原文改正门槛或比较的方向。", place, lowered.measure.quote)
            elif others and not can_hold([*others, fails], examined.corpus):
                message = f"有了其他条件，“{condition.text}”必然成立"
                remedy = "对照原文：门槛写错的改正，确属重复的删去。"
                yield PAGE.found(message, remedy, place, lowered.measure.quote, Severity.WARNING)


CHECK = Check((PAGE,), find)
