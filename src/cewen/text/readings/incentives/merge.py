"""Promises that are one: stages under a total, brackets over the same quantity; and words that reach back."""

from __future__ import annotations

import re
from fractions import Fraction

from cewen.text.quantities import Quantity
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.draft import Draft
from cewen.text.readings.passage import Passage

_REACHES_BACK = re.compile(r"(?:以上|上述|前款)(?!(?:的|[^,;。:]{0,4}(?:企业|单位)(?:中|里)))")
_CLAIM_WITHIN = re.compile(r"(?:申请|申报|申领|提出)")


def merge(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    """The ordered passes."""
    drafts = _merge_stages(passage, drafts)
    drafts = _merge_brackets(passage, drafts)
    drafts = _drop_ways(passage, drafts)
    _reach_back(passage, drafts)
    return drafts


def _single(draft: Draft) -> Fraction | None:
    """The sum of a promise of one fixed sum."""
    if len(draft.steps) != 1 or draft.last.per or draft.last.group.is_rate or len(draft.last.group.members) != 1:
        return None
    return draft.last.group.members[0].low


def _merge_stages(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    """分阶段奖励800万元，其中…100万元；…300万元；…400万元: the stages are the tiers of one promise."""
    merged: list[Draft] = []
    at = 0
    while at < len(drafts):
        total = _single(drafts[at])
        end = at
        if total is not None:
            running = Fraction(0)
            for later in range(at + 1, min(at + 12, len(drafts))):
                draft = drafts[later]
                part = _single(draft)
                if part is None or draft.sentence != drafts[at].sentence or not draft.is_sub:
                    break
                running += part
                if running == total:
                    end = later
                    break
        if end > at:
            whole = drafts[at]
            whole.later.append(whole.zone)
            whole.totals.append((whole.last.group.start, whole.last.group.end))
            whole.steps = [step for draft in drafts[at + 1 : end + 1] for step in draft.steps]
            whole.end, whole.tail = drafts[end].end, drafts[end].tail
            merged.append(whole)
        else:
            merged.append(drafts[at])
        at = end + 1
    return merged


def _merge_brackets(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    merged: list[Draft] = []
    for draft in drafts:
        if merged and _same_quantity(passage, merged[-1], draft):
            merged[-1].steps.extend(draft.steps)
            merged[-1].end, merged[-1].tail = draft.end, draft.tail
        else:
            merged.append(draft)
    return merged


def _drop_ways(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    """采取一企一策方式，…给予50%: with a number after it, one-by-one is only the way, no promise of its own."""
    kept = []
    for draft, following in zip(drafts, [*drafts[1:], None], strict=False):
        way = passage.flow.text[draft.end : draft.end + 4]
        same = following is not None and (following.sentence, following.part) == (draft.sentence, draft.part)
        if not (
            draft.is_case
            and same
            and following is not None
            and not following.is_case
            and re.match(r'"?(?:的?方式|办法)', way)
        ):
            kept.append(draft)
    return kept


def _same_quantity(passage: Passage, first: Draft, second: Draft) -> bool:
    """True when `second` gives the same thing to the same beneficiary for another bracket of the same quantity."""
    apart = first.sentence == second.sentence and first.part != second.part
    if not (apart or _are_items(passage, first, second)) or first.is_case or second.is_case:
        return False
    if first.last.group.is_rate != second.last.group.is_rate or (first.last.per is None) != (second.last.per is None):
        return False
    if len(second.last.group.members) != 1 or len(first.last.group.members) != 1:
        return False
    text = passage.flow.text
    before = _bracket_numbers(passage, first.last.zone)
    after = _bracket_numbers(passage, second.zone)
    if not before or not after or not {q.unit for q in before} & {q.unit for q in after}:
        return False
    words = text[second.zone[0] : second.zone[1]]
    if re.match(r"如(?!果)|若", words):
        return True
    shape_before, shape_after = _shape(passage, first.last.zone), _shape(passage, second.zone)
    if lexicon.SUBJECT_START.match(words):
        return shape_before == shape_after or _drops_middle(shape_before, shape_after)
    return len(shape_after) <= 2 or shape_before.endswith(shape_after) or shape_after in shape_before


def _are_items(passage: Passage, first: Draft, second: Draft) -> bool:
    """True for two numbered items, one right after the other, that begin with the bare number of a bracket."""
    one, two = passage.sentences[first.sentence], passage.sentences[second.sentence]
    if not (
        one.label and two.label and two.starts_paragraph and first.start == one.start and second.start == two.start
    ):
        return False
    begins = [_bracket_numbers(passage, draft.zone) for draft in (first, second)]
    return all(
        numbers and numbers[0].left == draft.start for numbers, draft in zip(begins, (first, second), strict=True)
    )


def _drops_middle(longer: str, shorter: str) -> bool:
    """True when `shorter` is `longer` without a stretch in the middle."""
    if not 6 <= len(shorter) <= len(longer):
        return False
    same = next((at for at, (one, two) in enumerate(zip(longer, shorter, strict=False)) if one != two), len(shorter))
    return same >= 3 and longer.endswith(shorter[same:])


def _bracket_numbers(passage: Passage, zone: tuple[int, int]) -> list[Quantity]:
    return [q for q in passage.between(*zone) if q.bound is not None or q.is_range]


def _shape(passage: Passage, zone: tuple[int, int]) -> str:
    """The words of a zone without numbers, bounds, brackets and connecting words."""
    text = passage.flow.text
    pieces, at = [], zone[0]
    for quantity in passage.between(*zone):
        if quantity.left >= at:
            pieces.append(text[at : quantity.left])
        at = max(at, quantity.right)
    pieces.append(text[at : zone[1]])
    bare = re.sub(r"\([^()]*\)|[,、的()]|/年|首次|如果?|若|(?:按照?|再)$", "", "".join(pieces))
    return re.sub(r"(?:达到?|突破|超过|分别|一次性|给予|予以)+$", "", bare)


def _reach_back(passage: Passage, drafts: list[Draft]) -> None:
    """以上…申请需在…一年内提出: conditions of a later sentence that hold for the promises before it."""
    text = passage.flow.text
    by_sentence: dict[int, list[Draft]] = {}
    for draft in drafts:
        by_sentence.setdefault(draft.sentence, []).append(draft)
    open_drafts: list[Draft] = []
    for number, sentence in enumerate(passage.sentences):
        if sentence.starts_paragraph:
            open_drafts = []
        own = by_sentence.get(number, [])
        if not own and open_drafts and _REACHES_BACK.match(text, sentence.start):
            for draft in open_drafts:
                draft.later.append((sentence.start, sentence.end))
            if _CLAIM_WITHIN.search(text, sentence.start, sentence.end):
                open_drafts = []
        open_drafts.extend(own)
        if own:
            tail = text[own[-1].end : sentence.end]
            claim = re.search(r"[,;](?P<words>[^,;]{0,12}申请(?:需|须|应)?在[^,;]{2,40}内提出)", tail)
            if claim:
                for draft in own:
                    draft.later.append((own[-1].end + claim.start("words"), own[-1].end + claim.end("words")))
            only = re.search(
                r"(?:只|仅)(?:奖励|补助|资助|补贴)[^,;]{0,6}前[\d一二三四五六七八九十]{1,3}[家名个位]", tail
            )
            if only:
                own[-1].later.append((own[-1].end + only.start(), own[-1].end + only.end()))
