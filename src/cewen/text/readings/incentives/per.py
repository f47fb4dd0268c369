"""What a sum is paid for each of."""

from __future__ import annotations

import re

from cewen.text.quantities import Kind
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.group import Group
from cewen.text.readings.passage import Passage, Segment

_FIRM_UNITS = ("家", "户", "企业", "项目", "个")


def read_per(passage: Passage, segment: Segment, group: Group, since: int) -> tuple[int, int] | None:
    """Where the text says what a sum is paid for each of: 元/平方米, 每人…, 每增加1亿元…; None when it is paid once or by the year."""
    if group.is_rate or not group.members:
        return None
    text = passage.flow.text
    printed = next((member for member in group.members if member.per), None)
    if printed is not None and printed.per not in ("年", "年度"):
        limited = printed.per in _FIRM_UNITS and group.is_limit
        return None if limited else (printed.end - len(printed.per), printed.end)
    begin = max(segment.start, group.left - 46)
    behind = text[begin : group.left]
    match = lexicon.PER_BEFORE.search(behind)
    if match and not lexicon.EACH_VERB.match(match[0]) and _pays_each(behind, match, group):
        verb = lexicon.GIVE_BEFORE.search(match["unit"])
        length = verb.start() if verb and verb.start() else len(match["unit"])
        return begin + match.start("unit"), begin + match.start("unit") + length
    near = [
        quantity for quantity in passage.between(max(since, group.left - 60), group.left) if quantity.kind is Kind.COUNT
    ]
    if near and near[-1].end == group.left:
        noun = re.match(r"的?(?P<noun>[^,;。:、]{1,14})", text[group.right : group.right + 16])
        return (group.right + noun.start("noun"), group.right + noun.end("noun")) if noun else None
    if near and text[near[-1].start - 1] == "每" and near[-1].end <= group.phrase:
        return near[-1].start, near[-1].end
    for each in lexicon.EACH_VERB.finditer(text, max(since, group.left - 120), group.left):
        step = passage.between(each.end(), min(each.end() + 14, group.left))
        if step and step[0].start - each.end() <= 1:
            noun = re.match(
                rf"(?:(?!{lexicon.GIVE})[^,;。:、的])*", text[step[0].end : min(step[0].end + 8, group.phrase)]
            )
            return step[0].start, step[0].end + (noun.end() if noun and step[0].kind is Kind.COUNT else 0)
    return None


def _pays_each(behind: str, match: re.Match[str], group: Group) -> bool:
    """每人2万元 pays for each; 每年2万元 does not; 每家最高2万元 only limits, unless the text says 按每家."""
    unit = re.sub(r"每年|每", "", match["unit"])
    if not unit or re.match(r"(?:年|季|半年)", unit):
        return False
    by = re.search(r"(?:按照|按)$", behind[: match.start()])
    countable = unit.startswith(("家", "户", "个", "项", "场", "位", "次", "名", "人")) and not re.search(
        r"[天日月晚时]", unit
    )
    limit = group.is_limit or re.search(r"最高|不超过|最多", match["filler"])
    return not (countable and limit and not by)
