"""Figures of the whole portal, whichever worker is asked."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from cewen import __version__
from cewen.portal.accounts.models import AccessToken, Organization, Person
from cewen.portal.audit.models import Round
from cewen.portal.audit.selectors import event_count
from cewen.portal.enterprises.models import Enterprise, FactImport
from cewen.portal.observing import FIGURES, line
from cewen.portal.policies.selectors import figures


def metric_lines() -> Iterable[str]:
    """Every figure in the text form of Prometheus."""
    yield "# TYPE cewen_info gauge"
    yield line("cewen_info", 1, version=__version__)
    tokens = AccessToken.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
    held = {
        "people": Person.objects.filter(is_active=True).count(),
        "organizations": Organization.objects.count(),
        "tokens": tokens.count(),
        "audit_events": event_count(),
        "enterprises": Enterprise.objects.count(),
        **figures(timezone.localdate()),
    }
    for name, count in held.items():
        yield f"# TYPE cewen_{name} gauge"
        yield line(f"cewen_{name}", count)
    yield "# TYPE cewen_imports gauge"
    for stage in FactImport.Stage.values:
        yield line("cewen_imports", FactImport.objects.filter(stage=stage).count(), stage=stage)
    yield from _round_lines()
    yield from FIGURES.lines()


def _round_lines() -> Iterable[str]:
    """What is done by the clock: how often, how often in vain, and when it last came to its end."""
    rows = list(Round.objects.all())
    yield "# TYPE cewen_rounds_total counter"
    yield from (line("cewen_rounds_total", each.run_count, round=each.name) for each in rows)
    yield "# TYPE cewen_round_failures_total counter"
    yield from (line("cewen_round_failures_total", each.failure_count, round=each.name) for each in rows)
    yield "# TYPE cewen_round_finished_seconds gauge"
    for each in rows:
        if each.finished_at is not None:
            yield line("cewen_round_finished_seconds", int(each.finished_at.timestamp()), round=each.name)
