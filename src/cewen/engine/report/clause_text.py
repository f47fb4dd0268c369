"""Clauses as they stand in the official text, with the quoted words marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from cewen.base.source import Span
from cewen.rules.lower import LoweredMeasure
from cewen.rules.policy import Policy
from cewen.text.clause import Document
from cewen.text.parse import parse_document


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the official text; `quoted` where a measure rests on it, `anchors` of measures that begin here."""

    text: str
    quoted: bool
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause (条款) with its paragraph and the measures that rest on it."""

    path: str
    policy: Policy
    pieces: tuple[Piece, ...]
    measures: tuple[LoweredMeasure, ...]


def clause_texts(measures: Iterable[LoweredMeasure], anchors: dict[str, str]) -> Iterator[ClauseText]:
    """The clauses behind `measures`, each once, in the order of the documents. `anchors`: measure key -> anchor."""
    by_policy = groupby(sorted(measures, key=lambda each: each.policy.id), key=lambda each: each.policy.id)
    for _, group in by_policy:
        own = [measure for measure in group if measure.span is not None]
        if not own:
            continue
        document = parse_document(own[0].policy.text)
        places: dict[Span, list[LoweredMeasure]] = {}
        for measure in own:
            places.setdefault(_paragraph(document, measure), []).append(measure)
        for span in sorted(places):
            pieces = tuple(_pieces(document, span, places[span], anchors))
            yield ClauseText(places[span][0].measure.clause, own[0].policy, pieces, tuple(places[span]))


def _paragraph(document: Document, measure: LoweredMeasure) -> Span:
    """The smallest clause that holds the quote; the quote itself where the outline has none."""
    assert measure.span is not None
    clause = document.clause_at(measure.span.start)
    return clause.span if clause is not None and clause.span.holds(measure.span) else measure.span


def _pieces(document: Document, span: Span, measures: list[LoweredMeasure], anchors: dict[str, str]) -> Iterator[Piece]:
    """The text of `span` cut where quotes begin and end; broken lines joined, page numbers left out."""
    quotes = [(measure.span, anchors[measure.key]) for measure in measures if measure.span is not None]
    cuts = {span.start, span.end}
    for quote, _ in quotes:
        cuts |= {quote.start, quote.end}
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        quoted = any(quote.start <= start and end <= quote.end for quote, _ in quotes)
        begins = tuple(anchor for quote, anchor in quotes if quote.start == start)
        yield Piece(_joined(document, Span(start, end)), quoted, begins)


def _joined(document: Document, span: Span) -> str:
    """The characters of a span without line ends and noise; a blank stays only between two Latin words."""
    noise = [each for each in document.noise if each.meets(span)]
    kept: list[str] = []
    for at in range(span.start, span.end):
        character = document.text[at]
        if any(each.start <= at < each.end for each in noise):
            continue
        if character.isspace():
            after = document.text[at + 1 : at + 2]
            if kept and _is_latin(kept[-1]) and _is_latin(after):
                kept.append(" ")
            continue
        kept.append(character)
    return "".join(kept)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
