"""Events in one file: appended in a transaction, never changed; a crash leaves either all of an event or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.rules.load import Corpus
from cewen.supervision.case import TaskCase, decide, open_case
from cewen.supervision.event import Event, Step, broken_links, of_task, step_json, step_of
from cewen.supervision.task import spawn_tasks
from cewen.supervision.unit import Units
from cewen.supervision.workflow import Workflow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY, task TEXT NOT NULL, key TEXT NOT NULL, step TEXT NOT NULL, source TEXT NOT NULL,
    target TEXT NOT NULL, version INTEGER NOT NULL, previous TEXT NOT NULL UNIQUE, hash TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS event_key ON event (task, key) WHERE key <> '';
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, '事件不能修改'); END;
CREATE TRIGGER IF NOT EXISTS event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '事件不能删除'); END;
"""


@dataclass(frozen=True)
class Journal:
    """Journal of supervision (督办台账), a SQLite file with the chain of all events."""

    path: Path

    def events(self) -> tuple[Event, ...]:
        """All events in order; none where nothing was recorded yet."""
        if not self.path.is_file():
            return ()
        with self._connected() as connection:
            return _events(connection)

    def act(self, corpus: Corpus, step: Step, workflow: Workflow, units: Units) -> TaskCase:
        """Record a step on a task: state re-read, checked and written in one transaction.

        The same `key` a second time changes nothing and gives the case as it stands. Raises CewenError: CW810 for a
        task nobody knows, CW812, CW813, CW814 as `decide` says.
        """
        task = next((each for each in spawn_tasks(corpus, step.on) if each.id == step.task), None)
        if task is None:
            raise CewenError.of("CW810", f"没有任务“{step.task}”", "用 cewen tasks 查看全部任务的编号。")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            connection.executescript(_SCHEMA)
            with _writing(connection):
                events = _events(connection)
                own = of_task(events, step.task)
                case = open_case(task, workflow, own)
                if step.key and any(each.step.key == step.key for each in own):
                    return case
                event = decide(case, step, workflow, units, events[-1] if events else None)
                _append(connection, event)
        return open_case(task, workflow, (*own, event))

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the chain, in sentences; nothing for a sound one."""
        if not self.path.is_file():
            return ()
        with self._connected() as connection:
            events = _events(connection)
            head = connection.execute("SELECT number, hash FROM head").fetchone()
        found = [f"第 {number} 条事件被改动、删除或调换过" for number in broken_links(events)]
        last = (events[-1].number, events[-1].hash) if events else None
        if (tuple(head) if head else None) != last:
            found.append("最后的事件被删去或添过：与台账末尾的记录不符")
        return tuple(found)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _events(connection: sqlite3.Connection) -> tuple[Event, ...]:
    rows = connection.execute("SELECT number, step, source, target, version, previous, hash FROM event ORDER BY number")
    return tuple(
        Event(number, step_of(json.loads(step)), source, target, version, previous, hashed)
        for number, step, source, target, version, previous, hashed in rows
    )


def _append(connection: sqlite3.Connection, event: Event) -> None:
    step = json.dumps(step_json(event.step), ensure_ascii=False, sort_keys=True)
    connection.execute(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.number,
            event.step.task,
            event.step.key,
            step,
            event.source,
            event.to,
            event.version,
            event.previous,
            event.hash,
        ),
    )
    connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (event.number, event.hash))


def cases_on(
    corpus: Corpus,
    events: tuple[Event, ...],
    workflow: Workflow,
    on: date,
    keep: Callable[[TaskCase], bool] | None = None,
) -> tuple[TaskCase, ...]:
    """Every task with its history up to a day."""
    by_task: dict[str, list[Event]] = {}
    for event in events:
        if event.step.on <= on:
            by_task.setdefault(event.step.task, []).append(event)
    cases = (open_case(task, workflow, by_task.get(task.id, ())) for task in spawn_tasks(corpus, on))
    return tuple(case for case in cases if keep is None or keep(case))
