"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Drafts(AppConfig):
    """Drafts (政策起草)."""

    name = "cewen.portal.drafts"
    label = "drafts"
    verbose_name = "政策起草"
