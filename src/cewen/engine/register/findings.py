"""Faults of a register, collected until the end of the file: one run shows all there is to mend."""

from __future__ import annotations

from dataclasses import dataclass, field

from cewen.base.diagnostic import Diagnostic, Severity, has_errors
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.fact_value import ValueFault

MOST_SHOWN = 1000
"""Faults kept in full; a wrong column in a register of a million would otherwise fill the screen and the memory."""


@dataclass(slots=True)
class Findings:
    """The findings so far. After `most` the rest are counted only.

    `errors` counts every error, kept or not; `of_rows` those of them that are of one row each. Any other is of the
    whole file: missing columns, a file that breaks off, measures nobody knows.
    """

    kept: list[Diagnostic] = field(default_factory=list)
    left_out: int = 0
    most: int = MOST_SHOWN
    errors: int = 0
    of_rows: int = 0

    def error(self, code: str, message: str, remedy: str, place: Place, quote: str | None = None) -> None:
        """`quote` is the cell as it was written."""
        self.errors += 1
        self._add(Diagnostic(code, message, remedy, place, quote=quote))

    def warn(self, code: str, message: str, remedy: str, place: Place) -> None:
        self._add(Diagnostic(code, message, remedy, place, Severity.WARNING))

    def fault(self, fault: ValueFault, place: Place, cell: object) -> None:
        self.error(fault.code, fault.message, fault.remedy, place, as_written(cell))

    def breaks_off(self, error: CewenError) -> None:
        """A file that cannot be read to its end: what was found before it counts as well."""
        self.errors += len(error.diagnostics)
        self.kept.extend(error.diagnostics)

    @property
    def count(self) -> int:
        """How many there are, kept or not."""
        return len(self.kept) + self.left_out

    @property
    def is_of_whole_file(self) -> bool:
        """Whether an error is of more than single rows: then nothing of the register can be used."""
        return self.errors > self.of_rows

    def _add(self, finding: Diagnostic) -> None:
        if len(self.kept) < self.most or (not has_errors(self.kept) and finding.severity is Severity.ERROR):
            self.kept.append(finding)
        else:
            self.left_out += 1

    def stop_at_errors(self) -> None:
        """Raise CewenError with everything found when there is an error."""
        if has_errors(self.kept):
            raise CewenError(self.all())

    def tell_whose(self, place: Place) -> None:
        """An award of nobody knows whom: whoever goes on may pay it a second time, so that nobody can go on."""
        message = "有已获奖补的行不知是哪家企业的，算下去可能重复兑付"
        self.error("CW665", message, "补上或改正这几行的代码；查不到企业的，先移出这张表。", place)

    def all(self) -> tuple[Diagnostic, ...]:
        """Everything kept, and a last line that says how many more there are."""
        if not self.left_out:
            return tuple(self.kept)
        message = f"另有 {self.left_out} 处未列出"
        last = Diagnostic("CW619", message, "先改上面列出的，再运行一次。", severity=Severity.NOTICE)
        return (*self.kept, last)


_LONGEST = 60
"""Characters of a cell shown beside its fault."""


def as_written(cell: object) -> str:
    """A cell as a finding shows it."""
    text = str(cell)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
