"""CW006: a policy whose id is not the path of its folder."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page

PAGE = Page(
    code="CW006",
    title="政策编号与文件夹不一致",
    why="结论、算例和其他政策都用编号指这份政策。编号与文件夹不同，人就找不到文件，两份政策也可能撞号。",
    looks_for="policy.yaml 的 id 等于它所在文件夹相对于政策总文件夹的路径，如 mou/2024-software-measures。",
    remedy="改 id，或给文件夹改名。",
    bad="id: mou/software-measures      # 文件夹是 mou/2024-software-measures",
    good="id: mou/2024-software-measures",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """One finding when id and folder differ."""
    folder = examined.policy.folder.relative_to(examined.corpus.home).as_posix()
    if examined.policy.id != folder:
        message = f"政策编号是“{examined.policy.id}”，文件夹是“{folder}”"
        yield PAGE.found(message, f"把 id 改成 {folder}，或给文件夹改名。", examined.head("id"))


CHECK = Check((PAGE,), find)
