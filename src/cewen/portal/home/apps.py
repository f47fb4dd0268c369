"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Home(AppConfig):
    """Home (首页)."""

    name = "cewen.portal.home"
    label = "home"
    verbose_name = "首页"
