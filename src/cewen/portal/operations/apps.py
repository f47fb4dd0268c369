"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Operations(AppConfig):
    """Operations (运维)."""

    name = "cewen.portal.operations"
    label = "operations"
    verbose_name = "运维"
