"""A document, and a comparison, as one self-contained web page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import jinja2
from markupsafe import Markup

from cewen.base.source import Span
from cewen.text.blocks import Block, BlockKind, blocks_of
from cewen.text.clause import Document
from cewen.text.compare import Change, Comparison
from cewen.text.lines import cells_of, tidy
from cewen.text.render.plain import validity
from cewen.text.render.terminal import FIELDS, summary

KINDS = {"unit": "责任单位", "target": "目标", "incentive": "奖补", "unread": "未读出", "quote": "引文"}
"""Kinds of highlight a page knows, with the word the legend shows."""


@dataclass(frozen=True, slots=True, order=True)
class Highlight:
    """标注: a span of the text to mark, its kind (a key of `KINDS`) and what the reader sees when pointing at it."""

    span: Span
    kind: str
    title: str = ""


def html(document: Document, highlights: Iterable[Highlight] = ()) -> str:
    """One self-contained page: text in official typography, tree beside it, no requests to anywhere.

    Every piece of text carries `data-start` and `data-end`, its characters in the file; every clause is an anchor.
    Highlights may overlap: the one that begins first is drawn whole, later ones where they do not collide.
    """
    marks = _disjoint(highlights)
    anchors = {clause.span.start: f"clause-{index}" for index, clause in enumerate(document.walk(), 1)}
    kinds = {mark.kind: KINDS.get(mark.kind, mark.kind) for mark in marks}
    return _template("document.html").render(
        document=document,
        metadata=document.metadata,
        validity=validity(document),
        blocks=[_block(document, block, anchors, marks) for block in blocks_of(document)],
        clauses=document.clauses,
        anchors=anchors,
        legend=kinds,
        counts={kind: sum(mark.kind == kind for mark in marks) for kind in kinds},
    )


def comparison_html(comparison: Comparison) -> str:
    """Two versions on one self-contained page: clause by clause, differences marked, changed numbers listed first."""
    return _template("comparison.html").render(
        comparison=comparison,
        summary=summary(comparison),
        fields=FIELDS,
        same=Change.SAME,
        runs=[(same, list(run)) for same, run in groupby(comparison.clauses, lambda each: each.change is Change.SAME)],
        labels={change: change.label for change in Change},
    )


def _disjoint(highlights: Iterable[Highlight]) -> list[Highlight]:
    chosen: list[Highlight] = []
    for mark in sorted(highlights, key=lambda mark: (mark.span.start, -mark.span.end, mark.kind, mark.title)):
        if len(mark.span) and (not chosen or mark.span.start >= chosen[-1].span.end):
            chosen.append(mark)
    return chosen


@dataclass(frozen=True, slots=True)
class _Shown:
    kind: str
    level: int
    anchor: str | None
    start: int
    end: int
    content: Markup


def _block(document: Document, block: Block, anchors: dict[int, str], marks: Sequence[Highlight]) -> _Shown:
    clause = block.clause
    return _Shown(
        kind=block.kind.value,
        level=min(clause.level, 4) if clause else 0,
        anchor=anchors.get(clause.span.start) if clause else None,
        start=block.span.start,
        end=block.span.end,
        content=_content(document.text, block, marks),
    )


def _content(text: str, block: Block, marks: Sequence[Highlight]) -> Markup:
    """Pieces joined without line breaks, cut where highlights begin and end."""
    if block.kind is BlockKind.ROW:
        return Markup("").join(
            Markup('<span class="cell" data-start="{}" data-end="{}">{}</span>').format(at, at + len(cell), cell)
            for at, cell in _cells(text, block)
        )
    heading = block.clause.heading if block.kind is BlockKind.CLAUSE and block.clause else None
    parts: list[Markup] = []
    for piece in block.pieces:
        for span, mark in _cut(piece, marks):
            for part in (span,) if heading is None else _at(span, heading.end):
                shown = tidy_piece(text, part)
                if not shown:
                    continue
                content = Markup('<span data-start="{}" data-end="{}">{}</span>').format(part.start, part.end, shown)
                if mark:
                    content = Markup('<mark class="{}" title="{}" tabindex="0">{}</mark>').format(
                        mark.kind, mark.title or KINDS.get(mark.kind, mark.kind), content
                    )
                if heading and part.end <= heading.end:
                    content = Markup("<b>{}</b>").format(content)
                parts.append(content)
    return Markup("").join(parts)


def _cells(text: str, block: Block) -> Iterable[tuple[int, str]]:
    for piece in block.pieces:
        at = piece.start
        for cell in cells_of(piece.of(text)):
            at = text.index(cell, at)
            yield at, cell
            at += len(cell)


def tidy_piece(text: str, span: Span) -> str:
    """The piece as shown; a blank at its edge stays when it parts two words."""
    raw = span.of(text)
    shown = tidy(raw)
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    if shown and raw[:1].isspace() and before.isascii() and before.isalnum() and shown[0].isascii():
        shown = " " + shown
    if shown and raw[-1:].isspace() and after.isascii() and after.isalnum() and shown[-1].isascii():
        shown += " "
    return shown


def _cut(piece: Span, marks: Sequence[Highlight]) -> Iterable[tuple[Span, Highlight | None]]:
    at = piece.start
    index = max(0, bisect_right(marks, piece.start, key=lambda mark: mark.span.start) - 1)
    while at < piece.end and index < len(marks):
        mark = marks[index]
        if mark.span.start >= piece.end:
            break
        if mark.span.end > at:
            if mark.span.start > at:
                yield Span(at, mark.span.start), None
            start, end = max(at, mark.span.start), min(piece.end, mark.span.end)
            yield Span(start, end), mark
            at = end
        index += 1
    if at < piece.end:
        yield Span(at, piece.end), None


def _at(span: Span, offset: int) -> tuple[Span, ...]:
    if span.start < offset < span.end:
        return Span(span.start, offset), Span(offset, span.end)
    return (span,)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("cewen.text", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)
