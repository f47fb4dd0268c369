"""Result columns as one long table: a row for each award, in the columns of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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

Rows = NDArray[np.int64]


def sparse_table(
    columns: Columns, by_measure: Sequence[MeasureColumns], *, show_all: bool = False, simulated: bool = False
) -> pa.Table:
    """Rows met, or all rows, ordered by enterprise, measure and object."""
    schema = SCHEMA.append(SIMULATED) if simulated else SCHEMA
    return coded_table(columns, by_measure, show_all=show_all, simulated=simulated).cast(schema)


def coded_table(
    columns: Columns, by_measure: Sequence[MeasureColumns], *, show_all: bool = False, simulated: bool = False
) -> pa.Table:
    """The same with texts as dictionaries: what writers take, without a text a row."""
    rows_of = [
        np.arange(results.row_count) if show_all else np.flatnonzero(results.status == MET) for results in by_measure
    ]
    owners_of = {subject: owners(columns, subject) for subject in _subjects(by_measure)}
    owner = _joined([owners_of[each.measure.measure.subject][rows] for each, rows in _pairs(by_measure, rows_of)])
    measure = np.repeat(np.arange(len(by_measure)), [len(rows) for rows in rows_of])
    order = np.argsort(owner * len(by_measure) + measure, kind="stable")
    enterprise, measure = owner[order], measure[order]

    def gathered(take: Callable[[MeasureColumns, Rows], NDArray[np.integer]]) -> NDArray[np.integer]:
        return _joined([take(each, rows) for each, rows in _pairs(by_measure, rows_of)])[order]

    low = _fen(gathered(lambda each, rows: each.low[rows]))
    high = _fen(gathered(lambda each, rows: each.high[rows]))
    subjects, subject_of = _subject_names(columns, owners_of)
    needs = _Texts()
    table = columns.tables["enterprise"]
    keys = [each.measure.key for each in by_measure]
    values = {
        "uscc": _of_enterprise(table[USCC], enterprise),
        "name": _of_enterprise(table[OBJECT_NAME], enterprise),
        "subject": _coded(gathered(lambda each, rows: subject_of[each.measure.measure.subject][rows]), subjects),
        "measure": _coded(measure, keys),
        "status": _coded(gathered(lambda each, rows: each.status[rows]), [status.value for status in STATUSES]),
        "certainty": _by_measure(measure, [each.measure.measure.certainty.value for each in by_measure]),
        "low": _yuan(low),
        "high": _yuan(high),
        "needs": _coded(gathered(lambda each, rows: needs.codes(columns, each, rows)), list(needs.found)),
        "suppressed_by": _coded(gathered(lambda each, rows: each.suppressed_by[rows]), keys),
        "low_fen": low,
        "high_fen": high,
    }
    if simulated:
        stands = [None if each.in_force is InForce.IN_FORCE else each.in_force.value for each in by_measure]
        values[SIMULATED.name] = _by_measure(measure, stands)
    return pa.table(values)


def _pairs(by_measure: Sequence[MeasureColumns], rows_of: list[Rows]) -> Iterator[tuple[MeasureColumns, Rows]]:
    return zip(by_measure, rows_of, strict=True)


def _subjects(by_measure: Sequence[MeasureColumns]) -> dict[str, None]:
    return dict.fromkeys(each.measure.measure.subject for each in by_measure)


def _joined(parts: list[NDArray[np.integer]]) -> NDArray[np.integer]:
    return np.concatenate([np.zeros(0, np.int8), *parts])


def _coded(codes: NDArray[np.integer], texts: Sequence[str]) -> pa.DictionaryArray:
    """One of some distinct texts a row, null where the code is negative."""
    indices = pa.array(codes.astype(np.int32, copy=False), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def _by_measure(measure: NDArray[np.integer], values: Sequence[str | None]) -> pa.DictionaryArray:
    """What a row's measure has."""
    texts = list(dict.fromkeys(value for value in values if value is not None))
    codes = np.array([NONE if value is None else texts.index(value) for value in values], np.int32)
    return _coded(codes[measure], texts)


def _of_enterprise(column: pa.ChunkedArray, enterprise: NDArray[np.integer]) -> pa.DictionaryArray:
    """The text of a row's enterprise, in rising order of enterprises; nothing counts as empty.

    Only enterprises that have a row are looked at, and each text stands in the dictionary once.
    """
    is_next = np.diff(enterprise, prepend=-1) != 0
    texts = pc.fill_null(column.take(pa.array(enterprise[is_next])), "")
    encoded = pa.chunked_array(texts.chunks, pa.string()).combine_chunks().dictionary_encode()
    indices = encoded.indices.to_numpy()[np.cumsum(is_next) - 1]
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), encoded.dictionary)


def _fen(amounts: NDArray[np.integer]) -> pa.Array:
    return pa.array(amounts.astype(np.int64, copy=False), mask=amounts < 0)


def _yuan(fen: pa.Array) -> pa.Array:
    return pc.multiply(fen.cast(pa.decimal128(19, 0)), _HUNDREDTH).cast(MONEY)


@dataclass(slots=True)
class _Texts:
    """Labels of missing facts (待核实的事实), each combination once, joined by 、."""

    found: dict[str, int] = field(default_factory=dict)

    def codes(self, columns: Columns, results: MeasureColumns, rows: Rows) -> NDArray[np.int32]:
        """For each row the position of its labels, -1 where nothing is missing."""
        if not results.needed:
            return np.full(len(rows), NONE, np.int32)
        masks, of_row = np.unique(results.needs[rows], return_inverse=True)
        vocabulary = columns.layout.vocabulary
        labels = [vocabulary.by_key(key).label for key, _ in results.needed]
        texts = (
            "、".join(dict.fromkeys(label for bit, label in enumerate(labels) if mask >> bit & 1))
            for mask in masks.tolist()
        )
        codes = [self.found.setdefault(text, len(self.found)) if text else NONE for text in texts]
        return np.array(codes, np.int32)[of_row]


def _subject_names(
    columns: Columns, owners_of: Mapping[str, NDArray[np.int64]]
) -> tuple[list[str], dict[str, NDArray[np.integer]]]:
    """Distinct names of what results may be for, and by subject the one of each row."""
    parts = [pa.array(["enterprise"])]
    parts += [object_names(columns, each, owner) for each, owner in owners_of.items() if each != "enterprise"]
    encoded = pa.chunked_array(parts, pa.string()).combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    found: dict[str, NDArray[np.integer]] = {"enterprise": np.broadcast_to(codes[0], columns.enterprise_count)}
    start = 1
    for subject, owner in owners_of.items():
        if subject != "enterprise":
            found[subject] = codes[start : start + len(owner)]
            start += len(owner)
    return encoded.dictionary.to_pylist(), found


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
