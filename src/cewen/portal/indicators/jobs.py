"""Work in the background: today's targets before the first reader asks, and the daily round of alerts."""

from __future__ import annotations

import logging
from threading import Thread

from django.db import connection

from cewen.portal.access import SYSTEM
from cewen.portal.indicators.models import AlertRound
from cewen.portal.indicators.selectors import board
from cewen.portal.indicators.services import run_alerts


def warm() -> Thread:
    """Work out today's targets in a thread of its own; a page that comes sooner waits for it."""
    thread = Thread(target=_warm, name="cewen-warm-targets", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    try:
        board()
    except Exception:  # a page will meet the same fault and show it; the server must start all the same
        logging.getLogger(__name__).exception("today's targets could not be worked out")
    finally:
        connection.close()


def alert_round() -> AlertRound:
    """The round of alerts of today."""
    return run_alerts(SYSTEM)
