"""From the passage to the targets."""

from __future__ import annotations

import re

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.readings.cover import SpanCover
from cewen.text.readings.passage import Passage, Sentence
from cewen.text.readings.table import read_table_targets
from cewen.text.readings.targets import words
from cewen.text.readings.targets.accept import is_heading, is_target, leads_to_promise, pieces
from cewen.text.readings.targets.compose import compose, compose_bare, compose_row
from cewen.text.readings.targets.scope import requirements, states_of_affairs, year_of_writing
from cewen.text.readings.targets.target import Target


def read_targets(
    document: Document, passage: Passage | None = None, taken: tuple[Span, ...] = ()
) -> tuple[Target, ...]:
    """Every quantified target in order of the text; `taken` are spans (of incentives) whose numbers are none."""
    laid_out = passage or Passage.of(document)
    tables = read_table_targets(document)
    rows = SpanCover((*taken, *(row.span for row in tables), *states_of_affairs(document), *requirements(document)))
    found = [compose_row(laid_out, row) for row in tables]
    for sentence in laid_out.sentences:
        found.extend(_of_sentence(laid_out, sentence, rows))
    return tuple(sorted(found, key=lambda target: target.span))


def _of_sentence(passage: Passage, sentence: Sentence, taken: SpanCover) -> list[Target]:
    text = passage.flow.text
    if sentence.end - sentence.start < 4 or is_heading(passage, sentence):
        return []
    found: list[Target] = []
    accepted_before = False
    written = year_of_writing(passage.document)
    for segment in sentence.segments:
        for start, end, quantity in pieces(passage, segment.start, segment.end):
            span = passage.span(quantity.start, quantity.end)
            if taken.meets(span):
                accepted_before = False
                continue
            accepted_before = is_target(passage, sentence, start, end, quantity, continued=accepted_before)
            if accepted_before and quantity.bound and leads_to_promise(passage, start, quantity.end, sentence, taken):
                accepted_before = False
            target = compose(passage, sentence, start, end, quantity) if accepted_before else None
            if target is not None and target.year is not None and written is not None and target.year < written:
                accepted_before, target = False, None
            if target is not None:
                found.append(target)
        for match in words.BARE.finditer(text, segment.start, segment.end):
            span = passage.span(match.start("number"), match.end("number"))
            if not taken.meets(span) and not re.search(r"\d$", match["name"]):
                found.append(compose_bare(passage, sentence, match))
    return found
