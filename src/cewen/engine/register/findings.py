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
    """The findings so far. After `MOST_SHOWN` errors the rest are counted only."""

    kept: list[Diagnostic] = field(default_factory=list)
    left_out: int = 0

    def error(self, code: str, message: str, remedy: str, place: Place) -> None:
        self._add(Diagnostic(code, message, remedy, place))

    def warn(self, code: str, message: str, remedy: str, place: Place) -> None:
        self._add(Diagnostic(code, message, remedy, place, Severity.WARNING))

    def fault(self, fault: ValueFault, place: Place) -> None:
        self.error(fault.code, fault.message, fault.remedy, place)

    def _add(self, finding: Diagnostic) -> None:
        if len(self.kept) < MOST_SHOWN or (not has_errors(self.kept) and finding.severity is Severity.ERROR):
            self.kept.append(finding)
        else:
            self.left_out += 1

    def stop_at_errors(self) -> None:
        """Raise CewenError with everything found when there is an error."""
        if has_errors(self.kept):
            raise CewenError(self.all())

    def all(self) -> tuple[Diagnostic, ...]:
        """Everything found, and a last line that says how many more there are."""
        if not self.left_out:
            return tuple(self.kept)
        message = f"另有 {self.left_out} 处未列出"
        last = Diagnostic("CW619", message, "先改上面列出的，再运行一次。", severity=Severity.NOTICE)
        return (*self.kept, last)
