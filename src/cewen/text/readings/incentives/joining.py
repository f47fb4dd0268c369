"""Whether a list of sums goes on with the promise before it, or only limits it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.draft import Draft
from cewen.text.readings.incentives.group import Group
from cewen.text.readings.passage import Passage, Segment, Sentence

TRAILING_CAP = re.compile(
    r"(?:以上|上述)?(?:每|单|同一|奖金|总计|资金|个人|年度|累计|合计|最高|总额|全年|各类|原则上|该项|此项|奖励|补助|补贴|资助|支持|其中)"
)
_OTHER_BASIS = re.compile(r"(?:并|同时|另外?|此外)?(?:以(?=实际|年|每|上)|按(?:照)?(?=实际)|此外|同时|另外)")


def is_next_bracket(
    passage: Passage, current: Draft | None, pending: Sequence[Segment], segment: Segment, group: Group
) -> bool:
    """90周岁以上100元 after 80周岁的…50元: a bracket and a sum say enough."""
    if current is None or current.last.group.is_rate or len(pending) != 1:
        return False
    before = passage.between(segment.start, group.left)
    return (
        len(before) == 1
        and before[0].bound is not None
        and before[0].left == segment.start
        and passage.flow.text[before[0].right : group.left] in ("", "的")
        and segment.end - group.right <= 1
    )


def is_overall_limit(text: str, current: Draft | None, sentence: Sentence, segment: Segment, group: Group) -> bool:
    """单户企业年度奖励总额不超过500万元 by itself promises nothing."""
    words = text[segment.start : group.left]
    return (
        current is None
        and group.is_limit
        and segment.start == sentence.start
        and TRAILING_CAP.match(words) is not None
        and bool(re.search(r"总额|累计|合计|年度|当年|每年|享受", words))
    )


def limits_promise(
    text: str, current: Draft | None, pending: Sequence[Segment], segment: Segment, group: Group
) -> bool:
    """按照…给予奖励，最多不超过…的10%: the rate limits a promise that names no sum."""
    if current is not None or len(pending) < 2:
        return False
    promise = text[pending[-2].start : pending[-2].end]
    limit = re.match(r"(?:且|但|并)?(?:最高|最多|不超过|不高于|不得超过)", text[segment.start : group.left + 8])
    return bool(limit and re.search(f"{lexicon.GIVE}$", promise))


def turns(text: str, pending: Sequence[Segment], segment: Segment) -> bool:
    """以实际…为基准, 此外…: a promise on another basis, no further step of the umbrella."""
    first = pending[0] if pending else segment
    return _OTHER_BASIS.match(text, first.start) is not None


def is_listed(text: str, current: Draft, segment: Segment, group: Group, per: tuple[int, int] | None) -> bool:
    """去程每列补贴2万元、回程每列补贴1万元: the next item of a list, with its own name and verb."""
    if current.last.group.end <= segment.start:
        return False
    between = text[current.last.group.right : group.left]
    alike = current.last.group.is_rate == group.is_rate and (current.last.per is None) == (per is None)
    return alike and between[:1] in ("、", "和", "及") and len(between) <= 30 and "对" not in between


def is_named_before(text: str, current: Draft, pending: Sequence[Segment], segment: Segment, group: Group) -> bool:
    """三星级、四星级…的，三星级按60%，四星级按80%: each grade was named in the words before the first sum."""
    if len(pending) != 1:
        return False
    label = re.sub(r"(?:的|可)$", "", text[segment.start : group.phrase])
    before = text[current.start : current.last.group.left]
    joined = (label + mark for mark in "、和及或,")
    return 2 <= len(label) <= 10 and any(item in before for item in (*joined, "、" + label, "和" + label))
