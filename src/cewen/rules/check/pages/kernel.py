"""CW660 and after: the cache of the compiled engine."""

from __future__ import annotations

from cewen.base.diagnostic import Severity
from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW660",
        title="编译缓存不能写",
        why="写不了缓存，每次启动都要重新编译，会慢几秒到几十秒；结果不变，所以只提示、不停下。",
        looks_for="缓存文件夹（$XDG_CACHE_HOME/cewen/kernels，默认在 ~/.cache 下）可以写。",
        remedy="检查文件夹的权限与磁盘空间，或用 XDG_CACHE_HOME 另指一处。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW661",
        title="编译缓存有损坏",
        why="损坏的机器码不能执行，否则可能算错或中断；缓存里的每个文件都有核对码，不符的丢弃后重新编译，结果不变。",
        looks_for="缓存里的机器码与写入时的核对码一致，而且读得进来。",
        remedy="不必处理；反复出现时检查磁盘，或删除整个缓存文件夹。",
        severity=Severity.NOTICE,
    ),
)
