"""Where in a document numbers are targets, and for which year."""

from __future__ import annotations

import re

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.flow import fold_text
from cewen.text.readings.passage import Passage, Sentence
from cewen.text.readings.targets import words

MAX_HEADING = 40
"""A longer "heading" is an item's first sentence."""


def states_of_affairs(document: Document) -> tuple[Span, ...]:
    """What stands below headings such as 发展基础 or 面临形势: its numbers tell what has been reached."""
    return _below(document, words.STATE_OF_AFFAIRS)


def requirements(document: Document) -> tuple[Span, ...]:
    """What stands below headings such as 申报条件: its numbers are conditions."""
    return _below(document, words.REQUIREMENTS)


def _below(document: Document, titles: re.Pattern[str]) -> tuple[Span, ...]:
    """The clauses whose titles match, without those inside another of them."""
    spans: list[Span] = []
    for clause in document.walk():
        inside = bool(spans) and spans[-1].holds(clause.span)
        if not inside and titles.search(fold_text(clause.title)):
            spans.append(clause.span)
    return tuple(spans)


def year_of_writing(document: Document) -> int | None:
    """The year a document was issued; a year before it is no target."""
    metadata = document.metadata
    day = metadata.issued_on or metadata.effective_on
    if day is not None:
        return day.year
    number = re.search(r"20\d{2}", metadata.number or "")
    return int(number[0]) if number else None


def year_at(passage: Passage, sentence: Sentence, at: int) -> int | None:
    """The last year stated before the number in its sentence (or just after it begins); 全年 is the document's year."""
    text = passage.flow.text
    window = text[max(sentence.start, at - words.LOOK_BACK) : at]
    stated = [(match.start(), int(match["last"] or match["year"])) for match in words.YEAR.finditer(window)]
    stated += [(match.start(), words.FIVE_YEAR_ENDS[match["n"]]) for match in words.FIVE_YEARS.finditer(window)]
    own = passage.document.metadata.issued_on or passage.document.metadata.effective_on
    if own is not None:
        stated += [(match.start(), own.year) for match in words.WHOLE_YEAR.finditer(window)]
    return max(stated)[1] if stated else _year_of_heading(passage, at)


def _year_of_heading(passage: Passage, at: int) -> int | None:
    """The year the nearest heading above states (到2030年主要目标); None when none does."""
    offset = passage.flow.offsets[at]
    level, year = passage.document.clauses, None
    while level:
        inner = next((clause for clause in level if clause.span.start <= offset < clause.span.end), None)
        if inner is None:
            break
        named = words.YEAR.search(fold_text(inner.heading.of(passage.document.text)))
        year = int(named["last"] or named["year"]) if named and len(inner.heading) <= MAX_HEADING else year
        level = inner.children
    return year
