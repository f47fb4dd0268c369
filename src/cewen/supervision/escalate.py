"""The daily round: what is late goes up, once for each level, and a second round on the same day changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

from cewen.rules.load import Corpus
from cewen.supervision.event import Actor, Event, Step
from cewen.supervision.journal import Journal, cases_on
from cewen.supervision.unit import Units
from cewen.supervision.workflow import Workflow

SYSTEM = Actor("系统", "", "system")


def escalate(journal: Journal, corpus: Corpus, workflow: Workflow, units: Units, on: date) -> tuple[Event, ...]:
    """Escalate every open task that is late by the days of its next level. Interrupted, it goes on where it stopped."""
    raised: list[Event] = []
    for case in cases_on(corpus, journal.events(), workflow, on, lambda each: each.is_open and each.due is not None):
        for rule in workflow.escalations:
            if rule.level <= case.level or case.due is None or on <= case.due + timedelta(days=rule.after_days):
                continue
            text = f"逾期 {(on - case.due).days} 天，提请{rule.to}督办"
            key = f"escalate-{rule.level}-{case.due.isoformat()}"
            step = Step(case.task.id, "escalate", SYSTEM, on, text, key=key)
            raised.append(journal.act(corpus, step, workflow, units).events[-1])
    return tuple(raised)
