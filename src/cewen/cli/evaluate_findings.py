"""What is wrong with a register: the first findings on stderr, all of them in a file, and who was left out."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import xlsxwriter

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.engine.export import whole_file
from cewen.engine.export.flat import neutral
from cewen.engine.register.findings import MOST_SHOWN

MOST_PRINTED = 20
FORMATS = (".csv", ".xlsx")
COLUMNS = ("文件", "工作表", "行", "列", "值", "问题", "怎么办", "级别", "编号")
_WIDTHS = (24, 12, 8, 24, 24, 48, 48, 8, 8)
_MOST_ROWS = 1_048_575
"""Rows a sheet holds below its header."""


def most_kept(path: Path | None) -> int:
    """How many findings are wanted one by one: all that a file of them holds."""
    if path is None:
        return MOST_SHOWN
    return _MOST_ROWS if path.suffix.lower() == ".xlsx" else sys.maxsize


@contextmanager
def writes_findings_of_a_stop(path: Path | None) -> Iterator[None]:
    """Within it an error that stops the run leaves its findings in `path` before it goes on its way."""
    try:
        yield
    except CewenError as error:
        if path is not None:
            write_findings(path, error.diagnostics)
            head = error.diagnostics[:MOST_PRINTED]
            show_findings(head, len(error.diagnostics), path)
            raise click.exceptions.Exit(1) from error
        raise


def write_findings(path: Path, findings: Sequence[Diagnostic]) -> None:
    """One row a finding, beside its cell: csv or xlsx by the ending of `path`."""
    with whole_file(path) as file:
        if path.suffix.lower() == ".xlsx":
            _write_workbook(file, findings)
            return
        with file.open("w", encoding="utf-8-sig", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(COLUMNS)
            writer.writerows([neutral(str(cell)) for cell in _cells(finding)] for finding in findings)


def _cells(finding: Diagnostic) -> tuple[str | int, ...]:
    place = finding.place
    return (
        place.file or "", place.sheet or "", "" if place.row is None else place.row, place.field or "",
        finding.quote or "", finding.message, finding.remedy, finding.severity.label, finding.code,
    )  # fmt: skip


def _write_workbook(path: Path, findings: Sequence[Diagnostic]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("问题")
        for column, (title, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title)
        for row, finding in enumerate(findings, start=1):
            for column, cell in enumerate(_cells(finding)):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell)
                else:
                    sheet.write_string(row, column, cell)
        sheet.freeze_panes(1, 0)


def show_findings(findings: Sequence[Diagnostic], count: int, path: Path | None) -> None:
    """The first findings of `count` on stderr, and where the others are."""
    for finding in findings[:MOST_PRINTED]:
        click.echo(str(finding), err=True)
    if count > MOST_PRINTED:
        where = "" if path else "；加 --findings 问题.csv 写出全部"
        click.echo(f"另有 {count - MOST_PRINTED} 处问题未列出{where}。", err=True)
    if path is not None:
        click.echo(f"全部问题已写到 {path}", err=True)


def say_left_out(left_out: int, enterprises: int) -> None:
    """Who was not evaluated, and that the others were."""
    who = (
        f"名册里 {left_out} 家企业有问题，连同其项目、产品、园区与已获奖补没有计算"
        if left_out
        else "名册里有的行有问题，没有计算"
    )
    click.echo(f"{who}；其余 {enterprises} 家已算完。改好后再运行一次；加 --strict 则有问题就停下。", err=True)
