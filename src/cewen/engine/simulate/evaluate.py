"""The one seam to the engines: a plan over columns, by the reference interpreter or by a back-end of any name."""

from __future__ import annotations

from cewen.engine.backends.base import Backend, is_installed, load_backend
from cewen.engine.simulate.reference_backend import ReferenceBackend

AUTO = "auto"
REFERENCE = "reference"
FAST = ("kernel", "duckdb")
"""The fastest first."""

FEW = 2_000
"""Enterprises (times evaluations) up to which the reference interpreter is done before a back-end has started."""


def fastest_engine(enterprises: int) -> str:
    """The engine to use for so many enterprises: the fastest that is installed, for a few of them the reference."""
    if enterprises < FEW:
        return REFERENCE
    return next((name for name in FAST if is_installed(name)), REFERENCE)


def open_engine(target: str) -> Backend:
    """The engine of a name or address; CewenError (CW630, CW632) as `load_backend`."""
    return ReferenceBackend() if target == REFERENCE else load_backend(target)


def shown_engine(target: str) -> str:
    """An engine as results name it: of an address the scheme alone, for what follows may hold a password."""
    return target.partition("://")[0]
