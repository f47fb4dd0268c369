"""Two versions of a document, clause by clause: same, changed, moved, added, removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from cewen.base.source import Span
from cewen.text.alignment import Side, align, sides_of
from cewen.text.clause import Clause, Document
from cewen.text.difference import NumberChange, Piece, PlacedFlow, difference_json, numbers_between, pieces_between
from cewen.text.flow import Flow


class Change(Enum):
    """How a clause of one version stands to the other; the value is what JSON carries."""

    SAME = "same"
    CHANGED = "changed"
    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return {"same": "相同", "changed": "修改", "moved": "移动", "added": "新增", "removed": "删除"}[self.value]


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """条款变化: a clause of the old version, of the new one, or both. `is_moved` when its path is another.

    `pieces` compare the clause's own text, without that of the clauses below it; empty when the texts are the same.
    """

    change: Change
    before: Clause | None
    after: Clause | None
    pieces: tuple[Piece, ...] = ()
    numbers: tuple[NumberChange, ...] = ()

    @property
    def is_moved(self) -> bool:
        return self.before is not None and self.after is not None and self.before.path != self.after.path

    def to_json(self) -> dict[str, object]:
        return {
            "change": self.change.value,
            "moved": self.is_moved,
            "before": _clause_json(self.before),
            "after": _clause_json(self.after),
            **difference_json(self.pieces, self.numbers),
        }


@dataclass(frozen=True, slots=True)
class PartChange:
    """条款之外: the text before the first clause (前言) or after the last (结尾), compared like a clause."""

    name: str
    change: Change
    pieces: tuple[Piece, ...] = ()
    numbers: tuple[NumberChange, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {"part": self.name, "change": self.change.value, **difference_json(self.pieces, self.numbers)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """两版比较: all clauses in the order of the new version, removed ones where they stood; the text around them; metadata.

    `metadata` lists (field, before, after) where the two documents say different things of themselves.
    """

    before: Document
    after: Document
    clauses: tuple[ClauseChange, ...]
    parts: tuple[PartChange, ...]
    metadata: tuple[tuple[str, str | None, str | None], ...]

    def counts(self) -> dict[str, int]:
        """Number of clauses by change."""
        result = {change.value: 0 for change in Change}
        for clause in self.clauses:
            result[clause.change.value] += 1
        return result

    def to_json(self) -> dict[str, object]:
        return {
            "before": {"title": self.before.metadata.title, "text_sha256": self.before.sha256},
            "after": {"title": self.after.metadata.title, "text_sha256": self.after.sha256},
            "counts": self.counts(),
            "metadata": [{"field": name, "before": old, "after": new} for name, old, new in self.metadata],
            "parts": [part.to_json() for part in self.parts],
            "clauses": [clause.to_json() for clause in self.clauses],
        }


def compare_documents(before: Document, after: Document) -> Comparison:
    """Aligns the clauses of two versions by label, title and text, and compares their texts character by character."""
    old, new = sides_of(before), sides_of(after)
    pairs = align(old, new)
    changes = [_changed(old[i], new[j]) for i, j in pairs]
    matched_new = {j: change for (_, j), change in zip(pairs, changes, strict=True)}
    return Comparison(
        before,
        after,
        clauses=tuple(_in_order(old, new, matched_new, dict(pairs))),
        parts=tuple(_parts(before, after)),
        metadata=tuple(_metadata(before, after)),
    )


def _parts(before: Document, after: Document) -> Iterator[PartChange]:
    for name, old, new in zip(("前言", "结尾"), _around(before), _around(after), strict=True):
        if old.flow.text == new.flow.text:
            change = Change.SAME
        else:
            change = (
                Change.CHANGED if old.flow.text and new.flow.text else Change.ADDED if new.flow.text else Change.REMOVED
            )
        pieces = () if change is Change.SAME else tuple(pieces_between(old, new))
        yield PartChange(name, change, pieces, tuple(numbers_between(old.flow.text, new.flow.text)))


def _around(document: Document) -> tuple[PlacedFlow, PlacedFlow]:
    """Flows of the body before its first clause and after its last."""
    body = document.body
    if not document.clauses:
        return PlacedFlow(Flow.of(document.text, body, document.noise), document.text), PlacedFlow(Flow("", ()), "")
    first, last = document.clauses[0].span.start, document.clauses[-1].span.end
    spans = (Span(min(body.start, first), first), Span(last, max(last, body.end)))
    opening, closing = (PlacedFlow(Flow.of(document.text, span, document.noise), document.text) for span in spans)
    return opening, closing


def _changed(old: Side, new: Side) -> ClauseChange:
    if old.own.flow.text == new.own.flow.text:
        change = Change.SAME if old.clause.path == new.clause.path else Change.MOVED
        return ClauseChange(change, old.clause, new.clause)
    pieces = tuple(pieces_between(old.own, new.own))
    return ClauseChange(
        Change.CHANGED, old.clause, new.clause, pieces, tuple(numbers_between(old.own.flow.text, new.own.flow.text))
    )


def _in_order(
    old: Sequence[Side],
    new: Sequence[Side],
    matched_new: dict[int, ClauseChange],
    pairs: dict[int, int],
) -> Iterator[ClauseChange]:
    """The new version's order; a removed clause follows the clause that stood before it."""
    after: dict[int, list[ClauseChange]] = {}
    last = -1
    for i, side in enumerate(old):
        if i in pairs:
            last = pairs[i]
        else:
            after.setdefault(last, []).append(ClauseChange(Change.REMOVED, side.clause, None))
    yield from after.get(-1, ())
    for j, side in enumerate(new):
        yield matched_new[j] if j in matched_new else ClauseChange(Change.ADDED, None, side.clause)
        yield from after.get(j, ())


def _metadata(before: Document, after: Document) -> Iterator[tuple[str, str | None, str | None]]:
    for name in ("title", "number", "issuer", "issued_on", "effective_on", "expires_on", "is_draft"):
        old, new = getattr(before.metadata, name), getattr(after.metadata, name)
        if old != new:
            yield name, None if old is None else str(old), None if new is None else str(new)


def _clause_json(clause: Clause | None) -> dict[str, object] | None:
    if clause is None:
        return None
    return {
        "path": clause.path,
        "label": clause.label,
        "title": clause.title,
        "start": clause.span.start,
        "end": clause.span.end,
    }
