"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Runs(AppConfig):
    """Evaluation runs (测算)."""

    name = "cewen.portal.runs"
    label = "runs"
    verbose_name = "测算"
