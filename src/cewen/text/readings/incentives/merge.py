"""Promises that are one: stages under a total, brackets over the same quantity; and words that reach back."""

from __future__ import annotations

import re
from fractions import Fraction

from cewen.text.readings.incentives.draft import Draft, Step
from cewen.text.readings.incentives.same import is_same_quantity
from cewen.text.readings.passage import Passage

_REACHES_BACK = re.compile(r"(?:以上|上述|前款)(?!(?:的|[^,;。:]{0,4}(?:企业|单位)(?:中|里)))")
_CLAIM_WITHIN = re.compile(r"(?:申请|申报|申领|提出)")


def merge(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    """The ordered passes."""
    drafts = _merge_stages(passage, drafts)
    drafts = _merge_instalments(drafts)
    drafts = _merge_limits(passage, drafts)
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


def _merge_instalments(drafts: list[Draft]) -> list[Draft]:
    """按总投入的25%给予补助，启动补助10%，验收补助15%: rates that add up to the first say only when it is paid."""
    merged: list[Draft] = []
    at = 0
    while at < len(drafts):
        whole, end, running = drafts[at], at, Fraction(0)
        total = _single_rate(whole)
        for later in range(at + 1, min(at + 8, len(drafts)) if total else at):
            draft = drafts[later]
            share = _single_rate(draft)
            if share is None or (draft.sentence, draft.part) != (whole.sentence, whole.part):
                break
            running += share
            if running == total and later > at + 1:
                end = later
                break
        for draft in drafts[at + 1 : end + 1]:
            whole.totals.append((draft.last.group.start, draft.last.group.end))
            whole.last.caps.extend(draft.last.caps)
            whole.end, whole.tail = draft.end, draft.tail
        merged.append(whole)
        at = end + 1
    return merged


def _single_rate(draft: Draft) -> Fraction | None:
    """The rate of a promise of one rate."""
    if len(draft.steps) != 1 or not draft.last.group.is_rate or len(draft.last.group.members) != 1:
        return None
    member = draft.last.group.members[0]
    return None if member.is_range else member.low


def _merge_limits(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    """按45%给予补助，其中对甲类的，总额最高250万元；对乙类的，最高700万元: the limits are the tiers of the rate."""
    merged: list[Draft] = []
    at = 0
    while at < len(drafts):
        whole, end = drafts[at], at + 1
        if _single_rate(whole) is not None and not whole.last.caps:
            while end < len(drafts) and _only_limits(passage, whole, drafts[end]):
                end += 1
        limits = drafts[at + 1 : end]
        if len(limits) > 1:
            whole.steps = [Step(each.zone, whole.last.group, caps=[each.last.group]) for each in limits]
            whole.end, whole.tail = limits[-1].end, limits[-1].tail
        else:
            end = at + 1
        merged.append(whole)
        at = end
    return merged


def _only_limits(passage: Passage, whole: Draft, draft: Draft) -> bool:
    """True for 其中…的，补助总额最高250万元: a limit, no sum of its own."""
    if draft.sentence != whole.sentence or not draft.is_sub or len(draft.steps) != 1 or draft.is_case:
        return False
    group = draft.last.group
    words = passage.flow.text[max(draft.start, group.left - 14) : group.left]
    return not group.is_rate and len(group.members) == 1 and group.is_limit and "总额" in words


def _merge_brackets(passage: Passage, drafts: list[Draft]) -> list[Draft]:
    merged: list[Draft] = []
    for draft in drafts:
        if merged and is_same_quantity(passage, merged[-1], draft):
            if (merged[-1].sentence, merged[-1].part) == (draft.sentence, draft.part) and not merged[-1].last.caps:
                merged[-1].last.caps.extend(draft.last.caps)
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
