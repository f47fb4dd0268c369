"""Where the last clause ends: before the closing paragraphs (本办法自…起施行), the signature and the list of attachments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from cewen.text.flow import fold_text
from cewen.text.lines import Line
from cewen.text.outline.series import Placed

_CLOSES = re.compile(
    r"(?:本|以上|上述|此前|各项)(?:政策|措施|办法|意见|方案|规定|计划|通知|细则|文件|若干|规划|条例|实施|行动|项|有关|工作|举措|管理)"
    r"|本.{1,12}自.{1,24}(?:施行|实施|执行|生效)|自.{1,24}起(?:施行|实施|执行)|各(?:地|市|区|县|有关|级|部门|单位|责任)[^。]{0,30}(?:要|应|应当|负责)"
    r"|具体政策措施"
)
_RULES_ITSELF = re.compile(r"(?:本|以上).{1,16}(?:自.{1,24}起?(?:施行|实施|执行|生效|试行)|由.{2,30}负责解释|有效期)")
"""A paragraph about the validity or interpretation of the document itself."""
_SIGNS = re.compile(
    r"[（(].{0,6}(?:此件|联系).{2,30}[）)]|附[件表][:：]?.*|(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}[.、].{2,40}"
)
_ORGAN = re.compile(r"[\u4e00-\u9fff、（）()]{2,30}(?:政府|委|委员会|局|厅|部|办公厅|办公室|院|行|署|社|中心|会|组|队)")
_HOLDS_RULES = re.compile(r"其他|其它|附则|实施|解释|期限|说明")
"""In the heading of a last clause that is itself about validity and interpretation."""
_LONGEST_UNITS = 400
_UNITS_END = re.compile(r"(?:单位|部门|部室)[^。]*[)）]$")


def find_closing(paragraphs: Sequence[Sequence[Line]], placed: Sequence[Placed], end: int, *, is_wrapped: bool) -> int:
    """The offset at which the last clause ends; `end` when no closing paragraph follows it."""
    if not placed:
        return end
    start = placed[-1].candidate.start
    own = [paragraph for paragraph in paragraphs if paragraph[-1].span.end > start]
    texts = [fold_text("".join(line.text for line in paragraph)) for paragraph in own]
    keep = len(own)
    while keep > 1 and _is_signature(texts[keep - 1]):
        keep -= 1
    if _HOLDS_RULES.search(texts[0][:20]) and len(texts[0]) < 40:
        return own[keep][0].span.start if keep < len(own) else end
    usual = 0 if is_wrapped else _usual_length(paragraphs, placed)
    closing = next(
        (at for at in range(1, keep) if _RULES_ITSELF.match(texts[at]) or (_CLOSES.match(texts[at]) and at >= usual)),
        keep,
    )
    if usual and closing > usual:
        closing = usual
    for at in range(1, closing):
        if _ends_with_units(texts[at - 1]) and not any(map(_ends_with_units, texts[at:closing])):
            closing = at
            break
    return own[closing][0].span.start if closing < len(own) else end


def _ends_with_units(text: str) -> bool:
    return bool(_UNITS_END.search(text[-_LONGEST_UNITS:]))


def _is_signature(text: str) -> bool:
    return bool(_SIGNS.fullmatch(text) or _ORGAN.fullmatch(text))


def _usual_length(paragraphs: Sequence[Sequence[Line]], placed: Sequence[Placed]) -> int:
    """Paragraphs of the other clauses like the last one, at most; 0 when there are too few to tell."""
    last = placed[-1]
    kind = last.candidate.label.kind
    starts = [paragraph[0].span.start for paragraph in paragraphs]
    lengths: list[int] = []
    at = 0
    for entry, following in pairwise(placed):
        while at < len(starts) and starts[at] < entry.candidate.start:
            at += 1
        if entry.candidate.label.kind is not kind or following.depth > entry.depth:
            continue
        count = 0
        while at + count < len(starts) and starts[at + count] < following.candidate.start:
            count += 1
        if entry.candidate.is_line_start:
            lengths.append(count)
    return max(lengths) if len(lengths) >= 3 else 0
