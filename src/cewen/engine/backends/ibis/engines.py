"""The engines a query can run on: each takes the rows in its own way and gives back Arrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pyarrow as pa

from cewen.engine.backends.ibis.rows import Rows

Build = Callable[[Any], Any]
"""Gives the query for a table."""


class Engine(Protocol):
    """One computing engine (计算引擎) as the back-end needs it."""

    @property
    def name(self) -> str: ...

    @property
    def keeps_order(self) -> bool:
        """Whether rows come back in the order in which they went in."""

    def compile(self, build: Build, schema: pa.Schema) -> Any:
        """A query that can be run again on other rows of the same schema."""

    def run(self, query: Any, rows: Rows) -> pa.Table:
        """The answer. Raises CewenError (CW638) where the engine gives up."""
