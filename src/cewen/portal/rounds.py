"""What is done by the clock: an ordered list of rounds, each run by one process at a time on whatever machine."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import close_old_connections, connection
from django.db.models import F, Q
from django.utils import timezone

from cewen.portal.api.services import forget_answers, forget_calls
from cewen.portal.audit.models import Round
from cewen.portal.drafts.jobs import clear_leftovers, publish_due
from cewen.portal.enterprises.jobs import remove_old_files, resume_imports
from cewen.portal.indicators.jobs import alert_round
from cewen.portal.processes import is_gone, own_mark
from cewen.portal.runs.jobs import remove_lost_files
from cewen.portal.runs.jobs import wake as wake_runs
from cewen.portal.tasks.jobs import escalation_round

TICK = 10.0
"""Seconds between two looks at what is due."""
AFTER_FAILURE = timedelta(minutes=5)
INCOMING_KEPT = timedelta(days=1)

_log = logging.getLogger(__name__)
_state: dict[str, Thread] = {}
_starting = Lock()
_stop = Event()


@dataclass(frozen=True, slots=True)
class Work:
    """One round (一轮): what it does, how often, and after how long it counts as broken off.

    `every` None: once a day, just after midnight. To run it twice does no harm: each looks at what is there to do.
    """

    name: str
    act: Callable[[], object]
    every: timedelta | None
    at_most: timedelta = timedelta(minutes=15)

    def next_after(self, now: datetime) -> datetime:
        """When it is due again."""
        if self.every is not None:
            return now + self.every
        start = timezone.localtime(now).replace(hour=0, minute=1, second=0, microsecond=0)
        return start + timedelta(days=1)


def remove_sessions() -> int:
    """Sessions that have ended; how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def remove_incoming() -> int:
    """What uploads left that a killed server was just receiving; how many."""
    folder = settings.ENVIRONMENT.data / "incoming"
    oldest, found = time.time() - INCOMING_KEPT.total_seconds(), 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < oldest:
            _remove(path)
            found += 1
    return found


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


ROUNDS = (
    Work("publish", publish_due, timedelta(minutes=1)),
    Work("runs", wake_runs, timedelta(seconds=20), timedelta(minutes=2)),
    Work("imports", resume_imports, timedelta(seconds=20), timedelta(hours=1)),
    Work("alerts", alert_round, None),
    Work("escalation", escalation_round, None),
    Work("import_files", remove_old_files, timedelta(hours=1)),
    Work("run_files", remove_lost_files, timedelta(hours=6)),
    Work("draft_files", clear_leftovers, timedelta(hours=6)),
    Work("incoming_files", remove_incoming, timedelta(hours=6)),
    Work("answers", forget_answers, timedelta(hours=1)),
    Work("calls", forget_calls, timedelta(hours=1)),
    Work("sessions", remove_sessions, timedelta(hours=6)),
)
"""In the order in which they are run when several are due."""


def run_due(rounds: Iterable[Work] = ROUNDS) -> list[Round]:
    """Run every round that is due and nobody else is at. A failure is logged, counted, tried again later."""
    known, done = {each.name: each for each in rounds}, []
    _see_rows(known)
    for name in known:
        if take(known[name]):
            _run(known[name])
            done.append(Round.objects.get(name=name))
    return done


def _see_rows(known: Iterable[str]) -> None:
    """A row for each round, and none held by a process of this machine that is gone."""
    rows = {each.name: each for each in Round.objects.all()}
    missing = [Round(name=name) for name in known if name not in rows]
    if missing:
        Round.objects.bulk_create(missing, ignore_conflicts=True)
    for each in rows.values():
        if each.held_until is not None and is_gone(each.holder):
            Round.objects.filter(name=each.name, holder=each.holder).update(held_until=None)


def take(work: Work) -> bool:
    """Put this process's mark on a round that is due and free. One statement: of two takers one changes nothing."""
    now = timezone.now()
    free = Q(held_until__isnull=True) | Q(held_until__lt=now)
    if not Round.objects.filter(free, name=work.name, due_at__lte=now).exists():  # nothing is locked for a look
        return False
    rows = Round.objects.filter(free, name=work.name, due_at__lte=now)
    return bool(rows.update(holder=own_mark(), held_until=now + work.at_most))


def _run(work: Work) -> None:
    failure = ""
    try:
        work.act()
    except Exception as error:
        _log.exception("round %s failed", work.name)
        failure = f"{type(error).__name__}: {error}"[:300]
    now = timezone.now()
    due = work.next_after(now)
    Round.objects.filter(name=work.name, holder=own_mark()).update(
        held_until=None, finished_at=now, failure=failure, run_count=F("run_count") + 1,
        failure_count=F("failure_count") + int(bool(failure)), due_at=min(due, now + AFTER_FAILURE) if failure else due,
    )  # fmt: skip


def start_rounds() -> Thread:
    """The thread of this process that looks after the rounds; the same one when it is asked for again."""
    with _starting:
        known = _state.get("thread")
        if known is None or not known.is_alive():
            known = _state["thread"] = Thread(target=_look, name="cewen-rounds", daemon=True)
            known.start()
        return known


def _look() -> None:
    while True:
        close_old_connections()
        try:
            run_due()
        except Exception:  # the database may be away; it will be back
            _log.exception("the rounds could not be looked at")
        finally:
            connection.close()
        if _stop.wait(TICK):
            return
