"""A whole register to fact sheets: every table read to the end, every fault named, then one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.fact_value import ValueFault
from cewen.engine.factsheet import FactKey, FactSheet, PastAward, Record, Value
from cewen.engine.register.awards import check_objects, is_unknown_measure, read_award
from cewen.engine.register.cells import read_cell
from cewen.engine.register.columns import CODE_KEY, Column, Labels, parse_header
from cewen.engine.register.findings import MOST_SHOWN, Findings
from cewen.engine.register.source import SHEETS, find_tables
from cewen.engine.register.table import Cell, Row, Table, is_blank
from cewen.rules.facts import COLLECTIONS
from cewen.rules.load import Corpus

Progress = Callable[[int], None]
"""Called with the number of rows read so far."""


@dataclass(frozen=True)
class Register:
    """Enterprise register (企业库) as fact sheets, in the order of the file.

    `findings` are warnings only, unless faulty rows were left out: then `left_out` counts the enterprises that are
    not among `sheets`, and `faults` the findings that are no warnings.
    """

    path: Path
    sheets: tuple[FactSheet, ...]
    findings: tuple[Diagnostic, ...] = ()
    left_out: int = 0
    faults: int = 0
    found: int = 0
    """All findings, those counted only included."""

    def __len__(self) -> int:
        return len(self.sheets)

    def __iter__(self) -> Iterator[FactSheet]:
        return iter(self.sheets)


def read_register(
    path: Path,
    corpus: Corpus,
    progress: Progress | None = None,
    *,
    leave_out: bool = False,
    most: int = MOST_SHOWN,
) -> Register:
    """Read a register: xlsx, csv, parquet, or a folder of such files.

    `leave_out`: a row with a fault leaves out the enterprise it belongs to, with its objects and awards (a past award
    that were dropped alone could be paid twice). Rows whose enterprise nobody can tell are left out alone, but an
    award of that kind stops everything. At most `most` findings are kept, the rest counted.

    Raises CewenError with every fault found (CW6xx, with file, sheet, row as the spreadsheet shows it, and column);
    then nothing of the register is to be used. With `leave_out` only for faults of the whole file, and where no
    enterprise remains.
    """
    findings = Findings(most=most)
    reader = _Reader(corpus, progress or (lambda rows: None), findings)
    tables = find_tables(path, reader.findings)
    for subject in SHEETS:  # enterprises first: the others refer to them
        if subject in tables:
            try:
                reader.table(subject, tables[subject])
            except CewenError as error:  # the file breaks off; what was found before it counts as well
                findings.breaks_off(error)
    reader.check_awards()
    if leave_out and reader.awards_of_nobody:
        findings.tell_whose(tables["awards"].place())
    if not leave_out or findings.is_of_whole_file:
        findings.stop_at_errors()
    sheets = tuple(reader.sheets())
    if not sheets:
        findings.stop_at_errors()
    return Register(path, sheets, findings.all(), reader.left_out, findings.errors, findings.count)


@dataclass(slots=True)
class _Reader:
    corpus: Corpus
    progress: Progress
    findings: Findings
    enterprises: dict[str, Record] = field(default_factory=dict)
    first_rows: dict[str, Place] = field(default_factory=dict)
    others: dict[str, dict[str, list[Record]]] = field(default_factory=dict)
    awards: dict[str, list[PastAward]] = field(default_factory=dict)
    award_places: dict[str, list[Place]] = field(default_factory=dict)
    rows_read: int = 0
    faulty: set[str] = field(default_factory=set)
    """Codes of enterprises that a row with an error belongs to."""
    without_code: int = 0
    """Rows of enterprises whose code is missing or wrong."""
    awards_of_nobody: int = 0

    def table(self, subject: str, table: Table) -> None:
        labels = Labels(self.corpus.vocabulary, subject)
        header, rows = table.split(labels.is_label)
        if header is None:
            if subject == "enterprise":
                self.findings.error("CW617", "企业表是空的", "第一行写表头，以下每行一家企业。", table.place())
            return
        columns = parse_header(table, header, labels, self.findings)
        known = frozenset(column.index for column in columns)
        unnamed = frozenset(at for at, cell in enumerate(header.cells) if is_blank(cell))
        has_code = any(column.fact.key == CODE_KEY for column in columns)
        count = 0
        for row in rows:
            count += 1
            self._tell()
            before = self.findings.errors
            self._check_unnamed(table, row, unnamed, len(header.cells))
            if not known:
                continue
            values = self._values(table, row, columns)
            if has_code:
                of_file = self._row(subject, table, row, columns, values)
                self._blame(subject, values.get((CODE_KEY, None)), self.findings.errors - before, of_file)
        if subject == "enterprise" and count == 0:
            self.findings.error("CW617", "企业表里没有企业", "表头以下每行写一家企业。", table.place())

    def _blame(self, subject: str, code: Value | None, errors: int, of_file: int) -> None:
        """Leave out the enterprise of a row with errors, `of_file` of which are of the whole file."""
        if not errors:
            return
        self.findings.of_rows += errors - of_file
        if isinstance(code, str):
            self.faulty.add(code)
        elif subject == "enterprise":
            self.without_code += 1
        elif subject == "awards":
            self.awards_of_nobody += 1

    def _tell(self) -> None:
        self.rows_read += 1
        if self.rows_read % 500 == 0:
            self.progress(self.rows_read)

    def _check_unnamed(self, table: Table, row: Row, unnamed: frozenset[int], width: int) -> None:
        for at, cell in enumerate(row.cells):
            if (at in unnamed or at >= width) and not is_blank(cell):
                message = f"{_letter(at)} 列有内容（“{str(cell)[:20]}”），却没有表头"
                self.findings.error("CW601", message, "给这一列写上表头，或清空它。", table.place(row.number))
                return

    def _values(self, table: Table, row: Row, columns: tuple[Column, ...]) -> dict[FactKey, Value]:
        values: dict[FactKey, Value] = {}
        for column in columns:
            cell = row.cells[column.index] if column.index < len(row.cells) else None
            if is_blank(cell):
                continue
            try:
                value = read_cell(column, cell, self.corpus.regions)
            except ValueFault as fault:
                self.findings.fault(fault, table.place(row.number, column.header), cell)
                continue
            if value is not None:
                values[column.key] = value
        return values

    def _is_unknown(self, column: Column, cell: Cell) -> bool:
        """True for an empty cell and for one that says so ("—"); a cell with a fault already has its finding."""
        try:
            return is_blank(cell) or read_cell(column, cell, self.corpus.regions) is None
        except ValueFault:
            return False

    def _row(
        self, subject: str, table: Table, row: Row, columns: tuple[Column, ...], values: dict[FactKey, Value]
    ) -> int:
        """Take a row in; how many of its errors are of the whole file."""
        code, of_file = values.get((CODE_KEY, None)), 0
        if not isinstance(code, str):
            at = next(column for column in columns if column.fact.key == CODE_KEY)
            if at.index >= len(row.cells) or self._is_unknown(at, row.cells[at.index]):
                remedy = "照营业执照填 18 位代码；合并过的单元格先取消合并再填满。"
                self.findings.error("CW615", "这一行没有统一社会信用代码", remedy, table.place(row.number, at.header))
            return 0
        place = table.place(row.number)
        if subject == "enterprise":
            self._enterprise(code, values, place)
        elif code not in self.enterprises:
            message = f"企业表里没有代码 {code}"
            remedy = "核对代码，或先在企业表里登记这家企业。"
            self.findings.error("CW616", message, remedy, table.place(row.number, "统一社会信用代码"), code)
        elif subject == "awards":
            award = read_award(values, self.corpus, self.findings, place)
            if award is not None:
                of_file = int(is_unknown_measure(award.measure, self.corpus))
                self.awards.setdefault(code, []).append(award)
                self.award_places.setdefault(code, []).append(place)
        else:
            self._other(subject, code, values, place)
        return of_file

    def _enterprise(self, code: str, values: dict[FactKey, Value], place: Place) -> None:
        if code in self.enterprises:
            message = f"代码 {code} 已在 {self.first_rows[code]} 登记过"
            self.findings.error("CW614", message, "一家企业只占一行；合并两行，或改正代码。", place)
            return
        self.enterprises[code] = Record("enterprise", "enterprise", values)
        self.first_rows[code] = place

    def _other(self, subject: str, code: str, values: dict[FactKey, Value], place: Place) -> None:
        records = self.others.setdefault(code, {}).setdefault(subject, [])
        own = {key: value for key, value in values.items() if key[0] != CODE_KEY}
        record = Record(subject, f"{COLLECTIONS[subject]}[{len(records)}]", own)
        if record.name is not None and any(each.name == record.name for each in records):
            message = f"这家企业有两个{SHEETS[subject]}都叫“{record.name}”，会当作同一个对象"
            self.findings.warn("CW614", message, "改成不同的名称，或删去重复的一行。", place)
        records.append(record)

    @property
    def left_out(self) -> int:
        """Enterprises that are not among the sheets, those without a usable code included."""
        return len(self.faulty & self.enterprises.keys()) + self.without_code

    def sheets(self) -> Iterator[FactSheet]:
        """The fact sheets of enterprises without error."""
        for code, record in self.enterprises.items():
            if code in self.faulty:
                continue
            own = self.others.get(code, {})
            others = tuple(each for subject in COLLECTIONS for each in own.get(subject, ()))
            yield FactSheet(record, others, tuple(self.awards.get(code, ())))

    def check_awards(self) -> None:
        for code, awards in self.awards.items():
            own, before = self.others.get(code, {}), self.findings.errors
            check_objects(awards, self.award_places[code], own, self.corpus, self.findings)
            self._blame("awards", code, self.findings.errors - before, 0)


def _letter(index: int) -> str:
    """The letters a spreadsheet shows for a column: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
