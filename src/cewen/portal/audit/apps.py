"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Audit(AppConfig):
    """Audit (审计)."""

    name = "cewen.portal.audit"
    label = "audit"
    verbose_name = "审计"
