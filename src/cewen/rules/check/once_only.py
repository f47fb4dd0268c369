"""CW404: 一次性 in the quote where the measure may be paid again."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.text.flow import fold_text

PAGE = Page(
    code="CW404",
    title="一次性的奖补没有写明",
    why="一次性奖励付过就不能再付。没有写明，第二年又会算出一笔。",
    looks_for="引文有“一次性”，而 frequency 不是 one_off。",
    remedy="写上 frequency: one_off；按档、按项目各一次的，另写 per。",
    bad="quote: 给予500万元一次性奖励",
    good="quote: 给予500万元一次性奖励\nfrequency: one_off",
    severity=Severity.WARNING,
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each measure that forgets the 一次性 of its quote."""
    for measure in examined.policy.measures:
        if "一次性" in fold_text(measure.quote) and measure.frequency != "one_off":
            message = "引文说“一次性”，措施没有写 frequency: one_off"
            remedy = "补上 frequency: one_off；按档或按项目各一次的，另写 per。"
            yield PAGE.found(message, remedy, examined.place(measure, "frequency"), measure.quote)


CHECK = Check((PAGE,), find)
