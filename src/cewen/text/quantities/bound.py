"""The words before and after a number that say how it bounds: 不低于…, …及以上, …（含）, …左右."""

from __future__ import annotations

import re

from cewen.text.quantities.quantity import Bound

_BEFORE = re.compile(
    r"(?:(?P<both>达到?或者?超过|大于或?等于|超过或者?等于)"
    r"|(?P<le>(?:最高|最多|最长|最大|原则上)*(?:不|不得|不能|不应|不再|未|不可)(?:超过|高于|大于|多于|超出|超)|小于或?等于"
    r"|最高[^,;。:、()\d]{0,8}|最多[^,;。:、()\d]{0,8}|至多|最长[^,;。:、()\d]{0,4}|上限[^,;。:、()\d]{0,6}|封顶|控制在)"
    r"|(?P<ge>(?:不|不得|不能|不应|不可)(?:低于|少于|小于)|至少|最低|达到?|已?满(?<!圆满)|起点为)"
    r"|(?P<lt>低于|小于|少于|不足|不到|未满|不满|未达到?|不够)"
    r"|(?P<gt>超过|超出|突破|高于|大于|多于|超|(?<![通经不])过)"
    r"|(?P<about>大?约|将近|接近|近|左右))(?:人民币|到|为|的|约|原则上|等值)?$"
)
_AFTER = re.compile(
    r"(?P<mark>\((?P<not>不)?含[^()]{0,12}\))?"
    r"(?:(?P<ge>(?:及其?|或|和|\(含\))?以上)|(?P<le>(?:及其?|或|和)?以下|以内|之内|内(?![部地外资需在容涵]))"
    r"|(?P<gt>以外)|(?P<about>左右|上下|余(?!额)))?"
    r"(?P<mark_after>\((?P<not_after>不)?含[^()]{0,12}\))?"
)
LOOK_BACK = 16
"""No bounding word is longer than this."""


def read_bound_before(text: str, start: int) -> tuple[Bound | None, int]:
    """The bound the words just before `start` set, and where they begin."""
    window = text[max(0, start - LOOK_BACK) : start]
    match = _BEFORE.search(window)
    if match is None:
        return None, start
    left = start - len(window) + match.start()
    if match["both"] or match["ge"]:
        return Bound.AT_LEAST, left
    if match["le"]:
        return Bound.AT_MOST, left
    if match["lt"]:
        return Bound.BELOW, left
    if match["gt"]:
        return Bound.ABOVE, left
    return Bound.ABOUT, left


def read_bound_after(text: str, end: int) -> tuple[Bound | None, bool | None, int]:
    """The bound the words just after `end` set, whether a bracket includes the number, and where they end."""
    match = _AFTER.match(text, end)
    if match is None or match.end() == end:
        return None, None, end
    marked = match["mark"] or match["mark_after"]
    includes = None if not marked else not (match["not"] or match["not_after"])
    bound = None
    if match["ge"]:
        bound = Bound.AT_LEAST
    elif match["le"]:
        bound = Bound.AT_MOST
    elif match["gt"]:
        bound = Bound.ABOVE
    elif match["about"]:
        bound = Bound.ABOUT
    return bound, includes, match.end()


def join_bounds(before: Bound | None, after: Bound | None, includes: bool | None) -> Bound | None:
    """One bound of both: 超…以上 includes the number; （不含） makes a bound strict, （含） lenient."""
    if after is Bound.ABOUT:
        return Bound.ABOUT
    if before is Bound.ABOVE and after is Bound.AT_LEAST:
        before = Bound.AT_LEAST
    bound = before if before not in (None, Bound.ABOUT) else after or before
    if includes is False:
        return {Bound.AT_LEAST: Bound.ABOVE, Bound.AT_MOST: Bound.BELOW}.get(bound, bound) if bound else None
    if includes is True:
        return {Bound.ABOVE: Bound.AT_LEAST, Bound.BELOW: Bound.AT_MOST}.get(bound, bound) if bound else None
    return bound
