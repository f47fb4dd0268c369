"""Which numbers of a sentence are targets."""

from __future__ import annotations

import re
from bisect import bisect_left

from cewen.text.quantities import Bound, Kind, Quantity
from cewen.text.readings.cover import SpanCover
from cewen.text.readings.passage import Passage, Sentence
from cewen.text.readings.targets import words

_COUNTED = (Kind.MONEY, Kind.RATE, Kind.POINTS, Kind.COUNT, Kind.TIMES)
_LABELS = frozenset("级A星GKD次批类位门条期届本层股站对组VBC")
"""Units of grades, models and ordinals: no amount of anything."""


def leads_to_promise(passage: Passage, start: int, at: int, sentence: Sentence, taken: SpanCover) -> bool:
    """True when a promise of money follows in the same stretch: the bound is its condition."""
    if words.HOPED.search(passage.flow.text, max(start, at - words.LOOK_BACK), at):
        return False
    limit = min(sentence.end, at + words.LOOK_BACK)
    stop = passage.flow.text.find(";", at, limit)
    stop = stop if stop >= 0 else limit
    return stop > at and taken.meets(passage.span(at, stop))


def pieces(passage: Passage, start: int, end: int) -> list[tuple[int, int, Quantity]]:
    """Stretches of a segment with their main quantity (the last counted one), cut at 、 between two of them."""
    text = passage.flow.text
    quantities = [
        quantity for quantity in passage.between(start, end)
        if quantity.kind in _COUNTED and not passage.inside[quantity.start] and not (quantity.kind is Kind.COUNT and quantity.printed_unit in _LABELS)
    ]  # fmt: skip
    found: list[tuple[int, int, Quantity]] = []
    begin = start
    for position, quantity in enumerate(quantities):
        following = quantities[position + 1] if position + 1 < len(quantities) else None
        stop = end
        if following is not None:
            cut = text.find("、", quantity.right, following.left)
            if cut < 0:
                joined = re.search(r"[和及](?=[^和及]*$)", text[quantity.right : following.left])
                cut = quantity.right + joined.start() if joined and following.left - quantity.right < 3 else -1
            if cut < 0:
                continue
            stop = cut
        found.append((begin, stop, quantity))
        begin = stop + 1
    return found


def is_target(
    passage: Passage, sentence: Sentence, start: int, end: int, quantity: Quantity, *, continued: bool
) -> bool:
    """True when a piece of a sentence says how much of something is to be reached."""
    text = passage.flow.text
    start, end = max(start, quantity.left - words.LOOK_BACK), min(end, quantity.right + words.LOOK_BACK)
    piece = text[start:end]
    before = text[max(start, quantity.left - 50) : quantity.left]
    after = text[quantity.right : min(end, quantity.right + words.LONGEST_QUOTE)]
    if quantity.kind is Kind.COUNT and quantity.high < 2:
        return False
    if re.match(r"(?:对|凡|向(?!上)|经|符合|当(?!年)|如|若|因)", piece) or words.CONDITION_AFTER.match(after):
        return False
    if words.REJECTED.search(piece) or re.search(
        r"原则上|应邀|不得|可申请", text[max(sentence.start, quantity.start - 80) : quantity.start]
    ):
        return False
    bounding = text[quantity.left : quantity.start]
    if (
        quantity.kind is Kind.MONEY
        and re.match(r"以上|级|元", text[quantity.end : quantity.end + 2])
        and after[:1] not in ("", ",", "、")
    ):
        return False
    verb = words.VERB_BEFORE.search(text[max(start, quantity.start - 14) : quantity.start])
    at_end = len(after) <= 2 or re.match(r"(?:,|、|\(|$)", after) is not None
    since = max(sentence.start, quantity.start - words.LOOK_BACK)
    dated = words.YEAR.search(text, since, quantity.start) or words.HOPED.search(text, since, quantity.start)
    if bounding.startswith("约") and not (verb or dated):
        return False
    if quantity.kind in (Kind.RATE, Kind.POINTS, Kind.TIMES):
        if quantity.bound in (Bound.AT_MOST, Bound.BELOW) and not (dated or re.search(r"率", before)):
            return False
        reached = words.REACHED.search(bounding) or words.REACHED.search(before[-8:])
        return bool(
            (reached or words.GROWTH.search(before) or continued)
            and at_end
            and (words.INDICATOR_WORD.search(before) or words.GROWTH.search(before) or reached)
        )
    if quantity.bound in (Bound.AT_MOST, Bound.BELOW) and not dated:
        return False
    if quantity.kind is Kind.MONEY:
        fund = re.match(r"规模的?|的", after)
        named = words.INDICATOR_WORD.search(before) or words.HAS_VERB.search(before)
        stated = dated or words.HAS_VERB.search(piece) or words.REACHED.search(bounding)
        named = stated and (named or words.REACHED.search(bounding))
        return bool((at_end and named and before) or (fund and words.HAS_VERB.search(before)))
    if before.endswith("、") and not quantity.is_word and words.HAS_VERB.search(piece) and not at_end:
        return True
    if re.match(r"不(?:少|低)于", bounding) and not (verb or dated):
        return False
    if verb:
        return not (
            quantity.is_word
            and quantity.unit in ("个", "大")
            and re.match(r"(?:方面|层面|环节|阶段|维度|机制|领域|方向|层次|等次|重点领域|类别)", after)
        )
    if words.REACHED.search(bounding) and at_end:
        return True
    if at_end and before and not quantity.is_word:
        return bool(
            words.HAS_VERB.search(piece)
            or words.INDICATOR_WORD.search(before)
            or continued
            or _lists(text, sentence, quantity)
        )
    return continued and bool(after) and not before


def _lists(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """True when the stretch since the last semicolon promises or builds something."""
    since = max(sentence.start, quantity.start - words.LOOK_BACK)
    return bool(words.HAS_VERB.search(text, max(text.rfind(";", since, quantity.start), since), quantity.start))


def is_heading(passage: Passage, sentence: Sentence) -> bool:
    """True for the short first sentence of a numbered item that has more to say."""
    if not sentence.label or sentence.end - sentence.start > 30 or len(sentence.segments) > 1:
        return False
    number = bisect_left(passage.sentences, sentence.start, key=lambda other: other.start) + 1
    return number < len(passage.sentences) and not passage.sentences[number].starts_paragraph
