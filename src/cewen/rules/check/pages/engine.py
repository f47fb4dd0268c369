"""CW630 and after: engines that compute a whole register by columns, and made-up registers."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW630",
        title="没有登记的计算引擎",
        why="各引擎都要与参照解释器一分不差，没有登记的引擎不能用来算钱。",
        looks_for="--engine 写的是已登记的引擎。",
        remedy="照提示列出的引擎改；不指定时用 reference。",
    ),
)
