"""A document laid out for reading: its flow, its quantities, and sentences cut into segments by comma, semicolon, colon."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from cewen.base.source import Span
from cewen.text.clause import Clause, Document
from cewen.text.flow import Flow
from cewen.text.quantities import Quantity, read_quantities
from cewen.text.rows import rows_of

_SENTENCE_END = re.compile(r"[。!?]")
_UNIT_BRACKET = re.compile(
    r"\((?:责任|牵头|配合|主管|实施|承办|完成|落实)(?:单位|部门)[^()]{0,300}(?:\([^()]{0,60}\)[^()]{0,200})*\)"
)
_LABEL = re.compile(
    r"(?:第[〇零一二三四五六七八九十百\d]{1,5}[章节条]|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十\d]+[、级])"
    r"|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d)|[①-⑳]|第[一二三四五六七八九十]{1,3}[,:]|[一二三四五六七八九十]是(?=[对支鼓按给予设建]))+"
)
_LINE_LABEL = re.compile(
    r"\n[ \t　]*(?=第[一二三四五六七八九十百]{1,4}[章节条]|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十]+[、级])"
    r"|[（(][一二三四五六七八九十]{1,3}[)）]|[0-9０-９]{1,2}[．.﹒、](?![0-9０-９]))"
)
_LINE_END = re.compile(r"[ \t　]*(?:\n|$)")
_OPENING, _CLOSING = "([<", ")]>"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between two separators outside brackets; `opener` is the separator before it ("" at the beginning)."""

    start: int
    end: int
    opener: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """句: flow range without its label and closing mark; `starts_paragraph` when a line or a numbered item begins here."""

    start: int
    end: int
    label: str
    starts_paragraph: bool
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The flow of a document's body with its quantities and sentences; `inside` marks characters within brackets."""

    document: Document
    flow: Flow
    quantities: tuple[Quantity, ...]
    starts: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    inside: bytes

    @classmethod
    def of(cls, document: Document) -> Passage:
        flow = Flow.of(document.text, document.body, document.noise)
        quantities = read_quantities(flow.text)
        inside = bytearray(len(flow.text))
        sentences = _sentences(document, flow, inside)
        starts = tuple(quantity.start for quantity in quantities)
        return cls(document, flow, quantities, starts, sentences, bytes(inside))

    def between(self, start: int, end: int) -> tuple[Quantity, ...]:
        """The quantities whose number and unit lie in a flow range."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end, first)
        return tuple(quantity for quantity in self.quantities[first:last] if quantity.end <= end)

    def span(self, start: int, end: int) -> Span:
        return self.flow.span(start, end)

    def words(self, start: int, end: int) -> str:
        """The document's own characters of a flow range without blanks, digits and letters at half width."""
        text = self.document.text
        characters = (text[offset] for offset in self.flow.offsets[start:end])
        return "".join(
            chr(ord(c) - 0xFEE0) if "０" <= c <= "９" or "Ａ" <= c <= "Ｚ" or "ａ" <= c <= "ｚ" else c
            for c in characters
        )

    def clause_path(self, start: int) -> str:
        """The path of the deepest clause at a flow position, "" outside all clauses."""
        if not self.flow.offsets:
            return ""
        clause = self.document.clause_at(self.flow.offsets[min(start, len(self.flow.offsets) - 1)])
        return clause.path if clause else ""


def _sentences(document: Document, flow: Flow, inside: bytearray) -> tuple[Sentence, ...]:
    text = flow.text
    paragraphs = _paragraph_starts(document, flow)
    cuts = {0, len(text)} | paragraphs
    cells: set[int] = set()
    for table in rows_of(document.text, document.body):
        for row in table:
            cuts |= {flow.index(row.span.start), flow.index(row.span.end)}
            cells |= {flow.index(cell.start) for cell in row.cells[1:]}
    cuts.update(match.end() for match in _SENTENCE_END.finditer(text))
    cuts.update(flow.index(clause.heading.end) for clause in document.walk() if _stands_alone(document, clause))
    for match in _UNIT_BRACKET.finditer(text):
        cuts.update(match.span())
    ordered = sorted(cuts)
    sentences = []
    for start, end in pairwise(ordered):
        label = _LABEL.match(text, start, end)
        begin = label.end() if label else start
        stop = end - 1 if end > begin and _SENTENCE_END.match(text[end - 1]) else end
        if stop > begin:
            inside[begin:stop] = _bracketed(text, begin, stop)
            segments = tuple(_segments(text, begin, stop, inside, cells))
            sentences.append(Sentence(begin, stop, label[0] if label else "", start in paragraphs, segments))
    return tuple(sentences)


def _stands_alone(document: Document, clause: Clause) -> bool:
    """True for a heading with items below it or on a line of its own: no sentence runs on from it."""
    if not len(clause.heading):
        return False
    return bool(clause.children) or _LINE_END.match(document.text, clause.heading.end) is not None


def _paragraph_starts(document: Document, flow: Flow) -> set[int]:
    """Where a line that opens a paragraph begins: a clause, or a line after one that ended with a full stop."""
    starts = {flow.index(clause.span.start) for clause in document.walk()}
    if not document.clauses:
        starts.update(flow.index(match.end()) for match in _LINE_LABEL.finditer(document.text))
    for at, (here, after) in enumerate(pairwise(flow.offsets)):
        if (
            after > here + 1
            and flow.text[at] in "。;:)"
            and "\n" in document.text[here:after]
            and flow.text[at] == "。"
        ):
            starts.add(at + 1)
    return starts


def _segments(text: str, start: int, end: int, inside: bytearray, cells: set[int]) -> list[Segment]:
    """Cut at , ; : outside brackets and between cells; brackets that do not close within the sentence do not count."""
    segments = []
    opener, begin = "", start
    for at in range(start, end):
        if at in cells and at > begin:
            segments.append(Segment(begin, at, opener))
            opener, begin = ",", at
        if text[at] in ",;:" and not inside[at] and not _in_number(text, at):
            if at > begin:
                segments.append(Segment(begin, at, opener))
            opener, begin = text[at], at + 1
    if end > begin:
        segments.append(Segment(begin, end, opener))
    return segments


def _in_number(text: str, at: int) -> bool:
    """6,800 and 1:1 are not cut."""
    near = text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    if text[at] == ",":
        return near and text[at + 1 : at + 4].isdigit() and not text[at + 4 : at + 5].isdigit()
    return near and text[at] == ":"


def _bracketed(text: str, start: int, end: int) -> bytearray:
    """For each character whether it stands in a bracket that closes before `end`."""
    inside = bytearray(end - start)
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at in range(start, end):
        if text[at] in _OPENING:
            stack.append(at)
        elif text[at] in _CLOSING and stack:
            opened = stack.pop()
            if not stack:
                pairs.append((opened, at))
    if stack:
        pairs = _closed_pairs(text, start, end)
    for opened, closed in pairs:
        inside[opened - start : closed - start + 1] = b"\x01" * (closed - opened + 1)
    return inside


def _closed_pairs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Innermost pairs only, for a sentence with brackets that never close."""
    pairs, opened = [], -1
    for at in range(start, end):
        if text[at] in _OPENING:
            opened = at
        elif text[at] in _CLOSING and opened >= 0:
            pairs.append((opened, at))
            opened = -1
    return pairs
