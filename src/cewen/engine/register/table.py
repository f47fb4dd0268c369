"""A table as any file gives it: numbered rows of raw cells, the header not yet understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cewen.base.source import Place

Cell = str | int | float | bool | Decimal | date | list[object] | None
"""What the file holds: xlsx numbers are floats by nature, csv cells text, parquet cells typed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row (行). `number` is what a spreadsheet shows; the header of a csv or parquet file is row 1."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        return all(is_blank(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet or file (工作表). `name` tells its subject; `inexact` are columns of binary floats.

    In parquet a float column means the writer lost the exact value; in xlsx there is no other kind, so `inexact` is
    empty there and each cell is converted by its shortest decimal form.
    """

    file: str
    sheet: str | None
    name: str
    rows: Iterable[Row]
    inexact: frozenset[int] = frozenset()

    def place(self, row: int | None = None, field: str | None = None) -> Place:
        return Place(self.file, sheet=self.sheet, row=row, field=field)

    def split(self, is_label: Callable[[str], bool]) -> tuple[Row | None, Iterator[Row]]:
        """Header and the rows below, blank rows and title lines left out. (None, nothing) for an empty table.

        The header is the first row with more than one cell filled, or with a known label; what stands above it is
        a title.
        """
        rows = (row for row in self.rows if not row.is_blank)
        title: Row | None = None
        for row in rows:
            filled = [cell for cell in row.cells if not is_blank(cell)]
            if len(filled) > 1 or is_label(str(filled[0])):
                return row, rows
            title = title or row
        return title, iter(())


def is_blank(cell: Cell) -> bool:
    """True for an empty cell; a cell with blanks only is empty too."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
