"""CW740–CW749: what keeping a portal safe and talking to one from afar may find."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW740",
        title="写不了备份文件",
        why="备份要么完整，要么没有；从不覆盖已有的一份。",
        looks_for="备份文件还没有，所在的文件夹能写入、放得下。",
        remedy="换一个文件名，或检查权限与磁盘空间。",
    ),
    Page(
        code="CW741",
        title="数据库读不了或写不了",
        why="读不出的数据库做不成备份；一份残缺的备份比没有更坏。",
        looks_for="SQLite 文件在原处、没有损坏；PostgreSQL 在运行，pg_dump、psql 已安装且版本不低于服务器。",
        remedy="照提示检查数据库；已损坏的，从较早的备份恢复。",
    ),
    Page(
        code="CW742",
        title="备份已损坏或不是备份",
        why="恢复一份残缺的备份，会把缺的当成没有发生过。",
        looks_for="清单在最前，列出的文件一个不多一个不少，每个的 SHA-256 相符，没有越出数据文件夹的路径。",
        remedy="换一份完好的备份。没有恢复任何内容。",
    ),
    Page(
        code="CW743",
        title="这里已经有一个门户",
        why="恢复不覆盖现有的数据：盖掉就找不回来了。",
        looks_for="要恢复到的数据文件夹里没有数据库、密钥与文件。",
        remedy="恢复到新的数据文件夹，核对之后再换用。",
    ),
    Page(
        code="CW744",
        title="备份来自另一种数据库",
        why="SQLite 与 PostgreSQL 的备份内容不同，不能互换。",
        looks_for="备份的数据库种类与 DATABASE_URL 的相同。",
        remedy="把 DATABASE_URL 设成备份所用的那一种。",
    ),
    Page(
        code="CW745",
        title="连不上远处的门户",
        why="结论要由那个门户给出，连不上就没有结论，不拿本机的代替。",
        looks_for="--server 的地址可用，以 http:// 或 https:// 开头，门户在运行。",
        remedy="检查地址与网络；令牌放在环境变量 CEWEN_TOKEN。",
    ),
    Page(
        code="CW746",
        title="远处的门户没有照办",
        why="门户说明了为什么不办，照它说的改。",
        looks_for="请求的内容合格，令牌有效且有这项权限，没有超过次数。",
        remedy="照提示改；令牌在门户“我的账户”签发。",
    ),
    Page(
        code="CW747",
        title="远处的门户版本不同",
        why="答复的样子与这个版本的约定不合，照着显示会显示错。",
        looks_for="答复是 JSON，有约定的项。",
        remedy="把两边升到同一个版本，或加 --json 看原样。",
    ),
)
"""Explanation pages of these codes."""
