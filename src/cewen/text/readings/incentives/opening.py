"""Where a promise begins and where its conditions end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cewen.text.quantities import Kind
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.group import Group
from cewen.text.readings.passage import Passage, Segment

_OBJECTIVE = re.compile(
    r"(?:加大|加快|推进|推动|建立|完善|开展|强化|优化|落实|深化|引导|培育|建设|发挥|促进|提升|构建|打造|实施|大力|积极|围绕|聚焦|"
    r"充分|进一步|健全|组织(?!游客)|统筹|加强|探索|继续|全面|根据|拓展|扩大|做大|做强|激发|提高|实行|推行|依托|按照)"
)
_SUBJECT_WORD = re.compile(
    r"企业|机构|单位|个人|项目|人才|平台|基地|园区|团队|协会|商户|事务所|人员|毕业生|首次|新|获|被|经"
)
_BENEFICIARY = re.compile(
    r"企业|机构|单位|个人|项目|人才|平台|基地|园区|团队|协会|商户|事务所|人员|毕业生|主体|组织|农户|旅行社"
)
_INNER_SUBJECT = re.compile(
    r"(?:继续|可|将|应|分别|财政|各地|各区|各市|按规定|择优|再|并|政府|局|委|厅|部门)(?P<to>对(?:于)?)(?!接|口|外|标|照|应|象|比|称)"
)
_RECEIVER_ONLY = re.compile(r"对[^,;。:]{1,14}?(?:给予|予以|奖励|补助|发放|一次性|分别|按|最高)")
LONGEST_ZONE = 600
MOST_PIECES = 40
"""No sentence of a policy needs more; a bound keeps reading linear."""


def zone_end(passage: Passage, pieces: Sequence[Segment], start: int, group: Group) -> int:
    """Where the conditions end: before the giving phrase, and before a segment 按… that only says what is measured."""
    text = passage.flow.text
    end = max(start, group.phrase)
    if any(quantity.kind is Kind.RANK for quantity in passage.between(end, group.left)):
        return group.left
    for piece in pieces:
        if start < piece.start < end and lexicon.BY_BEFORE.match(text, piece.start):
            after = [q for q in passage.between(piece.start, end) if not passage.inside[q.start]]
            return piece.start if not after else end
    return end


def read_start(passage: Passage, pieces: Sequence[Segment], group: Group) -> int:
    """Where the promise begins: at its 对…, else at its first words that are not a mere objective."""
    text = passage.flow.text
    pieces = pieces[-MOST_PIECES:]
    for position, piece in reversed(list(enumerate(pieces))):
        if lexicon.SUBJECT_START.match(text, piece.start, min(piece.end, group.left)):
            if _goes_on(text, pieces[:position], piece, group):
                continue
            return piece.start + (2 if text.startswith("其中", piece.start) and piece.end > piece.start + 2 else 0)
    for piece in reversed(pieces):
        if lexicon.SUBJECT_START.match(text, piece.start):
            break
        inner = _INNER_SUBJECT.search(text, max(piece.start, group.left - LONGEST_ZONE), min(piece.end, group.left))
        if inner and not re.search(lexicon.GIVE, text[max(piece.start, inner.start("to") - 60) : inner.start("to")]):
            return inner.start("to")
    kept = list(pieces)
    while len(kept) > 1 and (_is_objective(text, kept, group) or _is_target(passage, kept[0])):
        kept.pop(0)
    return max(kept[0].start, group.left - LONGEST_ZONE)


def _goes_on(text: str, before: Sequence[Segment], piece: Segment, group: Group) -> bool:
    """True when 对… names only the base (对新增…部分) or the payee, and the beneficiary stands before it."""
    words = text[piece.start : min(piece.end, max(group.phrase, piece.start + 1))]
    if any(lexicon.SUBJECT_START.match(text, other.start) for other in before):
        return bool(_RECEIVER_ONLY.match(text[piece.start : group.left])) and before[-1].opener != ";"
    named = _BENEFICIARY.search(words) or not re.search(r"部分|增量", words)
    return not named and any(
        _BENEFICIARY.search(text, other.start, other.end) and not _OBJECTIVE.match(text, other.start)
        for other in before
    )


def _is_objective(text: str, pieces: Sequence[Segment], group: Group) -> bool:
    """加快…, 推进… before words that name who gets something; 支持…, 鼓励… only before a condition."""
    if re.match(r"鼓励|支持|引导|激励", text[pieces[0].start : pieces[0].start + 2]):
        return any(
            text[piece.end - 1] == "的" and _SUBJECT_WORD.search(text, piece.start, piece.end) for piece in pieces[1:]
        )
    return bool(_OBJECTIVE.match(text, pieces[0].start)) and any(
        _SUBJECT_WORD.search(text, piece.start, min(piece.end, group.phrase)) for piece in pieces[1:]
    )


def _is_target(passage: Passage, piece: Segment) -> bool:
    """新建…410万亩…: a plain count is something to be reached, no condition."""
    words = passage.flow.text[piece.start : piece.end]
    counted = [quantity for quantity in passage.between(piece.start, piece.end) if quantity.kind is Kind.COUNT]
    return (
        bool(counted)
        and all(quantity.bound is None for quantity in counted)
        and bool(re.match(r"新建|建设|打造|培育|新增", words))
    )
