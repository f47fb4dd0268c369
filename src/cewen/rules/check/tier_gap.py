"""CW304: numbers between two tiers that neither covers."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.money import display_money
from cewen.rules.check.examined import Examined
from cewen.rules.check.interval import End, Interval
from cewen.rules.check.linear import Terms, is_whole
from cewen.rules.check.page import Check, Page
from cewen.rules.check.steps import Step, tier_steps
from cewen.rules.lower import LoweredMeasure

PAGE = Page(
    code="CW304",
    title="两档之间有空当",
    why="落在空当里的企业哪一档也不算，得不到任何奖补，而条文通常没有这个意思。",
    looks_for="同一事实上的各档连起来是否有缺口。只缺一个点的（< 10亿元 之后接着 > 10亿元）必是笔误，报错误；"
    "缺一段的报警告：原文可能就是这样写的。",
    remedy="上一档的上限接着下一档的下限；原文确有空当的，在 note 里写明。",
    bad="tiers:\n  - {name: 一档, when: 年营业收入 >= 1亿元 且 年营业收入 < 10亿元, amount: 10万元}\n"
    "  - {name: 二档, when: 年营业收入 > 10亿元, amount: 50万元}",
    good="tiers:\n  - {name: 一档, when: 年营业收入 >= 1亿元 且 年营业收入 < 10亿元, amount: 10万元}\n"
    "  - {name: 二档, when: 年营业收入 >= 10亿元, amount: 50万元}",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each hole between tiers over one expression."""
    for lowered in examined.sound:
        steps = [step for step in tier_steps(examined, lowered) if not step.covers.is_empty]
        for over in dict.fromkeys(step.over for step in steps):
            along = sorted((step for step in steps if step.over == over), key=_order)
            yield from _holes(examined, lowered, along)


def _order(step: Step) -> tuple[bool, object, bool]:
    return step.covers.low is not None, step.covers.low or 0, step.covers.low_open


def _holes(examined: Examined, lowered: LoweredMeasure, along: list[Step]) -> Iterator[Diagnostic]:
    reached = along[0]
    for step in along[1:]:
        hole = _between(reached.covers, step.covers, is_whole(step.over[1], examined.corpus.vocabulary))
        if hole is not None:
            is_point = hole.low == hole.high
            words = _words(hole, step.over[1])
            message = f"档次“{reached.name}”与“{step.name}”之间有空当：{words}哪一档也不算"
            severity = Severity.ERROR if is_point else Severity.WARNING
            place = examined.place(lowered.measure, "tiers", step.index, "when")
            remedy = "让上一档的上限接着下一档的下限。"
            yield PAGE.found(message, remedy, place, lowered.measure.quote, severity)
        if _ends_later(step.covers, reached.covers):
            reached = step


def _between(lower: Interval, upper: Interval, whole: bool) -> Interval | None:
    """The numbers after one interval and before the next; None where they touch or overlap."""
    if lower.high is None or upper.low is None:
        return None
    hole = Interval(lower.high, upper.low, not lower.high_open, not upper.low_open)
    hole = hole.whole() if whole else hole
    return None if hole.is_empty else hole


def _ends_later(one: Interval, other: Interval) -> bool:
    if one.high is None or other.high is None:
        return one.high is None
    return (one.high, not one.high_open) > (other.high, not other.high_open)


def _words(hole: Interval, terms: Terms) -> str:
    low, high = _number(hole.low, terms), _number(hole.high, terms)
    if hole.low == hole.high:
        return f"恰好 {low}的"
    return f"{'超过' if hole.low_open else '从'} {low}、{'不到' if hole.high_open else '至'} {high}的"


def _number(value: End, terms: Terms) -> str:
    quantity = terms[0][0].quantity
    if value is not None and quantity.is_money:
        return display_money(int(value))
    return f"{value}{quantity.unit}"


CHECK = Check((PAGE,), find)
