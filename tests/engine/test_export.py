from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from cewen.base.errors import CewenError
from cewen.engine.batch import COLUMNS, AwardRow
from cewen.engine.export import open_sink, whole_file
from cewen.engine.export.flat import neutral
from cewen.engine.summary import Summary
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus

EVIL = ('=HYPERLINK("http://x","点我")', "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1")


@pytest.fixture(scope="module")
def summary(corpus: Corpus) -> Summary:
    return Summary(lower_corpus(corpus, date(2024, 6, 30)))


def award(name: str = "甲公司", low: int | None = 0, high: int | None = 123, **changes: object) -> AwardRow:
    values = {"uscc": "91", "name": name, "subject": name, "measure": "a/b#c", "status": "met", "certainty": "ceiling",
              "low": low, "high": high, "needs": (), "suppressed_by": None, "as_if_in_force": None, **changes}  # fmt: skip
    return AwardRow(**values)  # type: ignore[arg-type]


def write(path: Path, summary: Summary, *rows: AwardRow, simulated: bool = False) -> Path:
    with open_sink(path, path.suffix, summary, simulated=simulated) as sink:
        for row in rows:
            sink.write(row)
    return path


@pytest.mark.parametrize("evil", EVIL)
def test_csv_text_never_begins_a_formula(tmp_path: Path, summary: Summary, evil: str) -> None:
    path = write(tmp_path / "a.csv", summary, award(evil))
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == row["subject"] == f"'{evil}"


@pytest.mark.parametrize("evil", EVIL)
def test_workbook_text_is_text_and_not_a_formula(tmp_path: Path, summary: Summary, evil: str) -> None:
    import zipfile

    path = write(tmp_path / "a.xlsx", summary, award(evil))
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
        styles = archive.read("xl/styles.xml")
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert b'quotePrefix="1"' in styles


@given(st.text())
def test_neutral_text_begins_with_no_mark_and_keeps_what_it_says(text: str) -> None:
    safe = neutral(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe.removeprefix("'") == text or safe == text


def test_each_format_holds_the_columns_of_the_contract(tmp_path: Path, summary: Summary) -> None:
    rows = (award(needs=("年研发投入", "DCMM等级"), suppressed_by="x/y#z"), award(low=None, high=None))
    with write(tmp_path / "a.csv", summary, *rows).open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == list(COLUMNS)
    assert table[1] == [
        "91",
        "甲公司",
        "甲公司",
        "a/b#c",
        "met",
        "ceiling",
        "0.00",
        "1.23",
        "年研发投入、DCMM等级",
        "x/y#z",
    ]
    assert table[2][6:] == ["", "", "", ""]
    columns = pq.read_table(write(tmp_path / "a.parquet", summary, *rows)).to_pydict()
    assert list(columns) == [*COLUMNS, "low_fen", "high_fen"]
    assert (columns["high"], columns["high_fen"]) == ([Decimal("1.23"), None], [123, None])
    assert (columns["needs"], columns["suppressed_by"]) == (["年研发投入、DCMM等级", None], ["x/y#z", None])
    book = CalamineWorkbook.from_path(write(tmp_path / "a.xlsx", summary, *rows))
    assert book.sheet_names == ["奖补", "汇总", "条文"]
    sheet = book.get_sheet_by_name("奖补").to_python()
    assert sheet[0] == list(COLUMNS)
    assert sheet[1] == ["91", "甲公司", "甲公司", "a/b#c", "met", "ceiling", 0.0, 1.23, "年研发投入、DCMM等级", "x/y#z"]
    clauses = book.get_sheet_by_name("条文").to_python()
    assert clauses[0] == ["measure", "title", "clause", "quote", "source"]
    assert len(clauses) == 1 + len(summary.measures)
    assert all(all(cell for cell in row) for row in clauses)


def test_what_is_simulated_says_so_in_a_last_column(tmp_path: Path, summary: Summary) -> None:
    row = award(as_if_in_force="draft")
    with write(tmp_path / "a.csv", summary, row, simulated=True).open(encoding="utf-8-sig", newline="") as file:
        assert [line[-1] for line in csv.reader(file)] == ["as_if_in_force", "draft"]
    assert pq.read_table(write(tmp_path / "a.parquet", summary, row, simulated=True)).to_pydict()["as_if_in_force"] == [
        "draft"
    ]
    book = CalamineWorkbook.from_path(write(tmp_path / "a.xlsx", summary, row, simulated=True))
    assert [line[-1] for line in book.get_sheet_by_name("奖补").to_python()] == ["as_if_in_force", "draft"]


@given(st.integers(min_value=0, max_value=2**53))
def test_amounts_in_parquet_and_csv_are_exact(fen: int) -> None:
    row = award(high=fen)
    assert row.texts()[7] == str(Decimal(fen).scaleb(-2))


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "结果.csv"
    target.write_text("旧", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        _break_off(target)
    assert target.read_text(encoding="utf-8") == "旧"
    assert [path.name for path in tmp_path.iterdir()] == ["结果.csv"]
    with whole_file(target) as temporary:
        temporary.write_text("新", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "旧"
    assert target.read_text(encoding="utf-8") == "新"
    assert [path.name for path in tmp_path.iterdir()] == ["结果.csv"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CewenError) as caught, whole_file(tmp_path / "没有" / "a.csv"):
        raise AssertionError("nothing to write to")
    assert caught.value.diagnostics[0].code == "CW020"


def test_a_workbook_that_is_interrupted_leaves_the_interruption(tmp_path: Path, summary: Summary) -> None:
    with pytest.raises(KeyboardInterrupt):
        _break_off_workbook(tmp_path / "a.xlsx", summary)
    assert list(tmp_path.iterdir()) == []


def _break_off(target: Path) -> None:
    with whole_file(target) as temporary:
        temporary.write_text("一半", encoding="utf-8")
        raise KeyboardInterrupt


def _break_off_workbook(target: Path, summary: Summary) -> None:
    with whole_file(target) as temporary, open_sink(temporary, ".xlsx", summary, simulated=False) as sink:
        sink.write(award())
        raise KeyboardInterrupt
