"""How surely, how often and to whom a promise is made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cewen.base.certainty import Certainty
from cewen.base.source import Span
from cewen.text.quantities import Kind
from cewen.text.quantities.numeral import parse_chinese
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.condition import Limit
from cewen.text.readings.incentives.draft import Draft, Step
from cewen.text.readings.incentives.incentive import AmountKind, Tier
from cewen.text.readings.passage import Passage

_LESS = re.compile(r"不超过|最高|最多|不高于|不得超过|不得高于|以内(?!的?部分)|上限")
_NOUN = (
    r"企业|单位|机构|个人|人员|人才|项目|平台|基地|园区|团队|协会|组织|商户|工商户|事务所|公司|学校|高校|院所|毕业生|专家|中心|工厂|"
    r"实验室|工作站|联络站|服务站|工作室|联盟|社区|联合体|消费者|旅行社|合作社|农场|农户|主体|业主|楼宇|市场|医院|载体|孵化器|空间|站点|产业园|示范区|获得者|店"
)
_RECEIVER = re.compile(
    rf"(?:给予|奖励|补助|补贴|予以)(?P<who>[^,;。:、\d%的最不]{{0,24}}?(?:{_NOUN}))(?!专项|奖|补|资助|工作|购房)(?=[^,;。:]{{0,10}}(?:\d|奖|补|资助|支持))"
)
_NOUN_AT_END = re.compile(rf"(?P<noun>(?:{_NOUN}))(?:\([^()]*\))?$")
_NOT_WHO = re.compile(
    r"(?:其中|对于|对(?!外)|向|凡|为|给|经|被|在|鼓励|支持|激励|引导|每家|每个|新(?=建成|创成|入选|引进|认定|设立|获)|首次|首获|"
    r"获评|获得|入选|通过|评选|认定|评定|成功创建|创建|引进|建成|创成|设立|列入|晋升|(?:为(?=[国省市区县全])))+"
)
_LEADING = re.compile(rf"(?P<who>[^,;。:]*?(?:{_NOUN}))")
_FREQUENCY_AFTER = 40
LOOK_BACK = 300


def read_certainty(passage: Passage, draft: Draft, tiers: tuple[Tier, ...], limits: Sequence[Limit] = ()) -> Certainty:
    """择优 before 最高 before 给予; as many prizes as ranks are a choice too."""
    text = passage.flow.text
    if draft.is_case:
        return Certainty.CASE_BY_CASE
    if lexicon.SELECTIVE.search(text, _context_start(draft), draft.end) or _is_selected_before(passage, draft):
        return Certainty.SELECTIVE
    if len(tiers) > 1 and any(
        limit.quantity.kind is Kind.RANK and limit.quantity.low == len(tiers) for limit in limits
    ):
        return Certainty.SELECTIVE
    if any(tier.amount.kind in (AmountKind.UPTO, AmountKind.RANGE_YUAN, AmountKind.RANGE_PERCENT) for tier in tiers):
        return Certainty.CEILING
    if any(_is_ceiling(text, step) for step in draft.steps):
        return Certainty.CEILING
    return Certainty.DEFINITE


def _context_start(draft: Draft) -> int:
    """Words of its part that no other promise has used yet belong to it; never more than a few hundred."""
    return max(min(draft.free_from, draft.start), draft.start - LOOK_BACK)


def _is_ceiling(text: str, step: Step) -> bool:
    """True when the rate or the sum for each is itself a most."""
    if not step.group.members:
        return False
    first = step.group.members[0]
    begin = step.group.phrase - 4 if step.group.phrase < first.left else first.start - 40
    words = text[max(begin, first.start - 44, 0) : first.start].split(",")[-1]
    if step.group.is_rate:
        return step.group.is_limit or bool(_LESS.search(words))
    return bool(step.per) and (step.group.is_limit or bool(_LESS.search(words)))


def _is_selected_before(passage: Passage, draft: Draft) -> bool:
    """True when a sentence of the same paragraph selects (择优遴选) what this promise begins with."""
    text = passage.flow.text
    named = re.match(r"[^,;。:、\d\"()]{4}", text[draft.start : draft.start + 4])
    if named is None or lexicon.SUBJECT_START.match(text, draft.start):
        return False
    number = draft.sentence
    for _ in range(6):
        if passage.sentences[number].starts_paragraph or number == 0:
            return False
        number -= 1
        sentence = passage.sentences[number]
        words = text[sentence.start : sentence.end]
        if re.search(r"择优|遴选", words) and named[0] in words:
            return True
    return False


def read_frequency(passage: Passage, draft: Draft) -> str | None:
    """ "years:N" before "one_off" before "annual"; None when the text does not say."""
    text = passage.flow.text
    sentence = passage.sentences[draft.sentence]
    end = min(max(draft.tail, draft.end), sentence.end) if draft.end <= sentence.end else draft.end
    words = text[draft.start : min(end + 2, draft.end + _FREQUENCY_AFTER)]
    years = _years(text, draft, words)
    if years:
        return years
    after = (
        text[draft.end : min(draft.tail, draft.end + _FREQUENCY_AFTER, sentence.end)]
        if draft.end < sentence.end
        else ""
    )
    other = re.search(r",(?:对|其中)", after)
    near = text[draft.start : draft.end] + (after[: other.start()] if other else after)
    if lexicon.ONE_OFF.search(near):
        return "one_off"
    if lexicon.ANNUAL.search(near):
        return "annual"
    return None


def _years(text: str, draft: Draft, words: str) -> str | None:
    first = draft.steps[0].group.left - draft.start
    halves = re.search(r"前(?P<one>[一二两三四五\d])年.*?后(?P<two>[一二两三四五\d])年", words)
    if halves:
        return f"years:{_small(halves['one']) + _small(halves['two'])}"
    for position, pattern in enumerate(lexicon.YEARS):
        for match in pattern.finditer(words):
            if position < 2 and match.start() < first - 24 and not re.match(r"前|连续", match[0]):
                continue
            if position == 2 and not re.search(
                r"起$|在$|的$|^[一二两三四五六七八九十\d]", words[: match.start("n")] or "起"
            ):
                continue
            if position == 2 and not re.match(
                r",?(?:给予|每年|形成|每|对于|对)|$", words[match.end() : match.end() + 4]
            ):
                continue
            if re.search(r"后$|近$", words[: match.start("n")]):
                continue
            number = _small(match["n"])
            if 0 < number < 30:
                return f"years:{number}"
    return None


def _small(text: str) -> int:
    return int(text) if text.isdigit() else int(parse_chinese(text) or 0)


def read_beneficiary(passage: Passage, draft: Draft) -> Span | None:
    """The receiver named after 给予, else the subject after 对, else the noun the promise begins with."""
    text = passage.flow.text
    group = draft.steps[0].group
    sentence = passage.sentences[draft.sentence]
    window = text[max(draft.start, group.phrase - 1) : min(group.left + 24, sentence.end)]
    receiver = _RECEIVER.search(window)
    if receiver:
        begin = max(draft.start, group.phrase - 1) + receiver.start("who")
        return passage.span(begin, begin + len(receiver["who"]))
    zone_end = min(draft.zone[1], draft.start + 300)
    found = _last_noun(passage, draft.start, zone_end) or _first_noun(
        text, draft.start, max(zone_end, draft.start + 30)
    )
    return passage.span(*found) if found and found[1] > found[0] else None


def _last_noun(passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    """…的软件企业，按…: the noun a stretch of the conditions ends with, nearest to the sum."""
    text = passage.flow.text
    stop = end
    while stop > start:
        cut = max(text.rfind(mark, start, stop) for mark in ",;:")
        begin = max(cut + 1, start)
        words = text[begin:stop]
        ending = _NOUN_AT_END.search(words)
        if ending:
            of = max(
                (
                    m.end()
                    for m in re.finditer("的", words[: ending.start("noun")])
                    if not passage.inside[begin + m.start()]
                ),
                default=0,
            )
            head = _NOT_WHO.match(words[of:])
            return begin + of + (head.end() if head else 0), begin + ending.end("noun")
        if cut < start:
            return None
        stop = cut
    return None


def _first_noun(text: str, start: int, end: int) -> tuple[int, int] | None:
    """对企业新设…的: the noun after 对, else the first noun."""
    match = _LEADING.match(text, start, min(end, start + 120))
    if match is None:
        return None
    head = _NOT_WHO.match(match["who"])
    begin = start + (head.end() if head else 0)
    of = text.rfind("的", begin, match.end("who"))
    return (of + 1 if of >= 0 else begin), match.end("who")
