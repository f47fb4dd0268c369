"""Work in the background: today's targets before the first reader asks, and the daily round of alerts."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from threading import Thread

from django.db import connection
from django.utils import timezone

from cewen.portal.access import SYSTEM
from cewen.portal.indicators.models import AlertRound
from cewen.portal.indicators.selectors import board
from cewen.portal.indicators.services import run_alerts


def warm() -> Thread:
    """Work out today's targets in a thread of its own, and those of each new day just after midnight.

    A page that comes sooner waits for the same work; it is not done twice.
    """
    thread = Thread(target=_warm, name="cewen-warm-targets", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    while True:
        try:
            board()
        except Exception:  # a page will meet the same fault and show it; the server must go on all the same
            logging.getLogger(__name__).exception("today's targets could not be worked out")
        finally:
            connection.close()
        time.sleep(seconds_to_midnight(timezone.localtime()) + 1)


def seconds_to_midnight(now: datetime) -> float:
    """Seconds from a local moment until the next day begins."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (start + timedelta(days=1) - now).total_seconds()


def alert_round() -> AlertRound:
    """The round of alerts of today."""
    return run_alerts(SYSTEM)
