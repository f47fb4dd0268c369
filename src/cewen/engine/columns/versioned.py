"""A register that changes a little at a time: only enterprises that changed are read again, the others stand as they were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.engine.columns.layout import USCC, Columns

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VersionedColumns:
    """A register as columns (带版本的企业库), and for each enterprise in its order a number and the version of its facts.

    `ids` rise. Two enterprises never have the same number, and a version never stands for two different states.
    """

    columns: Columns
    ids: Numbers
    versions: Numbers

    def changed(self, ids: Numbers, versions: Numbers) -> Numbers | None:
        """Numbers of enterprises that are new or have another version now; None when one of those known is gone."""
        place = np.searchsorted(self.ids, ids)
        place[place == len(self.ids)] = 0
        known = self.ids[place] == ids if len(self.ids) else np.zeros(len(ids), bool)
        if known.sum() != len(self.ids):
            return None
        differs = ~known
        differs[known] = self.versions[place[known]] != versions[known]
        found: Numbers = ids[differs]
        return found

    def with_enterprises(self, fresh: VersionedColumns) -> VersionedColumns:
        """With those of `fresh`, awards and objects included, in place of what was known of them, or added.

        Things of one enterprise keep their order. Both have the same layout.
        """
        others = ~np.isin(self.ids, fresh.ids)
        ids = np.concatenate([self.ids[others], fresh.ids])
        order = np.argsort(ids)
        anew = _codes(fresh.columns)
        codes = pa.concat_arrays([_codes(self.columns).filter(pa.array(others)), anew]).take(pa.array(order))
        tables = {
            subject: _merge(self.columns.tables[subject], table, anew, codes)
            for subject, table in fresh.columns.tables.items()
        }
        awards = _merge(self.columns.awards, fresh.columns.awards, anew, codes)
        versions = np.concatenate([self.versions[others], fresh.versions])
        return VersionedColumns(Columns(self.columns.layout, tables, awards), ids[order], versions[order])


def _codes(columns: Columns) -> pa.Array:
    return columns.tables["enterprise"][USCC].combine_chunks()


def _merge(table: pa.Table, new: pa.Table, anew: pa.Array, order: pa.Array) -> pa.Table:
    kept = table.filter(pc.invert(pc.is_in(table[USCC], value_set=anew)))
    both = pa.concat_tables([kept, new], promote_options="default").combine_chunks()
    at = pc.index_in(both[USCC], value_set=order).combine_chunks().to_numpy()
    return both.take(pa.array(np.argsort(at, kind="stable"))) if (np.diff(at) < 0).any() else both
