"""CW786–CW789: what talking to a portal from afar may find besides CW745–CW747."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW786",
        title="门户与这里的版本不同",
        why="不同系列的版本，接口与约定可能不同，照着用会出错。",
        looks_for="门户答复里的版本与本机的前两段相同，如 0.1。",
        remedy="把两边升到同一个版本。",
    ),
    Page(
        code="CW787",
        title="令牌文件别人也能读",
        why="令牌等于您的账户；别人读得到，就能以您的名义办事。",
        looks_for="--token-file 的文件只有属主能读写（0600）。",
        remedy="chmod 600 文件；已泄露的到门户“我的账户”吊销，另签一个。",
    ),
    Page(
        code="CW788",
        title="门户的测算没有结果",
        why="没有算成或取消了的测算没有数可看。",
        looks_for="测算的状态是“已完成”。",
        remedy="照门户说的改，再发起一次；是中断的，请管理员看服务日志。",
    ),
    Page(
        code="CW789",
        title="门户没有载入这一批",
        why="导入要么整批载入，要么一行不动；中断的没有动。",
        looks_for="确认载入之后，这一批的状态是“已载入”。",
        remedy="到门户的“导入”看这一批；可再载入一次。",
    ),
)
"""Explanation pages of these codes."""
