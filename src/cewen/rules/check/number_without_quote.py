"""CW103: a number a measure is written with that its quote does not give."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from cewen.base.diagnostic import Diagnostic
from cewen.base.money import parse_money
from cewen.rules.check.examined import Examined
from cewen.rules.check.expressions import expressions_of
from cewen.rules.check.numbers import COUNT, MONEY, Written, sizes_in, written_numbers
from cewen.rules.check.page import Check, Page
from cewen.rules.measure import ForYears, Measure
from cewen.text.flow import fold_text

PAGE = Page(
    code="CW103",
    title="措施里的数值，引文里没有",
    why="没有条文依据的数值就是自造的政策。门槛、比例、限额、年限，每一个都要在引文里读得到。",
    looks_for="措施的条件、参数、金额、限额、档次和年限里的每一个数值，都在 quote 或 citations 里出现。"
    "单位换算后比较：24个月即2年，三级即3级，前百家即100名，1:1 即 100%。0 与“1人”“1项”只表示有没有，不查。",
    remedy="改正数值；数值出自另一句的，把那一句写进 citations。",
    bad="quote: 给予最高100万元补助\ncap: 200万元",
    good="quote: 给予最高100万元补助\ncap: 100万元",
)
_REMEDY = "改成引文里的数值；数值出自另一句的，把那一句加进 citations。"


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each number of a measure or stacking rule that its quotes do not give."""
    for measure in examined.policy.measures:
        texts = (measure.quote, *(citation.quote for citation in measure.citations))
        given = {size for text in texts for size in sizes_in(fold_text(text))}
        for number in _numbers(measure):
            if number.is_structural or number.is_among(given):
                continue
            place = examined.place(measure, *number.pointer)
            yield PAGE.found(f"措施里的数值 {number.shown} 在引文里找不到", _REMEDY, place, measure.quote)
    for index, rule in enumerate(examined.policy.header.stacking):
        try:
            limit = parse_money(rule.limit or "")
        except ValueError:
            continue  # a limit that is missing or no amount is CW400's
        if (MONEY, Fraction(limit)) not in sizes_in(fold_text(rule.quote)):
            place = examined.head("stacking", index, "limit")
            yield PAGE.found(f"合计上限 {rule.limit} 在引文里找不到", _REMEDY, place, rule.quote)


def _numbers(measure: Measure) -> Iterator[Written]:
    yield from written_numbers(expressions_of(measure))
    if isinstance(measure.frequency, ForYears):
        years = measure.frequency.years
        yield Written((COUNT, Fraction(12 * years)), f"{years}年", ("frequency", "years"), 0, False)


CHECK = Check((PAGE,), find)
