"""The simulation as a workbook: one sheet a table, yuan as numbers, definite and ceiling in columns of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.simulate.bunching import BANDS
from cewen.engine.simulate.compare import GroupLine, MoneyKind
from cewen.engine.simulate.contract import decimal_text
from cewen.engine.simulate.ratio import ratio_text
from cewen.engine.simulate.simulate import Side, Simulation
from cewen.engine.simulate.tally import MeasureTally
from cewen.engine.simulate.words import assumption_words

_LARGEST_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Fen:
    """A cell of money."""

    amount: int


Cell = str | int | Fen | None
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]


def write_workbook(path: Path, found: Simulation) -> None:
    """Write all sheets. Raises CewenError (CW014) where the file cannot be written."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    writer = _Writer(book)
    try:
        for sheet in _sheets(found):
            writer.write(*sheet)
    except BaseException:
        with suppress(Exception):
            book.close()
        raise
    try:
        book.close()
    except FileCreateError as error:
        raise CewenError.of(
            "CW014", "写不了工作簿", "检查磁盘空间与权限；原来的文件没有动。", Place(str(path))
        ) from error


class _Writer:
    """Text cells are stored as text and marked so (quote prefix): none is ever a formula."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.text = book.add_format({"quote_prefix": True})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.head = book.add_format({"bold": True, "bottom": 1})

    def write(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, max(1, len(head) - 1), 18)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, head, self.head)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._cell(sheet, at, column, cell)

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, Fen):
            yuan = Decimal(cell.amount).scaleb(-2)
            if abs(cell.amount) > _LARGEST_EXACT:
                sheet.write_string(row, column, str(yuan), self.text)
            else:
                sheet.write_number(row, column, yuan, self.money)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell)
        elif cell is not None:
            sheet.write_string(row, column, cell, self.text)


def _sheets(found: Simulation) -> Iterator[Sheet]:
    before, after = found.before_title, found.after_title
    yield "总览", ("项目", before, after), _overview(found)
    change_head = ("措施或规则", "条款", "编号", "种类", "哪一项", "现行", "改成")
    yield "改动", change_head, _changes(found)
    yield "按措施", (
        "措施", "条款", "编号", "确定性", *_both("笔数", found), *_both("金额（元）", found), *_both("待核实", found),
        *_both("被顶替", found), *_both("未申报", found),
    ), _measures(found)  # fmt: skip
    groups = (("按注册地", found.districts), ("按规模", found.sizes), ("按企业类型", found.fields))
    for name, lines in groups:
        head: tuple[str, ...] = (
            name[1:],
            "企业",
            *_both("可享", found),
            *_both("确定（元）", found),
            *_both("最高（元）", found),
        )
        yield name, head, _groups(lines)
    head = ("企业", "代码", "注册地", "类别", f"{before}（元）", f"{after}（元）", "相差（元）")
    yield "受益企业", head, _listed(found, winners=True)
    yield "受损企业", head, _listed(found, winners=False)
    yield "分布", ("项目", *(f"{kind.label}·{side}" for kind in MoneyKind for side in (before, after))), _spread(found)
    bands = [f"{side} {ratio_text(band)} 内" for band in BANDS for side in ("低", "高")]
    yield "门槛附近", ("门槛", "值", "哪一侧", "措施", "有数的", *bands), _bunching(found)
    if found.years:
        head = ("日期", "年度事实", *_both("确定（元）", found), *_both("最高（元）", found), *_both("笔数", found))
        yield "逐年", head, _years(found)
    if found.allocations:
        yield "预算", ("部分", "哪一侧", "申领（元）", "分得（元）", "足额笔数", "部分笔数", "没有笔数"), _budget(found)
    yield "提示", ("提示", "怎么办", "代码", "位置"), _findings(found)


def _changes(found: Simulation) -> Iterator[Sequence[Cell]]:
    for each in found.changes:
        yield (each.title, each.clause, each.key, each.kind.label, each.path, each.before, each.after)


def _years(found: Simulation) -> Iterator[Sequence[Cell]]:
    for line in found.years:
        yield (
            line.on.isoformat(), line.facts_year, Fen(line.before.cost.definite), Fen(line.after.cost.definite),
            Fen(line.before.cost.ceiling), Fen(line.after.cost.ceiling), line.before.awards, line.after.awards,
        )  # fmt: skip


def _findings(found: Simulation) -> Iterator[Sequence[Cell]]:
    for each in found.findings:
        yield (each.message, each.remedy, each.code, str(each.place))


def _both(name: str, found: Simulation) -> tuple[str, str]:
    return f"{name}·{found.before_title}", f"{name}·{found.after_title}"


def _overview(found: Simulation) -> Iterator[Sequence[Cell]]:
    def line(name: str, read: Any) -> Sequence[Cell]:
        return (name, read(found.before), read(found.after))

    yield line("确定（元）", lambda side: Fen(side.cost.definite))
    yield line("另有上限，最高（元），不与确定相加", lambda side: Fen(side.cost.ceiling))
    yield line("奖补笔数", _awards)
    yield line("可享企业", lambda side: side.entitled)
    balance = found.balance
    for name, count in (
        ("受益企业", balance.winners), ("受损企业", balance.losers), ("有得有失", balance.mixed), ("不变", balance.same),
        ("企业总数", found.enterprises),
    ):  # fmt: skip
        yield (name, None, count)
    yield ()
    for words in assumption_words(found.settings):
        yield (words,)


def _awards(side: Side) -> int:
    return side.awards


def _measures(found: Simulation) -> Iterator[Sequence[Cell]]:
    for line in found.measures:
        measure = line.either.measure.measure
        sides = (line.before, line.after)
        yield (
            measure.title, measure.clause, line.key, measure.certainty.label,
            *(side.awards if side else None for side in sides), *(_amount(side) for side in sides),
            *(side.unknown if side else None for side in sides), *(side.suppressed if side else None for side in sides),
            *(side.not_applied if side else None for side in sides),
        )  # fmt: skip


def _amount(side: MeasureTally | None) -> Cell:
    return None if side is None else Fen(side.amount)


def _groups(lines: Sequence[GroupLine]) -> Iterator[Sequence[Cell]]:
    for line in lines:
        yield (
            line.name, line.enterprises, line.entitled_before, line.entitled_after, Fen(line.before.definite),
            Fen(line.after.definite), Fen(line.before.ceiling), Fen(line.after.ceiling),
        )  # fmt: skip


def _listed(found: Simulation, *, winners: bool) -> Iterator[Sequence[Cell]]:
    for shift in found.shifts:
        for each in shift.top_winners if winners else shift.top_losers:
            money = (Fen(each.before), Fen(each.after), Fen(each.after - each.before))
            yield (each.name, each.uscc, each.district, shift.kind.label, *money)


def _spread(found: Simulation) -> Iterator[Sequence[Cell]]:
    sides = [side for kind in MoneyKind for side in found.distributions[kind]]
    yield ("得到的企业", *(side.recipients for side in sides))
    yield ("合计（元）", *(Fen(side.total) for side in sides))
    yield ("中位数（元）", *(Fen(side.median) for side in sides))
    yield ("最多的一家（元）", *(Fen(side.greatest) for side in sides))
    yield ("基尼系数", *(decimal_text(side.gini) for side in sides))
    yield ("最多的十家占", *(ratio_text(side.top_share) for side in sides))
    for at in range(len(sides[0].deciles)):
        yield (f"第 {at + 1} 份（元）", *(Fen(side.deciles[at]) for side in sides))


def _bunching(found: Simulation) -> Iterator[Sequence[Cell]]:
    for title, lines in zip((found.before_title, found.after_title), found.bunching, strict=True):
        for each in lines:
            counts = [count for pair in zip(each.below, each.above, strict=True) for count in pair]
            measures = "、".join(measure.measure.title for measure in each.threshold.measures)
            yield (each.threshold.words, each.threshold.value_text, title, measures, each.known, *counts)


def _budget(found: Simulation) -> Iterator[Sequence[Cell]]:
    for title, side in zip((found.before_title, found.after_title), found.allocations or (), strict=True):
        for name, part in (("确定", side.definite), ("上限部分", side.ceiling)):
            yield (name, title, Fen(part.claimed), Fen(part.granted), part.in_full, part.in_part, part.nothing)
        yield ("结余", title, None, Fen(side.left))
