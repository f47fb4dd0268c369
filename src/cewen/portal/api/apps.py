"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Api(AppConfig):
    """REST interface (接口)."""

    name = "cewen.portal.api"
    label = "api"
    verbose_name = "接口"
