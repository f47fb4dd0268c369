"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Entitlements(AppConfig):
    """Entitlements (可享)."""

    name = "cewen.portal.entitlements"
    label = "entitlements"
    verbose_name = "可享"
