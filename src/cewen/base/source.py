"""Where something stands: a span of an official text, or a place in a file, a sheet, a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code-point range `[start, end)` of a text as read from its file."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span runs forward from zero or later, not {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def holds(self, other: Span) -> bool:
        """True when `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: Span) -> bool:
        """True when the two spans share at least one character."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Place:
    """A place a person can go to: file, then line and column, or sheet, row and column, or a JSON pointer.

    `line` and `column` count from 1; `row` is the row number a spreadsheet shows; `field` is a column or fact label.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    row: int | None = None
    field: str | None = None
    pointer: str | None = None

    def __str__(self) -> str:
        head = self.file or ""
        if self.line is not None:
            head += f":{self.line}" + (f":{self.column}" if self.column is not None else "")
        parts = [head] if head else []
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.row is not None:
            parts.append(f"第{self.row}行")
        if self.pointer:
            parts.append(self.pointer)
        if self.field:
            parts.append(f"“{self.field}”")
        return " ".join(parts) or "（位置不详）"

    def to_json(self) -> dict[str, str | int]:
        """The known parts only."""
        pairs = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in pairs if value is not None}
