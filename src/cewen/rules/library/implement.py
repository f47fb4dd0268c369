"""Who implements what: paragraphs of an upper document beside the clauses of lower documents that take them up.

The score is a cosine of words weighted by how rare they are (TF-IDF), of the whole paragraphs and, with less weight, of
their titles, less half of what either paragraph scores on average: a clause that resembles everything implements nothing.
Near duplicates are told by the four-character shingles both texts hold. Every pair shows its score and its words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cewen.rules.library.entry import Entry, LibraryDocument
from cewen.rules.library.words import Words, plain
from cewen.text.flow import fold_text

THRESHOLD = 0.13
"""Score from which a clause counts as implementing another; measured on the hand-made list of the tests."""

NEAR_DUPLICATE = 0.5
"""Share of common shingles from which two paragraphs are near duplicates."""

SHINGLE = 4
"""Characters of a shingle."""

MOST = 5
"""Lower clauses shown for an upper one, in each lower document."""

_TITLE_SHARE = 0.15
_AVERAGE_SHARE = 0.5
_NO_TASK = re.compile(r"回顾|形势|现状|指导思想|基本原则|总体(?:要求|思路)|(?:主要|发展|总体|工作)目标|附则|前言|附件")
_SHORTEST = 40
_COMMON = 8


@dataclass(frozen=True, slots=True)
class Match:
    """A lower clause that takes up an upper one (落实), with the score (0 to 1) and the words both hold, rarest first."""

    document: LibraryDocument
    entry: Entry
    score: float
    words: tuple[str, ...]
    is_near_duplicate: bool


@dataclass(frozen=True, slots=True)
class UpperEntry:
    """A paragraph of the upper document (上级条文) with the lower clauses that implement it, best first."""

    entry: Entry
    matches: tuple[Match, ...]
    nearest: Match | None


@dataclass(frozen=True)
class Implementation:
    """All of it (落实对照): each upper paragraph, and the lower clauses no upper paragraph asks for."""

    upper: LibraryDocument
    lower: tuple[LibraryDocument, ...]
    threshold: float
    entries: tuple[UpperEntry, ...]
    own: tuple[tuple[LibraryDocument, Entry], ...]

    @property
    def open_entries(self) -> tuple[UpperEntry, ...]:
        """What nobody implements."""
        return tuple(entry for entry in self.entries if not entry.matches)


def trace_implementation(
    upper: LibraryDocument,
    lower: Sequence[LibraryDocument],
    library: Iterable[LibraryDocument],
    words: Words,
    threshold: float = THRESHOLD,
) -> Implementation:
    """Which clauses of the lower documents implement which paragraph of the upper one.

    How rare a word is is counted over `library`. A pair counts from `threshold` on; what stays below is shown as the
    nearest only. A machine's reading: similar words show what to look at, they prove nothing.
    """
    weigh = _Weigher(library, words)
    uppers = [(entry, weigh.vector(entry)) for entry in tasks_of(upper)]
    found: list[list[Match]] = [[] for _ in uppers]
    used: set[int] = set()
    for document in lower:
        lowers = [(entry, weigh.vector(entry)) for entry in tasks_of(document)]
        raw = [[alike(one, other) for _, other in lowers] for _, one in uppers]
        of_lower = [sum(column) / len(column) for column in zip(*raw, strict=True)]
        for (_, one), row, matches in zip(uppers, raw, found, strict=True):
            mean = sum(row) / max(1, len(row))
            for (entry, other), score, own in zip(lowers, row, of_lower, strict=True):
                net = round(score - _AVERAGE_SHARE * (mean + own) / 2, 4)
                matches.append(Match(document, entry, net, _common(one, other), _share(one, other) >= NEAR_DUPLICATE))
    entries = []
    for (entry, _), matches in zip(uppers, found, strict=True):
        matches.sort(key=lambda match: -match.score)
        chosen = _best(matches, threshold)
        used |= {id(match.entry) for match in chosen}
        entries.append(UpperEntry(entry, chosen, matches[0] if matches else None))
    own_entries = tuple((each, entry) for each in lower for entry in tasks_of(each) if id(entry) not in used)
    return Implementation(upper, tuple(lower), threshold, tuple(entries), own_entries)


def tasks_of(document: LibraryDocument) -> list[Entry]:
    """The paragraphs that ask something to be done: not the review, the situation, the principles, nor bare headings."""
    return [
        entry
        for entry in document.entries
        if len(entry.text) >= _SHORTEST and not any(_NO_TASK.search(title) for title in (entry.path, *entry.trail))
    ]


def _best(matches: list[Match], threshold: float) -> tuple[Match, ...]:
    chosen: list[Match] = []
    counts: Counter[str] = Counter()
    for match in matches:
        if match.score >= threshold and counts[match.document.id] < MOST:
            counts[match.document.id] += 1
            chosen.append(match)
    return tuple(chosen)


@dataclass(frozen=True, slots=True)
class _Vector:
    weights: dict[str, float]
    title: dict[str, float]
    shingles: dict[str, float]


class _Weigher:
    """Words and shingles with how rare they are in a library."""

    def __init__(self, library: Iterable[LibraryDocument], words: Words) -> None:
        self.words = words
        entries = [entry for document in library for entry in document.entries]
        self._count = max(1, len(entries))
        self._words = Counter(word for entry in entries for word in set(entry.tokens))
        self._shingles = Counter(shingle for entry in entries for shingle in _shingles(entry.text))

    def vector(self, entry: Entry) -> _Vector:
        """Of an entry: its tokens hold its headings once and its text; numbers say nothing."""
        counts = Counter(word for word in entry.tokens if not word[0].isdigit())
        title = {word for word in self.words.tokens(entry.title) if not word[0].isdigit()}
        return _Vector(
            {word: (1 + math.log(count)) * self._rarity(self._words[word]) for word, count in counts.items()},
            {word: self._rarity(self._words[word]) for word in sorted(title)},
            {shingle: self._rarity(self._shingles[shingle]) for shingle in sorted(_shingles(entry.text))},
        )

    def _rarity(self, count: int) -> float:
        return math.log((self._count + 1) / (count + 0.5))


def alike(one: _Vector, other: _Vector) -> float:
    """Between 0 and 1, the same either way."""
    return (1 - _TITLE_SHARE) * _cosine(one.weights, other.weights) + _TITLE_SHARE * _cosine(one.title, other.title)


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    lengths = math.sqrt(math.fsum(value * value for value in one.values())) * math.sqrt(
        math.fsum(value * value for value in other.values())
    )
    return math.fsum(one[word] * other[word] for word in one.keys() & other.keys()) / lengths if lengths else 0.0


def _common(one: _Vector, other: _Vector) -> tuple[str, ...]:
    """The words both hold that weigh most."""
    weights = {word: one.weights[word] * other.weights[word] for word in one.weights.keys() & other.weights.keys()}
    return plain(sorted(weights, key=lambda word: (-weights[word], word))[: 3 * _COMMON])[:_COMMON]


def _share(one: _Vector, other: _Vector) -> float:
    """The share of common shingles in the shorter text, by weight."""
    least = min(math.fsum(one.shingles.values()), math.fsum(other.shingles.values()))
    common = math.fsum(one.shingles[each] for each in one.shingles.keys() & other.shingles.keys())
    return common / least if least else 0.0


def _shingles(text: str) -> set[str]:
    folded = fold_text(text)
    return {folded[at : at + SHINGLE] for at in range(len(folded) - SHINGLE + 1)}
