from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.engine.register import read_register
from cewen.rules.load import Corpus
from register_support import CODES, SHEETS, Table, write_csv, write_folder, write_workbook


def faults(path: Path, corpus: Corpus) -> tuple[Diagnostic, ...]:
    with pytest.raises(CewenError) as caught:
        read_register(path, corpus)
    assert all(finding.message and finding.remedy for finding in caught.value.diagnostics)
    return caught.value.diagnostics


def enterprises(*columns: tuple[str, Any]) -> Table:
    """One enterprise with a good code and these columns."""
    named = (("统一社会信用代码", CODES[0]), ("名称", "甲公司"), *columns)
    return ([name for name, _ in named], [value for _, value in named])


CELLS: tuple[tuple[str, str, Any, str], ...] = (
    ("unknown label", "年营收:2023", 100, "CW601"),
    ("label of another table", "生产性设备投资", 100, "CW601"),
    ("money in words", "年营业收入:2023", "很多", "CW602"),
    ("fraction of a person", "从业人员:2023", 12.5, "CW602"),
    ("neither yes nor no", "国家双跨平台", "也许", "CW602"),
    ("negative money", "年营业收入:2023", -1, "CW603"),
    ("level beyond the scale", "DCMM等级", 6, "CW603"),
    ("text NaN", "年营业收入:2023", "NaN", "CW602"),
    ("1e400", "年营业收入:2023", "1e400", "CW604"),
    ("foreign money", "年营业收入:2023", "500万美元", "CW604"),
    ("people for money", "年营业收入:2023", "500人", "CW604"),
    ("money for people", "从业人员:2023", "500万元", "CW604"),
    ("unknown region", "注册地", "亚特兰蒂斯", "CW605"),
    ("unknown kind", "企业类型", "软件企业、魔法企业", "CW605"),
    ("no year", "年营业收入", 100, "CW607"),
    ("no such year", "年营业收入:23", 100, "CW607"),
    ("year for what has none", "DCMM等级:2023", 3, "CW607"),
    ("fen for what is no money", "从业人员:2023:fen", 3, "CW604"),
)


@pytest.mark.parametrize(("label", "value", "code"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_a_fault_has_code_sheet_row_column_and_remedy(
    corpus: Corpus, tmp_path: Path, label: str, value: Any, code: str
) -> None:
    sheets = {"企业": enterprises((label, value))}
    for path in (write_workbook(tmp_path / "a.xlsx", sheets), write_folder(tmp_path / "a", sheets)):
        (finding,) = faults(path, corpus)
        in_header = code in ("CW601", "CW607") or label.endswith(":fen")
        assert finding.code == code
        assert (finding.place.row, finding.place.field) == (1 if in_header else 2, label)
        assert finding.place.file is not None
        assert finding.place.file.startswith(str(path))
        assert finding.place.sheet == ("企业" if path.suffix else None)


def test_a_part_of_a_fen_is_refused_as_number_and_as_text(corpus: Corpus, tmp_path: Path) -> None:
    for raw, code in ((12.345, "CW603"), ("12.345", "CW604")):
        rows = enterprises(("年营业收入:2023", raw))
        (finding,) = faults(write_workbook(tmp_path / "a.xlsx", {"企业": rows}), corpus)
        assert finding.code == code
        assert "分" in finding.message


def test_codes_that_are_bad_missing_repeated_or_unknown_are_told(corpus: Corpus, tmp_path: Path) -> None:
    sheets: dict[str, Table] = {
        "企业": [
            ["统一社会信用代码", "名称"], [CODES[0], "甲"], [CODES[0], "甲又"], ["", "无码"], ["91420100MA4KTEST00", "坏码"],
        ],
        "项目": [["统一社会信用代码", "项目名称"], [CODES[3], "孤儿"], ["", "无主"]],
    }  # fmt: skip
    found = [
        (each.code, each.place.sheet, each.place.row)
        for each in faults(write_workbook(tmp_path / "a.xlsx", sheets), corpus)
    ]
    assert found == [
        ("CW614", "企业", 3), ("CW615", "企业", 4), ("CW606", "企业", 5), ("CW616", "项目", 2), ("CW615", "项目", 3),
    ]  # fmt: skip


def test_a_code_kept_as_a_number_is_not_guessed(corpus: Corpus, tmp_path: Path) -> None:
    rows: Table = [["统一社会信用代码", "名称"], [914201000000000000, "甲"]]
    (finding,) = faults(write_workbook(tmp_path / "a.xlsx", {"企业": rows}), corpus)
    assert (finding.code, finding.place.row) == ("CW606", 2)


def test_one_column_twice_is_told(corpus: Corpus, tmp_path: Path) -> None:
    rows = enterprises(("年营业收入:2023", 1), ("年营业收入：2023", 2))
    (finding,) = faults(write_csv(tmp_path / "a.csv", rows), corpus)
    assert (finding.code, finding.place.row, finding.place.field) == ("CW612", 1, "年营业收入：2023")


def test_content_without_a_header_is_not_dropped(corpus: Corpus, tmp_path: Path) -> None:
    rows: Table = [["统一社会信用代码", "名称", ""], [CODES[0], "甲", 500]]
    (finding,) = faults(write_workbook(tmp_path / "a.xlsx", {"企业": rows}), corpus)
    assert (finding.code, finding.place.row) == ("CW601", 2)
    assert "C 列" in finding.message


def test_a_register_without_codes_says_so_once(corpus: Corpus, tmp_path: Path) -> None:
    (finding,) = faults(write_csv(tmp_path / "a.csv", [["名称", "注册地"], ["甲", "420111"]]), corpus)
    assert (finding.code, finding.place.row) == ("CW615", 1)


@pytest.mark.parametrize(
    ("sheets", "codes"),
    [
        ({"企业信息表": SHEETS["企业"]}, ["CW611", "CW611"]),
        ({**SHEETS, "项木": SHEETS["项目"]}, ["CW611"]),
        ({**SHEETS, "enterprises": SHEETS["企业"]}, ["CW611"]),
        ({"项目": SHEETS["项目"]}, ["CW611", "CW616", "CW616"]),
        ({"企业": []}, ["CW617"]),
        ({"企业": SHEETS["企业"][:1]}, ["CW617"]),
    ],
    ids=["unknown sheet", "beside known ones", "two names for one", "no enterprises", "empty sheet", "header only"],
)
def test_sheets_that_do_not_fit_are_told(
    corpus: Corpus, tmp_path: Path, sheets: dict[str, Table], codes: list[str]
) -> None:
    assert [finding.code for finding in faults(write_workbook(tmp_path / "a.xlsx", sheets), corpus)] == codes


def test_awards_with_faults_are_told(corpus: Corpus, tmp_path: Path) -> None:
    city = "wuhan/2022-digital-economy-measures"
    rows: Table = [
        ["统一社会信用代码", "措施", "日期", "金额"],
        [CODES[0], f"{city}#没有这条", "2022-11-01", 1], [CODES[0], "dcmm-award", "2022-11-01", 1],
        [CODES[0], f"{city}#dcmm-award", "去年", 1], [CODES[0], f"{city}#dcmm-award", "2022-11-01", ""],
        [CODES[0], f"{city}#dcmm-award", "2022-11-01", -5], [CODES[1], f"{city}#smart-retrofit", "2022-11-01", 5],
    ]  # fmt: skip
    found = faults(write_workbook(tmp_path / "a.xlsx", {**SHEETS, "已获奖补": rows}), corpus)
    assert {(each.code, each.place.row) for each in found} == {
        ("CW608", 2), ("CW608", 3), ("CW602", 4), ("CW608", 4), ("CW608", 5), ("CW603", 6), ("CW608", 6), ("CW608", 7),
    }  # fmt: skip


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_float_columns_of_money_are_refused_in_parquet(corpus: Corpus, tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table({"统一社会信用代码": [CODES[0]], "年营业收入:2023": pa.array([5000000.01], kind)})
    pq.write_table(table, tmp_path / "a.parquet")
    (finding,) = faults(tmp_path / "a.parquet", corpus)
    assert (finding.code, finding.place.field) == ("CW613", "年营业收入:2023")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300])
def test_numbers_that_are_none_are_refused_in_parquet(corpus: Corpus, tmp_path: Path, number: float) -> None:
    pq.write_table(pa.table({"统一社会信用代码": [CODES[0]], "从业人员:2023": [number]}), tmp_path / "a.parquet")
    (finding,) = faults(tmp_path / "a.parquet", corpus)
    assert finding.code in ("CW603", "CW613")
    assert (finding.place.row, finding.place.field) == (2, "从业人员:2023")


def test_amounts_a_workbook_can_no_longer_hold_exactly_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    rows = enterprises(("年营业收入:2023", 2.0**53))
    (finding,) = faults(write_workbook(tmp_path / "a.xlsx", {"企业": rows}), corpus)
    assert finding.code == "CW613"


def test_a_formula_that_failed_is_not_read_as_unknown(corpus: Corpus, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("企业")
    sheet.write_row(0, 0, ("统一社会信用代码", "年营业收入:2023"))
    sheet.write(1, 0, CODES[0])
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    book.close()
    (finding,) = faults(tmp_path / "a.xlsx", corpus)
    assert (finding.code, finding.place.row, finding.place.field) == ("CW602", 2, "年营业收入:2023")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK\x03\x04 broken"), ("a.xlsx", b""), ("a.parquet", b"PAR1"), ("a.docx", b""),
        ("a.csv", "名称,统一社会信用代码".encode("utf-16")), ("a.csv", b"\xff\xff\xff"),
        ("a.csv", f'名称,统一社会信用代码\n"没有收尾,{CODES[0]}\n'.encode()),
    ],
    ids=["broken workbook", "empty workbook", "broken parquet", "other file", "UTF-16", "no encoding", "open quote"],
)  # fmt: skip
def test_files_that_cannot_be_read_are_told(corpus: Corpus, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert "CW610" in [finding.code for finding in faults(tmp_path / name, corpus)]


def test_an_empty_csv_and_an_empty_folder_are_told(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    assert [finding.code for finding in faults(tmp_path / "a.csv", corpus)] == ["CW617"]
    (tmp_path / "r").mkdir()
    assert [finding.code for finding in faults(tmp_path / "r", corpus)] == ["CW610"]


def test_all_faults_are_told_at_once_and_a_flood_is_cut_short(corpus: Corpus, tmp_path: Path) -> None:
    rows: Table = [["统一社会信用代码", "DCMM等级"], *([CODES[0], 9] for _ in range(1500))]
    found = faults(write_csv(tmp_path / "a.csv", rows), corpus)
    assert len(found) == 1001
    assert found[-1].code == "CW619"
    assert "1999" in found[-1].message  # 1500 levels and 1499 repeated codes, 1000 of them shown


@pytest.mark.parametrize("cell", ["", "—", "-", "/"])
def test_an_enterprise_whose_code_cell_says_nothing_is_named_and_not_dropped(
    corpus: Corpus, tmp_path: Path, cell: str
) -> None:
    path = tmp_path / "企业.csv"
    path.write_text(f"名称,统一社会信用代码,DCMM等级\n甲公司,{cell},3\n", encoding="utf-8")
    with pytest.raises(CewenError, match="CW615") as caught:
        read_register(path, corpus)
    assert caught.value.diagnostics[0].place.row == 2


def test_an_award_under_a_tier_the_measure_does_not_have_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    code, measure = "91429999H00000127G", "wuhan/2022-digital-economy-measures#dcmm-award"
    (tmp_path / "enterprises.csv").write_text(f"名称,统一社会信用代码,DCMM等级\n甲,{code},3\n", encoding="utf-8")
    rows = f"统一社会信用代码,措施,日期,金额,档次\n{code},{measure},2022-11-01,200000,3级\n"
    (tmp_path / "awards.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(CewenError, match="不是这条措施的档次"):
        read_register(tmp_path, corpus)
