"""Awards already made, as columns: complete, of known measures, for objects that are there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.diagnostic import Severity
from cewen.engine.columns.layout import AWARDS, OBJECT_NAME
from cewen.engine.columns.reading.faults import RowFaults, Rows
from cewen.engine.read_facts import tier_names
from cewen.engine.register.awards import is_unknown_measure
from cewen.engine.register.source import SHEETS
from cewen.rules.load import Corpus

_REQUIRED = (("措施", "measure"), ("日期", "on"), ("金额", "amount"))


def whole_awards(
    found: pa.Table, rows: Rows, known: NDArray[np.bool_], corpus: Corpus, faults: RowFaults
) -> tuple[pa.Table, NDArray[np.int64]]:
    """The awards with all they need, and which of the rows they are. Of `known` rows the enterprise is there.

    `rows` are the rows of the file.
    """
    table = pa.table(
        {field.name: found[field.name] if field.name in found.column_names else pa.nulls(found.num_rows, field.type)
         for field in AWARDS}, schema=AWARDS
    )  # fmt: skip
    whole = known.copy()
    for label, key in _REQUIRED:
        given = table[key].is_valid().to_numpy()
        said = ("CW608", f"已获奖补缺少{label}", f"补上“{label}”这一格。")
        faults.add(rows[known & ~given], said)
        whole &= given
    for text, own in _by_text(table["measure"], whole).items():
        if "#" not in text:
            faults.add(rows[own], ("CW608", f"“{text}”不是措施编号", "写成 政策编号#措施编号。"))
            continue
        if is_unknown_measure(text, corpus):
            faults.add(rows[own], ("CW608", f"没有措施“{text}”", "核对措施编号。"), of_file=True)
        _check_tiers(table["tier"], own, tier_names(corpus, text), rows, faults)
    kept = np.flatnonzero(whole)
    return table.take(pa.array(kept)), kept


def _check_tiers(tiers: pa.ChunkedArray, own: Rows, known: Sequence[str], rows: Rows, faults: RowFaults) -> None:
    """Awards under a tier that their measure does not have; `known` are its tiers, if it has any."""
    for tier, at in _by_text(tiers.take(pa.array(own)), np.ones(len(own), np.bool_)).items() if known else ():
        if tier not in known:
            said = ("CW608", f"“{tier}”不是这条措施的档次", f"可用的档次：{'、'.join(known)}。")
            faults.add(rows[own[at]], said)


def check_objects(
    awards: pa.Table,
    rows: Rows,
    owner: Rows,
    objects: dict[str, tuple[pa.Table, Rows]],
    corpus: Corpus,
    faults: RowFaults,
) -> None:
    """An award that names none of several projects (whose claim is used up?), or one that is not there.

    `owner` gives the enterprise of each award, `objects` each subject's table with the enterprise of its rows.
    """
    for text, at in _by_text(awards["measure"], np.ones(awards.num_rows, np.bool_)).items():
        measure = corpus.measure(text)
        if measure is None or measure[1].subject == "enterprise":
            continue
        subject = measure[1].subject
        table, owners = objects.get(subject, (None, np.zeros(0, np.int64)))
        named = awards["object"].take(pa.array(at))
        is_named = named.is_valid().to_numpy()
        with_objects, counts = np.unique(owners, return_counts=True)
        several = np.isin(owner[at], with_objects[counts > 1])
        remedy = f"在“对象”一格写{SHEETS[subject]}的名称。"
        said = ("CW608", "这笔已获奖补没有写明对应哪一个对象", remedy)
        faults.add(rows[at[~is_named & several]], said)
        missing = is_named & ~_is_there(named, owner[at], table, owners)
        names = dict(zip(rows[at].tolist(), named.to_pylist(), strict=True))

        def absent(row: int, names: dict[int, str] = names, subject: str = subject) -> tuple[str, str, str]:
            message = f"这家企业没有叫“{names[row]}”的{SHEETS[subject]}，这笔已获奖补不会与任何一个相抵"
            return "CW608", message, "核对名称；项目已不在册的可以不管。"

        faults.add(rows[at[missing]], absent, severity=Severity.WARNING)


def _is_there(named: pa.ChunkedArray, owner: Rows, table: pa.Table | None, owners: Rows) -> NDArray[np.bool_]:
    """Whether the enterprise of each award has an object of the name."""
    if table is None:
        return np.zeros(len(owner), np.bool_)
    names = pc.unique(named)
    width = len(names) + 1
    asked = owner * width + pc.fill_null(pc.index_in(named, value_set=names), len(names)).to_numpy()
    position = pc.fill_null(pc.index_in(table[OBJECT_NAME], value_set=names), -1).to_numpy()
    there = position >= 0
    return np.isin(asked, owners[there] * width + position[there])


def _by_text(texts: pa.ChunkedArray, chosen: NDArray[np.bool_]) -> dict[str, Rows]:
    """The chosen rows of each distinct text."""
    encoded = texts.combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(False)
    return {text: np.flatnonzero(chosen & (codes == at)) for at, text in enumerate(encoded.dictionary.to_pylist())}
