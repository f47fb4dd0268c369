"""`cewen read FILE`: clause tree, responsible units, targets, incentives, and what was left unread."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings import read_all
from cewen.text.readings.contract import document_json


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出正文与条文树并排的网页"
)
@click.option("--tree/--no-tree", "show_tree", default=True, help="是否列出条文树")
def command(file: Path, as_json: bool, html: Path | None, show_tree: bool) -> None:
    """读一份公文（txt md html docx pdf）：条文树、责任单位、目标、奖补、未读懂之处。

    例：cewen read 若干政策.pdf --html 若干政策.html
    """
    document = parse_document(read_text(file).text, file.name)
    if as_json:
        print_json(document_json(document))
        return
    readings = read_all(document)
    if html is not None:
        from cewen.cli.write import write_whole
        from cewen.text import render

        write_whole(html, render.html(document, highlights(readings)))
    show(document, readings, show_tree=show_tree)
    if html is not None:
        console().print(f"已写出 {escape(str(html))}")
