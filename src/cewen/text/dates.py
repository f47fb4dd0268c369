"""Dates as official texts print them, and since when and until when a document counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cewen.base.period import expiry
from cewen.text.outline.labels import han_number

_H = "一二三四五六七八九十〇○零"
DATE = rf"(?:(?:19|20)[0-9]{{2}}|[二一][九〇○零][{_H}]{{2}})年(?:[0-9]{{1,2}}|[{_H}]{{1,3}})月(?:[0-9]{{1,2}}|[{_H}]{{1,3}})日"
"""A date in a flow (half-width digits, no blanks)."""

_PARTS = re.compile(r"(.{4})年(.{1,3})月(.{1,3})日")
_YEARS = rf"(?P<years>[0-9]{{1,2}}|[{_H}两]{{1,3}})(?:个)?年"
_IN_FORCE = r"(?:起)?(?:正式)?(?:施行|实施|执行|生效|试行)"
_FROM_DATE = re.compile(rf"自(?P<date>{DATE})(?:起|开始)?(?:正式)?(?:施行|实施|执行|生效|试行|至)")
_FROM_ISSUE = re.compile(
    rf"自(?:发布|公布|印发|发文|下发|下文|颁布)之日(?:起)?(?:满)?(?:(?P<days>[0-9]{{1,3}}|[{_H}]{{1,3}})(?:个)?(?:日|天)后)?{_IN_FORCE}"
)
_UNTIL = re.compile(
    rf"(?:有效期|执行期限?|实施期限?|施行期|试行期)[^。；0-9{_H}]{{0,8}}(?:截至|截止到?|至|到)(?P<date>{DATE})"
)
_RANGE = re.compile(rf"(?:有效期|执行期限?|实施期限?)[^。；]{{0,6}}{DATE}(?:起)?(?:至|到|-)(?P<date>{DATE})")
_THROUGH = re.compile(rf"自{DATE}(?:起)?(?:施行|实施|执行)?(?:至|到)(?P<date>{DATE})(?:止|施行|实施|执行|$)")
_FOR_YEARS = re.compile(
    rf"(?:有效期|试行期|执行期|施行期|实施期|暂定)(?:限)?(?:为|是|暂定|暂定为)?{_YEARS}|(?:试行|暂行|执行){_YEARS.replace('years', 'trial')}"
)


@dataclass(frozen=True, slots=True)
class Term:
    """施行与有效期: first day and last day in force; None where the text does not say."""

    effective_on: date | None
    expires_on: date | None


def read_date(folded: str) -> date | None:
    """2022年6月1日 or 二〇二二年六月一日 as a date; None for no date or one the calendar does not have."""
    match = _PARTS.search(folded)
    if match is None:
        return None
    numbers = [han_number(part) for part in match.groups()]
    try:
        return date(*(number for number in numbers if number is not None))
    except (TypeError, ValueError):
        return None


def read_term(folded: str, issued_on: date | None) -> Term:
    """Term of validity from a folded text.

    A document speaks of its own validity as 本办法…; other documents' dates are cited too. So a statement whose sentence
    names the document counts before one that does not, the later before the earlier.
    """
    best: tuple[tuple[bool, int], date] | None = None
    for pattern, read in ((_FROM_DATE, _dated), (_FROM_ISSUE, _since_issue)):
        for match in pattern.finditer(folded):
            found = read(match, issued_on)
            rank = (_speaks_of_itself(folded, match.start()), match.start())
            if found and (best is None or rank > best[0]):
                best = (rank, found)
    effective = best[1] if best else None
    ends = [
        (match.start(), match["date"])
        for pattern in (_THROUGH, _RANGE, _UNTIL)
        for match in pattern.finditer(folded)
        if (best is not None and 0 <= match.start() - best[0][1] <= _NEAR) or _speaks_of_itself(folded, match.start())
    ]
    if best is not None and best[0][0]:
        ends = [end for end in ends if abs(end[0] - best[0][1]) <= _NEAR]
    expires = read_date(max(ends)[1]) if ends else None
    if expires is None and best and effective:
        start = best[0][1]
        length = _FOR_YEARS.search(folded, start, start + _NEAR)
        count = han_number((length["years"] or length["trial"]).replace("两", "二")) if length is not None else None
        if count:
            expires = expiry(effective, count)
    return Term(effective, expires)


_NEAR = 160
"""Characters after 自…起施行 within which the length of validity stands."""
_OWN = re.compile(
    r"本[\u4e00-\u9fff]{0,6}(?:政策|措施|办法|意见|方案|规定|计划|通知|细则|文件|规划|条例|决定|要点)"
    r"|以上(?:各项)?(?:政策|措施|规定)"
)


def _speaks_of_itself(folded: str, at: int) -> bool:
    sentence = folded[max(0, at - 120) : at]
    return bool(_OWN.search(sentence[sentence.rfind("。") + 1 :]))


def _dated(match: re.Match[str], issued_on: date | None) -> date | None:
    return read_date(match["date"])


def _since_issue(match: re.Match[str], issued_on: date | None) -> date | None:
    if issued_on is None:
        return None
    return issued_on + timedelta(days=han_number(match["days"] or "0") or 0)
