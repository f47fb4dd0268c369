"""Every code there is, with its page: of the checks, of loading, of reading texts and facts."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from cewen.rules.check import pages
from cewen.rules.check.page import Check, Page

GROUPS: tuple[tuple[str, str], ...] = (
    ("CW0", "文件与格式"), ("CW1", "正文与引文"), ("CW2", "类型与单位"), ("CW3", "条件与档次"),
    ("CW4", "金额与叠加"), ("CW5", "算例"), ("CW6", "事实、名册与导出"),
    ("CW7", "门户与审计"), ("CW8", "目标、观测与督办"),
)  # fmt: skip
"""The beginnings of codes and what they are about."""

_INTRODUCTION = """# 问题代码

<!-- 由 `cewen schema --pages docs/reference` 生成，不要手改。 -->

每个问题都有代码、位置、说明和办法。`cewen check --explain CW101` 在终端里看其中一页，`cewen check --list` 列出全部。
错误使命令以 1 退出；警告要人看一眼（`--strict` 时同错误）；提示只是告知。
"""


def catalogue(checks: Iterable[Check]) -> dict[str, Page]:
    """All pages by code, in order of code. `checks` are those whose pages are wanted beside the others."""
    found: dict[str, Page] = {}
    for module in pkgutil.iter_modules(pages.__path__):
        for page in importlib.import_module(f"{pages.__name__}.{module.name}").PAGES:
            found[page.code] = page
    for check in checks:
        found.update((page.code, page) for page in check.pages)
    return dict(sorted(found.items()))


def render_catalogue(checks: Iterable[Check]) -> str:
    """The reference page of all codes, as Markdown."""
    found = catalogue(checks)
    parts = [_INTRODUCTION]
    for start, title in GROUPS:
        group = [page for code, page in found.items() if code.startswith(start)]
        rows = "\n".join(
            f"| [{page.code}](#{page.code.lower()}) | {page.title} | {page.severity.label} |" for page in group
        )
        parts.append(f"## {start}xx　{title}\n\n| 代码 | 问题 | 程度 |\n| --- | --- | --- |\n{rows}\n")
        parts.extend(f'<a id="{page.code.lower()}"></a>\n\n{page.to_markdown(3)}' for page in group)
    return "\n".join(parts)
