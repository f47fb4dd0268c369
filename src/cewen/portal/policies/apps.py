"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Policies(AppConfig):
    """Policies (政策库)."""

    name = "cewen.portal.policies"
    label = "policies"
    verbose_name = "政策库"
