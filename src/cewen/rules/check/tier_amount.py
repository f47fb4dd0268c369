"""CW306: a later tier that gives no more than an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.money import display_money
from cewen.rules.check.examined import Examined
from cewen.rules.check.linear import constant_of
from cewen.rules.check.page import Check, Page

PAGE = Page(
    code="CW306",
    title="档次的金额没有递增",
    why="同时符合几档时取写在最后的一档。后一档金额反而不高，多半是金额抄错了行，或档次写反了。",
    looks_for="写明金额的相邻两档，后一档的金额高于前一档。",
    remedy="对照原文“分别给予”的次序核对；由低到高排列。",
    bad="tiers:\n  - {name: 三级, when: DCMM等级 = 3级, amount: 50万元}\n"
    "  - {name: 四级, when: DCMM等级 = 4级, amount: 30万元}",
    good="tiers:\n  - {name: 三级, when: DCMM等级 = 3级, amount: 20万元}\n"
    "  - {name: 四级, when: DCMM等级 = 4级, amount: 30万元}",
    severity=Severity.WARNING,
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each tier whose known amount is not above that of the tier before it."""
    for lowered in examined.sound:
        for index, (lower, upper) in enumerate(pairwise(lowered.tiers), start=1):
            small, great = constant_of(lower.amount), constant_of(upper.amount)
            if small is None or great is None or small < great:
                continue
            amounts = f"{display_money(int(great))}，“{lower.name}”是 {display_money(int(small))}"
            place = examined.place(lowered.measure, "tiers", index, "amount")
            remedy = "对照原文“分别给予”的次序核对，由低到高排列。"
            yield PAGE.found(f"后一档“{upper.name}”是 {amounts}，没有递增", remedy, place, lowered.measure.quote)


CHECK = Check((PAGE,), find)
