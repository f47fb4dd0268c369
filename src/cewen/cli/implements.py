"""`cewen implements UPPER`: which clauses of lower documents implement which clause of an upper one, and what nobody does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cewen.base.errors import CewenError
from cewen.cli.library_options import open_library
from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.rules.library.entry import LibraryDocument
from cewen.rules.library.implement import THRESHOLD, Implementation, Match, trace_implementation
from cewen.rules.library.page import implementation_page
from cewen.rules.library.search import Library
from cewen.rules.phrase import plain_number


@click.command()
@click.argument("upper", metavar="上级文件")
@click.option("--by", "lower", multiple=True, metavar="下级文件",
              help="政策编号或文件，可重复；不写则取政策库里适用地区在上级文件之内的")  # fmt: skip
@click.option("--threshold", type=click.FloatRange(0, 1), default=THRESHOLD, show_default=True, metavar="分数",
              help="得分从多少起算落实")  # fmt: skip
@click.option("--policies", "home", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
              help="政策文件夹；默认用随软件附带的")  # fmt: skip
@json_option
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出左右对照的网页")
def command(
    upper: str, lower: tuple[str, ...], threshold: float, home: Path | None, as_json: bool, html: Path | None
) -> None:
    """上级文件逐段对照：下级哪一条落实，哪些没有条文落实。

    按共同词语打分，越少见的词分量越重；分数和共同的词都列出。这是看哪里的线索，不是认定：用词不同的落实会漏掉。

    例：cewen implements cn/2021-software-plan --by wuhan/2022-software-plan --html 落实.html
    """
    files = tuple(Path(name) for name in (upper, *lower) if Path(name).is_file())
    _, library, _ = open_library(home, files, only=False)
    above = _named(upper, library)
    below = [_named(name, library) for name in lower] or _within(above, library)
    if not below:
        raise CewenError.of("CW003", "没有可对照的下级文件", "用 --by 写上政策编号或文件，可重复。")
    found = trace_implementation(above, below, library.documents, library.words, threshold)
    if html is not None:
        with whole_file(html) as page:
            page.write_text(implementation_page(found), encoding="utf-8")
    if as_json:
        print_json(implementation_json(found))
        return
    _show(found)
    if html is not None:
        console().print(f"\n网页写在 [accent]{escape(str(html))}[/]")


def _named(name: str, library: Library) -> LibraryDocument:
    """A document by its id or path. Raises CewenError (CW003)."""
    wanted = str(Path(name)) if Path(name).is_file() else name
    found = next((each for each in library.documents if each.id == wanted), None)
    if found is None:
        known = "、".join(each.id for each in library.documents if each.is_policy)
        raise CewenError.of(
            "CW003", f"没有“{name}”这份文件，或与另一份内容相同", f"写文件的路径，或政策编号：{known}。"
        )
    return found


def _within(above: LibraryDocument, library: Library) -> list[LibraryDocument]:
    """The other documents of the places that lie in the upper document's place."""
    if above.region_code is None:
        return []
    return [
        each
        for each in library.documents
        if each is not above
        and each.region_code not in (None, above.region_code)
        and library.regions.lies_in(each.region_code or "", above.region_code)
    ]


def implementation_json(found: Implementation) -> dict[str, object]:
    """The whole comparison; `implemented_by` is empty where nobody does, and `nearest` says what came closest."""
    return {
        "upper": found.upper.id,
        "lower": [each.id for each in found.lower],
        "threshold": found.threshold,
        "entries": [
            {
                "clause": each.entry.path,
                "title": each.entry.title,
                "start": each.entry.span.start,
                "end": each.entry.span.end,
                "implemented_by": [_match_json(match) for match in each.matches],
                "nearest": _match_json(each.nearest) if each.nearest and not each.matches else None,
            }
            for each in found.entries
        ],
        "not_implemented": len(found.open_entries),
        "own": [{"document": document.id, "clause": entry.path, "title": entry.title} for document, entry in found.own],
    }


def _match_json(match: Match) -> dict[str, object]:
    return {
        "document": match.document.id,
        "clause": match.entry.path,
        "title": match.entry.title,
        "score": match.score,
        "words": list(match.words),
        "near_duplicate": match.is_near_duplicate,
        "start": match.entry.span.start,
        "end": match.entry.span.end,
    }


def _show(found: Implementation) -> None:
    out = console()
    out.print(
        f"《{escape(found.upper.title)}》{len(found.entries)} 段，"
        f"[overdue]{len(found.open_entries)} 段没有找到落实的条文[/]（得分不到 {found.threshold:g}）\n"
    )
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    for name, ratio in (("上级条文", 4), ("落实的条文", 5), ("得分", 1), ("共同的词", 4)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for each in found.entries:
        head = Text(f"{each.entry.path} {each.entry.title}")
        if not each.matches:
            near = each.nearest
            words = "、".join(near.words) if near else ""
            lower = Text("没有找到", style="red")
            if near is not None:
                lower.append(f"\n最接近：{near.entry.path} {near.entry.title}", style="bright_black")
            table.add_row(head, lower, Text(score_text(near.score) if near else "", style="bright_black"), Text(words))
        for index, match in enumerate(each.matches):
            lower = Text(f"{match.entry.path} {match.entry.title}")
            lower.append(
                f"\n{match.document.title}" + ("　几乎相同" if match.is_near_duplicate else ""), style="bright_black"
            )
            table.add_row(Text("") if index else head, lower, score_text(match.score), Text("、".join(match.words)))
    out.print(table)
    out.print(f"\n下级文件另有 {len(found.own)} 段没有对应的上级条文（--json、--html 里列出）")


def score_text(score: float) -> str:
    """A score with two decimals."""
    return plain_number(Fraction(round(score * 100), 100))
