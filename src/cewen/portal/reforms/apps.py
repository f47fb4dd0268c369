"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Reforms(AppConfig):
    """Reforms (改革方案)."""

    name = "cewen.portal.reforms"
    label = "reforms"
    verbose_name = "改革"
