"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Tasks(AppConfig):
    """Tasks (督办任务)."""

    name = "cewen.portal.tasks"
    label = "tasks"
    verbose_name = "督办"
