"""From text to document: noise, frame, outline and metadata put together."""

from __future__ import annotations

import hashlib
from bisect import bisect_left

from cewen.base.source import Span
from cewen.text.body import Frame, find_end, find_frame, find_repetition
from cewen.text.clause import Document
from cewen.text.ending import find_closing
from cewen.text.lines import Layout, Line, layout_of, paragraphs, split_lines
from cewen.text.metadata import read_metadata
from cewen.text.noise import find_noise
from cewen.text.outline.boxes import box_ends
from cewen.text.outline.candidates import find_candidates
from cewen.text.outline.series import Placed, read_series
from cewen.text.outline.tree import build_clauses

_UNBROKEN = 800
"""Characters a line, on average, from which line starts tell nothing."""


def parse_document(text: str, name: str | None = None) -> Document:
    """The document with its clause tree, metadata, body and noise. Any text will do; a text without clauses has none.

    `name` is the file's name, used as title when the text has none.
    """
    lines = split_lines(text)
    layout = layout_of(lines)
    noise = find_noise(text, lines, layout)
    is_unbroken = bool(lines) and len(text) > _UNBROKEN * len(lines)
    placed, warnings = read_series(find_candidates(text, lines, layout, noise), is_unbroken=is_unbroken)
    last = find_repetition(lines)
    placed = [entry for entry in placed if entry.candidate.line < last]
    last = _end_line(lines[:last], placed)
    placed = [entry for entry in placed if entry.candidate.line < last]
    frame = find_frame(lines, layout, placed[0].candidate.line if placed else len(lines), last)
    body = _body(text, lines, frame)
    noise = [span for span in noise if body.holds(span)]
    whole = _paragraphs(lines, frame, layout, noise, placed)
    closing = find_closing(whole, placed, body.end, is_wrapped=layout.is_wrapped)
    clauses = build_clauses(text, placed, whole, closing, box_ends(whole, placed, layout))
    return Document(
        text=text,
        metadata=read_metadata(text, lines, frame, name),
        body=body,
        clauses=clauses,
        noise=tuple(noise),
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _end_line(lines: list[Line], placed: list[Placed]) -> int:
    """The first line of colophon or web page after which no series of the document goes on."""
    at = placed[0].candidate.line + 1 if placed else max(0, len(lines) // 2)
    while True:
        end = find_end(lines, at)
        if end >= len(lines):
            return end
        begun = {entry.candidate.label.kind for entry in placed if entry.candidate.line < end}
        beyond = [entry for entry in placed if entry.candidate.line >= end]
        goes_on = [
            entry for entry in beyond if entry.candidate.label.kind in begun and entry.candidate.label.number > 1
        ]
        if not goes_on:
            return end
        at = goes_on[-1].candidate.line + 1


def _body(text: str, lines: list[Line], frame: Frame) -> Span:
    if frame.first >= frame.last or frame.first >= len(lines):
        return Span(0, 0) if not lines else Span(lines[0].span.start, lines[-1].span.end)
    return Span(lines[frame.first].span.start, lines[frame.last - 1].span.end)


def _paragraphs(
    lines: list[Line], frame: Frame, layout: Layout, noise: list[Span], placed: list[Placed]
) -> list[list[Line]]:
    """The paragraphs of the body without its noise; every heading opens one, title lines stand alone."""
    starts = [span.start for span in noise]
    inside: list[Line] = []
    for line in lines[frame.first : frame.last]:
        at = bisect_left(starts, line.span.start + 1) - 1
        if at < 0 or noise[at].end <= line.span.start:
            inside.append(line)
    breaks = {entry.candidate.start for entry in placed if entry.candidate.is_line_start}
    breaks |= {lines[index].span.start for index in frame.title}
    if frame.title and frame.title[-1] + 1 < len(lines):
        breaks.add(lines[frame.title[-1] + 1].span.start)
    return paragraphs(inside, layout, breaks)
