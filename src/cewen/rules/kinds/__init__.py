"""Kinds of measure (措施的种类), one file each; a new file here is a new kind, and nothing else need change."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from cewen.rules.measure import Measure

DEFAULT_KIND = "formula"


@lru_cache(maxsize=1)
def measure_kinds() -> dict[str, type[Measure]]:
    """Every kind by the word a measure file writes in `kind`."""
    found: dict[str, type[Measure]] = {}
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    for model in Measure.__subclasses__():
        if model.__module__.startswith(__name__ + "."):
            found[model.model_fields["kind"].default] = model
    return dict(sorted(found.items()))
