"""What a process of the server learns before somebody waits for it: policies, targets, the register, the engine."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from threading import Thread

from django.db import connection
from django.utils import timezone

from cewen.engine.backends.base import is_installed
from cewen.engine.columns.blocks import split
from cewen.engine.simulate.evaluate import FAST, REFERENCE, open_engine
from cewen.portal.access import SYSTEM
from cewen.portal.indicators.selectors import board
from cewen.portal.policies.selectors import edition
from cewen.portal.runs.selectors import register_columns, usual_day, usual_year
from cewen.rules.lower import lower_corpus

FEW = 64
"""Enterprises an engine is tried on; it compiles its measures for them as for a million."""
_log = logging.getLogger(__name__)


def warm() -> Thread:
    """Learn in a thread of its own. A page that comes sooner waits for the same work; nothing is done twice."""
    thread = Thread(target=_learn, name="cewen-warming", daemon=True)
    thread.start()
    return thread


def _learn() -> None:
    for step in STEPS:
        try:
            step()
        except Exception:  # a page will meet the same fault and show it; the server must go on all the same
            _log.exception("%s failed while the server was warming", step.__name__)
    connection.close()
    # What is known by now stays for good: the collector need not look through it again and again while people wait.
    gc.collect()
    gc.freeze()


def try_engine() -> None:
    """The engine of runs and reforms compiles the measures of the usual day."""
    columns = register_columns(SYSTEM)
    if columns.enterprise_count:
        on = usual_day(timezone.localdate())
        engine = open_engine(next((name for name in FAST if is_installed(name)), REFERENCE))
        engine.evaluate(lower_corpus(edition().corpus, on), next(split(columns, FEW)), year=usual_year(SYSTEM, on))


STEPS: tuple[Callable[[], object], ...] = (edition, board, try_engine)
"""In order: what most pages need comes first."""
