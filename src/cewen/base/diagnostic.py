"""A finding: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cewen.base.source import Place


class Severity(StrEnum):
    """An error stops; a warning is to be read; a notice informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "警告", "notice": "提示"}[self.value]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is `CW` and three digits; its page is shown by `cewen check --explain CODE`.

    CW0xx files and their shape · CW1xx text and citation · CW2xx types and units · CW3xx logic ·
    CW4xx money and stacking · CW5xx cases · CW6xx facts and registers · CW7xx the portal · CW8xx targets and
    supervision.
    """

    code: str
    message: str
    remedy: str
    place: Place = Place()
    severity: Severity = Severity.ERROR
    quote: str | None = None

    def __str__(self) -> str:
        lines = [f"{self.code} {self.severity.label}　{self.place}", f"  {self.message}"]
        if self.quote:
            lines.append(f"  原文：{self.quote}")
        lines.append(f"  怎么办：{self.remedy}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.remedy,
            "place": self.place.to_json(),
            "quote": self.quote,
        }


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    """True when at least one finding stops the work."""
    return any(finding.severity is Severity.ERROR for finding in findings)
