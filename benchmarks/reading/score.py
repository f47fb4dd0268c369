"""Compare readings with annotations of the form `eval/FORMAT.md` describes, paired by the overlap of their characters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings.contract import document_json

Record = dict[str, Any]
SAME = 0.5
"""Overlap (intersection over union) from which an annotation and a reading are the same promise."""


@dataclass(slots=True)
class Tally:
    """计分: counts of promises and of their slots (sums, caps, thresholds, conditions)."""

    gold: int = 0
    read: int = 0
    found: int = 0
    exact: int = 0
    wanted: int = 0
    had: int = 0
    hit: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("gold", "read", "found", "exact", "wanted", "had", "hit"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differences.extend(other.differences)

    def row(self) -> str:
        """Four shares: found, spurious, slots F1, exact."""
        found = self.found / max(1, self.gold)
        spurious = 1 - self.found / self.read if self.read else 0.0
        slots = 2 * self.hit / max(1, self.wanted + self.had)
        return f"{self.gold:5} {found:7.1%} {spurious:8.1%} {slots:8.1%} {self.exact / max(1, self.gold):7.1%}"


def score_set(annotations: Path, texts: Path) -> dict[str, Tally]:
    """Each annotated document of a set by its file; FileNotFoundError where a text is not at hand."""
    return {
        record["file"]: _score(record, texts / record["file"]) for record in json.loads(annotations.read_text("utf-8"))
    }


def _score(record: Record, file: Path) -> Tally:
    document = parse_document(read_text(file).text, file.name)
    read: list[Record] = json.loads(json.dumps(document_json(document)["incentives"], default=float))
    return compare(_placed(record["incentives"], document.text), read)


def compare(gold: Sequence[Record], read: Sequence[Record]) -> Tally:
    """Annotations with `start` and `end` against readings of the same text."""
    pairs = _pair(gold, read)
    tally = Tally(gold=len(gold), read=len(read), found=len(pairs))
    for index, wanted in enumerate(gold):
        slots = _slots(wanted)
        tally.wanted += sum(slots.values())
        if index not in pairs:
            tally.differences.append(f"未读出 {_said(wanted)}")
            continue
        got = read[pairs[index]]
        tally.hit += sum((slots & _slots(got)).values())
        if _key(wanted) == _key(got):
            tally.exact += 1
        else:
            tally.differences.append(f"不同\n    标注 {_said(wanted)}\n    读出 {_said(got)}")
    tally.had = sum(sum(_slots(got).values()) for got in read)
    paired = set(pairs.values())
    tally.differences.extend(f"多读 {_said(got)}" for at, got in enumerate(read) if at not in paired)
    return tally


def _placed(gold: list[Record], text: str) -> list[Record]:
    at = 0
    for record in gold:
        start = text.find(record["quote"], at)
        start = start if start >= 0 else text.index(record["quote"])
        record["start"], record["end"] = start, start + len(record["quote"])
        at = start
    return gold


def _pair(gold: Sequence[Record], read: Sequence[Record]) -> dict[int, int]:
    overlaps = []
    for one, wanted in enumerate(gold):
        for other, got in enumerate(read):
            both = min(wanted["end"], got["end"]) - max(wanted["start"], got["start"])
            if both > 0:
                whole = max(wanted["end"], got["end"]) - min(wanted["start"], got["start"])
                if both / whole >= SAME:
                    overlaps.append((-both / whole, one, other))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, one, other in sorted(overlaps):
        if one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return pairs


def _number(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def _atom(amount: Record) -> tuple[object, ...]:
    kind = amount["type"]
    if kind == "rate":
        return kind, round(float(amount["percent"]), 2)
    if kind in ("range_yuan", "range_percent"):
        return kind, _number(amount["low"]), _number(amount["high"])
    return (kind, _number(amount["yuan"])) if "yuan" in amount else (kind,)


def _tiers(record: Record) -> list[tuple[object, ...]]:
    return [
        (_atom(tier["amount"]), _number(tier.get("cap_yuan")), _number((tier.get("threshold") or {}).get("value")))
        for tier in record["tiers"]
    ]


def _conditions(record: Record) -> Counter[tuple[object, ...]]:
    return Counter((c["op"], _number(c["value"]), c["unit"]) for c in record.get("conditions", []))


def _slots(record: Record) -> Counter[tuple[object, ...]]:
    slots = Counter(_conditions(record))
    for amount, cap, threshold in _tiers(record):
        slots[(amount,)] += 1
        if cap is not None:
            slots["cap", cap] += 1
        if threshold is not None:
            slots["threshold", threshold] += 1
    return slots


def _key(record: Record) -> tuple[object, ...]:
    return _tiers(record), _conditions(record), record["certainty"]


def _said(record: Record) -> str:
    quote = record["quote"].replace("\n", "")
    return f"{quote[:70]} {_tiers(record)} {dict(_conditions(record))} {record['certainty']}"
