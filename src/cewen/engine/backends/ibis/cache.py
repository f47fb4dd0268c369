"""Compiled queries, kept by the content of what they were compiled from."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar
from weakref import finalize

from cewen.engine.columns.layout import Layout
from cewen.rules.lower import LoweredMeasure

Kept = TypeVar("Kept")

_LIMIT = 64


class Cache:
    """The last queries by key (sha256 of content); for as long as the process lives, and safe between threads."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._kept: OrderedDict[str, object] = OrderedDict()
        self._limit, self._lock = limit, Lock()
        self.hits = self.misses = 0

    def get(self, key: str, make: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in self._kept:
                self.hits += 1
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
            self.misses += 1
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return made


_DIGESTS: dict[int, str] = {}
"""Digests of objects that never change, by identity while they live: hashing a vocabulary takes longer than a query."""


def digest(*parts: object) -> str:
    """sha256 over the parts: their `repr`, or for measures and layouts what they mean."""
    found = hashlib.sha256()
    for part in parts:
        text = _digest_once(part) if isinstance(part, (LoweredMeasure, Layout)) else repr(part)
        found.update(text.encode())
        found.update(b"\0")
    return found.hexdigest()


def _digest_once(part: LoweredMeasure | Layout) -> str:
    known = _DIGESTS.get(id(part))
    if known is None:
        known = hashlib.sha256(_content(part).encode()).hexdigest()
        _DIGESTS[id(part)] = known
        finalize(part, _DIGESTS.pop, id(part), None)
    return known


def _content(part: LoweredMeasure | Layout) -> str:
    if isinstance(part, LoweredMeasure):
        tiers = [(tier.name, tier.condition, tier.amount) for tier in part.tiers]
        conditions = [condition.op for condition in part.conditions]
        return repr((part.key, part.measure.subject, part.measure.certainty, conditions, tiers))
    regions = [(code, [each.code for each in part.regions.chain(code)]) for code in part.region_codes]
    return repr((list(part.vocabulary), regions))
