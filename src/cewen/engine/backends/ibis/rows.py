"""Where a query finds its rows: one table a subject, with the columns of the enterprise behind each object beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cewen.engine.backends.ibis.interpreter import ColumnState
from cewen.engine.backends.ibis.kept import once
from cewen.engine.backends.ibis.wanted import checked_state, column_state, not_whole
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout
from cewen.engine.columns.owners import owners
from cewen.rules.facts import Fact


@dataclass(frozen=True)
class ParquetRegister:
    """A register (企业库) as one Parquet file a subject, columns as `Layout` says; read by the engine itself."""

    layout: Layout
    paths: Mapping[str, Path]
    awards: pa.Table

    def schema(self, subject: str) -> pa.Schema:
        return pq.read_schema(self.paths[subject])

    def row_count(self, subject: str) -> int:
        return int(pq.read_metadata(self.paths[subject]).num_rows) if subject in self.paths else 0

    def names(self) -> dict[str, frozenset[str]]:
        """Columns of each subject."""
        return {subject: frozenset(self.schema(subject).names) for subject in self.paths}

    def with_columns(self, wanted: Mapping[str, Fact]) -> Columns:
        """The register in memory with the wanted columns only, and codes and names."""
        tables = {}
        for subject, path in self.paths.items():
            own = [name for name, fact in wanted.items() if fact.subject == subject]
            tables[subject] = pq.read_table(path, columns=[USCC, OBJECT_NAME, *own])
        return Columns(self.layout, tables, self.awards)


@dataclass(frozen=True)
class FileRows:
    """Rows the engine reads from Parquet: `own` columns of `path`, joined by code to `others` of `enterprise`."""

    path: Path
    own: tuple[str, ...]
    enterprise: Path
    others: tuple[str, ...]


Rows = pa.Table | FileRows


def table_states(columns: Columns, wanted: Mapping[str, Fact]) -> dict[str, ColumnState]:
    """What can be told of the wanted columns of a register in memory."""

    def state(name: str, fact: Fact) -> ColumnState:
        return once(
            columns, ("state", fact, name), lambda: column_state(fact, name, columns.tables[fact.subject][name])
        )

    return {name: state(name, fact) for name, fact in wanted.items()}


def table_rows(columns: Columns, subject: str, wanted: Mapping[str, Fact], further: Mapping[str, pa.Array]) -> pa.Table:
    """The wanted columns, one row for each of the subject's table and in its order; `further` columns beside them.

    Without `further` columns it is the same table every time, so that an engine may know it again.
    """
    if not further:
        return once(
            columns,
            ("rows", subject, *((name, wanted[name].subject) for name in wanted)),
            lambda: _joined(columns, subject, wanted, {}),
        )
    return _joined(columns, subject, wanted, further)


def _joined(columns: Columns, subject: str, wanted: Mapping[str, Fact], further: Mapping[str, pa.Array]) -> pa.Table:
    table = columns.tables[subject]
    arrays: dict[str, pa.ChunkedArray | pa.Array] = {}
    others = {name: fact for name, fact in wanted.items() if fact.subject != subject}
    owner = pa.array(owners(columns, subject)) if others else None
    for name, fact in wanted.items():
        source = columns.tables[fact.subject][name]
        arrays[name] = source if owner is None or name not in others else source.take(owner)
    arrays.update(further)
    if not arrays:  # a query needs a column even where no rule reads one
        arrays["row"] = pa.nulls(table.num_rows, pa.int8())
    return pa.table(arrays)


def file_states(register: ParquetRegister, wanted: Mapping[str, Fact]) -> dict[str, ColumnState]:
    """The same from the statistics of Parquet files; without statistics nulls and negatives are expected."""
    files = {subject: pq.ParquetFile(path) for subject, path in register.paths.items()}
    states: dict[str, ColumnState] = {}
    for name, fact in wanted.items():
        file = files[fact.subject]
        kind = file.schema_arrow.field(name).type
        if not pa.types.is_integer(kind):
            raise not_whole(fact, name, kind)
        states[name] = _file_state(file, fact, name)
    return states


def _file_state(file: pq.ParquetFile, fact: Fact, name: str) -> ColumnState:
    at = file.schema_arrow.get_field_index(name)
    metadata = file.metadata
    nullable, low, high = False, None, None
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(at).statistics
        if statistics is None or not statistics.has_null_count:
            return _scanned(file, fact, name)
        nullable |= statistics.null_count > 0
        if statistics.null_count == metadata.row_group(group).num_rows:
            continue
        if not statistics.has_min_max:
            return _scanned(file, fact, name)
        low = statistics.min if low is None else min(low, statistics.min)
        high = statistics.max if high is None else max(high, statistics.max)
    if not fact.type.is_number:
        return ColumnState(nullable, negative=False)
    return checked_state(fact, name, nullable, low, high)


def _scanned(file: pq.ParquetFile, fact: Fact, name: str) -> ColumnState:
    """For files written without statistics: the column is read once."""
    states = [
        column_state(fact, name, pa.chunked_array([batch.column(0)]))
        for batch in file.iter_batches(batch_size=1 << 20, columns=[name])
    ]
    return ColumnState(
        any(state.nullable for state in states),
        any(state.negative for state in states),
        max((state.bits for state in states), default=0),
    )
