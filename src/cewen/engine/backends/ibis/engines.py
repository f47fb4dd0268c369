"""The engines a query can run on: each takes the rows in its own way and gives back Arrow, or arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cewen.engine.backends.ibis.rows import Rows

Build = Callable[[Any], Any]
"""Gives the query for a table."""

Arrays = Mapping[str, NDArray[Any]]
"""Columns without nulls by name."""


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

    def arrays(self, query: Any, rows: pa.Table) -> Arrays:
        """The same answer as arrays, by the shortest way the engine has; for answers without nulls."""


def arrays_of(table: pa.Table) -> Arrays:
    """The columns of an Arrow table; not copied where they stand in one piece."""
    return {name: np.asarray(table[name].to_numpy()) for name in table.column_names}
