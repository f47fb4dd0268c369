"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Indicators(AppConfig):
    """Indicators (指标)."""

    name = "cewen.portal.indicators"
    label = "indicators"
    verbose_name = "指标"
