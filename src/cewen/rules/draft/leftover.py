"""What of a quote nobody understood: words that are in no number, no phrase and no plain word of the lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cewen.rules.draft.lexicon import Lexicon

_PART = re.compile(r"[^,;。:]+")
_WORDS = re.compile(r"[A-Za-z0-9一-龥]{2,}")
_KNOWN, _PLAIN = "\0", "\1"


@dataclass(frozen=True, slots=True)
class Leftover:
    """Words left over (未读懂的词语), by flow range within the quote; `is_open`: a standard no machine decides."""

    start: int
    end: int
    is_open: bool


def leftovers(flow: str, covered: Iterable[tuple[int, int]], lexicon: Lexicon) -> list[Leftover]:
    """Words of a folded quote that neither a reading nor a phrase nor a plain word covers, part by part."""
    marks = list(flow)
    for start, stop in covered:
        marks[start:stop] = _KNOWN * (stop - start)
    masked = "".join(marks)
    plain = lexicon.words_of("plain")
    for word in plain:
        if len(word) > 1:  # single characters are parts of other words too; they are only cut off at the ends
            masked = masked.replace(word, _PLAIN * len(word))
    edges = "".join(word for word in plain if len(word) == 1)
    found: list[Leftover] = []
    for part in _PART.finditer(flow):
        judged = [_judged(flow, masked, part.start(), part.end(), word) for word in lexicon.words_of("open")]
        opened = [span for span in judged if span is not None]
        if opened and _KNOWN not in masked[part.start() : part.end()]:
            found.append(Leftover(part.start(), part.end(), True))
            continue
        for start, end in _apart(opened):
            found.append(Leftover(start, end, True))
        for run in _WORDS.finditer(masked, part.start(), part.end()):
            start = run.end() - len(run.group().lstrip(edges))
            end = start + len(run.group().strip(edges))
            if end - start >= 2 and not any(begin < end and start < stop for begin, stop in opened):
                found.append(Leftover(start, end, False))
    return found


def joined(
    flow: str, left: Iterable[Leftover], numbers: Iterable[tuple[int, int]]
) -> list[tuple[Leftover, list[tuple[int, int]]]]:
    """What is left over of each part of a sentence, as one: from its first to its last unknown word, with the ranges
    between that hold no number. Standards no machine decides stay apart."""
    spans = sorted(numbers)
    found: list[tuple[Leftover, list[tuple[int, int]]]] = []
    unread = [each for each in left if not each.is_open]
    for part in _PART.finditer(flow):
        inside = [each for each in unread if part.start() <= each.start and each.end <= part.end()]
        if inside:
            start, end = inside[0].start, inside[-1].end
            found.append((Leftover(start, end, False), list(_between(start, end, spans))))
    return found


def _between(start: int, end: int, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = start
    for begin, stop in spans:
        if begin < end and stop > at:
            if begin > at:
                yield at, begin
            at = max(at, stop)
    if at < end:
        yield at, end


def _judged(flow: str, masked: str, begin: int, end: int, word: str) -> tuple[int, int] | None:
    """Where a judged word stands in a part, with the words right before it: 服务企业效果好."""
    at = flow.find(word, begin, end)
    if at < 0 or _KNOWN in masked[at : at + len(word)]:
        return None
    known = masked.rfind(_KNOWN, begin, at) + 1
    before = flow[max(begin, at - 6, known) : at]
    return at - len(re.sub(r"^.*[对的按照方式\"]", "", before)), at + len(word)


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest of overlapping ranges."""
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if not any(start < stop and begin < end for begin, stop in chosen):
            chosen.append((start, end))
    return sorted(chosen)
