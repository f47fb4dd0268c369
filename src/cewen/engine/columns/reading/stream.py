"""A register of parquet files in blocks of enterprises, every cell checked: any size in the memory of a block."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.engine.columns.blocks import BLOCK, Belongings
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout, empty_awards, subjects
from cewen.engine.columns.reading.awards import check_objects, whole_awards
from cewen.engine.columns.reading.codes import numbers, repeated_numbers
from cewen.engine.columns.reading.faults import HEADER_ROWS, RowFaults, Rows
from cewen.engine.columns.reading.relate import check_names, check_owners, distinct_codes
from cewen.engine.columns.reading.seek import Seeker
from cewen.engine.columns.reading.table import TablePart, TableReader, joined
from cewen.engine.factsheet import FactKey
from cewen.engine.register.findings import MOST_SHOWN, Findings
from cewen.engine.register.read import Progress
from cewen.engine.register.source import SHEETS, find_tables
from cewen.rules.load import Corpus

_MOST_BYTES = 1 << 31
"""What one Arrow array of texts can hold."""


class RegisterStream:
    """A register (企业库) that is read once, block by block. Objects and awards stand in memory from the start.

    `keys` names the facts to keep; all are checked. `leave_out`: a row with a fault leaves out the enterprise it belongs
    to, as `read_register` says. Raises CewenError where a file cannot be read at all.
    """

    def __init__(
        self,
        path: Path,
        corpus: Corpus,
        keys: Collection[FactKey] | None = None,
        progress: Progress | None = None,
        *,
        leave_out: bool = False,
        most: int = MOST_SHOWN,
    ) -> None:
        self.corpus, self.layout = corpus, Layout(corpus.vocabulary, corpus.regions)
        self.findings, self.progress = Findings(most=most), progress or (lambda rows: None)
        self.leave_out, self.given = leave_out, 0
        found = find_tables(path, self.findings)
        self.readers = {
            subject: TableReader(subject, found[subject], self.layout, self.findings, keys)
            for subject in SHEETS
            if subject in found
        }
        empty = pa.table({USCC: pa.array([], pa.string()), OBJECT_NAME: pa.array([], pa.string())})
        self.objects = dict.fromkeys(subjects()[1:], empty)
        self.awards = empty_awards()
        self._owner: dict[str, Rows] = {subject: np.zeros(0, np.int64) for subject in (*self.objects, "awards")}
        reader = self.readers.get("enterprise")
        self._bad = reader.faults.faulty if reader else np.zeros(0, np.bool_)
        """Enterprises that are left out, by row; those of their objects and awards too."""
        self._again = 0
        """Rows whose code stood before: an enterprise counts once."""
        self._relate(self._belongings())

    def blocks(self, step: int = BLOCK) -> Iterator[Columns]:
        """About `step` enterprises at a time, in the order of the file, with their objects and awards.

        After the first error nothing more is given, but the rest is checked; at the end CewenError is raised with
        every fault found, as `read_register` does. What was made of earlier blocks is then not to be used. With
        `leave_out` only a fault of the whole file does that; other enterprises with faults are left out.
        """
        belongings = Belongings(self.objects, self.awards, self._owner, self._owner["awards"])
        count = 0
        reader = self.readers.get("enterprise")
        try:
            for part in reader.parts(step) if reader else ():
                count += len(part.rows)
                self.progress(int(part.rows[-1]) + 1 if len(part.rows) else count)
                if not len(part.rows) or self._is_faulty():
                    continue
                columns, rows = self._sound(part) if self.leave_out else (part.columns, part.rows)
                if len(rows):
                    self.given += len(rows)
                    yield belongings.with_block(self.layout, columns, rows)
        except CewenError as error:  # the file breaks off; what was found before it counts as well
            self.findings.breaks_off(error)
        if reader and reader.code_column and not count and not reader.faults.found:
            place = reader.faults.table.place()
            self.findings.error("CW617", "企业表里没有企业", "表头以下每行写一家企业。", place)
        for each in self.readers.values():
            each.faults.tell(self.findings)
        if self.leave_out and self._awards_of_nobody:
            self.findings.tell_whose(self.readers["awards"].faults.table.place())
        if not self.leave_out or not self.given or self.findings.is_of_whole_file:
            self.findings.stop_at_errors()

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What was found that does not stop anything; complete after the last block."""
        return self.findings.all()

    @property
    def left_out(self) -> int:
        """Enterprises left out, those without a usable code included; complete after the last block."""
        return int(np.count_nonzero(self._bad)) - self._again

    def kept_belongings(self) -> tuple[dict[str, pa.Table], pa.Table]:
        """Objects by subject and awards, of the enterprises that were not left out; to be asked after the last block."""
        tables = {**self.objects, "awards": self.awards}
        if self.left_out or self.findings.errors:
            for subject, owner in self._owner.items():
                kept = owner >= 0
                kept[kept] = ~self._bad[owner[kept]]
                tables[subject] = tables[subject].filter(pa.array(kept))
        awards = tables.pop("awards")
        return tables, awards

    @property
    def _awards_of_nobody(self) -> int:
        return self.readers["awards"].without_code if "awards" in self.readers else 0

    def _sound(self, part: TablePart) -> tuple[pa.Table, Rows]:
        """The enterprises of a part that are not left out."""
        bad = self._bad[part.rows]
        return (part.columns.filter(pa.array(~bad)), part.rows[~bad]) if bad.any() else (part.columns, part.rows)

    def _is_faulty(self) -> bool:
        if self.leave_out:
            of_file = any(reader.faults.of_file for reader in self.readers.values())
            return of_file or self.findings.is_of_whole_file or self._awards_of_nobody > 0
        return has_errors(self.findings.kept) or any(reader.is_faulty for reader in self.readers.values())

    def _belongings(self) -> dict[str, tuple[pa.Table, Rows]]:
        """Objects and awards as the files have them, with the rows of the file."""
        found: dict[str, tuple[pa.Table, Rows]] = {}
        for subject, reader in self.readers.items():
            if subject == "enterprise":
                continue
            try:
                parts = list(reader.parts())
            except CewenError as error:
                self.findings.breaks_off(error)
                continue
            if parts:
                found[subject] = joined(parts)
        return found

    def _relate(self, tables: dict[str, tuple[pa.Table, Rows]]) -> None:
        """Find the enterprise of every object and award, and what is wrong between them."""
        seeker = Seeker(distinct_codes({subject: table for subject, (table, _) in tables.items()}))
        can_tell = self._look_for(seeker)
        related: list[tuple[Rows, Rows, RowFaults]] = []
        for subject, (table, rows) in tables.items():
            owner, faults = seeker.of(table[USCC]), self.readers[subject].faults
            related.append((owner, rows, faults))
            if can_tell:
                check_owners(table[USCC], owner, rows, faults)
            if subject != "awards":
                self.objects[subject], self._owner[subject] = table, owner
                check_names(subject, table, owner, rows, faults)
                continue
            self.awards, kept = whole_awards(table, rows, owner >= 0, self.corpus, faults)
            self._owner["awards"] = owner[kept]
            if can_tell:
                objects = {
                    each: (self.objects[each].filter(pa.array(own >= 0)), own[own >= 0])
                    for each, own in self._owner.items()
                    if each in tables and each != "awards"
                }
                check_objects(self.awards, rows[kept], owner[kept], objects, self.corpus, faults)
        for owner, rows, faults in related:  # the faults of a row are the enterprise's
            self._bad[owner[(owner >= 0) & faults.faulty[rows]]] = True

    def _look_for(self, seeker: Seeker) -> bool:
        """Let all enterprises pass by; whether that was possible. Codes that stand twice are findings."""
        reader = self.readers.get("enterprise")
        if reader is None or reader.code_column is None:
            return False
        every = []
        try:
            for codes, rows in reader.codes():
                seeker.pass_by(codes, rows)
                every.append(numbers(codes))
            again = repeated_numbers(every)
            if len(again):
                self._say_repeated(reader, again)
        except CewenError:  # told again where the parts are read
            return False
        return True

    def _say_repeated(self, reader: TableReader, again: NDArray[np.uint64]) -> None:
        first: dict[str, int] = {}
        for codes, rows in reader.codes():
            suspects = np.flatnonzero(np.isin(numbers(codes), again))
            for row, code in zip(rows[suspects].tolist(), codes.take(pa.array(suspects)).to_pylist(), strict=True):
                if first.setdefault(code, row) != row:
                    self._bad[first[code]] = True
                    self._again += 1
                    place = reader.faults.table.place(first[code] + HEADER_ROWS)
                    said = ("CW614", f"代码 {code} 已在 {place} 登记过", "一家企业只占一行；合并两行，或改正代码。")
                    reader.faults.add(np.array([row]), said)


def whole(stream: RegisterStream) -> Columns:
    """All blocks of a stream as one register, rows in the order of the files."""
    tables = [block.tables["enterprise"] for block in stream.blocks()]
    enterprises = pa.concat_tables(tables)
    names = enterprises.column_names
    filled = [name for name in names if name in (USCC, OBJECT_NAME) or enterprises[name].null_count < len(enterprises)]
    columns = {name: enterprises[name] if name == OBJECT_NAME else _one_piece(enterprises[name]) for name in filled}
    objects, awards = stream.kept_belongings()
    return Columns(stream.layout, {"enterprise": pa.table(columns), **objects}, awards)


def _one_piece(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """For those who loop over it or pick from it; texts that are too long together stay in parts."""
    if pa.types.is_string(column.type) and column.nbytes > _MOST_BYTES:
        return column
    return pa.chunked_array([column.combine_chunks()])
