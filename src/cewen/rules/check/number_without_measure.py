"""CW104: a number with a unit in the quote that no measure resting on these words uses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from cewen.base.diagnostic import Diagnostic
from cewen.base.money import parse_money
from cewen.base.source import Span
from cewen.rules.check.examined import Examined, Quotation
from cewen.rules.check.expressions import expressions_of
from cewen.rules.check.numbers import (
    COUNT,
    MONEY,
    SHARE,
    Size,
    binding_numbers,
    sizes_in,
    written_numbers,
    written_words,
)
from cewen.rules.check.page import Check, Page
from cewen.rules.measure import ForYears, Measure
from cewen.text.flow import fold_text

PAGE = Page(
    code="CW104",
    title="引文里的数值，措施没有用到",
    why="条文写了的门槛或限额，措施漏了，就会把不该给的给出去，或者少给。",
    looks_for="quote 与 citations 里每一个带单位的数值，都用在引用这句话的某个措施里：条件、金额、限额、档次、年限、"
    "叠加规则的合计上限，或者写在 open_conditions 里由人判断。日期，5G、“51020”这样的名称，“一批”“两类”这样的虚数不算。",
    remedy="把数值写进措施；机器判断不了的，连同数值写进 open_conditions；与本措施无关的，把引文截短。",
    bad="quote: 对年营业收入500万元及以上的企业，给予20万元奖励\nconditions: []",
    good="quote: 对年营业收入500万元及以上的企业，给予20万元奖励\nconditions:\n  - 年营业收入 >= 500万元",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each number of a measure's quotes that neither it nor a measure quoting the same words uses."""
    used = {measure.id: _used(examined, measure) for measure in examined.policy.measures}
    unread = {measure.id for measure in examined.policy.measures if not _is_readable(measure)}
    owned = [each for each in examined.quotations if each.owner is not None and each.owner not in unread]
    spans = {quotation: tuple(examined.found(quotation.quote)) for quotation in owned}
    for quotation in owned:
        text = fold_text(quotation.quote)
        for printed in binding_numbers(text):
            if any(_is_used(size, used[str(quotation.owner)]) for size in printed.sizes):
                continue
            shown = text[printed.start : printed.end]
            others = _sharing(examined, spans, quotation, printed.start, printed.end)
            if any(_is_used(size, used[other]) for other in others for size in printed.sizes):
                continue
            remedy = "写进条件、金额或限额；须由人判断的写进 open_conditions；无关的把引文截短。"
            yield PAGE.found(f"引文里的 {shown} 没有用在措施里", remedy, quotation.place, quotation.quote)


def _is_readable(measure: Measure) -> bool:
    """What cannot be read is CW200's; which numbers it holds is not known."""
    return all(expression.tree() is not None for expression in expressions_of(measure))


def _is_used(size: Size, used: set[Size]) -> bool:
    # A number a measure writes without unit has the size of a share.
    return size in used or (size[0] == COUNT and (SHARE, size[1]) in used)


def _sharing(
    examined: Examined, spans: dict[Quotation, tuple[Span, ...]], quotation: Quotation, start: int, end: int
) -> set[str]:
    """Other measures that quote the very characters of a number."""
    found: set[str] = set()
    for mine in spans[quotation]:
        number = examined.part(quotation.quote, mine, start, end)
        for other, theirs in spans.items():
            if other.owner not in (None, quotation.owner) and any(span.holds(number) for span in theirs):
                found.add(str(other.owner))
    return found


def _used(examined: Examined, measure: Measure) -> set[Size]:
    """Sizes of all numbers a measure holds, in figures or in words."""
    expressions = expressions_of(measure)
    used = {number.size for number in written_numbers(expressions)}
    words = (*written_words(expressions), *measure.open_conditions, *_tier_names(measure))
    for text in words:
        used |= sizes_in(fold_text(text))
    if isinstance(measure.frequency, ForYears):
        used.add((COUNT, Fraction(12 * measure.frequency.years)))
    elif measure.frequency == "annual":
        used.add((COUNT, Fraction(12)))
    for rule in examined.policy.header.stacking:
        if measure.id in rule.members and rule.limit is not None:
            used |= _limit(rule.limit)
    return used


def _tier_names(measure: Measure) -> tuple[str, ...]:
    return tuple(str(entry.name) for entry in getattr(measure, "tiers", ()))


def _limit(text: str) -> set[Size]:
    try:
        return {(MONEY, Fraction(parse_money(text)))}
    except ValueError:
        return set()


CHECK = Check((PAGE,), find)
