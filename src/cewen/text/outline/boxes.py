"""Where a 专栏 box ends: nothing in the words says it, but a box is set to another width than the text around it."""

from __future__ import annotations

from collections.abc import Sequence

from cewen.text.lines import INDENT, Layout, Line
from cewen.text.outline.labels import Kind
from cewen.text.outline.series import Placed

_WIDER = 1
"""Columns by which the lines of a box are at least wider than full lines of the text."""


def box_ends(paragraphs: Sequence[Sequence[Line]], placed: Sequence[Placed], layout: Layout) -> dict[int, int]:
    """For boxes (by position in `placed`) that end before the next label: the offset where they end.

    Without line breaks of a page there is nothing to see, and a box runs on to the next label.
    """
    ends: dict[int, int] = {}
    if not layout.is_wrapped:
        return ends
    at = 0
    for index, entry in enumerate(placed):
        if entry.candidate.label.kind is not Kind.BOX:
            continue
        start = entry.candidate.start
        stop = placed[index + 1].candidate.start if index + 1 < len(placed) else None
        while at < len(paragraphs) and paragraphs[at][0].span.start < start:
            at += 1
        inside: list[Sequence[Line]] = []
        while at < len(paragraphs) and (stop is None or paragraphs[at][0].span.start < stop):
            inside.append(paragraphs[at])
            at += 1
        wide = [position for position, paragraph in enumerate(inside) if position and _is_wide(paragraph, layout)]
        if wide and wide[-1] + 1 < len(inside):
            ends[index] = inside[wide[-1]][-1].span.end
    return ends


def _is_wide(paragraph: Sequence[Line], layout: Layout) -> bool:
    """Whether the full lines of a paragraph (all but its last) are on average wider than the text's."""
    full = paragraph[:-1]
    width = sum(line.width for line in full) + (INDENT if full else 0)
    return bool(full) and layout.measure is not None and width >= (layout.measure + _WIDER) * len(full)
