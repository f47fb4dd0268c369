"""Faults of one table, found column by column and told row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.engine.fact_value import ValueFault
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
    """Findings of one table (逐行的问题); of each kind the first `MOST_SHOWN` in full, the rest counted."""

    table: Table
    found: list[tuple[int, int, Diagnostic]] = field(default_factory=list)
    left_out: int = 0

    def add(
        self,
        rows: Rows,
        say: Said | Callable[[int], Said],
        column: str | None = None,
        at: int = LAST,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """A finding for each of `rows`: the same for all, or what `say` gives for one row."""
        for row in rows[:MOST_SHOWN].tolist():
            code, message, remedy = say(row) if callable(say) else say
            place = self.table.place(row + HEADER_ROWS, column)
            self.found.append((row, at, Diagnostic(code, message, remedy, place, severity)))
        self.left_out += max(0, len(rows) - MOST_SHOWN)

    @property
    def has_errors(self) -> bool:
        """Whether any of them is more than a warning."""
        return self.left_out > 0 or any(each.severity is Severity.ERROR for _, _, each in self.found)

    def cells(self, faults: Iterable[tuple[int, ValueFault]], left_out: int, column: str, at: int) -> None:
        """The cells of one column that cannot be used."""
        for row, fault in faults:
            place = self.table.place(row + HEADER_ROWS, column)
            self.found.append((row, at, Diagnostic(fault.code, fault.message, fault.remedy, place)))
        self.left_out += left_out

    def tell(self, findings: Findings) -> None:
        """Hand everything over in the order of rows and, within a row, of columns."""
        for _, _, diagnostic in sorted(self.found, key=lambda each: each[:2]):
            if diagnostic.severity is Severity.ERROR:
                findings.error(diagnostic.code, diagnostic.message, diagnostic.remedy, diagnostic.place)
            else:
                findings.warn(diagnostic.code, diagnostic.message, diagnostic.remedy, diagnostic.place)
        findings.left_out += self.left_out
        self.found, self.left_out = [], 0
