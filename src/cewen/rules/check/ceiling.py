"""CW402: 最高 or 不超过 in the quote where the measure calls its amount definite."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.certainty import Certainty
from cewen.base.diagnostic import Diagnostic, Severity
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.text.flow import fold_text
from cewen.text.quantities import Bound, read_quantities

PAGE = Page(
    code="CW402",
    title="把上限写成了确定的数额",
    why="“最高100万元”不是“给100万元”。写成确定，企业会按100万元去算账，预算也会虚高。",
    looks_for="certainty 为 definite，而引文只说“最高/不超过/上限”多少，没有另给确定的比例或数额；或者比例本身就是“不超过”。"
    "“按投资额的30%给予最高500万元”有确定的比例，可以是 definite。",
    remedy="把 certainty 改成 ceiling；确有确定算法而在另一句里的，把那一句写进 citations。",
    bad="quote: 单个项目最高给予3000万元资金支持\ncertainty: definite",
    good="quote: 单个项目最高给予3000万元资金支持\ncertainty: ceiling",
    severity=Severity.WARNING,
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each definite measure whose quotes bound what is given without giving it."""
    for measure in examined.policy.measures:
        if measure.certainty is not Certainty.DEFINITE:
            continue
        texts = (measure.quote, *(citation.quote for citation in measure.citations))
        if any(_has_loose_rate(text) for text in texts):
            message = "引文的比例是“不超过”，金额只是上限，措施却写成确定"
        elif any(_is_only_bounded(text) for text in texts):
            message = "引文只说最高多少，没有确定的比例或数额，措施却写成确定"
        else:
            continue
        place = examined.place(measure, "certainty")
        yield PAGE.found(message, "把 certainty 改成 ceiling。", place, measure.quote)


def _has_loose_rate(text: str) -> bool:
    """按照不超过年研发投入的10%: 不超过 stands before the rate, perhaps with its base between."""
    folded = fold_text(text)
    for quantity in read_quantities(folded):
        if quantity.kind.value != "rate" or quantity.bound in (Bound.AT_LEAST, Bound.ABOVE, Bound.BELOW):
            continue
        before = folded[max(0, quantity.left - 20) : quantity.start]
        phrase = before.replace(";", ",").split(",")[-1]
        if "不超过" in phrase or "最高" in phrase:
            return True
    return False


def _is_only_bounded(text: str) -> bool:
    """Money with an upper bound and neither a rate nor money without one."""
    given = [each for each in read_quantities(fold_text(text)) if each.is_money_or_rate]
    awards = [each for each in given if each.bound in (None, Bound.AT_MOST)]
    return bool(awards) and all(each.bound is Bound.AT_MOST for each in awards)


CHECK = Check((PAGE,), find)
