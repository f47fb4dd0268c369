"""Which modules the portal has, and what each adds: a new module is one folder and one line here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from cewen.portal.access import AccessList, NavigationItem

MODULES = (
    "audit",
    "accounts",
    "policies",
    "enterprises",
    "entitlements",
    "drafts",
    "runs",
    "reforms",
    "api",
    "operations",
    "indicators",
    "tasks",
    "home",
)
"""Folders of the portal that are modules, lowest first: a module may use those before it."""


def collect_access(outside: AccessList) -> AccessList:
    """The one list of who may call what: `outside` (routes of libraries) and every module's ACCESS.

    Raises ValueError when a route stands on it twice.
    """
    found = dict(outside)
    for name in MODULES:
        for route, roles in _urls(name).ACCESS.items():
            if route in found:
                raise ValueError(f"route {route} stands on the access list twice")
            found[route] = roles
    return found


def collect_navigation() -> tuple[NavigationItem, ...]:
    """Entries of the main navigation of all modules, in order."""
    items = [item for name in MODULES for item in getattr(_urls(name), "NAVIGATION", ())]
    return tuple(sorted(items, key=lambda item: item.order))


def collect_actions() -> dict[str, str]:
    """Words for the actions that stand in audit events, of all modules: "accounts.signed_in" to 登录."""
    return {action: word for name in MODULES for action, word in getattr(_urls(name), "ACTIONS", {}).items()}


def wake_jobs() -> None:
    """See that every module that works in the background does: called once something waits for it."""
    for name in MODULES:
        if find_spec(f"cewen.portal.{name}.jobs"):
            getattr(import_module(f"cewen.portal.{name}.jobs"), "wake", lambda: None)()


def _urls(name: str) -> ModuleType:
    return import_module(f"cewen.portal.{name}.urls")
