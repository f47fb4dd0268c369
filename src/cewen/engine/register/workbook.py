"""Workbooks (xlsx): every sheet a table, merged cells spread over what they cover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.register.formula_errors import formula_errors
from cewen.engine.register.table import Cell, Row, Table


def read_workbook(path: Path) -> list[Table]:
    """The tables of a workbook in order. Raises CewenError (CW610) for a file that is none, or is locked."""
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = [each.name for each in workbook.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
        errors = formula_errors(path)
        return [
            Table(str(path), name, name, _rows(workbook.get_sheet_by_name(name), errors.get(name, {})))
            for name in names
        ]
    except PasswordError as error:
        raise CewenError.of("CW610", "工作簿加了密码", "去掉打开密码再另存一份。", Place(str(path))) from error
    except (CalamineError, OSError, ValueError) as error:
        message = "读不出这个工作簿：文件损坏，或不是 xlsx"
        raise CewenError.of("CW610", message, "用 Excel 或 WPS 打开，另存为 xlsx。", Place(str(path))) from error


def _rows(sheet: CalamineSheet, errors: Mapping[tuple[int, int], str]) -> list[Row]:
    """Rows by the number the spreadsheet shows. What a column cell merged downwards holds, it holds for every row with
    content that it covers; a row whose only content is a cell merged across columns is a line of title, left out."""
    grid = [[_cell(value) for value in raw] for raw in sheet.to_python(skip_empty_area=False)]
    for (row, column), text in errors.items():
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = text
    titles: set[int] = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(grid):
            continue
        if left < right:
            if all(cell is None for column, cell in enumerate(grid[top]) if column != left):
                titles.add(top)
            continue
        for cells in grid[top + 1 : bottom + 1]:
            if any(cell is not None for cell in cells) and cells[left] is None:
                cells[left] = grid[top][left]
    return [Row(index + 1, tuple(cells)) for index, cells in enumerate(grid) if index not in titles]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (bool, int, float, date)):
        return value
    return None if value is None else str(value)
