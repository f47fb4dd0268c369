"""A whole register to columns: files one after another, then what they say of each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout, empty_awards, subjects
from cewen.engine.columns.reading.awards import check_objects, read_awards
from cewen.engine.columns.reading.codes import CodeIndex
from cewen.engine.columns.reading.faults import HEADER_ROWS, Rows
from cewen.engine.columns.reading.table import TableColumns, read_table
from cewen.engine.factsheet import FactKey
from cewen.engine.register.findings import Findings
from cewen.engine.register.read import Progress, read_register
from cewen.engine.register.source import NOTES, SHEETS, find_tables
from cewen.engine.register.table import Table
from cewen.rules.load import Corpus

_OTHER_FORMATS = (".csv", ".xlsx", ".xlsm")


def read_columns(
    path: Path, corpus: Corpus, progress: Progress | None = None, keys: Collection[FactKey] | None = None
) -> tuple[Columns, tuple[Diagnostic, ...]]:
    """Read a register as columns; the second value is its warnings.

    Parquet is read column by column: money in yuan or fen, texts by distinct value, never a row at a time; other formats by
    `read_register`. `keys` names the facts to keep (`plan_keys`, and `NAME` for results with names); all are checked.
    Rows stay in the order of the file.

    Raises CewenError with every fault found, as `read_register`.
    """
    if not is_columnar(path):
        register = read_register(path, corpus, progress)
        return encode(register, corpus), register.findings
    findings = Findings()
    tables = find_tables(path, findings)
    reader = _Reader(corpus, Layout(corpus.vocabulary, corpus.regions), findings, keys, progress or (lambda rows: None))
    for subject in SHEETS:  # enterprises first: the others refer to them
        if subject in tables:
            try:
                reader.table(subject, tables[subject])
            except CewenError as error:  # the file breaks off; what was found before it counts as well
                findings.kept.extend(error.diagnostics)
    reader.index = None  # as large as three columns
    reader.tell()
    findings.stop_at_errors()
    return reader.columns(), findings.all()


def is_columnar(path: Path) -> bool:
    """Whether a register consists of parquet files alone."""
    if not path.is_dir():
        return path.suffix.lower() == ".parquet"
    files = [file for file in path.iterdir() if file.name[:1] not in (".", "~") and file.stem.lower() not in NOTES]
    endings = {file.suffix.lower() for file in files}
    return ".parquet" in endings and not endings & set(_OTHER_FORMATS)


def count_enterprises(path: Path) -> int | None:
    """Rows of the enterprise table of a parquet register, without reading it; None where only reading tells."""
    if not is_columnar(path):
        return None
    table = find_tables(path, Findings()).get("enterprise")
    return None if table is None else int(pq.read_metadata(table.file).num_rows)


@dataclass(slots=True)
class _Reader:
    corpus: Corpus
    layout: Layout
    findings: Findings
    keys: Collection[FactKey] | None
    progress: Progress
    read: dict[str, TableColumns] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    owners: dict[str, Rows] = field(default_factory=dict)
    index: CodeIndex | None = None
    awards: pa.Table = field(default_factory=empty_awards)
    rows_read: int = 0

    def table(self, subject: str, table: Table) -> None:
        before = self.rows_read

        def tell(rows: int) -> None:
            self.rows_read = before + rows
            self.progress(self.rows_read)

        read = self.read[subject] = read_table(subject, table, self.layout, self.findings, self.keys, tell)
        if read.columns is None:
            return
        if subject == "enterprise":
            self._enterprises(read, read.columns)
            return
        owner = self._owners(read, read.columns)
        known = owner >= 0
        if subject == "awards":
            self.awards, rows = read_awards(read, known, self.corpus)
            self._check_awards(read, rows)
            return
        self.tables[subject], self.owners[subject] = read.columns, owner
        self._check_names(subject, read, read.columns, owner)

    def _enterprises(self, read: TableColumns, table: pa.Table) -> None:
        self.tables["enterprise"] = table
        if not table.num_rows and not read.faults.found:
            self.findings.error("CW617", "企业表里没有企业", "表头以下每行写一家企业。", read.faults.table.place())
        self.index = CodeIndex(table[USCC])
        for first, again in self.index.repeated():
            code = table[USCC][again].as_py()
            place = read.faults.table.place(int(read.rows[first]) + HEADER_ROWS)
            said = ("CW614", f"代码 {code} 已在 {place} 登记过", "一家企业只占一行；合并两行，或改正代码。")
            read.faults.add(read.rows[[again]], said)

    def _owners(self, read: TableColumns, table: pa.Table) -> Rows:
        """Row of the enterprise of each row, -1 and a finding where there is none."""
        if self.index is None:
            return np.full(table.num_rows, -1)
        owner = self.index.rows(table[USCC])
        strangers = np.flatnonzero(owner < 0)
        codes = dict(zip(read.rows[strangers].tolist(), table[USCC].take(pa.array(strangers)).to_pylist(), strict=True))
        remedy = "核对代码，或先在企业表里登记这家企业。"
        read.faults.add(
            read.rows[strangers], lambda row: ("CW616", f"企业表里没有代码 {codes[row]}", remedy), "统一社会信用代码"
        )
        return owner

    def _check_names(self, subject: str, read: TableColumns, table: pa.Table, owner: Rows) -> None:
        """Two objects of one enterprise with one name count as one."""
        names = table[OBJECT_NAME].combine_chunks().dictionary_encode()
        codes = pc.fill_null(names.indices.cast(pa.int64()), -1).to_numpy(False)
        rows = np.flatnonzero((codes >= 0) & (owner >= 0))
        pairs = owner[rows] * (len(names.dictionary) + 1) + codes[rows]
        twice = np.ones(len(rows), np.bool_)
        twice[np.unique(pairs, return_index=True)[1]] = False
        named = dict(
            zip(
                read.rows[rows[twice]].tolist(), table[OBJECT_NAME].take(pa.array(rows[twice])).to_pylist(), strict=True
            )
        )

        def said(row: int) -> tuple[str, str, str]:
            message = f"这家企业有两个{SHEETS[subject]}都叫“{named[row]}”，会当作同一个对象"
            return "CW614", message, "改成不同的名称，或删去重复的一行。"

        read.faults.add(read.rows[rows[twice]], said, severity=Severity.WARNING)

    def _check_awards(self, read: TableColumns, rows: Rows) -> None:
        if self.index is None:
            return
        objects = {
            subject: (self.tables[subject].filter(pa.array(owner >= 0)), owner[owner >= 0])
            for subject, owner in self.owners.items()
        }
        owner = self.index.rows(self.awards[USCC])
        check_objects(self.awards, rows, owner, objects, self.corpus, read)

    def tell(self) -> None:
        """Hand over the faults of all tables, in the order of tables."""
        for read in self.read.values():
            read.faults.tell(self.findings)

    def columns(self) -> Columns:
        """The register; called once the tables are without error."""
        empty = pa.table({USCC: pa.array([], pa.string()), OBJECT_NAME: pa.array([], pa.string())})
        tables = {subject: self.tables.get(subject, empty) for subject in subjects()}
        return Columns(self.layout, tables, self.awards)
