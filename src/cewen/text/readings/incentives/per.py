"""What a sum is paid for each of."""

from __future__ import annotations

import re

from cewen.text.quantities import Kind
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.condition import LABEL_UNITS
from cewen.text.readings.incentives.group import Group
from cewen.text.readings.passage import Passage, Segment

_EACH_BEFORE = re.compile(r"每(?![年月季日天周次])[^,;。:、\d每]{0,7}$")
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
    behind = _without_bracket(text[begin : group.left])
    match = lexicon.PER_BEFORE.search(behind)
    if match and not lexicon.EACH_VERB.match(match[0]) and _pays_each(behind, match, group):
        verb = lexicon.GIVE_BEFORE.search(match["unit"])
        length = verb.start() if verb and verb.start() else len(match["unit"])
        return begin + match.start("unit"), begin + match.start("unit") + length
    near = [
        quantity for quantity in passage.between(max(since, group.left - 60), group.left) if quantity.kind is Kind.COUNT
    ]
    average = re.search(rf"(?P<unit>[户人亩家])均{lexicon.FILLER}$", behind)
    if average:
        return begin + average.start("unit"), begin + average.end("unit")
    graded = near and near[-1].unit in LABEL_UNITS and text[near[-1].start - 1] != "每"
    if near and near[-1].end == group.left and not graded:
        noun = re.match(r"的?(?P<noun>[^,;。:、]{1,14})", text[group.right : group.right + 16])
        return (group.right + noun.start("noun"), group.right + noun.end("noun")) if noun else None
    if near and text[near[-1].start - 1] == "每" and near[-1].end <= group.phrase:
        return near[-1].start, near[-1].end
    basis = _basis(passage, group, max(since, group.left - 80))
    if basis is not None:
        return basis
    for each in lexicon.EACH_VERB.finditer(text, max(since, group.left - 120), group.left):
        step = passage.between(each.end(), min(each.end() + 14, group.left))
        if step and step[0].start - each.end() <= 1:
            noun = re.match(
                rf"(?:(?!{lexicon.GIVE})[^,;。:、的])*", text[step[0].end : min(step[0].end + 8, group.phrase)]
            )
            return step[0].start, step[0].end + (noun.end() if noun and step[0].kind is Kind.COUNT else 0)
    return None


def _basis(passage: Passage, group: Group, since: int) -> tuple[int, int] | None:
    """每入选一位成员，奖励20万元; 按执行额1万美元奖励3000元: a bare number just before the giving words is what is paid for."""
    text = passage.flow.text
    near = passage.between(since, group.phrase)
    if not near or near[-1].kind not in (Kind.COUNT, Kind.MONEY) or near[-1].bound is not None or near[-1].is_range:
        return None
    last = near[-1]
    between = text[last.end : group.phrase]
    if _EACH_BEFORE.search(text[max(since, last.start - 10) : last.start]) and re.fullmatch(
        r"[^,;。:、\d的]{0,10}的?,?", between
    ):
        noun = re.match(r"[^,;。:、\d的]{0,8}", between)
        return last.start, last.end + (noun.end() if noun and last.kind is Kind.COUNT else 0)
    if (
        last.kind is Kind.MONEY
        and not between
        and lexicon.BY_BEFORE.search(text[max(since, last.start - 20) : last.start])
    ):
        return last.start, last.end
    return None


def _without_bracket(behind: str) -> str:
    """每片晶圆(折合8英寸)80元: a remark in brackets before the sum says nothing of what it is paid for."""
    remark = re.search(r"\([^()]*\)$", behind)
    return behind[: remark.start()] if remark else behind


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
