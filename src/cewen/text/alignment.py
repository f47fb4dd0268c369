"""Which clause of one version is which of another: by label, title and text, wherever it moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from cewen.text.clause import Clause, Document
from cewen.text.difference import PlacedFlow
from cewen.text.flow import Flow, fold_text

_SAME_ENOUGH = 0.5
"""Likeness from which a clause under another label or title may be the same one, moved or renamed."""
_ROUGH = 0.35
_MOST_PAIRS = 200_000
"""Pairs of clauses compared at most; beyond that only clauses at about the same place."""
_NEIGHBORHOOD = 50


@dataclass(frozen=True, slots=True)
class Side:
    """One clause of one version: its own text without its label and without the clauses below it, title and parent."""

    clause: Clause
    parent: int | None
    own: PlacedFlow
    title: str
    neighbors: frozenset[str]


def sides_of(document: Document) -> list[Side]:
    """All clauses in document order."""
    sides: list[Side] = []
    trail: list[int] = []
    for clause in document.walk():
        del trail[clause.level - 1 :]
        below = [child.span for child in clause.children]
        flow = Flow.of(document.text, clause.span, [*document.noise, *below])
        own = PlacedFlow(_without_label(flow, len(fold_text(clause.label))), document.text)
        parent = trail[-1] if trail else None
        sides.append(Side(clause, parent, own, fold_text(clause.title), _pairs_of(own.flow.text)))
        trail.append(len(sides) - 1)
    return sides


def _without_label(flow: Flow, length: int) -> Flow:
    """A renumbered clause is the same clause: its label is not part of what is compared."""
    return Flow(flow.text[length:], flow.offsets[length:])


def align(old: Sequence[Side], new: Sequence[Side]) -> list[tuple[int, int]]:
    """Pairs of positions: equal texts first, then equal titles under the same parent, then the likest texts."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()

    def pair(i: int, j: int) -> None:
        pairs[i] = j
        taken.add(j)

    for key in (_exact_key, _title_key, _bare_title_key):
        places: dict[object, list[int]] = {}
        for j, side in enumerate(new):
            if j not in taken:
                places.setdefault(key(side, new), []).append(j)
        for i, side in enumerate(old):
            waiting = places.get(key(side, old)) if i not in pairs else None
            if waiting and len(key(side, old)[-1]) > 1:
                pair(i, waiting.pop(0))
    rest_old = [i for i in range(len(old)) if i not in pairs]
    rest_new = [j for j in range(len(new)) if j not in taken]
    scored = sorted(
        ((-_likeness(old[i], new[j], pairs), i, j) for i in rest_old for j in _near(i, old, new, rest_new)),
    )
    for score, i, j in scored:
        if -score >= _SAME_ENOUGH and i not in pairs and j not in taken:
            pair(i, j)
    return sorted(pairs.items())


def _exact_key(side: Side, sides: Sequence[Side]) -> tuple[str, ...]:
    return (side.clause.path, side.own.flow.text)


def _title_key(side: Side, sides: Sequence[Side]) -> tuple[str, ...]:
    parent = sides[side.parent].title if side.parent is not None else ""
    return (parent, side.title)


def _bare_title_key(side: Side, sides: Sequence[Side]) -> tuple[str, ...]:
    return (str(side.clause.level), side.title)


def _near(i: int, old: Sequence[Side], new: Sequence[Side], rest: Sequence[int]) -> Iterator[int]:
    """Clauses of the new version worth comparing with the old one's `i`: not too far in length."""
    length = len(old[i].own.flow.text)
    few = len(rest) * len(old) <= _MOST_PAIRS
    for j in rest:
        if not few and abs(i - j) > _NEIGHBORHOOD:
            continue
        other = len(new[j].own.flow.text)
        if min(length, other) * 4 >= max(length, other) or old[i].clause.path == new[j].clause.path:
            yield j


def _likeness(one: Side, other: Side, pairs: dict[int, int]) -> float:
    """0 to 1: how much of the texts is common, a little more where the path is the same or the parents are a pair."""
    common = _common_share(one.neighbors, other.neighbors)
    if common < _ROUGH and one.clause.path != other.clause.path:
        return common
    bonus = 0.15 if one.clause.path == other.clause.path else 0.0
    if one.parent is not None and pairs.get(one.parent) == other.parent:
        bonus += 0.1
    title = SequenceMatcher(None, one.title, other.title, autojunk=False).ratio()
    return 0.6 * common + 0.3 * title + bonus


def _common_share(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of pairs of neighbouring characters that both texts have: linear, and blind to moved sentences."""
    if not a or not b:
        return 1.0 if a == b else 0.0
    return 2 * len(a & b) / (len(a) + len(b))


def _pairs_of(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
