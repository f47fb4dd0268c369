"""The clause tree of a document: what `outline` gives and everything else points at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from cewen.base.source import Span


@dataclass(frozen=True, slots=True)
class Clause:
    """章、条、款、项 of any kind: a numbered heading or item, with everything below it.

    `label` is the number as printed without blanks ("（六）", "1."); `path` joins the labels of the ancestors, bare of
    their closing marks for top levels: "二/（六）", "二/（一）/1."; `title` the heading, or the first 15 characters of an
    item without one; `level` counts from 1; `span` runs from the label to the end of the last descendant;
    `heading` is the span of label and title.
    """

    path: str
    label: str
    level: int
    title: str
    span: Span
    heading: Span
    children: tuple[Clause, ...] = ()

    def walk(self) -> Iterator[Clause]:
        """This clause and all below, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself; None where it does not say."""

    title: str | None = None
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """An official text with its tree. Offsets count the code points of `text`, which is the file's, untouched.

    `body` is the document without what a web page or a circular puts around it; `noise` lists running page numbers,
    footnotes and the like inside the body, which no sentence runs through.
    """

    text: str
    metadata: Metadata
    body: Span
    clauses: tuple[Clause, ...]
    noise: tuple[Span, ...] = ()
    sha256: str = ""
    warnings: tuple[str, ...] = field(default=())

    def walk(self) -> Iterator[Clause]:
        for clause in self.clauses:
            yield from clause.walk()

    def clause(self, path: str) -> Clause | None:
        return next((clause for clause in self.walk() if clause.path == path), None)

    def clause_at(self, offset: int) -> Clause | None:
        """The deepest clause that holds the character at `offset`; None before the first and after the last."""
        found: Clause | None = None
        level = self.clauses
        while True:
            inner = next((clause for clause in level if clause.span.start <= offset < clause.span.end), None)
            if inner is None:
                return found
            found, level = inner, inner.children
