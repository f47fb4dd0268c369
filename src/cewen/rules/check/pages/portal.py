"""CW700–CW719: what setting a portal up and checking its audit chain may find."""

from __future__ import annotations

from cewen.rules.check.page import Page

_KEEP = "停止写入，留下数据库副本，与最近一次备份和登记在外的链尾核对，查明谁动过数据库。"

PAGES: tuple[Page, ...] = (
    Page(
        code="CW700",
        title="门户的设置不合用",
        why="带着错的设置启动，门户会连错库、放错人，或在用到时才出错。",
        looks_for="每个环境变量的写法、密钥的长度、相互依赖的几项是否齐全。",
        remedy="照提示改；全部变量：cewen serve --settings。",
    ),
    Page(
        code="CW701",
        title="链尾写得不对",
        why="登记在外的链尾用来证明整条审计链没有重写过，差一个字就不能比。",
        looks_for="“序号:摘要”，摘要为 64 位十六进制数。",
        remedy="照 cewen verify 打印的原样抄写。",
    ),
    Page(
        code="CW702",
        title="没有这种摘要算法",
        why="审计链用哪种算法写，就要用哪种算法核。",
        looks_for="这台机器的 OpenSSL 能算 CEWEN_AUDIT_HASH 所指的算法。",
        remedy="换用带国密算法的 OpenSSL，或把 CEWEN_AUDIT_HASH 设为 sha256。",
    ),
    Page(
        code="CW703",
        title="写不了数据文件夹",
        why="数据库、密钥与邮件都放在数据文件夹里。",
        looks_for="数据文件夹能新建、能写入。",
        remedy="检查路径、权限与磁盘空间，或用 --data 换一处。",
    ),
    Page(
        code="CW704",
        title="数据库用不了",
        why="连不上或没有建表的权限，门户不能启动。",
        looks_for="DATABASE_URL 所指的数据库能连上、能建表。",
        remedy="检查地址、账户与权限；用 SQLite 的检查数据文件夹能否写入。",
    ),
    Page(
        code="CW705",
        title="用户名已经有了",
        why="一个用户名只属于一个人。",
        looks_for="要建立的管理员还没有同名的账户。",
        remedy="换一个用户名，或由现有管理员给该人授权。",
    ),
    Page(
        code="CW710",
        title="审计事件被改过",
        why="审计事件一经写下就不能改；改过的一条不能再作凭据。",
        looks_for="每个事件的内容与它的摘要相符。",
        remedy=_KEEP,
    ),
    Page(
        code="CW711",
        title="审计事件不见了",
        why="缺了的事件可能正是要查的那一步。",
        looks_for="序号从 1 到链尾登记的号数，一个不缺；最后几个被删也查得出。",
        remedy=_KEEP,
    ),
    Page(
        code="CW712",
        title="审计事件的次序被动过",
        why="谁先谁后决定对错，例如审批在前还是拨付在前。",
        looks_for="每个事件的摘要与它所在的位置相符。",
        remedy=_KEEP,
    ),
    Page(
        code="CW713",
        title="审计链里插进了事件",
        why="后来补进去的事件可以编造经过。",
        looks_for="每个事件接得上前一个，没有多出来的。",
        remedy=_KEEP,
    ),
    Page(
        code="CW714",
        title="链尾登记不对",
        why="链尾登记说明一共有几个事件；它不见或不符，就不能证明最后几个没有被删。",
        looks_for="链尾登记的号数与摘要同最后一个事件一致。",
        remedy=_KEEP,
    ),
    Page(
        code="CW715",
        title="与登记在外的链尾不同",
        why="有数据库权限的人可以把整条链重写一遍，只有登记在别处的链尾能揭穿。",
        looks_for="登记在外的链尾仍在链上，摘要相同。",
        remedy="以登记在外的链尾为准，从那时的备份恢复并核对。",
    ),
)
"""Explanation pages of the portal's codes."""
