"""CW750–CW759: figures, evidence and score cards handed in to the portal, and the chain of its task events."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW750",
        title="佐证材料不收",
        why="销号凭材料；打不开的、名不副实的文件不能作凭据。",
        looks_for="文件是 pdf、docx、xlsx、jpg 或 png，内容与名称相符，不空，不超过 10 MB。",
        remedy="用原来的程序打开，另存为其中一种；太大的压缩或分开提交。",
    ),
    Page(
        code="CW751",
        title="导入的文件读不出来",
        why="宏、压缩炸弹和改了后缀的文件不能进数据库。",
        looks_for="文件是 csv 或不带宏的 xlsx，不超过 5 MB，解开后不超过 60 MB。",
        remedy="用 Excel 另存为 xlsx，或存为 UTF-8 的 csv，只留一张表。",
    ),
    Page(
        code="CW752",
        title="周报只写成 Word 文件",
        why="没有保留的库可以写出中文 PDF。",
        looks_for="--out 的文件名以 .docx 结尾。",
        remedy="写成 .docx；要 PDF 的用 Word 另存。",
    ),
    Page(
        code="CW753",
        title="考核记分卡的文件有误",
        why="分值、计划数差一个字，名次就不同；有误的一格也不能猜。",
        looks_for="定义有 version 与 items，每项有 key、label、points；各格有 district、item、plan、result、flag，数都是数。",
        remedy="照提示改那一项或那一行，重新录入。",
    ),
    Page(
        code="CW754",
        title="督办台账被改动过",
        why="台账一环扣一环；改过、删去或调换过的事件不能再作销号的凭据。",
        looks_for="每条事件与它的摘要相符、接在前一条之后，最后一条与登记的末尾相符，佐证材料与交上来时相同。",
        remedy="停止写入，留下数据库副本，从最近一次备份恢复并核对，查明谁动过数据库。",
    ),
)
