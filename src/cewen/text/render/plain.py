"""A document as plain text again, and the sentence that says since when and until when it counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cewen.text.blocks import Block, BlockKind, blocks_of
from cewen.text.clause import Clause, Document
from cewen.text.lines import cells_of, tidy


def as_text(document: Document) -> str:
    """The document in plain text, one paragraph a line, its numbers and titles as printed.

    Noise, broken lines and what follows the body are gone. Stable: parsing the result gives the same outline, and
    rendering it again the same text.
    """
    lines = [_plain(document, block) for block in blocks_of(document) if block.kind is not BlockKind.AFTER]
    return "".join(f"{line}\n" for line in lines if line)


def outline_lines(clauses: Iterable[Clause]) -> Iterable[str]:
    """The outline as lines: level, label and title with tabs between."""
    for clause in clauses:
        for each in clause.walk():
            yield f"{each.level}\t{each.label}\t{each.title}"


def validity(document: Document) -> str:
    """Dates of issue and validity as a Chinese phrase; "" where the document says nothing."""
    metadata = document.metadata
    if metadata.is_draft:
        return "征求意见稿，尚未施行"
    parts = [f"{day_text(metadata.issued_on)}印发"] if metadata.issued_on else []
    if metadata.effective_on:
        parts.append(f"{day_text(metadata.effective_on)}起施行")
    if metadata.expires_on:
        parts.append(f"有效期至{day_text(metadata.expires_on)}")
    return "，".join(parts)


def day_text(day: date) -> str:
    """2024年6月30日, as sentences carry it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _plain(document: Document, block: Block) -> str:
    raw = "".join(piece.of(document.text) for piece in block.pieces)
    if block.kind is BlockKind.ROW:
        return "\t".join(tidy(cell) for cell in cells_of(raw))
    return tidy(raw)
