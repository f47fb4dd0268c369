"""A register stored in the columns back-ends read, block by block: only what the measures look at leaves the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cewen.base.errors import CewenError
from cewen.engine.columns.blocks import BLOCK, Belongings
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout
from cewen.engine.columns.reading.parts import table_parts
from cewen.engine.columns.reading.relate import distinct_codes
from cewen.engine.columns.reading.seek import Seeker
from cewen.engine.factsheet import FactKey

_CODES_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class StoredRegister:
    """A register (企业库) as one Parquet file a subject, columns as `Layout` says, and a table of awards."""

    layout: Layout
    paths: Mapping[str, Path]
    awards: pa.Table

    @property
    def enterprise_count(self) -> int:
        return int(pq.read_metadata(self.paths["enterprise"]).num_rows)

    def blocks(self, keys: Collection[FactKey], step: int = BLOCK) -> Iterator[Columns]:
        """Blocks of about `step` enterprises in order, with their objects and awards and the facts of `keys`.

        Codes and names of enterprises are left out: nothing asks for them. Objects and awards stand in memory, of
        enterprises one block at a time. Raises CewenError: CW634 for an object of no enterprise, or of one whose code
        stands twice; CW610 for a file that breaks off.
        """
        objects = {subject: self._objects(subject, keys) for subject in self.paths if subject != "enterprise"}
        seeker = self._sought(objects)
        rows_of = {subject: seeker.of(table[USCC]) for subject, table in objects.items()}
        belongings = Belongings(objects, self.awards, rows_of, seeker.of(self.awards[USCC]))
        start = 0
        for table in table_parts(self.paths["enterprise"], self._kept("enterprise", keys), step):
            stop = start + table.num_rows
            yield belongings.with_block(self.layout, table.combine_chunks(), np.arange(start, stop))
            start = stop

    def _objects(self, subject: str, keys: Collection[FactKey]) -> pa.Table:
        return pq.read_table(self.paths[subject], columns=[USCC, OBJECT_NAME, *self._kept(subject, keys)])

    def _kept(self, subject: str, keys: Collection[FactKey]) -> list[str]:
        """Columns of a subject's file that hold one of the facts."""
        facts = {fact.key: fact for fact in self.layout.vocabulary.of_subject(subject) if self.layout.has_column(fact)}
        wanted = {self.layout.column(facts[key], year) for key, year in keys if key in facts}
        return [name for name in pq.read_schema(self.paths[subject]).names if name in wanted]

    def _sought(self, objects: Mapping[str, pa.Table]) -> Seeker:
        seeker = Seeker(distinct_codes({**objects, "awards": self.awards}))
        start = 0
        for part in table_parts(self.paths["enterprise"], [USCC], _CODES_AT_ONCE, threads=False):
            seeker.pass_by(part.column(0).combine_chunks(), np.arange(start, start + part.num_rows))
            start += part.num_rows
        if seeker.twice:
            message = f"企业表第 {seeker.twice[0] + 1} 行的代码前面已有，另有 {len(seeker.twice) - 1} 行也这样"
            raise CewenError.of("CW634", message, "一家企业只占一行；合并重复的行。")
        for subject, table in objects.items():
            rows = seeker.of(table[USCC])
            if len(rows) and int(rows.min()) < 0:
                at = int(rows.argmin())
                message = f"{subject} 第 {at + 1} 行的代码 {table[USCC][at].as_py()} 不在企业表里"
                raise CewenError.of("CW634", message, "核对代码，或先在企业表里登记这家企业。")
        return seeker
