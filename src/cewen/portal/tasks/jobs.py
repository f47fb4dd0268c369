"""Work in the background: the daily escalation of what is late."""

from __future__ import annotations

from datetime import date

from cewen.portal.access import SYSTEM
from cewen.portal.tasks.services import escalate_late
from cewen.supervision.event import Event


def escalation_round(on: date | None = None) -> tuple[Event, ...]:
    """Escalate what is late today; a second round on the same day changes nothing."""
    return escalate_late(SYSTEM, on=on)
