"""What no reading covers: every sum of money and every rate that is left, with the likely reason."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.quantities import Bound, Kind
from cewen.text.readings.cover import SpanCover
from cewen.text.readings.incentives import Incentive
from cewen.text.readings.passage import Passage
from cewen.text.readings.targets import Target, states_of_affairs

_SOMETHING = re.compile(
    r"[\d〇零一二两三四五六七八九十百千万亿半](?:[十百千万亿]*)(?:美|欧|日|港|澳|韩)?元|\d[%‰]|百分点|千分点|[\d一-龥]分之|全额"
)
_MUST_SHOW = re.compile(r"元|%|‰|百分点|千分点|分之")
WHY_REACHED = "已有的成绩或现状，不是目标"
_NAMED_UNIT = re.compile(r"[(:/][百千万亿]{0,2}$")
"""(万元) and 单位:万元 name a unit and no sum."""
_REASONS = (
    (
        r"从20\d{2}年|较20\d{2}年|比20\d{2}年|20\d{2}年(?:底|末)?[,，]?(?:全|我)[省市国区]|已达|累计(?:达|完成|实现)|居全国|位居",
        WHY_REACHED,
    ),
    (r"罚款|处以|处罚|滞纳金|追回|扣减|扣回", "处罚、追回或扣减的标准，不是奖补"),
    (
        r"每(?:家|个|户|年|人).{0,16}(?:原则上|最高|累计|合计)?不超过|总额不超过|合计不超过|累计不超过|双边",
        "跨条款或总额的上限，未能归到某一项奖补",
    ),
    (r"安排|统筹|设立|资金池|预算|专项资金|引导资金|基金|募集|资金\d", "资金安排或基金规模，不是对某一主体的承诺"),
    (r"贷款|授信|融资|担保|再贷款|债券|保额|信贷|放款|首贷|不良率", "信贷或融资的规模与条件，不是财政奖补"),
    (
        r"税率|征收|收取|缴纳|费率|减征|免征|抵扣|扣除|保证金|出让|价格|电价|水费|租金|折|税费|费用按|预付|首付|支付比例|缴存|缴费",
        "税费、价格或缴纳标准，不是奖补",
    ),
    (r"给予|予以|奖励|补助|补贴|资助|奖补|贴息|配套|返还|支持", "有给予的字样，但未能读出金额的用法或受益对象"),
    (r"不低于|不少于|不高于|不超过|以上|以下|达到|超过", "要求、标准或适用范围，不是奖补，也未能读成目标"),
)
WHY_UNKNOWN = "有金额或比例，未能归入奖补、目标或日期"
WHY_INSIDE = "在一项奖补的文字之内，但未读成档次、上限或条件"
LONGEST_QUOTE = 240


@dataclass(frozen=True, slots=True)
class Unread:
    """A passage not understood (未读出): its span and, in Chinese, why it is left."""

    span: Span
    why: str


def read_unread(
    document: Document, incentives: Sequence[Incentive], targets: Sequence[Target], passage: Passage | None = None
) -> tuple[Unread, ...]:
    """Segments with a sum of money or a rate that neither an incentive nor a target uses, in order."""
    laid_out = passage or Passage.of(document)
    used = SpanCover(
        [span for incentive in incentives for span in incentive.number_spans] + [target.span for target in targets]
    )
    within = SpanCover([incentive.span for incentive in incentives])
    left: list[tuple[int, int]] = [
        (quantity.start, quantity.end)
        for quantity in laid_out.quantities
        if quantity.is_money_or_rate and not used.meets(laid_out.span(quantity.start, quantity.end))
    ]
    left.extend(_bounds_not_used(laid_out, incentives, used))
    known = [(quantity.start, quantity.end) for quantity in laid_out.quantities]
    starts = [start for start, _ in known]
    for match in _MUST_SHOW.finditer(laid_out.flow.text):
        at = bisect_right(starts, match.start()) - 1
        covered = at >= 0 and known[at][1] > match.start()
        covered = (
            covered or _NAMED_UNIT.search(laid_out.flow.text, max(0, match.start() - 4), match.start()) is not None
        )
        if not covered and _SOMETHING.search(laid_out.flow.text, max(0, match.start() - 6), match.end() + 1):
            left.append(match.span())
    return tuple(_passages(laid_out, sorted(left), within, SpanCover(states_of_affairs(document))))


def _bounds_not_used(passage: Passage, incentives: Sequence[Incentive], used: SpanCover) -> list[tuple[int, int]]:
    """Counts, times and ranks with a bound inside a promise that no field of it uses: 每家机构最多支持3人."""
    found = []
    for incentive in incentives:
        years = (incentive.frequency or "").removeprefix("years:")
        begin, end = passage.flow.index(incentive.span.start), passage.flow.index(incentive.span.end)
        for quantity in passage.between(begin, end):
            if quantity.is_money_or_rate or quantity.kind is Kind.DATE or quantity.bound in (None, Bound.ABOUT):
                continue
            is_length = quantity.kind is Kind.DURATION and years == str(quantity.high)
            if not is_length and not used.meets(passage.span(quantity.left, quantity.right)):
                found.append((quantity.start, quantity.end))
    return found


def _passages(passage: Passage, left: list[tuple[int, int]], within: SpanCover, reached: SpanCover) -> list[Unread]:
    """One passage a segment, so that a person sees the words around the number."""
    segments = [segment for sentence in passage.sentences for segment in sentence.segments]
    starts = [segment.start for segment in segments]
    found: list[Unread] = []
    last_end = -1
    for start, end in left:
        if end <= last_end:
            continue
        at = bisect_right(starts, start) - 1
        segment = segments[at] if at >= 0 and segments[at].end >= end else None
        begin = max(segment.start, start - LONGEST_QUOTE) if segment else start
        stop = min(segment.end, end + LONGEST_QUOTE) if segment else end
        begin = max(begin, last_end, 0) if last_end <= start else start
        span = passage.span(begin, stop)
        number = passage.span(start, end)
        if within.meets(number):
            why = WHY_INSIDE
        elif reached.meets(number):
            why = WHY_REACHED
        else:
            why = _why(passage.flow.text[max(0, begin - 30) : stop + 10])
        found.append(Unread(span, why))
        last_end = stop
    return found


def _why(words: str) -> str:
    return next((reason for pattern, reason in _REASONS if re.search(pattern, words)), WHY_UNKNOWN)
