"""CW760–CW769: what is done by the clock may find."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW764",
        title="导入的文件已过保存期限",
        why="名册里有企业的数据，收到而没有载入的文件不无限期留着。",
        looks_for="确认载入时，文件还在：载入或有错的随即删去，其余留到 CEWEN_IMPORT_DAYS 天。",
        remedy="重新上传。要留得更久，改 CEWEN_IMPORT_DAYS。",
    ),
    Page(
        code="CW765",
        title="到期的政策没有发布成",
        why="定了日子的发布要按时出来；写不成的一分钟一次再试，一直写不成要有人看。",
        looks_for="每份定了发布、到了日子的草稿，政策文件夹里有它的全部文件，并记为已发布。",
        remedy="看日志里的原因：文件夹要写得进，没有同名而内容不同的政策。改好后自动发布。",
    ),
    Page(
        code="CW766",
        title="文件太复杂，读不完",
        why="读别人传来的文件，时间与内存都有尽头，一份文件不能拖住整个门户。",
        looks_for="在一个单独的进程里，15 秒的计算、1 GB 的内存以内读出文字。",
        remedy="另存为只有正文的 docx 或 txt，或分成几份再传。",
    ),
)
"""Explanation pages of these codes."""
