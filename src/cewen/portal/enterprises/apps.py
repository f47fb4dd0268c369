"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Enterprises(AppConfig):
    """Enterprises (企业库)."""

    name = "cewen.portal.enterprises"
    label = "enterprises"
    verbose_name = "企业库"
