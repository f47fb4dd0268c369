"""The sentence a measure quotes: from the beginning of its part of the sentence to the end of the benefit."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.flow import Flow
from cewen.text.quantities import Kind
from cewen.text.readings.incentives import Incentive
from cewen.text.readings.passage import Passage

LONGEST_OPENING = 90
"""Flow characters before a promise that are taken for its own opening (支持…建设，经认定的，按照…)."""
_STOP = re.compile(r"[,。;:!?()\[\]]")
_LONGEST_TAIL = 24
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or chr(code) == "％"}


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of a promise (引文): span in the file, folded words, and where they begin in the passage's flow."""

    span: Span
    flow: str
    start: int

    def local(self, passage: Passage, span: Span) -> tuple[int, int]:
        """The range of a span of the file within `flow`, cut to it."""
        begin = passage.flow.index(span.start) - self.start
        end = passage.flow.index(span.end) - self.start
        return max(0, begin), min(len(self.flow), max(0, end))


def quote_of(incentive: Incentive, passage: Passage, judged: tuple[str, ...] = ()) -> Quoted:
    """What to quote for a reading: its words, the word for the benefit, and its opening where that holds no number.

    A promise that begins with 对 names its receiver itself; what stands before it then only belongs to it when it says
    by what is judged (one of the folded words `judged`).
    """
    flow = passage.flow
    start, end = flow.index(incentive.span.start), flow.index(incentive.span.end)
    stop = _STOP.search(flow.text, end, min(len(flow.text), end + _LONGEST_TAIL))
    if stop is not None and stop.start() > end and not passage.between(end, stop.start()):
        end = stop.start()
    sentences = passage.sentences
    at = bisect_right(sentences, start, key=lambda sentence: sentence.start) - 1
    if at >= 0 and sentences[at].start < start < sentences[at].end:
        begin = sentences[at].start
        semicolon = flow.text.rfind(";", begin, start)
        begin = semicolon + 1 if semicolon >= 0 else begin
        opening = flow.text[begin:start]
        is_own = not flow.text.startswith(("对", "凡"), start) or any(word in opening for word in judged)
        if opening and is_own and len(opening) <= LONGEST_OPENING and not passage.between(begin, start):
            start = begin
    return Quoted(flow.span(start, max(end, start + 1)), flow.text[start:end], start)


def quote_text(document: Document, span: Span) -> str:
    """The characters of a span without blanks, line breaks and page numbers, digits in half width."""
    flow = Flow.of(document.text, span, document.noise)
    return "".join(document.text[offset] for offset in flow.offsets).translate(_HALF)


def clause_of(document: Document, span: Span) -> str:
    """The path of the clause a span stands in; 前言 and 附则 outside of all."""
    clause = document.clause_at(span.start)
    if clause is not None and clause.span.holds(span):
        return clause.path
    holder = [each for each in document.walk() if each.span.holds(span)]
    if holder:
        return min(holder, key=lambda each: len(each.span)).path
    first = document.clauses[0].span.start if document.clauses else document.body.end
    return "前言" if span.end <= first else "附则"


def citations_of(
    incentive: Incentive, quoted: Quoted, document: Document, passage: Passage, years: int | None
) -> list[dict[str, str]]:
    """Further parts of the text a measure rests on: those that hold a number of the reading outside the quote."""
    spans = [span for span in incentive.number_spans if not quoted.span.meets(span)]
    if years is not None and not _lasts(passage, quoted.start, quoted.start + len(quoted.flow), years):
        after = quoted.start + len(quoted.flow)
        near = passage.between(max(0, quoted.start - _NEAR), min(len(passage.flow.text), after + _NEAR))
        wanted = [each for each in near if each.kind is Kind.DURATION and each.unit == "年" and each.low == years]
        spans += [passage.span(each.start, each.end) for each in wanted[:1]]
    found: dict[str, str] = {}
    for span in spans:
        start, end = passage.flow.index(span.start), passage.flow.index(span.end)
        begin = max(passage.flow.text.rfind(mark, 0, start) for mark in ",。;:!?") + 1
        stop = _STOP_PART.search(passage.flow.text, end)
        whole = passage.span(begin, stop.start() if stop else len(passage.flow.text))
        if len(whole) <= LONGEST_PART and not quoted.span.meets(whole):
            found.setdefault(quote_text(document, whole), clause_of(document, whole))
    return [{"clause": clause, "quote": quote} for quote, clause in found.items()]


def _lasts(passage: Passage, start: int, end: int, years: int) -> bool:
    """Whether a range says for how many years."""
    return any(
        each.kind is Kind.DURATION and each.unit == "年" and each.low == years for each in passage.between(start, end)
    )


_NEAR = 200
_STOP_PART = re.compile(r"[,。;:!?]")
LONGEST_PART = 240
