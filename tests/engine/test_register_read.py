from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.money import yuan_text
from cewen.engine.factsheet import FactSheet
from cewen.engine.register import Register, read_register
from cewen.rules.load import Corpus
from register_support import AWARDS, CODES, ENTERPRISES, PROJECTS, SHEETS, write_csv, write_folder, write_workbook


def check_sample(register: Register) -> None:
    first, second, third = register.sheets
    assert [sheet.enterprise.name for sheet in register] == ["甲公司", "乙公司", "丙公司"]
    assert first.enterprise.values["revenue", 2022] == 50_000_000_00
    assert first.enterprise.values["revenue", 2023] == 68_000_000_00
    assert first.enterprise.values["dcmm_level", None] == 3
    assert [award.amount for award in first.awards] == [200_000_00]
    assert second.enterprise.values["revenue", 2023] == 12_999_999_99
    assert second.enterprise.values["registered_in", None] == "420106"
    assert second.enterprise.values["enterprise_kinds", None] == {"制造业企业", "软件企业"}
    assert [(record.path, record.name) for record in second.others] == [
        ("projects[0]", "产线一期"),
        ("projects[1]", "产线二期"),
    ]
    assert second.others[1].values["equipment_investment", None] == 4_999_999_99
    assert ("revenue", 2023) not in third.enterprise.values
    assert ("dcmm_level", None) not in third.enterprise.values


def test_a_register_reads_the_same_from_a_workbook_and_from_a_folder(corpus: Corpus, tmp_path: Path) -> None:
    check_sample(read_register(write_workbook(tmp_path / "名册.xlsx"), corpus))
    check_sample(read_register(write_folder(tmp_path / "名册"), corpus))


def test_english_sheet_names_are_read_and_notes_are_left_alone(corpus: Corpus, tmp_path: Path) -> None:
    sheets = {"enterprises": ENTERPRISES, "projects": PROJECTS, "awards": AWARDS, "说明": [["随便写"]], "Sheet9": []}
    check_sample(read_register(write_workbook(tmp_path / "register.xlsx", sheets), corpus))


def test_english_award_columns_are_read(corpus: Corpus, tmp_path: Path) -> None:
    head = ("uscc", "measure", "on", "amount", "object", "tier")
    award = (CODES[0], "wuhan/2022-digital-economy-measures#dcmm-award", "2022-11-01", "20万元", "", "三级")
    register = read_register(write_folder(tmp_path / "r", {**SHEETS, "已获奖补": (head, award)}), corpus)
    (made,) = register.sheets[0].awards
    assert (made.amount, made.tier, made.object, made.on.isoformat()) == (200_000_00, "三级", None, "2022-11-01")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_reads_in_each_encoding(corpus: Corpus, tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "随便什么名字.csv", ENTERPRISES, encoding)
    assert [sheet.enterprise.name for sheet in read_register(path, corpus)] == ["甲公司", "乙公司", "丙公司"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_csv_with_other_marks_between_columns_is_read(corpus: Corpus, tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "名册.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(ENTERPRISES)
    assert len(read_register(path, corpus)) == 3


def test_title_lines_blank_rows_and_merged_cells_are_understood(corpus: Corpus, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "名册.xlsx")
    sheet = book.add_worksheet("企业")
    sheet.merge_range(0, 0, 0, 3, "二〇二四年企业名册")
    sheet.write_row(2, 0, ("名称", "统一社会信用代码", "注册地"))
    sheet.merge_range(3, 0, 3, 2, "一、东湖高新区")
    sheet.write_row(4, 0, ("甲公司", CODES[0], 420111))
    sheet.write_row(6, 0, ("乙公司", CODES[1], "420111"))
    projects = book.add_worksheet("项目")
    projects.write_row(0, 0, ("统一社会信用代码", "项目名称"))
    projects.merge_range(1, 0, 2, 0, CODES[1])
    projects.write_column(1, 1, ("一期", "二期"))
    book.close()
    first, second = read_register(tmp_path / "名册.xlsx", corpus).sheets
    assert first.enterprise.values["registered_in", None] == "420111"
    assert [record.name for record in second.others] == ["一期", "二期"]


def test_parquet_columns_of_whole_numbers_decimals_and_fen_are_exact(corpus: Corpus, tmp_path: Path) -> None:
    table = pa.table(
        {
            "统一社会信用代码": [CODES[0]],
            "名称": pa.array(["甲公司"]).dictionary_encode(),
            "企业类型": pa.array([["软件企业", "工业软件企业"]], pa.list_(pa.string())),
            "年营业收入:2021": pa.array([5_000_000], pa.int64()),
            "年营业收入:2022": pa.array([Decimal("5000000.01")], pa.decimal128(18, 2)),
            "年营业收入:2023:fen": pa.array([500_000_001], pa.int64()),
            "从业人员:2023": pa.array([12], pa.int32()),
            "国家双跨平台": [True],
        }
    )
    pq.write_table(table, tmp_path / "企业.parquet")
    (sheet,) = read_register(tmp_path / "企业.parquet", corpus)
    values = sheet.enterprise.values
    assert [values["revenue", year] for year in (2021, 2022, 2023)] == [500_000_000, 500_000_001, 500_000_001]
    assert values["enterprise_kinds", None] == {"软件企业", "工业软件企业"}
    assert (values["employees", 2023], values["cross_industry_platform", None]) == (12, True)


def test_a_set_that_is_known_to_be_empty_is_not_unknown(corpus: Corpus, tmp_path: Path) -> None:
    rows = (("统一社会信用代码", "企业类型", "工厂称号"), (CODES[0], "无", ""))
    (sheet,) = read_register(write_csv(tmp_path / "企业.csv", rows), corpus)
    assert sheet.enterprise.values["enterprise_kinds", None] == frozenset()
    assert ("factory_titles", None) not in sheet.enterprise.values


def test_awards_for_an_object_that_is_not_listed_are_told_and_do_not_stop(corpus: Corpus, tmp_path: Path) -> None:
    head = ("统一社会信用代码", "措施", "日期", "金额", "对象")
    award = (CODES[1], "wuhan/2022-digital-economy-measures#smart-retrofit", "2023-11-01", 100, "老产线")
    register = read_register(write_folder(tmp_path / "r", {**SHEETS, "已获奖补": (head, award)}), corpus)
    assert [(finding.code, finding.place.row) for finding in register.findings] == [("CW608", 2)]


MONEY = st.integers(min_value=0, max_value=10**15 - 1)


@given(fen=MONEY, name=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12))
def test_what_a_csv_says_is_read_back_exactly(corpus: Corpus, fen: int, name: str) -> None:
    rows = (
        ("统一社会信用代码", "名称", "年营业收入:2023", "年研发投入:2023:fen"),
        (CODES[0], name, yuan_text(fen), fen),
    )
    with TemporaryDirectory() as folder:
        (sheet,) = read_register(write_csv(Path(folder) / "企业.csv", rows), corpus)
    assert sheet.enterprise.values["revenue", 2023] == fen == sheet.enterprise.values["rd_spend", 2023]
    assert (sheet.enterprise.name or "") == _as_read(name)


def _as_read(name: str) -> str:
    """A name without outer blanks; the marks that stand for "not known" are no name."""
    import unicodedata

    folded = unicodedata.normalize("NFKC", name).strip()
    return "" if folded in ("", "-", "—", "/", "N/A") else name.strip()


@given(fen=st.integers(min_value=0, max_value=10**13))
def test_money_in_a_workbook_is_what_was_typed(corpus: Corpus, fen: int) -> None:
    with TemporaryDirectory() as folder:
        rows = (("统一社会信用代码", "年营业收入:2023"), (CODES[0], Decimal(fen).scaleb(-2)))
        (sheet,) = read_register(write_workbook(Path(folder) / "a.xlsx", {"企业": rows}), corpus)
    assert _revenue(sheet) == fen


def _revenue(sheet: FactSheet) -> Fraction:
    value = sheet.enterprise.values["revenue", 2023]
    assert isinstance(value, Fraction)
    return value
