"""A text as one reads it: broken lines joined, blanks gone, digits and brackets of one width, each character placed.

Published texts break lines inside words and numbers, mix full and half width, and put blank lines inside sentences.
Everything that looks for meaning works on the flow and maps what it finds back to the characters of the file.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from cewen.base.source import Span

_FOLDED = {"〔": "[", "〕": "]", "［": "[", "］": "]", "〈": "<", "〉": ">", "—": "-", "–": "-", "－": "-", "―": "-",
           "∶": ":", "﹒": ".", "．": ".", "“": '"', "”": '"', "‘": "'", "’": "'", "％": "%", "﹪": "%"}  # fmt: skip


def fold_character(character: str) -> str:
    """One character as the flow shows it; "" for blanks and invisible ones. Never more than one character long."""
    if character in _FOLDED:
        return _FOLDED[character]
    if "①" <= character <= "⑳":
        return character
    folded = unicodedata.normalize("NFKC", character)
    folded = _FOLDED.get(folded, folded)
    if len(folded) != 1:
        return "" if not folded.strip() else character
    if folded.isspace() or unicodedata.category(folded) in ("Cf", "Cc"):
        return ""
    return folded


class _Table(dict[int, str]):
    """For `str.translate`: each character folded once; NUL (itself invisible) stands for those that vanish."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code)) or "\0"
        return folded


_TABLE = _Table()
_VISIBLE = re.compile(r"[^\0]+")


@dataclass(frozen=True, slots=True)
class Flow:
    """Folded text and, for each of its characters, the offset in the file's text."""

    text: str
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, text: str, within: Span | None = None, without: Iterable[Span] = ()) -> Flow:
        """The flow of `text`, or of the part `within`, leaving out the spans `without` (page numbers, footnotes)."""
        begin, finish = (within.start, within.end) if within else (0, len(text))
        characters: list[str] = []
        offsets: list[int] = []
        at = begin
        for gap in (*sorted(without), Span(finish, finish)):
            stop = min(gap.start, finish)
            if at < stop:
                for match in _VISIBLE.finditer(text[at:stop].translate(_TABLE)):
                    characters.append(match.group())
                    offsets.extend(range(at + match.start(), at + match.end()))
            at = max(at, gap.end)
        return cls("".join(characters), tuple(offsets))

    def span(self, start: int, end: int) -> Span:
        """The file's span of the flow's characters `[start, end)`; `start < end`."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def index(self, offset: int) -> int:
        """The first flow position at or after a file offset."""
        return bisect_left(self.offsets, offset)

    def find(self, quote: str, start: int = 0) -> Span | None:
        """Where `quote` stands, whatever its width, blanks and line breaks; None when it does not."""
        wanted = fold_text(quote)
        if not wanted:
            return None
        at = self.text.find(wanted, start)
        return None if at < 0 else self.span(at, at + len(wanted))


def fold_text(text: str) -> str:
    """`text` as a flow shows it, without places."""
    return text.translate(_TABLE).replace("\0", "")
