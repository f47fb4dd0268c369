"""CW303: tiers that hold at once where they should exclude each other, or hide one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from cewen.base.diagnostic import Diagnostic
from cewen.rules import ops
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.rules.check.satisfiable import can_hold
from cewen.rules.check.steps import Step, choices_of, thresholds_rise, tier_steps
from cewen.rules.lower import LoweredMeasure

PAGE = Page(
    code="CW303",
    title="档次重叠或次序颠倒",
    why="同时符合几档时，以写在最后的一档为准。次序颠倒，高档永远轮不到；界限重叠，同一家企业得多少就取决于写法。",
    looks_for="后写的一档把先写的一档整个盖住；写了上下限的两档有重叠；分档() 的门槛没有由低到高。"
    "只写“达到多少以上”、由低到高的各档本来就是套着的，不算重叠。",
    remedy="由低到高排列；写上下限的，上一档的上限接着下一档的下限（>= 1亿元 且 < 10亿元，>= 10亿元）。",
    bad="tiers:\n  - {name: 十亿元, when: 年营业收入 >= 10亿元, amount: 50万元}\n"
    "  - {name: 一亿元, when: 年营业收入 >= 1亿元, amount: 10万元}",
    good="tiers:\n  - {name: 一亿元, when: 年营业收入 >= 1亿元, amount: 10万元}\n"
    "  - {name: 十亿元, when: 年营业收入 >= 10亿元, amount: 50万元}",
)
_REMEDY = "由低到高排列各档；写了上下限的，让上一档的上限接着下一档的下限。"


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each pair of tiers that hide or overlap each other, and for each 分档() out of order."""
    for lowered in examined.sound:
        hidden = set(_hidden(examined, lowered))
        for earlier, later in sorted(hidden):
            yield _report(examined, lowered, earlier, later, "只要符合它就也符合后写的“{later}”，因此永远轮不到")
        steps = tier_steps(examined, lowered)
        for one, other in combinations(steps, 2):
            if (one.index, other.index) not in hidden and _overlap(one, other):
                yield _report(examined, lowered, one.index, other.index, "与“{later}”有重叠的部分")
        for choice in choices_of(lowered):
            if not thresholds_rise(choice):
                place = examined.place(lowered.measure)
                yield PAGE.found("“分档”的门槛没有由低到高", "由低到高排列门槛。", place, lowered.measure.quote)


def _hidden(examined: Examined, lowered: LoweredMeasure) -> Iterator[tuple[int, int]]:
    """Positions of tiers that always hold together with a later one."""
    conditions = [condition.op for condition in lowered.conditions]
    covers = {step.index: step for step in tier_steps(examined, lowered)}
    for (at, earlier), (behind, later) in combinations(enumerate(lowered.tiers), 2):
        if earlier.condition is None or later.condition is None:
            continue
        if not can_hold([*conditions, earlier.condition], examined.corpus):
            continue  # nobody reaches it: CW301
        one, other = covers.get(at), covers.get(behind)
        inside = one is not None and other is not None and one.over == other.over and other.covers.holds(one.covers)
        if inside or not can_hold([*conditions, earlier.condition, ops.Not(later.condition)], examined.corpus):
            yield at, behind


def _overlap(earlier: Step, later: Step) -> bool:
    """Common numbers, unless the later step lies within an earlier one that is open towards it (>= 1, then >= 10)."""
    if earlier.over != later.over or earlier.covers.meet(later.covers).is_empty:
        return False
    is_open = earlier.covers.high is None or earlier.covers.low is None
    return not (is_open and earlier.covers.holds(later.covers))


def _report(examined: Examined, lowered: LoweredMeasure, at: int, behind: int, words: str) -> Diagnostic:
    tiers = lowered.tiers
    message = f"档次“{tiers[at].name}”（{tiers[at].condition_text}）" + words.format(later=tiers[behind].name)
    place = examined.place(lowered.measure, "tiers", at, "when")
    return PAGE.found(message, _REMEDY, place, lowered.measure.quote)


CHECK = Check((PAGE,), find)
