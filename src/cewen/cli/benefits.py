"""`cewen benefits`: the same benefit in several documents, side by side."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import click
import xlsxwriter
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.cli.library_options import filters_of, library_options, open_library
from cewen.cli.options import json_option, on_option
from cewen.cli.terminal import console, print_json
from cewen.engine.export import whole_file
from cewen.rules.library.benefit import UNSORTED, Benefit, BenefitGroup, compare_benefits
from cewen.rules.library.page import benefits_page
from cewen.rules.library.promise import Figure
from cewen.rules.phrase import plain_number
from cewen.text.flow import fold_text

_SHEET = (
    ("为了什么", 20), ("按什么给", 20), ("文件", 40), ("地区", 12), ("效力", 18), ("条文", 12), ("给谁", 28), ("档次", 20),
    ("比例（%）", 10), ("定额（元）", 14), ("最高（元）", 14), ("每单位（元）", 12), ("单位", 10), ("确定性", 10), ("频次", 10),
    ("标准", 36), ("原文", 60), ("出处", 40),
)  # fmt: skip


@click.command()
@click.argument("words", nargs=-1, metavar="词语...")
@library_options
@click.option("--all", "show_all", is_flag=True, help="只有一份文件给的、没有归类的也列出")
@on_option
@json_option
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出表格，一档一行")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写出网页，含图")
def command(
    words: tuple[str, ...],
    paths: tuple[Path, ...],
    only: bool,
    issuer: str | None,
    region: str | None,
    issued_from: date | None,
    issued_to: date | None,
    status: str | None,
    home: Path | None,
    show_all: bool,
    on: date,
    as_json: bool,
    xlsx: Path | None,
    html: Path | None,
) -> None:
    """同类奖补比较：为同一件事，各份文件给谁、给多少、上限多少、依据哪一条。

    不写词语，列出至少两份文件都有的；写了词语，列出目的、对象或原文里有它的。

    例：cewen benefits 研发投入 --in 别市文件/ --html 比较.html
    """
    corpus, library, lexicon = open_library(home, paths, only=only)
    filters = filters_of(library.regions, on, issuer, region, issued_from, issued_to, status)
    documents = [each for each in library.documents if filters.take_document(each, library.regions)]
    groups = chosen(compare_benefits(documents, corpus.policies, lexicon), words, show_all=show_all)
    if xlsx is not None:
        _write_workbook(xlsx, groups, on)
    if html is not None:
        with whole_file(html) as page:
            page.write_text(benefits_page(groups, on), encoding="utf-8")
    if as_json:
        print_json(
            {"on": on.isoformat(), "documents": len(documents), "groups": [group_json(each, on) for each in groups]}
        )
        return
    _show(groups, len(documents), on)
    for path in filter(None, (xlsx, html)):
        console().print(f"写在 {escape(str(path))}")


def chosen(groups: tuple[BenefitGroup, ...], words: tuple[str, ...], *, show_all: bool) -> tuple[BenefitGroup, ...]:
    """The groups a person asks for; with words, those benefits that speak of all of them."""
    if words:
        wanted = [fold_text(word) for word in words]
        kept = (
            BenefitGroup(group.purpose, tuple(each for each in group.benefits if _speaks(each, wanted)))
            for group in groups
        )
        return tuple(group for group in kept if group.benefits)
    return tuple(group for group in groups if show_all or (group.document_count > 1 and group.purpose != UNSORTED))


def _speaks(benefit: Benefit, words: list[str]) -> bool:
    promise = benefit.promise
    text = fold_text("\n".join((benefit.purpose, benefit.base, promise.beneficiary, promise.heading, promise.quote)))
    return all(word in text for word in words)


def group_json(group: BenefitGroup, on: date) -> dict[str, object]:
    """A group; sums in yuan and rates in percent as exact decimals or fractions, in text."""
    return {
        "purpose": group.purpose,
        "documents": group.document_count,
        "benefits": [_benefit_json(benefit, on) for benefit in group.benefits],
    }


def _benefit_json(benefit: Benefit, on: date) -> dict[str, object]:
    document, promise = benefit.document, benefit.promise
    in_force = document.in_force(on)
    return {
        "document": document.id,
        "title": document.title,
        "region": document.region,
        "status": in_force.value if in_force else None,
        "clause": promise.clause,
        "heading": promise.heading,
        "base": benefit.base,
        "beneficiary": promise.beneficiary or None,
        "figures": [
            {"when": each.when or None, "kind": each.kind.value, "low": _number(each.low), "high": _number(each.high),
             "of": each.of or None, "cap": _number(each.cap), "ceiling": each.is_ceiling(promise.certainty),
             "text": each.text(promise.certainty)}
            for each in promise.figures
        ],
        "text": "；".join(benefit.figure_texts),
        "certainty": promise.certainty.value,
        "frequency": promise.frequency,
        "measure": benefit.measure,
        "quote": promise.quote,
        "start": promise.span.start,
        "end": promise.span.end,
    }  # fmt: skip


def _number(value: Fraction | None) -> str | None:
    return None if value is None else plain_number(value) if (value * 10**6).denominator == 1 else str(value)


def _show(groups: tuple[BenefitGroup, ...], count: int, on: date) -> None:
    out = console()
    total = sum(len(group.benefits) for group in groups)
    out.print(f"{count} 份文件，{len(groups)} 类、{total} 条奖补。“最高”是上限，不是数额。\n")
    for group in groups:
        table = Table(title=f"{group.purpose}（{group.document_count} 份文件）", title_justify="left", title_style="bold",
                      box=None, padding=(0, 2, 0, 0), expand=True)  # fmt: skip
        for column, ratio in (("按什么给", 2), ("文件", 3), ("条文", 1), ("给谁", 3), ("给多少", 4)):
            table.add_column(column, ratio=ratio, overflow="fold")
        for benefit in group.benefits:
            document = benefit.document
            name = Text(document.title)
            name.append(f"\n{document.status_text(on)}", style="bright_black")
            given = Text("\n".join(benefit.figure_texts))
            if benefit.measure:
                given.append(f"\n已成措施 {benefit.measure}", style="bright_black")
            promise = benefit.promise
            table.add_row(Text(benefit.base), name, Text(promise.clause), Text(promise.beneficiary or "未写明"), given)
        out.print(table, "")


# --- the workbook ----------------------------------------------------------------------------------------------


def _write_workbook(path: Path, groups: tuple[BenefitGroup, ...], on: date) -> None:
    """One row a step. Sums that are only ceilings stand in a column of their own; no cell is ever a formula."""
    with whole_file(path) as temporary:
        book = xlsxwriter.Workbook(temporary, {"constant_memory": True})
        try:
            text, head = book.add_format({"quote_prefix": True}), book.add_format({"bold": True, "bottom": 1})
            money = book.add_format({"num_format": "#,##0.00"})
            sheet = book.add_worksheet("同类奖补")
            sheet.freeze_panes(1, 0)
            for column, (name, width) in enumerate(_SHEET):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, name, head)
            row = 0
            for group in groups:
                for benefit in group.benefits:
                    for figure in benefit.promise.figures or (None,):
                        row += 1
                        for column, cell in enumerate(_cells(benefit, figure, on)):
                            if isinstance(cell, Fraction):
                                sheet.write_number(row, column, Decimal(cell.numerator) / cell.denominator, money)
                            elif cell:
                                sheet.write_string(row, column, cell, text)
            book.close()
        except OSError as error:
            with suppress(Exception):
                book.close()
            raise CewenError.of("CW020", "写不了工作簿", "检查磁盘空间与权限。", Place(str(path))) from error


def _cells(benefit: Benefit, figure: Figure | None, on: date) -> tuple[str | Fraction | None, ...]:
    document, promise = benefit.document, benefit.promise
    rate = fixed = most = each = None
    unit = ""
    if figure is not None and figure.high is not None:
        ceiling = figure.is_ceiling(promise.certainty)
        if figure.is_rate:
            rate, most = figure.high, figure.cap
        elif figure.kind.value == "per_unit":
            each, unit, most = figure.high, figure.of, figure.cap
        elif ceiling:
            most = figure.high
        else:
            fixed, most = figure.high, figure.cap
    return (
        benefit.purpose, benefit.base, document.title, document.region, document.status_text(on), promise.clause,
        promise.beneficiary, figure.when if figure else "", rate, fixed, most, each, unit, promise.certainty.label,
        promise.frequency_text, figure.text(promise.certainty) if figure else benefit.sentence, promise.quote, document.id,
    )  # fmt: skip
