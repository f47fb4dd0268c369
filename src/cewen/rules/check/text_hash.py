"""CW105: the official text is not the one whose hash policy.yaml records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page

PAGE = Page(
    code="CW105",
    title="正文与登记的哈希不符",
    why="正文是一切结论的依据，改动一个字都必须有人知道。哈希是正文的指纹：文件变了，指纹就对不上。",
    looks_for="正文文件逐字节计算的 SHA-256 等于 policy.yaml 的 sha256。",
    remedy="先弄清正文为何改变。确属订正的，核对全部引文后再改 sha256；误改的，恢复原文件。",
    bad="sha256: 0000000000000000000000000000000000000000000000000000000000000000",
    good="sha256: （正文文件的 SHA-256，64 位十六进制）",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """One finding when the bytes of the text have another hash."""
    header = examined.policy.header
    actual = hashlib.sha256((examined.policy.folder / header.document).read_bytes()).hexdigest()
    if actual != header.sha256:
        message = f"正文“{header.document}”与登记的哈希不符：现在是 {actual}"
        remedy = "先查清正文为何改变；确属订正的，核对引文后把 sha256 改成现在的值。"
        yield PAGE.found(message, remedy, examined.head("sha256"))


CHECK = Check((PAGE,), find)
