"""What happened to a task: events in a chain, each carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (经办人): person, unit and role. `acts_for` names the person a deputy (代理人) stands in for."""

    person: str
    unit: str
    role: str
    acts_for: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What an actor wants to record: a step of the workflow with what it needs."""

    task: str
    edge: str
    actor: Actor
    on: date
    text: str = ""
    evidence: tuple[str, ...] = ()
    owner: str = ""
    due: date | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Event (事件) on a task: the step, the states before and after, its place in the chain."""

    number: int
    step: Step
    source: str
    to: str
    version: int
    previous: str
    hash: str

    @classmethod
    def after(cls, previous: Event | None, step: Step, source: str, to: str, version: int) -> Event:
        """The next event of a chain."""
        number = 1 if previous is None else previous.number + 1
        before = GENESIS if previous is None else previous.hash
        return cls(number, step, source, to, version, before, digest(number, step, source, to, version, before))

    @property
    def is_sound(self) -> bool:
        """Whether the hash is that of the content."""
        return self.hash == digest(self.number, self.step, self.source, self.to, self.version, self.previous)


def digest(number: int, step: Step, source: str, to: str, version: int, previous: str) -> str:
    """SHA-256 of the canonical JSON of an event."""
    content = {
        "number": number,
        "step": step_json(step),
        "from": source,
        "to": to,
        "version": version,
        "previous": previous,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def step_json(step: Step) -> dict[str, object]:
    """A step as plain data."""
    actor = step.actor
    return {
        "task": step.task, "edge": step.edge, "on": step.on.isoformat(), "text": step.text,
        "evidence": list(step.evidence), "owner": step.owner, "due": step.due.isoformat() if step.due else None,
        "key": step.key, "person": actor.person, "unit": actor.unit, "role": actor.role, "acts_for": actor.acts_for,
    }  # fmt: skip


def step_of(data: dict[str, object]) -> Step:
    """The step of plain data."""
    evidence = data["evidence"]
    assert isinstance(evidence, list)
    return Step(
        str(data["task"]), str(data["edge"]),
        Actor(str(data["person"]), str(data["unit"]), str(data["role"]), str(data["acts_for"])),
        date.fromisoformat(str(data["on"])), str(data["text"]), tuple(str(each) for each in evidence),
        str(data["owner"]), date.fromisoformat(str(data["due"])) if data["due"] else None, str(data["key"]),
    )  # fmt: skip


def broken_links(events: Sequence[Event]) -> tuple[int, ...]:
    """Numbers at which a chain was changed, cut or reordered; the first number missing at the end is not seen here."""
    broken: list[int] = []
    previous: Event | None = None
    for expected, event in enumerate(events, 1):
        before = GENESIS if previous is None else previous.hash
        if event.number != expected or event.previous != before or not event.is_sound:
            broken.append(expected)
        previous = event
    return tuple(broken)


def of_task(events: Iterable[Event], task: str) -> tuple[Event, ...]:
    """The events of one task, in order."""
    return tuple(each for each in events if each.step.task == task)
