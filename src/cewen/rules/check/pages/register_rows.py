"""CW665 and after: rows of a register that are left out."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW665",
        title="已获奖补不知是哪家企业的",
        why="有问题的行连同它那家企业一起不计算，其余照算；可是不知道是哪家企业的已获奖补，漏掉它就可能向那家企业重复兑付，所以整册停下。",
        looks_for="已获奖补的每一行都有有效的统一社会信用代码。",
        remedy="补上或改正这几行的代码；查不到企业的，先移出这张表。",
    ),
)
