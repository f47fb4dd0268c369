"""What the library holds: documents, and of each its paragraphs with what was read in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cewen.base.period import InForce, Validity
from cewen.base.source import Span
from cewen.rules.library.promise import Promise

KINDS: dict[str, str] = {"incentive": "奖补", "target": "目标", "task": "任务"}
"""What may have been read in an entry; a task is a list of responsible units."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry of the library (文库条目): a paragraph of a clause, the unit that is searched and compared.

    `text` are the document's own characters without blanks, line breaks and page numbers; `pieces` where they stand.
    `trail` holds the titles of the clause and of those above it, outermost first. `units` are the responsible units of
    the clause and of the clauses above it. `amounts` are sums of money in yuan that are given here, ceilings among
    them. `kinds` are keys of `KINDS`.
    """

    path: str
    title: str
    trail: tuple[str, ...]
    pieces: tuple[Span, ...]
    text: str
    units: tuple[str, ...] = ()
    amounts: tuple[Fraction, ...] = ()
    kinds: frozenset[str] = frozenset()
    tokens: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """From the first to the last character in the file."""
        return Span(self.pieces[0].start, self.pieces[-1].end)


@dataclass(frozen=True, slots=True)
class LibraryDocument:
    """Document of the library (文库文件): a loaded policy, whose `id` is its own, or a file, whose `id` is its path.

    What is not known is None: a document without dates has no `validity`, one without a place no `region_code`.
    """

    id: str
    title: str
    issuer: str | None
    region: str | None
    region_code: str | None
    issued_on: date | None
    validity: Validity | None
    is_policy: bool
    text: str
    sha256: str
    entries: tuple[Entry, ...]
    promises: tuple[Promise, ...] = ()

    def in_force(self, day: date) -> InForce | None:
        """Whether it counts on a day; None when the document does not say from when."""
        return None if self.validity is None else self.validity.on(day)

    def status_text(self, day: date) -> str:
        """A Chinese phrase with the date that decides."""
        return "施行日期未写明" if self.validity is None else self.validity.on(day).says(self.validity)
