"""Which engines the tests of the Ibis back-ends run on, and how quiet they are."""

from __future__ import annotations

import gc
import shutil
import warnings
from collections.abc import Callable, Iterator

import pytest

from cewen.engine.backends.ibis.backend import IbisBackend, make_ibis

# Spark's Python side leaves its sockets to the garbage collector, which says so; it is no fault of ours.
_SOCKETS = (
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
)

ENGINES = ["duckdb", "polars", pytest.param("spark", marks=_SOCKETS)]


def backends(name: str, need: Callable[[object, str], None]) -> Iterator[IbisBackend]:
    """The back-end of a name, skipped loudly where Spark has no Java; to be used as a fixture of one test."""
    if name == "spark":
        need(shutil.which("java"), "Java 17, which Spark runs on")
    yield make_ibis(name)
    if name == "spark":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gc.collect()
