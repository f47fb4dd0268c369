"""Search over clauses: words ranked by BM25, filters on what the document and the readings say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

import bm25s

from cewen.base.period import InForce
from cewen.base.source import Span
from cewen.rules.library.entry import Entry, LibraryDocument
from cewen.rules.library.words import Words
from cewen.rules.regions import Region, Regions
from cewen.text.flow import Flow, fold_text

PASSAGE = 90
"""Characters of the passage a hit shows."""

_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be besides its words (检索条件); None asks nothing. Bounds hold their own value.

    `region` takes in the regions that lie in it. `status` is asked for the day `on`. `at_least` and `at_most` are yuan
    and hold for one and the same sum given in the entry, ceilings among them. What is not known never fits.
    """

    on: date
    issuer: str | None = None
    region: Region | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    status: InForce | None = None
    unit: str | None = None
    at_least: Fraction | None = None
    at_most: Fraction | None = None
    kind: str | None = None

    def take_document(self, document: LibraryDocument, regions: Regions) -> bool:
        """Whether entries of the document may be hits."""
        if self.issuer is not None and fold_text(self.issuer) not in fold_text(document.issuer or ""):
            return False
        if self.region is not None and (
            document.region_code is None or not regions.lies_in(document.region_code, self.region.code)
        ):
            return False
        if self.issued_from or self.issued_to:
            day = document.issued_on
            if day is None or day < (self.issued_from or date.min) or day > (self.issued_to or date.max):
                return False
        return self.status is None or document.in_force(self.on) is self.status

    def take_entry(self, entry: Entry) -> bool:
        """Whether the entry may be a hit."""
        if self.kind is not None and self.kind not in entry.kinds:
            return False
        if self.unit is not None and not any(self.unit in unit for unit in entry.units):
            return False
        if self.at_least is None and self.at_most is None:
            return True
        return any(
            (self.at_least is None or amount >= self.at_least) and (self.at_most is None or amount <= self.at_most)
            for amount in entry.amounts
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """Hit of a search (检索结果): an entry, its score, and the passage that answers best.

    `passage` are characters of the entry; `marks` ranges of it that the query asks for; `span` its place in the file.
    """

    document: LibraryDocument
    entry: Entry
    score: float
    passage: str
    marks: tuple[tuple[int, int], ...]
    span: Span


class Library:
    """All documents with an index over their entries (文库)."""

    def __init__(self, documents: Sequence[LibraryDocument], words: Words, regions: Regions) -> None:
        self.documents = tuple(documents)
        self.words, self.regions = words, regions
        self.rows = tuple((document, entry) for document in self.documents for entry in document.entries)

    @cached_property
    def _index(self) -> bm25s.BM25:
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index([list(entry.tokens) or ["\0"] for _, entry in self.rows], show_progress=False)
        return index

    def search(self, query: str, filters: Filters, most: int = 20) -> tuple[list[Hit], int]:
        """The best `most` hits and how many there are in all; the same query always gives the same order.

        Words in quotation marks must stand in the entry as they are. Without any word every entry that fits is a hit,
        in the order of the documents.
        """
        exact = [fold_text(words).lower() for words in _QUOTED.findall(query)]
        wanted = list(dict.fromkeys(self.words.tokens(query)))
        if not self.rows:
            return [], 0
        fitting = {id(each) for each in self.documents if filters.take_document(each, self.regions)}
        scores = self._scores(wanted)
        found = [
            (score, row)
            for row, ((document, entry), score) in enumerate(zip(self.rows, scores, strict=True))
            if (score > 0 or not wanted)
            and id(document) in fitting
            and filters.take_entry(entry)
            and all(words in fold_text(entry.text).lower() for words in exact)
        ]
        found.sort(key=lambda pair: (-pair[0], pair[1]))
        return [self._hit(row, score, wanted, exact) for score, row in found[:most]], len(found)

    def _scores(self, wanted: list[str]) -> list[float]:
        known = [word for word in wanted if word in self._index.vocab_dict] if wanted else []
        if not known:
            return [0.0] * len(self.rows)
        return [round(float(score), 6) for score in self._index.get_scores(known)]

    def _hit(self, row: int, score: float, wanted: list[str], exact: list[str]) -> Hit:
        document, entry = self.rows[row]
        marks = sorted(set(self._marks(entry.text, wanted, exact)))
        start = _best_window(marks, len(entry.text))
        end = min(len(entry.text), start + PASSAGE)
        inside = _joined((max(0, a - start), min(end, b) - start) for a, b in marks if a < end and b > start)
        return Hit(document, entry, score, entry.text[start:end], inside, _place(document, entry, start, end))

    def _marks(self, text: str, wanted: list[str], exact: list[str]) -> Iterator[tuple[int, int]]:
        asked = set(wanted)
        yield from ((start, end) for word, start, end in self.words.cut(text) if word in asked)
        folded = fold_text(text).lower()
        for words in exact:
            at = folded.find(words)
            if at >= 0:
                yield at, at + len(words)


def _best_window(marks: list[tuple[int, int]], length: int) -> int:
    """Where the passage begins that holds the most different marked characters; the first such."""
    if length <= PASSAGE or not marks:
        return 0
    best, chosen = -1, 0
    for start, _ in marks:
        begin = max(0, min(start - 8, length - PASSAGE))
        held = sum(b - a for a, b in _joined(mark for mark in marks if begin <= mark[0] and mark[1] <= begin + PASSAGE))
        if held > best:
            best, chosen = held, begin
    return chosen


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Overlapping and adjoining ranges as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _place(document: LibraryDocument, entry: Entry, start: int, end: int) -> Span:
    """Where characters of an entry stand in the file."""
    offsets = [offset for piece in entry.pieces for offset in Flow.of(document.text, piece).offsets]
    return Span(offsets[start], offsets[end - 1] + 1) if offsets and end > start else entry.span
