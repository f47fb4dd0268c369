"""One change of a reform as people read it: which measure, under which clause, what before, what after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cewen.base.source import Place


class ChangeKind(StrEnum):
    """What a reform does to a thing (改动的种类)."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return {"changed": "改", "added": "增", "removed": "取消"}[self.value]


@dataclass(frozen=True, slots=True)
class Change:
    """One change (一处改动). `key` is `policy#measure`, or the policy for rules and validity; values as words."""

    kind: ChangeKind
    key: str
    title: str
    clause: str
    path: str
    before: str
    after: str
    place: Place = Place()

    @property
    def about(self) -> str:
        """The measure or rule as messages name it."""
        return f"“{self.title}”（{self.clause}）" if self.clause else f"“{self.title}”"

    def to_json(self) -> dict[str, str]:
        return {
            "kind": self.kind.value, "key": self.key, "title": self.title, "clause": self.clause, "path": self.path,
            "before": self.before, "after": self.after,
        }  # fmt: skip


def value_words(value: Any) -> str:
    """A value of a measure file as words: dated values with their dates, nothing as 无."""
    if value is None or value == [] or value == ():
        return "无"
    if isinstance(value, Mapping):
        if all(isinstance(key, date) for key in value):
            return "，".join(f"{'原来' if day == date.min else f'{day} 起'} {value[day]}" for day in sorted(value))
        return "，".join(f"{key} {value_words(each)}" for key, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "；".join(value_words(each) for each in value)
    return str(getattr(value, "value", value))
