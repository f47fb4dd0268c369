"""From placed labels to clauses: titles, spans, paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cewen.base.source import Span
from cewen.text.clause import Clause
from cewen.text.lines import BLANK, Line, tidy
from cewen.text.outline.labels import Kind
from cewen.text.outline.series import Placed

LONGEST_TITLE = 40
_ITEM_TITLE = 15
_SENTENCE = re.compile(r"[。！？!?]")
_NAMED = re.compile(r"[【\[［](?P<name>[^】\]］]{1,20})[】\]］]|[（(](?P<round>[^（）()，。、]{2,10})[）)]")


def build_clauses(
    text: str, placed: Sequence[Placed], paragraphs: Sequence[Sequence[Line]], end: int, box_ends: Mapping[int, int]
) -> tuple[Clause, ...]:
    """The clause tree of the accepted labels; the last clause ends at `end`, a box where `box_ends` says."""
    texts = _own_texts(placed, paragraphs, end)
    ends = [box_ends.get(index, stop) for index, stop in enumerate(_ends(placed, end))]
    # children gather from the last clause back, so that each clause is made once, whole
    waiting: list[list[Clause]] = [[] for _ in range(max((entry.depth for entry in placed), default=0) + 2)]
    paths = _paths(placed)
    for index in range(len(placed) - 1, -1, -1):
        entry = placed[index]
        children = tuple(reversed(waiting[entry.depth + 1]))
        waiting[entry.depth + 1] = []
        title, heading_end = _title(text, entry, texts[index], bool(children))
        finish = max(_trimmed(text, entry.candidate.start, ends[index]), heading_end)
        clause = Clause(
            path=paths[index],
            label=entry.candidate.label.printed,
            level=entry.depth + 1,
            title=title,
            span=Span(entry.candidate.start, finish),
            heading=Span(entry.candidate.start, heading_end),
            children=children,
        )
        waiting[entry.depth].append(clause)
    return tuple(reversed(waiting[0]))


def _ends(placed: Sequence[Placed], end: int) -> list[int]:
    """Where each clause ends: at the next label of its depth or above."""
    ends = [end] * len(placed)
    open_at: list[int] = []
    for index, entry in enumerate(placed):
        while open_at and placed[open_at[-1]].depth >= entry.depth:
            ends[open_at.pop()] = entry.candidate.start
        open_at.append(index)
    return ends


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and (text[end - 1].isspace() or text[end - 1] in BLANK):
        end -= 1
    return end


def _paths(placed: Sequence[Placed]) -> list[str]:
    """Labels joined by "/"; a path met again gets #2, #3 …"""
    paths: list[str] = []
    trail: list[str] = []
    met: dict[str, int] = {}
    for entry in placed:
        del trail[entry.depth :]
        path = "/".join([*trail[-1:], entry.candidate.label.path])
        met[path] = met.get(path, 0) + 1
        if met[path] > 1:
            path = f"{path}#{met[path]}"
        trail.append(path)
        paths.append(path)
    return paths


def _own_texts(placed: Sequence[Placed], paragraphs: Sequence[Sequence[Line]], end: int) -> list[list[tuple[int, int]]]:
    """For each label the first pieces of text after it, as (start, end) a line, up to the end of its paragraph.

    A label alone on its line takes the next paragraph too (第一章 / 总则); an empty piece divides the two.
    """
    result: list[list[tuple[int, int]]] = []
    at = 0
    for index, entry in enumerate(placed):
        start = entry.candidate.end
        stop = placed[index + 1].candidate.start if index + 1 < len(placed) else end
        while at < len(paragraphs) and paragraphs[at][-1].span.end < start:
            at += 1
        pieces: list[tuple[int, int]] = []
        for paragraph in paragraphs[at : at + 2]:
            for line in paragraph[:4]:
                low, high = max(line.span.start, start), min(line.span.end, stop)
                if low < high:
                    pieces.append((low, high))
            if pieces:
                break
        more = bool(at + 1 < len(paragraphs) and paragraphs[at + 1][0].span.start < stop)
        result.append([*pieces, (stop, stop)] if more else pieces)
    return result


def _title(text: str, entry: Placed, pieces: list[tuple[int, int]], has_children: bool) -> tuple[str, int]:
    """Title and where the heading ends."""
    label = entry.candidate.label
    goes_on = has_children or bool(pieces and pieces[-1][0] == pieces[-1][1])
    lines = [piece for piece in pieces if piece[0] < piece[1]]
    if not lines:
        return (label.printed if label.kind is Kind.CLOSING else ""), entry.candidate.end
    if label.kind is Kind.ARTICLE:
        named = _NAMED.match(text[lines[0][0] : lines[0][1]].lstrip(BLANK))
        if named:
            name = named["name"] or named["round"]
            return tidy(name), text.index(name, lines[0][0]) + len(name) + 1
    joined = ""
    for position, (start, stop) in enumerate(lines):
        part = text[start:stop]
        sentence = _SENTENCE.search(part)
        if sentence:
            title = tidy(joined + part[: sentence.start()])
            rest = text[start + sentence.end() : stop].strip(BLANK) or position + 1 < len(lines) or goes_on
            if rest and len(title) <= LONGEST_TITLE and title:
                return title, start + sentence.end()
            return _item(text, lines)
        joined += part
    title = tidy(joined)
    if title[-1:] in "；;，,、":
        return _item(text, lines)
    title = title.rstrip("：:")
    if len(title) <= LONGEST_TITLE + 20 and title:
        return title, lines[-1][1]
    return _item(text, lines)


def _item(text: str, lines: Sequence[tuple[int, int]]) -> tuple[str, int]:
    """The first characters of an item without a heading."""
    joined = tidy("".join(text[start:stop] for start, stop in lines))
    title = joined[:_ITEM_TITLE].rstrip("。；，、：;,:")
    wanted, seen = len(re.sub(r"\s", "", title)), 0
    for start, stop in lines:
        for at in range(start, stop):
            seen += not (text[at].isspace() or text[at] in BLANK)
            if seen >= wanted:
                return title, at + 1
    return title, lines[-1][1]
