"""The one exception that crosses layers: it carries diagnostics, never a bare sentence."""

from __future__ import annotations

from collections.abc import Iterable

from cewen.base.diagnostic import Diagnostic
from cewen.base.source import Place


class CewenError(Exception):
    """Work that cannot go on; `diagnostics` says what, where and what to do (at least one)."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        if not self.diagnostics:
            raise ValueError("an error without a diagnostic helps nobody")
        super().__init__("\n".join(str(finding) for finding in self.diagnostics))

    @classmethod
    def of(cls, code: str, message: str, remedy: str, place: Place = Place()) -> CewenError:
        """An error with one diagnostic."""
        return cls([Diagnostic(code, message, remedy, place)])
