"""One portal and one browser for all tests that look at pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from browser_support import ServedPortal, missing, open_browser, served_portal


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, need: Callable[[object, str], None]) -> Iterator[ServedPortal]:
    """A running portal with demonstration accounts."""
    need(not missing(), missing())
    with served_portal(tmp_path_factory.mktemp("browser") / "data") as found:
        yield found


@pytest.fixture(scope="session")
def browser(need: Callable[[object, str], None]) -> Iterator[Any]:
    """Chromium."""
    need(not missing(), missing())
    with open_browser() as found:
        yield found
