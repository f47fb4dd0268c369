"""A register to its profile: columns in, counts and rounded numbers out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cewen.base.money import FEN_PER_YUAN
from cewen.engine.factsheet import Value
from cewen.engine.register import read_register
from cewen.engine.register.columns import Labels, parse_header
from cewen.engine.register.findings import Findings
from cewen.engine.register.source import find_tables
from cewen.engine.register.table import Row, Table
from cewen.engine.synth.profile import LEAST, LEVELS, Cell, ColumnProfile, Profile, Ranks, SubjectProfile
from cewen.engine.synth.report import rank_correlation
from cewen.engine.synth.seed import Floats
from cewen.rules.facts import SUBJECTS, Fact
from cewen.rules.load import Corpus
from cewen.rules.types import Kind

_PAIRS = 50
_DISCRETE = 20
_IDENTITY = (Kind.TEXT, Kind.USCC, Kind.DATE)
_NONE = "无"


@dataclass(frozen=True, slots=True)
class Described:
    """One column read: numbers in the unit of the fact with NaN for missing, or how often each text occurs."""

    fact: Fact
    year: int | None
    rows: int
    numbers: Floats | None = None
    texts: Mapping[str | None, int] | None = None


def profile_register(path: Path, corpus: Corpus) -> Profile:
    """The profile of a register. Raises CewenError for a register that cannot be read (CW6xx)."""
    tables = _columns_of_parquet(path, corpus)
    if tables is None:
        tables = _columns_of_sheets(path, corpus)
    subjects = [
        SubjectProfile(
            subject=subject,
            rows=rows,
            columns=tuple(_profile(column) for column in columns),
            ranks=_ranks(columns),
        )
        for subject in SUBJECTS
        for rows, columns in [tables.get(subject, (0, []))]
        if rows
    ]
    return Profile(subjects=tuple(subjects))


_Columns = dict[str, tuple[int, list[Described]]]


def _columns_of_parquet(path: Path, corpus: Corpus) -> _Columns | None:
    """Columns read as columns; None where a file is not parquet or holds something other than plain columns."""
    findings = Findings()
    found: _Columns = {}
    files = list(path.iterdir()) if path.is_dir() else [path]
    if any(file.suffix != ".parquet" for file in files if not file.name.startswith(".")):
        return None
    tables = find_tables(path, findings)
    findings.stop_at_errors()
    for subject, table in tables.items():
        if subject not in SUBJECTS:
            continue
        columns = _parquet_table(table, subject, corpus, findings)
        findings.stop_at_errors()
        if columns is None:
            return None
        found[subject] = columns
    return found


def _parquet_table(
    table: Table, subject: str, corpus: Corpus, findings: Findings
) -> tuple[int, list[Described]] | None:
    file = pq.ParquetFile(table.file)
    names = file.schema_arrow.names
    rows = int(file.metadata.num_rows)
    described = []
    for column in parse_header(table, Row(1, tuple(names)), Labels(corpus.vocabulary, subject), findings):
        fact = column.fact
        if fact.subject != subject:
            continue  # the code of the enterprise a project belongs to
        if fact.type in _IDENTITY:
            missing = _missing(file, column.index)
            described.append(Described(fact, None, rows, texts={None: missing, "": rows - missing}))
            continue
        data = file.read(columns=[names[column.index]]).column(0)
        one = _parquet_column(fact, column.year, data, column.in_fen)
        if one is None:
            return None
        described.append(one)
    return rows, described


def _missing(file: Any, index: int) -> int:
    """Empty cells of a column, from the statistics of the file where it has them."""
    groups = [file.metadata.row_group(at).column(index).statistics for at in range(file.metadata.num_row_groups)]
    if all(group is not None and group.has_null_count for group in groups):
        return sum(group.null_count for group in groups)
    return int(file.read(columns=[file.schema_arrow.names[index]]).column(0).null_count)


def _parquet_column(fact: Fact, year: int | None, data: Any, in_fen: bool) -> Described | None:
    """None for a column that has to be read cell by cell: text that stands for a number, floats, lists."""
    kind = data.type.value_type if pa.types.is_dictionary(data.type) else data.type
    if fact.type.is_number:
        if not (pa.types.is_integer(kind) or pa.types.is_decimal(kind)) or pa.types.is_dictionary(data.type):
            return None
        numbers = data.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
        return Described(fact, year, len(data), numbers=numbers / FEN_PER_YUAN if in_fen else numbers)
    if fact.type is Kind.BOOLEAN and pa.types.is_boolean(kind):
        data = pc.if_else(data, "是", "否")
    elif not pa.types.is_string(kind) and not pa.types.is_large_string(kind):
        return None
    counts = {each["values"]: int(each["counts"]) for each in data.value_counts().to_pylist()}
    blank = sum(counts.pop(text, 0) for text in [text for text in counts if text is None or not text.strip()])
    return Described(fact, year, len(data), texts={**counts, **({None: blank} if blank else {})})


def _columns_of_sheets(path: Path, corpus: Corpus) -> _Columns:
    """Columns gathered from fact sheets; a column nobody filled is not there."""
    register = read_register(path, corpus)
    found: _Columns = {}
    for subject in SUBJECTS:
        records = [record for sheet in register for record in sheet.of_subject(subject)]
        columns = []
        for fact in corpus.vocabulary.of_subject(subject):
            years = sorted({year for record in records for key, year in record.values if key == fact.key}, key=str)
            for year in years:
                values = [record.values.get((fact.key, year)) for record in records]
                columns.append(_sheet_column(fact, year, values))
        found[subject] = (len(records), columns)
    return found


def _sheet_column(fact: Fact, year: int | None, values: Sequence[Value | None]) -> Described:
    if fact.type.is_number:
        unit = FEN_PER_YUAN if fact.type is Kind.MONEY else 1
        numbers = [float(value / unit) if isinstance(value, Fraction) else math.nan for value in values]
        return Described(fact, year, len(values), numbers=np.array(numbers, np.float64))
    texts = Counter("" if fact.type in _IDENTITY and value is not None else _text(fact, value) for value in values)
    return Described(fact, year, len(values), texts=texts)


def _text(fact: Fact, value: Value | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, frozenset):
        return "、".join(sorted(value, key=fact.values.index)) or _NONE
    return str(value)


def _profile(column: Described) -> ColumnProfile:
    fact = column.fact
    if column.numbers is None:
        texts = dict(column.texts or {})
        blank = texts.pop(None, 0)
        if fact.type in _IDENTITY:
            return ColumnProfile(label=fact.label, kind="text", missing=shown(blank))
        cells, hidden = _cells({str(text): count for text, count in texts.items()})
        return ColumnProfile(
            label=fact.label, year=column.year, kind="category", missing=shown(blank), cells=cells, hidden=hidden
        )
    known = column.numbers[~np.isnan(column.numbers)]
    missing = shown(column.rows - len(known))
    if fact.type is Kind.INTEGER and len(values := np.unique(known)) <= _DISCRETE:
        cells, hidden = _cells({f"{value:g}": int((known == value).sum()) for value in values})
        return ColumnProfile(
            label=fact.label, year=column.year, kind="category", missing=missing, cells=cells, hidden=hidden
        )
    above = known[known != 0]
    return ColumnProfile(
        label=fact.label,
        year=column.year,
        kind="quantity",
        missing=missing,
        zeros=shown(len(known) - len(above)),
        quantiles=dict(_quantiles(above)),
    )


def shown(count: int) -> int | None:
    """A count as it may be shown: none of 1 to 4, others to the nearest five, so that no difference gives one away."""
    if 0 < count < LEAST:
        return None
    return LEAST * round(count / LEAST)


def _cells(counts: Mapping[str, int]) -> tuple[tuple[Cell, ...], int]:
    """Cells large enough to show, largest first, and the records in the others, up to the next five."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    cells = tuple(Cell(value=value, count=LEAST * round(count / LEAST)) for value, count in ordered if count >= LEAST)
    return cells, LEAST * math.ceil(sum(count for _, count in ordered if count < LEAST) / LEAST)


def _quantiles(values: Floats) -> Iterator[tuple[str, float]]:
    """Percentiles to two significant digits, where at least `LEAST` records lie beyond on either side."""
    for level in LEVELS:
        if len(values) * min(level, 100 - level) / 100 >= LEAST:
            yield f"p{level:02}", two_digits(float(np.percentile(values, level)))


def two_digits(value: float) -> float:
    """A number to two significant digits."""
    return float(f"{value:.1e}") if value else 0.0


def _ranks(columns: Sequence[Described]) -> Ranks:
    numeric = [column for column in columns if column.numbers is not None]
    count = len(numeric)
    matrix: list[list[float | None]] = [[1.0] * count for _ in range(count)]
    for one in range(count):
        for other in range(one + 1, count):
            matrix[one][other] = matrix[other][one] = _rank(numeric[one], numeric[other])
    headers = tuple(each.fact.label if each.year is None else f"{each.fact.label}:{each.year}" for each in numeric)
    return Ranks(columns=headers, matrix=tuple(tuple(row) for row in matrix))


_SAMPLE = 50_000


def _rank(one: Described, other: Described) -> float | None:
    """Of an even sample in a large register: two decimals need no more."""
    assert one.numbers is not None
    assert other.numbers is not None
    step = max(len(one.numbers) // _SAMPLE, 1)
    first, second = one.numbers[::step], other.numbers[::step]
    both = ~np.isnan(first) & ~np.isnan(second)
    return round(rank_correlation(first[both], second[both]), 2) if both.sum() >= _PAIRS else None
