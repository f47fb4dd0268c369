"""Numeric conditions out of the words before a promise: 年营业收入500万元及以上, 近三年, 前100强."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cewen.text.quantities import Bound, Kind, Quantity
from cewen.text.readings.incentives.incentive import Condition
from cewen.text.readings.passage import Passage

LABEL_UNITS = ("级", "A", "星", "名", "类", "等", "期", "届", "年级", "批")
"""Units of grades: a list of them names tiers and sets no threshold."""
_PART = re.compile(r"的?(?:新增|增长|增量|超出|超过|超额)?(?:的)?部分")
_GROWN = re.compile(r"(?:增长|增幅|增速|涨幅|提高)(?:了)?$")
_QUOTA = re.compile(
    r"(?:遴选|评选|选拔|选取|选树|评定|支持|资助|扶持|奖励|补助|培育|认定)(?:出|总数|数量|名额|项目|企业)?$"
)
"""遴选不超过20名 says how many are chosen and demands nothing of those who apply."""
_ABOVE_OTHERS = re.compile(r"(?:高于|超过|高出|快于|优于|超出)[^,;。:、\d]{2,12}$")
_DENIED = re.compile(r"(?:未曾|未|没有|不)(?:拥有|享受|发生|取得|购买|持有)(?:过|有)?[^,;。]{0,8}$")


@dataclass(frozen=True, slots=True)
class Limit:
    """A quantity that bounds something, with its operator."""

    quantity: Quantity
    op: str


def read_limits(passage: Passage, zone: tuple[int, int]) -> list[Limit]:
    """Everything numeric a zone demands; a range demands both its ends."""
    limits: list[Limit] = []
    for quantity in passage.between(*zone):
        op = _operator(passage.flow.text, zone, quantity)
        if op is not None:
            limits.append(Limit(quantity, op))
    return limits


def _operator(text: str, zone: tuple[int, int], quantity: Quantity) -> str | None:
    if quantity.kind in (Kind.DATE, Kind.RATIO):
        return None
    before = text[max(zone[0], quantity.left - 14) : quantity.left]
    after = text[quantity.right : quantity.right + 14]
    if quantity.kind is Kind.DURATION:
        return _time_operator(text, quantity, before, after)
    if re.search(r"\((?:不?含|其中|包括)[^()]{0,10}$", before) or _PART.match(after):
        return None
    if re.search(
        r"每(?:新)?(?:增加|新增|实现|满|达到?|引进|招引|超过)?$", before + text[quantity.left : quantity.start]
    ):
        return None
    if quantity.kind is Kind.POINTS and quantity.bound is None and _ABOVE_OTHERS.search(before):
        return ">"
    if quantity.kind is Kind.COUNT and quantity.bound is Bound.AT_MOST and _QUOTA.search(before):
        return None
    if quantity.kind is Kind.RANK:
        return "<="
    if _DENIED.search(before) and quantity.bound is Bound.AT_LEAST:
        return "<"
    if quantity.is_range:
        return ">="
    if quantity.bound in (Bound.AT_LEAST, Bound.ABOVE, Bound.AT_MOST, Bound.BELOW):
        return str(quantity.bound)
    if quantity.kind is Kind.RATE and _GROWN.search(before):
        return ">="
    return None


def _time_operator(text: str, quantity: Quantity, before: str, after: str) -> str | None:
    if quantity.unit in ("小时", "分钟") and quantity.bound is None:
        return None
    if quantity.bound is Bound.AT_MOST and text[quantity.end : quantity.right].endswith("内"):
        if re.search(r"(?:后|起)$", before) and re.match(r",(?:按|参照|由|每年|全额)", after):
            return None
        if before.endswith("起"):
            return "<=" if re.match(r"(?:提出|申请|申报|完成|建成|开工|投产|竣工|达产|实现)", after) else None
        if re.match(r"(?:给予|分|每年|对|累计|,?(?:给予|予以))", after):
            return None
        return "<="
    if quantity.bound in (Bound.AT_LEAST, Bound.ABOVE, Bound.AT_MOST, Bound.BELOW):
        return str(quantity.bound)
    if re.search(r"近$", text[quantity.left : quantity.start]) or before.endswith("近"):
        return "<="
    if after.startswith("后"):
        return ">="
    if re.match(r"[^,;。:\d]{0,6}期内的", after):
        return "<="
    return None


def read_conditions(passage: Passage, limits: list[Limit], since: int = 0) -> list[Condition]:
    """Limits in their final form; a range of ages or years gives two conditions. No name begins before `since`."""
    conditions: list[Condition] = []
    for limit in limits:
        quantity = limit.quantity
        span = passage.span(quantity.left, quantity.right)
        name = name_of(passage, quantity, since)
        conditions.append(Condition(name, limit.op, quantity.low, quantity.unit, span))
        if quantity.is_range:
            conditions.append(Condition(name, "<=", quantity.high, quantity.unit, span))
    return conditions


def name_of(passage: Passage, quantity: Quantity, since: int = 0) -> str:
    """What is counted: the noun phrase before the number, or after a rank or a bare count."""
    text = passage.flow.text
    before = text[max(since, quantity.left - 40) : quantity.left]
    phrase = re.split(r"[,;。:、()\"]|(?:对于|对(?!外|口)|且|并|或者|或|以及)", before)[-1]
    phrase = re.sub(r"^.*(?:\d\.|。)", "", phrase)
    phrase = re.sub(r"^(?:其|在|的|及|和|与|我市|我省|我区|本市)+|(?:为|在|的|已|占|有)+$", "", phrase)
    if phrase:
        return phrase
    after = re.match(r"[^,;。:、()\d]{1,14}", text[quantity.right : quantity.right + 14])
    return after[0] if after else quantity.printed_unit
