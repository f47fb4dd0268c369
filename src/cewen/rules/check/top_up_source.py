"""CW405: a top-up that subtracts a measure there is none of."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page

PAGE = Page(
    code="CW405",
    title="补差所减的措施不存在",
    why="要减去的措施写错了编号，就一分钱也没减，同一笔钱会重复发放。",
    looks_for="补差措施 less 里的每一项都是“政策编号#措施编号”，并且确有这条措施。",
    remedy="改成已有措施的编号。",
    bad="less: [mou/2024-software-measures#frist-award]",
    good="less: [mou/2024-software-measures#first-award]",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each entry of `less` that names no measure of the corpus."""
    known = [f"{policy.id}#{measure.id}" for policy in examined.corpus.policies for measure in policy.measures]
    for measure in examined.policy.measures:
        for index, key in enumerate(getattr(measure, "less", ())):
            if key in known:
                continue
            near = difflib.get_close_matches(key, known, n=1)
            remedy = f"是不是“{near[0]}”？" if near else "写成 政策编号#措施编号。"
            place = examined.place(measure, "less", index)
            yield PAGE.found(f"没有“{key}”这条措施", remedy, place, measure.quote)


CHECK = Check((PAGE,), find)
