"""Spans asked whether another meets one of them, each question in logarithmic time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from cewen.base.source import Span


class SpanCover:
    """What readings already use (已读出的文字): spans that may overlap and nest."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [span.start for span in ordered]
        self._reach: list[int] = []
        furthest = 0
        for span in ordered:
            furthest = max(furthest, span.end)
            self._reach.append(furthest)

    def meets(self, span: Span) -> bool:
        """True when at least one character of `span` is covered by one of the spans."""
        at = bisect_right(self._starts, span.end - 1) - 1
        return at >= 0 and self._reach[at] > span.start
