"""Checks (核对): a loaded corpus comes in, findings with place and remedy go out. One check a file; each declares CHECK."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from datetime import date

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check
from cewen.rules.load import Corpus
from cewen.rules.policy import Policy


def _discovered() -> tuple[Check, ...]:
    found = []
    for module in pkgutil.iter_modules(__path__):
        check = getattr(importlib.import_module(f"{__name__}.{module.name}"), "CHECK", None)
        if isinstance(check, Check):
            found.append(check)
    return tuple(sorted(found, key=lambda check: check.code))


CHECKS: tuple[Check, ...] = _discovered()
"""Every check of this folder, in the order of its code. Checks that need the interpreter stand in `engine.check_cases`."""


def check_policy(
    corpus: Corpus, policy: Policy, on: date | None = None, checks: Iterable[Check] = CHECKS
) -> tuple[Diagnostic, ...]:
    """What `checks` find in one policy, in the order of file and line; what loading found is not among it."""
    examined = Examined(corpus, policy, on)
    found = dict.fromkeys(finding for check in checks for finding in check.find(examined))
    return tuple(sorted(found, key=_order))


def check_corpus(
    corpus: Corpus, on: date | None = None, only: Iterable[str] = (), checks: Iterable[Check] = CHECKS
) -> tuple[Diagnostic, ...]:
    """What loading and `checks` found in every policy, or in those whose id is in `only`.

    `on` is the day validity is asked for; without it nothing is said of what has expired by now.
    """
    wanted, checks = frozenset(only), tuple(checks)
    ids = {policy.id for policy in corpus.policies}
    found: list[Diagnostic] = []
    for finding in corpus.findings:
        file = finding.place.file or ""
        owner = next((name for name in ids if file.startswith(f"{name}/")), None)
        if not wanted or owner is None or owner in wanted:
            found.append(finding)
    for policy in corpus.policies:
        if not wanted or policy.id in wanted:
            found.extend(check_policy(corpus, policy, on, checks))
    return tuple(dict.fromkeys(found))


def _order(finding: Diagnostic) -> tuple[str, int, int, str]:
    place = finding.place
    return (place.file or "", place.line or 0, place.column or 0, finding.code)
