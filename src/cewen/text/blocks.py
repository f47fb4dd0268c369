"""A document as blocks to show: what stands outside, title lines, clauses, paragraphs and table rows, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from cewen.base.source import Span
from cewen.text.clause import Clause, Document
from cewen.text.flow import fold_text
from cewen.text.lines import Line, is_row, layout_of, paragraphs, split_lines


class BlockKind(Enum):
    """What a block is; BEFORE and AFTER stand outside the body."""

    BEFORE = "before"
    TITLE = "title"
    CLAUSE = "clause"
    TEXT = "text"
    ROW = "row"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Block:
    """段: pieces of the text that read as one, line by line and without noise; `clause` is the one that begins here."""

    kind: BlockKind
    pieces: tuple[Span, ...]
    clause: Clause | None = None

    @property
    def span(self) -> Span:
        return Span(self.pieces[0].start, self.pieces[-1].end)


def blocks_of(document: Document) -> Iterator[Block]:
    """All blocks of the text, in order. Together they hold every visible character that is not noise."""
    lines = split_lines(document.text)
    clauses = {clause.span.start: clause for clause in document.walk()}
    titles = _title_starts(document, lines)
    breaks = {*clauses, *titles, document.body.start, document.body.end}
    breaks |= {line.span.start for line, after in zip(lines[1:], lines, strict=False) if after.span.start in titles}
    after_body = next((line.span.start for line in lines if line.span.start >= document.body.end), len(document.text))
    breaks.add(after_body)
    first_clause = min(clauses, default=document.body.end)
    quiet = _quiet(document, lines)
    for paragraph in paragraphs(quiet, layout_of(lines), breaks):
        start = paragraph[0].span.start
        kind = BlockKind.TEXT
        if start < document.body.start:
            kind = BlockKind.BEFORE
        elif start >= after_body:
            kind = BlockKind.AFTER
        elif start in titles and start < first_clause:
            kind = BlockKind.TITLE
        elif is_row(paragraph[0]) and start not in clauses:
            kind = BlockKind.ROW
        yield from _split(paragraph, kind, clauses, document)


def _quiet(document: Document, lines: list[Line]) -> list[Line]:
    """Lines that no noise covers from their start."""
    noise = iter(document.noise)
    span = next(noise, None)
    kept: list[Line] = []
    for line in lines:
        while span is not None and span.end <= line.span.start:
            span = next(noise, None)
        if span is None or not span.holds(line.span):
            kept.append(line)
    return kept


def _title_starts(document: Document, lines: list[Line]) -> set[int]:
    """Starts of the body's first lines as long as together they spell the title."""
    title = fold_text(document.metadata.title or "")
    starts: set[int] = set()
    spelled = ""
    for line in lines:
        if line.span.start < document.body.start:
            continue
        spelled += fold_text(line.text)
        if not title.startswith(spelled):
            break
        starts.add(line.span.start)
    return starts


def _split(paragraph: list[Line], kind: BlockKind, clauses: dict[int, Clause], document: Document) -> Iterator[Block]:
    """The paragraph's pieces, cut where clauses begin inside it and where noise interrupts it."""
    pieces: list[Span] = []
    clause: Clause | None = None
    for line in paragraph:
        cuts = sorted(at for at in _starts_in(line, clauses))
        for start, end in zip([line.span.start, *cuts], [*cuts, line.span.end], strict=True):
            if start in clauses:
                if pieces:
                    yield Block(BlockKind.CLAUSE if clause else kind, tuple(pieces), clause)
                pieces, clause = [], clauses[start]
            pieces += _without_noise(Span(start, end), document)
    if pieces:
        yield Block(BlockKind.CLAUSE if clause else kind, tuple(pieces), clause)


def _starts_in(line: Line, clauses: dict[int, Clause]) -> list[int]:
    if len(line.span) < len(clauses):
        return [at for at in range(line.span.start + 1, line.span.end) if at in clauses]
    return [at for at in clauses if line.span.start < at < line.span.end]


def _without_noise(span: Span, document: Document) -> list[Span]:
    pieces: list[Span] = []
    at = span.start
    for noise in document.noise:
        if noise.start >= span.end:
            break
        if noise.end <= at:
            continue
        if noise.start > at:
            pieces.append(Span(at, noise.start))
        at = max(at, noise.end)
    if at < span.end:
        pieces.append(Span(at, span.end))
    return pieces
