"""Figures of the whole portal, whichever worker is asked."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from cewen import __version__
from cewen.portal.accounts.models import AccessToken, Organization, Person
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
    yield from FIGURES.lines()
