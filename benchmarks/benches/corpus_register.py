"""A synthetic register in the columns back-ends read: what `cewen synth` writes, piece by piece, as codes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cewen.engine.backends.ibis.rows import ParquetRegister
from cewen.engine.columns.layout import AWARDS, OBJECT_NAME, USCC, Layout
from cewen.engine.factsheet import NAME_KEYS
from cewen.engine.synth import synthesize
from cewen.engine.synth.frame import NOTHING
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus
from cewen.rules.types import Kind

SEED = 1
YEARS = (2021, 2022, 2023)
FILES = {"enterprise": "enterprises", "project": "projects", "product": "products", "park": "parks"}
AWARD_COLUMNS = {
    "统一社会信用代码": USCC,
    "措施": "measure",
    "日期": "on",
    "金额:fen": "amount",
    "对象": "object",
    "档次": "tier",
}


LARGEST_DRAWN = 10_000_000
"""A larger register is this one several times over, under other codes."""


def stored_register(corpus: Corpus, home: Path, count: int, workers: int) -> ParquetRegister:
    """The register of `count` enterprises in the layout of back-ends, made if it is not there.

    Above `LARGEST_DRAWN` a multiple of it, so that every total is that multiple of the smaller one's.
    """
    layout = Layout(corpus.vocabulary, corpus.regions)
    folder = home / f"register-{count}-{SEED}"
    if not folder.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".making.", dir=home))
        try:
            made = scratch / "coded"
            made.mkdir()
            if count > LARGEST_DRAWN:
                times, rest = divmod(count, LARGEST_DRAWN)
                if rest or times > len(_MARKS):
                    raise ValueError(f"{count}: not a multiple of {LARGEST_DRAWN} up to {len(_MARKS)} times")
                _repeat(stored_register(corpus, home, LARGEST_DRAWN, workers), times, made)
            else:
                _draw(corpus, layout, scratch / "drawn", made, count, workers)
            made.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    paths = {subject: folder / f"{subject}.parquet" for subject in FILES}
    return ParquetRegister(layout, paths, pq.read_table(folder / "awards.parquet").cast(AWARDS))


def _draw(corpus: Corpus, layout: Layout, drawn: Path, made: Path, count: int, workers: int) -> None:
    synthesize(corpus, drawn, count=count, seed=SEED, years=YEARS, workers=workers)
    for subject, name in FILES.items():
        _encode(layout, subject, drawn / f"{name}.parquet", made / f"{subject}.parquet")
    awards = pq.read_table(drawn / "awards.parquet")
    pq.write_table(awards.rename_columns(AWARD_COLUMNS).select(AWARDS.names), made / "awards.parquet")


_MARKS = "91ABCDEF"
"""The first character of a code, for each repetition."""


def _repeat(register: ParquetRegister, times: int, made: Path) -> None:
    """Every file `times` over, each time with another first character of all codes."""
    awards = next(iter(register.paths.values())).with_name("awards.parquet")
    for source in (*register.paths.values(), awards):
        file = pq.ParquetFile(source)
        options: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
        with pq.ParquetWriter(made / source.name, file.schema_arrow, **options) as writer:
            for mark in _MARKS[:times]:
                for group in range(file.num_row_groups):
                    table = file.read_row_group(group)
                    at = table.column_names.index(USCC)
                    codes = pc.utf8_replace_slice(table[USCC], 0, 1, mark)
                    writer.write_table(table.set_column(at, USCC, codes), row_group_size=max(1, table.num_rows))


def _encode(layout: Layout, subject: str, source: Path, target: Path) -> None:
    """One file, row group by row group."""
    file = pq.ParquetFile(source)
    headers = [header for header in file.schema_arrow.names if _column(layout, subject, header) is not None]
    writer: Any = None
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=headers)
        columns = {}
        for header in headers:
            named = _column(layout, subject, header)
            assert named is not None
            name, fact = named
            columns[name] = table[header] if fact is None else _codes(layout, fact, table[header].combine_chunks())
        coded = pa.table(columns)
        writer = writer or pq.ParquetWriter(target, coded.schema, compression="zstd", compression_level=1)
        writer.write_table(coded, row_group_size=max(1, coded.num_rows))
    if writer is not None:
        writer.close()


def _column(layout: Layout, subject: str, header: str) -> tuple[str, Fact | None] | None:
    """Name of a column in the layout, with its fact; None for what back-ends do not read."""
    label, *rest = (part for part in header.split(":") if part != "fen")
    fact = layout.vocabulary.by_label(label)
    if fact is None:
        return None
    if fact.key == "uscc":
        return USCC, None
    if fact.key == NAME_KEYS[subject]:
        return OBJECT_NAME, None
    if not layout.has_column(fact):
        return None
    return layout.column(fact, int(rest[0]) if rest else None), fact


def _codes(layout: Layout, fact: Fact, values: Any) -> Any:
    """Texts as codes; whole numbers as they are."""
    kind = layout.column_type(fact)
    if not pa.types.is_dictionary(values.type):
        return values.cast(kind)
    texts = values.dictionary.to_pylist()
    match fact.type:
        case Kind.SET:
            codes = [0 if text == NOTHING else layout.mask(fact, tuple(text.split("、"))) for text in texts]
        case Kind.REGION:
            codes = [layout.region_position(text) for text in texts]
        case _:
            codes = [-1 if text == NOTHING else layout.code(fact, text) for text in texts]
    found = pc.take(pa.array(codes, kind), values.indices)
    least = pc.min(found).as_py()
    if least is not None and least < 0:  # "none" stands in the dictionary of a choice but no cell may use it
        raise AssertionError(f"{fact.label}: a choice that is none of {fact.values}")
    return found
