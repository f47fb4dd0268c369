"""What the tables of a register say of each other: whose each object is, and what each award was for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cewen.base.diagnostic import Severity
from cewen.engine.columns.layout import OBJECT_NAME, USCC
from cewen.engine.columns.reading.faults import RowFaults, Rows
from cewen.engine.register.source import SHEETS


def check_owners(codes: pa.ChunkedArray, owner: Rows, rows: Rows, faults: RowFaults) -> None:
    """A finding for each row whose code (`codes`) is that of no enterprise (`owner` -1)."""
    strangers = np.flatnonzero(owner < 0)
    named = dict(zip(rows[strangers].tolist(), codes.take(pa.array(strangers)).to_pylist(), strict=True))
    remedy = "核对代码，或先在企业表里登记这家企业。"
    faults.add(
        rows[strangers],
        lambda row: ("CW616", f"企业表里没有代码 {named[row]}", remedy),
        "统一社会信用代码",
        quotes=named,
    )


def check_names(subject: str, table: pa.Table, owner: Rows, rows: Rows, faults: RowFaults) -> None:
    """Two objects of one enterprise with one name count as one."""
    names = table[OBJECT_NAME].combine_chunks().dictionary_encode()
    codes = pc.fill_null(names.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    known = np.flatnonzero((codes >= 0) & (owner >= 0))
    pairs = owner[known] * (len(names.dictionary) + 1) + codes[known]
    twice = np.ones(len(known), np.bool_)
    twice[np.unique(pairs, return_index=True)[1]] = False
    again = known[twice]
    named = dict(zip(rows[again].tolist(), table[OBJECT_NAME].take(pa.array(again)).to_pylist(), strict=True))

    def said(row: int) -> tuple[str, str, str]:
        message = f"这家企业有两个{SHEETS[subject]}都叫“{named[row]}”，会当作同一个对象"
        return "CW614", message, "改成不同的名称，或删去重复的一行。"

    faults.add(rows[again], said, severity=Severity.WARNING)


def distinct_codes(tables: Mapping[str, pa.Table]) -> pa.Array:
    """The codes of all that belongs to enterprises, each once."""
    chunks = [chunk for table in tables.values() for chunk in table[USCC].chunks]
    return pc.unique(pa.chunked_array(chunks, pa.string()))
