"""`cewen suggest FILE`: an outside model looks at what was not read; its suggestions are checked, marked, never executed."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.markup import escape

from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.rules.draft.suggest import MARK, endpoint_of, suggest_readings, suggestions_text, unread_passages
from cewen.rules.draft.yaml_text import render_list
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings import read_all

_HEAD = f"# {MARK}：外部模型对未读懂之处的建议。没有任何命令读这个文件；对的，由人写进措施。\n"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--endpoint", metavar="地址", help="OpenAI 兼容服务的地址，如 http://localhost:8000/v1；也可设 CEWEN_SUGGEST_URL"
)
@click.option("--model", metavar="名称", help="模型名称；也可设 CEWEN_SUGGEST_MODEL")
@click.option("--most", type=click.IntRange(1, 1000), default=50, metavar="段数", help="最多问几段，默认 50")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出建议（YAML）")
@json_option
def command(file: Path, endpoint: str | None, model: str | None, most: int, out: Path | None, as_json: bool) -> None:
    """请外部模型看未读懂的句子。默认关闭：不给地址就什么也不发出。

    只发送未读懂的句子。建议里的每个数、每句引文都须在原文里，否则弃去并说明；留下的标明“建议（未确认）”，不会被执行。
    密钥只从环境变量 CEWEN_SUGGEST_KEY 取。

    例：cewen suggest 若干措施.txt --endpoint http://localhost:8000/v1 --model qwen3 --out 建议.yaml
    """
    where = endpoint_of(endpoint, model, os.environ)
    document = parse_document(read_text(file).text, file.name)
    passages = unread_passages(document, read_all(document).unread)
    asked = passages[:most]
    click.echo(f"向 {urlsplit(where.url).hostname} 发送 {len(asked)} 句未读懂的话（共 {len(passages)} 句）。", err=True)
    kept, dropped = suggest_readings(document, asked, where)
    if out is not None:
        with whole_file(out) as temporary:
            temporary.write_text(_HEAD + render_list(list(suggestions_text(kept))), encoding="utf-8")
    if as_json:
        print_json(
            {
                "asked": len(asked),
                "unread": len(passages),
                "suggestions": list(suggestions_text(kept)),
                "dropped": [{"clause": each.clause, "passage": each.passage, "why": each.why} for each in dropped],
            }
        )
        return
    screen = console()
    for suggestion in kept:
        screen.print(f"[unknown]{MARK}[/] {suggestion.clause}　“{escape(suggestion.words)}”")
        for text in suggestion.fields.values():
            screen.print(f"    {escape(text)}")
    for each in dropped:
        screen.print(f"[overdue]弃去[/] {each.clause}　{escape(each.why)}")
    screen.print(f"{len(kept)} 条建议，弃去 {len(dropped)} 条。建议不会被执行；对的，由人写进措施。")
