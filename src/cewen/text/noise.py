"""What stands inside a text without belonging to it: running page numbers, page marks and footnotes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from cewen.base.source import Span
from cewen.text.lines import Layout, Line

_DASH = r"[-—–－―─~·•\s]"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}*[-—–－―─~·•]{_DASH}*[0-9０-９]{{1,4}}{_DASH}*[-—–－―─~·•]{_DASH}*"
    r"|第\s*[0-9０-９]{1,4}\s*页(?:\s*[，,/]?\s*共\s*[0-9０-９]{1,4}\s*页)?"
    r"|#?\s*Page\s*\d{1,5}\s*(?:of\s*\d{1,5})?\s*:?"
    r"|\d{1,4}\s*/\s*\d{1,4}",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"[0-9０-９]{1,4}")
_FOOTNOTE = re.compile(r"[①-⑳]")
_REFERENCE = re.compile(r"(?<=[\u4e00-\u9fffA-Za-z0-9”’）)》％%])[①-⑳](?![、.．）)])")
_LONGEST_PAGE_NUMBER = 40
_LONGEST_FOOTNOTE = 40
"""Lines; a footnote that does not end by then is none."""


def find_noise(text: str, lines: Sequence[Line], layout: Layout) -> list[Span]:
    """Spans of page numbers, footnotes and the marks that refer to them, in order and disjoint."""
    pages = [
        line.span for line in lines if len(line.text) <= _LONGEST_PAGE_NUMBER and _PAGE_NUMBER.fullmatch(line.text)
    ]
    pages += _numbered_pages(lines)
    taken = {span.start for span in pages}
    notes = _footnotes(text, lines, layout, taken)
    result: list[Span] = []
    for span in sorted({*pages, *notes}):
        if not result or span.start >= result[-1].end:
            result.append(span)
    return result


def _numbered_pages(lines: Sequence[Line]) -> list[Span]:
    """Lines that are a bare number, when at least three of them count 1, 2, 3 … through the text."""
    bare = [line for line in lines if _BARE_NUMBER.fullmatch(line.text)]
    run: list[Line] = []
    found: list[Span] = []
    for line in bare:
        number = int(line.text)
        if run and number == int(run[-1].text) + 1 and line.span.start - run[-1].span.end > 200:
            run.append(line)
            continue
        if len(run) >= 3:
            found += [entry.span for entry in run]
        run = [line]
    if len(run) >= 3:
        found += [entry.span for entry in run]
    return found


def _footnotes(text: str, lines: Sequence[Line], layout: Layout, pages: set[int]) -> list[Span]:
    """Footnotes and their marks: ① at a line start, announced by a ① inside a sentence above it.

    A footnote runs to the end of its page: to a page number, or to a gap wider than the text's usual one.
    """
    opening = [index for index, line in enumerate(lines) if _FOOTNOTE.match(line.text)]
    if not opening:
        return []
    starts = {line.span.start for line in lines}
    marks: dict[str, list[int]] = {}
    for match in _REFERENCE.finditer(text):
        if match.start() not in starts:
            marks.setdefault(match.group(), []).append(match.start())
    found: list[Span] = []
    beyond = 0
    for index in opening:
        line = lines[index]
        if line.span.start < beyond:
            continue
        sign = line.text[0]
        if not marks.get(sign) or marks[sign][0] >= line.span.start:
            continue
        last = _footnote_end(lines, index, layout, pages)
        found.append(Span(line.span.start, lines[last].span.end))
        beyond = lines[last].span.end
        found += [Span(at, at + 1) for each in lines[index : last + 1] for at in _announced(marks, each, line)]
    return found


def _announced(marks: dict[str, list[int]], line: Line, first: Line) -> list[int]:
    """Where the footnote that `line` opens is referred to: the nearest mark above."""
    if not _FOOTNOTE.match(line.text):
        return []
    at = marks.get(line.text[0], [])
    nearest = bisect_left(at, first.span.start) - 1
    return at[nearest : nearest + 1] if nearest >= 0 else []


def _footnote_end(lines: Sequence[Line], index: int, layout: Layout, pages: set[int]) -> int:
    widest = max(layout.usual_gap, 2)
    last = index
    for following in range(index + 1, min(len(lines), index + _LONGEST_FOOTNOTE)):
        line = lines[following]
        if line.gap > widest or line.span.start in pages:
            return last
        last = following
    # no page end in sight: the footnote is its own line only, and what a full line carries on
    last = index
    while last + 1 < len(lines) and layout.is_full(lines[last]) and not lines[last].is_finished:
        last += 1
    return last
