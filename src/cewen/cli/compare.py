"""`cewen compare A B`: two versions of a document, clause by clause."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.text import render
from cewen.text.clause import Document
from cewen.text.compare import compare_documents
from cewen.text.parse import parse_document
from cewen.text.read import read_text

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@json_option
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出对照网页")
def command(before: Path, after: Path, as_json: bool, html: Path | None) -> None:
    """逐条比较两个版本：相同、修改、移动、新增、删除；改动的数字单独标出。

    例：cewen compare 征求意见稿.docx 正式稿.docx --html 对照.html
    """
    comparison = compare_documents(_document(before), _document(after))
    if as_json:
        print_json(comparison.to_json())
        return
    if html is not None:
        with whole_file(html) as page:
            page.write_text(render.comparison_html(comparison), encoding="utf-8")
    console().print(render.comparison_table(comparison))
    if html is not None:
        console().print(f"\n网页写在 [accent]{escape(str(html))}[/]")


def _document(path: Path) -> Document:
    return parse_document(read_text(path).text, path.name)
