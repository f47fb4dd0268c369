"""Sets Django up when a test of the portal is collected, and only then; puts the audit's triggers aside for flushing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace

import django
import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "portal_settings"
django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402

from cewen.portal.api.services import forget_calls  # noqa: E402
from cewen.portal.enterprises.selectors import forget_columns  # noqa: E402

_triggers = import_module("cewen.portal.audit.migrations.0002_triggers")
_further = [
    import_module(f"cewen.portal.{name}.migrations.0002_triggers") for name in ("enterprises", "indicators", "tasks")
]
_editor = SimpleNamespace(connection=connection)
_state = {"dropped": False}


@pytest.fixture(autouse=True)
def audit_triggers(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test ends with every table emptied, which the triggers refuse: they are gone for that moment only."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        yield
        return
    request.getfixturevalue(
        "_django_db_helper"
    )  # so that what stands after `yield` comes before the tables are emptied
    if _state["dropped"]:
        _triggers.put_head(django.apps.apps, _editor)
        _triggers.create(None, _editor)
        for each in _further:
            if hasattr(each, "put_head"):
                each.put_head(django.apps.apps, _editor)
            each.create(None, _editor)
    yield
    if marker.kwargs.get("transaction"):
        for each in (_triggers, *_further):
            each.drop(None, _editor)
        _state["dropped"] = True


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Neither rate limits nor the register of one test count in the next: versions start anew with each database."""
    cache.clear()
    forget_calls(now=9e11)
    forget_columns()
