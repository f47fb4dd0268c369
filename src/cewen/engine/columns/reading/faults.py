"""Faults of one table, found column by column and told row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.engine.columns.reading.cells import Cells
from cewen.engine.register.findings import MOST_SHOWN, Findings
from cewen.engine.register.table import Table

Said = tuple[str, str, str]
"""Code, message and remedy of a finding."""

Rows = NDArray[np.int64]
"""Row numbers from zero, the header not counted."""

HEADER_ROWS = 2
"""What a spreadsheet adds to them: it counts from one, and the header is row 1."""

LAST = 1 << 20
"""Position of a fault that is of no column: after those that are."""


@dataclass(slots=True)
class RowFaults:
    """Findings of one table (逐行的问题); of each kind the first `most` in full, the rest counted.

    `faulty` says of every row of the table whether it has an error; `errors` counts them, and `of_file` those that are
    of the whole file, wherever they stand.
    """

    table: Table
    faulty: NDArray[np.bool_]
    most: int = MOST_SHOWN
    found: list[tuple[int, int, Diagnostic]] = field(default_factory=list)
    left_out: int = 0
    errors: int = 0
    of_file: int = 0

    def add(
        self,
        rows: Rows,
        say: Said | Callable[[int], Said],
        column: str | None = None,
        at: int = LAST,
        severity: Severity = Severity.ERROR,
        *,
        quotes: Mapping[int, str] | None = None,
        of_file: bool = False,
    ) -> None:
        """A finding for each of `rows`: the same for all, or what `say` gives for one row; `quotes` are the cells."""
        for row in rows[: self.most].tolist():
            code, message, remedy = say(row) if callable(say) else say
            place, quote = self.table.place(row + HEADER_ROWS, column), quotes[row] if quotes else None
            self.found.append((row, at, Diagnostic(code, message, remedy, place, severity, quote)))
        self.left_out += max(0, len(rows) - self.most)
        if severity is Severity.ERROR:
            self.faulty[rows] = True
            self.errors += len(rows)
            self.of_file += len(rows) if of_file else 0

    @property
    def has_errors(self) -> bool:
        """Whether any of them is more than a warning."""
        return self.errors > 0

    def cells(self, cells: Cells, column: str, at: int) -> None:
        """The cells of one column that cannot be used; `faulty` has their rows already."""
        for row, fault, quote in cells.faults:
            place = self.table.place(row + HEADER_ROWS, column)
            self.found.append((row, at, Diagnostic(fault.code, fault.message, fault.remedy, place, quote=quote)))
        self.left_out += cells.left_out
        self.errors += len(cells.faults) + cells.left_out

    def tell(self, findings: Findings) -> None:
        """Hand everything over in the order of rows and, within a row, of columns."""
        told = 0
        for _, _, diagnostic in sorted(self.found, key=lambda each: each[:2]):
            if diagnostic.severity is Severity.ERROR:
                findings.error(
                    diagnostic.code, diagnostic.message, diagnostic.remedy, diagnostic.place, diagnostic.quote
                )
                told += 1
            else:
                findings.warn(diagnostic.code, diagnostic.message, diagnostic.remedy, diagnostic.place)
        findings.left_out += self.left_out
        findings.errors += self.errors - told
        findings.of_rows += self.errors - self.of_file
        self.found, self.left_out, self.errors, self.of_file = [], 0, 0, 0
