"""CW101: a quote that does not stand in the official text."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.text.flow import fold_text

PAGE = Page(
    code="CW101",
    title="引文不在正文里",
    why="每一个数额、每一项条件都要能指回公布的原句。引文对不上，结论就没有依据，企业和审计都无法复核。",
    looks_for="措施、叠加规则、目标、任务的 quote 与正文逐字相同。全角半角、空格、换行、页码不计；其余一字不差。",
    remedy="从正文复制原句。中间省去的文字不能用省略号代替：只引连续的一段，其余的另写进 citations。",
    bad="quote: 对软件企业给予最高100万元奖励   # 正文写的是“补助”",
    good="quote: 对软件企业给予最高100万元补助",
)
_SHORTEST = 4


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each quote that is nowhere in the text, with how far it agrees."""
    for quotation in examined.quotations:
        if next(examined.found(quotation.quote), None) is not None:
            continue
        agrees, at = _agreement(fold_text(quotation.quote), examined.flow.text)
        message = "引文不在正文里，开头几个字就对不上"
        if len(agrees) >= _SHORTEST:
            official = _printed(examined, at)
            message = f"引文不在正文里：到“…{agrees[-12:]}”为止相同，此后正文是“{official}”"
        yield PAGE.found(message, "从正文复制原句；省去中间文字的，分成几段引用。", quotation.place, quotation.quote)


def _agreement(quote: str, text: str) -> tuple[str, int]:
    """The longest beginning of the quote that stands in the text, and where it ends there."""
    low, high = 0, len(quote)
    while low < high:
        middle = (low + high + 1) // 2
        if quote[:middle] in text:
            low = middle
        else:
            high = middle - 1
    return quote[:low], text.find(quote[:low]) + low


def _printed(examined: Examined, at: int) -> str:
    """A few characters of the official text, from a position of the flow."""
    end = min(at + 12, len(examined.flow.text))
    return "".join(examined.flow.span(at, end).of(examined.policy.text).split()) if at < end else "（正文到此为止）"


CHECK = Check((PAGE,), find)
