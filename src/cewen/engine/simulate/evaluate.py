"""The one seam to the engines: a plan over columns, by the reference interpreter or by a back-end of any name."""

from __future__ import annotations

from cewen.engine.backends.base import Backend, load_backend
from cewen.engine.simulate.reference_backend import ReferenceBackend


def open_engine(target: str) -> Backend:
    """The engine of a name or address; CewenError (CW630, CW632) as `load_backend`."""
    return ReferenceBackend() if target == "reference" else load_backend(target)
