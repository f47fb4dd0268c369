"""Result columns as one long table: a row for each award, in the columns of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.period import InForce
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns
from cewen.engine.columns.measure_columns import MET, NONE, STATUSES, MeasureColumns
from cewen.engine.columns.owners import owners
from cewen.rules.facts import COLLECTIONS

MONEY = pa.decimal128(21, 2)
_HUNDREDTH = pa.scalar(Decimal("0.01"), pa.decimal128(2, 2))

SCHEMA = pa.schema(
    [
        ("uscc", pa.string()), ("name", pa.string()), ("subject", pa.string()), ("measure", pa.string()),
        ("status", pa.string()), ("certainty", pa.string()), ("low", MONEY), ("high", MONEY), ("needs", pa.string()),
        ("suppressed_by", pa.string()), ("low_fen", pa.int64()), ("high_fen", pa.int64()),
    ]
)  # fmt: skip
SIMULATED = pa.field("as_if_in_force", pa.string())


def sparse_table(
    columns: Columns, by_measure: Sequence[MeasureColumns], *, show_all: bool = False, simulated: bool = False
) -> pa.Table:
    """Rows met, or all rows, ordered by enterprise, measure and object."""
    keys = pa.array([results.measure.key for results in by_measure], pa.string())
    schema = SCHEMA.append(SIMULATED) if simulated else SCHEMA
    tables, order = [schema.empty_table()], [np.zeros((0, 2), np.int64)]
    owners_of: dict[str, NDArray[np.int64]] = {}
    for at, results in enumerate(by_measure):
        rows = np.arange(results.row_count) if show_all else np.flatnonzero(results.status == MET)
        if not len(rows):
            continue
        subject = results.measure.measure.subject
        if subject not in owners_of:
            owners_of[subject] = owners(columns, subject)
        owner = owners_of[subject]
        tables.append(_part(columns, results, keys, rows, owner, schema))
        order.append(np.stack([owner[rows], np.full(len(rows), at)], axis=1))
    enterprise, measure = np.concatenate(order).T
    return pa.concat_tables(tables).take(pa.array(np.lexsort((measure, enterprise))))


def _part(
    columns: Columns,
    results: MeasureColumns,
    keys: pa.Array,
    rows: NDArray[np.int64],
    owner: NDArray[np.int64],
    schema: pa.Schema,
) -> pa.Table:
    count = len(rows)
    enterprises = columns.tables["enterprise"].select([USCC, OBJECT_NAME]).take(pa.array(owner[rows]))
    low, high = _fen(results.low[rows]), _fen(results.high[rows])
    statuses = pa.array([status.value for status in STATUSES])
    suppressed = results.suppressed_by[rows]
    values = {
        "uscc": enterprises[USCC],
        "name": pc.fill_null(enterprises[OBJECT_NAME], ""),
        "subject": _subject(columns, results, rows, owner),
        "measure": _same(results.measure.key, count),
        "status": statuses.take(pa.array(results.status[rows])),
        "certainty": _same(results.measure.measure.certainty.value, count),
        "low": _yuan(low),
        "high": _yuan(high),
        "needs": _needs(columns, results, rows),
        "suppressed_by": keys.take(pa.array(suppressed, mask=suppressed == NONE)),
        "low_fen": low,
        "high_fen": high,
        "as_if_in_force": _same(None if results.in_force is InForce.IN_FORCE else results.in_force.value, count),
    }
    return pa.table([values[name] for name in schema.names], schema=schema)


def _same(value: str | None, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), count)


def _fen(amounts: NDArray[np.int64]) -> pa.Array:
    return pa.array(amounts, mask=amounts < 0)


def _yuan(fen: pa.Array) -> pa.Array:
    return pc.multiply(fen.cast(pa.decimal128(19, 0)), _HUNDREDTH).cast(MONEY)


def _needs(columns: Columns, results: MeasureColumns, rows: NDArray[np.int64]) -> pa.Array:
    """Labels of missing facts, each once, joined by 、; null where nothing is missing."""
    masks, inverse = np.unique(results.needs[rows], return_inverse=True)
    vocabulary = columns.layout.vocabulary
    labels = [vocabulary.by_key(key).label for key, _ in results.needed]
    texts = [
        "、".join(dict.fromkeys(label for bit, label in enumerate(labels) if mask >> bit & 1)) or None
        for mask in masks.tolist()
    ]
    return pa.array(texts, pa.string()).take(pa.array(inverse))


def _subject(
    columns: Columns, results: MeasureColumns, rows: NDArray[np.int64], owner: NDArray[np.int64]
) -> pa.Array | pa.ChunkedArray:
    subject = results.measure.measure.subject
    if subject == "enterprise":
        return _same(subject, len(rows))
    return object_names(columns, subject, owner).take(pa.array(rows))


def object_names(columns: Columns, subject: str, owner: NDArray[np.int64]) -> pa.Array:
    """How results name each object: by its name, or by its place among those of its enterprise, "projects[0]"."""
    names = columns.tables[subject][OBJECT_NAME].combine_chunks()
    if names.null_count == 0:
        return names
    order = np.argsort(owner, kind="stable")
    sorted_owner = owner[order]
    starts = np.searchsorted(sorted_owner, sorted_owner, side="left")
    place = np.empty(len(owner), np.int64)
    place[order] = np.arange(len(owner)) - starts
    paths = pc.binary_join_element_wise(
        pa.scalar(f"{COLLECTIONS[subject]}["), pa.array(place).cast(pa.string()), pa.scalar("]"), ""
    )
    return pc.coalesce(names, paths)
