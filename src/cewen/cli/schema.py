"""`cewen schema`: the JSON Schemas of the YAML files, and the reference pages made from the program itself."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.cli.terminal import console
from cewen.engine.cases import CaseFile
from cewen.engine.check_cases import ALL_CHECKS
from cewen.engine.export import whole_file
from cewen.engine.simulate.reform import Reform
from cewen.rules.check.catalogue import render_catalogue
from cewen.rules.language_page import refresh
from cewen.rules.schema import file_schema, render_schema, rule_schemas

FILES = {
    "measure": "measures/*.yaml", "policy": "policy.yaml", "facts": "facts/*.yaml", "targets": "targets.yaml",
    "tasks": "tasks.yaml", "cases": "cases/*.yaml", "reform": "reform.yaml",
    "lexicon": "lexicon/*.yaml",
}  # fmt: skip


def schema_files() -> dict[str, str]:
    """File name and text of every schema."""
    schemas = {**rule_schemas(), "cases": file_schema(CaseFile, "算例"), "reform": file_schema(Reform, "改革方案")}
    return {f"{name}.schema.json": render_schema(schemas[name]) for name in FILES}


def page_files(folder: Path) -> dict[str, str]:
    """File name and text of every reference page made from the program, wholly or (in `folder`) in part."""
    files = {"diagnostics.md": render_catalogue(ALL_CHECKS)}
    language = folder / "language.md"
    if language.is_file():
        files[language.name] = refresh(language.read_text(encoding="utf-8"))
    return files


@click.command()
@click.option(
    "--write", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹", help="写出各份 JSON Schema"
)
@click.option(
    "--pages", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹", help="写出由程序生成的参考页"
)
@click.option("--list", "show_list", is_flag=True, help="列出各份 Schema 管哪些文件（默认）")
def command(folder: Path | None, pages: Path | None, show_list: bool) -> None:
    """各类 YAML 文件的 JSON Schema，编辑器据此补全与提示。

    例：cewen schema --write schemas
    """
    if folder is not None:
        _write(folder, schema_files())
    if pages is not None:
        _write(pages, page_files(pages))
    if show_list or (folder is None and pages is None):
        table = Table("Schema", "管的文件", box=None, pad_edge=False)
        for name, pattern in FILES.items():
            table.add_row(f"{name}.schema.json", pattern)
        console().print(table)
        console().print("[muted]写出：cewen schema --write schemas[/]")


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"建不了文件夹：{error.strerror}"
        raise CewenError.of("CW020", message, "检查路径与权限。", Place(str(folder))) from error
    for name, text in files.items():
        with whole_file(folder / name) as file:
            file.write_text(text, encoding="utf-8")
        console().print(f"[met]✓[/] {escape(str(folder / name))}")
