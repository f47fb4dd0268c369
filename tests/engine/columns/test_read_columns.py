"""Parquet read by columns says what the same file read row by row says, faults included."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.engine.columns.encode import decode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.reading import count_enterprises, plan_keys, read_columns
from cewen.engine.columns.reading.codes import well_formed
from cewen.engine.columns.reading.seek import Seeker
from cewen.engine.factsheet import FactSheet
from cewen.engine.register import read_register
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus
from register_support import CODES, write_folder

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))
CODE = "统一社会信用代码"
MEASURE = "wuhan/2022-digital-economy-measures#dcmm-award"
OBJECT_MEASURE = next(measure.key for measure in PLAN.measures if measure.measure.subject == "project")

Tables = dict[str, dict[str, Any]]


def write(folder: Path, tables: Tables, **options: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet", **options)
    return folder


def plain(sheet: FactSheet) -> tuple[Any, ...]:
    """A fact sheet without the facts that no rule reads, which columns leave out."""
    kept = {fact.key for fact in CORPUS.vocabulary if fact.type.value not in ("date", "ratio", "text")}
    kept |= {"uscc", "name", "project_name", "product_name", "park_name"}
    records = (sheet.enterprise, *sheet.others)
    facts = [(r.path, {key: value for key, value in r.values.items() if key[0] in kept}) for r in records]
    return facts, sheet.awards


def assert_alike(path: Path) -> Columns:
    columns, findings = read_columns(path, CORPUS)
    register = read_register(path, CORPUS)
    assert [plain(sheet) for sheet in decode(columns)] == [plain(sheet) for sheet in register]
    assert told(findings) == told(register.findings)
    return columns


def told(findings: tuple[Diagnostic, ...]) -> list[str]:
    return sorted(str(finding) for finding in findings)


def faults(read: Callable[..., object], path: Path) -> list[str]:
    with pytest.raises(CewenError) as failure:
        read(path, CORPUS)
    return told(failure.value.diagnostics)


ENTERPRISES: dict[str, Any] = {
    CODE: list(CODES),
    "名称": ["甲公司", " 乙公司 ", "—", None],
    "注册地": pa.array(["420111", "武汉市武昌区", "湖北省武汉市洪山区", None]).dictionary_encode(),
    "企业类型": ["软件企业", "制造业企业、软件企业", "无", None],
    "年营业收入:2022": pa.array(
        [Decimal("50000000.00"), Decimal("12999999.99"), None, Decimal(0)], pa.decimal128(20, 2)
    ),
    "年营业收入:2023": pa.array([68_000_000, 0, None, 3], pa.int32()),
    "年研发投入:2023:fen": [1_200_000_001, None, 0, 7],
    "软件业务收入:2023": ["500万元", "１．５亿元", "", "12,345.67"],
    "从业人员:2023": [12.0, None, 30.0, 0.0],
    "DCMM等级": pa.array([3, 0, None, 5], pa.uint8()),
    "国家双跨平台": [True, None, False, True],
    "总部新落户": ["是", "否", "", None],
    "企业规模": ["小型", "微型", "大型", None],
    "总部投资额": pa.array(["1", "", None, "2"]).dictionary_encode(),
    "获评称号": [[], None, None, []],
}
PROJECTS: dict[str, Any] = {
    CODE: [CODES[2], CODES[1], CODES[1]],
    "项目名称": ["甲线", "产线一期", None],
    "项目类型": ["智能化改造"] * 3,
    "生产性设备投资:fen": [800_000_000, 499_999_999, None],
    "建设期月数": [18, 12, None],
}
AWARDS: dict[str, Any] = {
    CODE: [CODES[0], CODES[2]],
    "措施": [MEASURE, OBJECT_MEASURE],
    "日期": [datetime.datetime(2022, 11, 1), datetime.datetime(2023, 1, 2)],
    "金额:fen": [20_000_000, 5],
    "对象": [None, "甲线"],
}
REGISTER: Tables = {"enterprises": ENTERPRISES, "项目": PROJECTS, "awards": AWARDS}


def test_every_way_to_write_a_value_then_as_read_row_by_row(tmp_path: Path) -> None:
    columns = assert_alike(write(tmp_path / "r", REGISTER, row_group_size=2))
    assert columns.tables["enterprise"]["revenue_2022"].to_pylist() == [5_000_000_000, 1_299_999_999, None, 0]
    assert columns.tables["enterprise"]["name"].to_pylist() == ["甲公司", "乙公司", None, None]
    assert columns.awards["amount"].to_pylist() == [20_000_000, 5]


def test_one_file_under_any_name_and_blank_rows_then_as_read_row_by_row(tmp_path: Path) -> None:
    rows = {CODE: [CODES[0].lower(), None, CODES[1]], "名称": ["甲", "  ", "乙"], "从业人员:2023": [1, None, 2]}
    path = write(tmp_path, {"名册": rows}) / "名册.parquet"
    assert assert_alike(path).enterprise_count == 2
    assert count_enterprises(path) == 3


def test_example_in_other_formats_then_by_way_of_fact_sheets(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "r")
    columns, _ = read_columns(folder, CORPUS)
    assert [plain(sheet) for sheet in decode(columns)] == [plain(sheet) for sheet in read_register(folder, CORPUS)]
    assert count_enterprises(folder) is None


def test_keys_when_given_then_other_facts_are_checked_but_not_kept(tmp_path: Path) -> None:
    folder = write(tmp_path / "r", REGISTER)
    columns, _ = read_columns(folder, CORPUS, None, {("revenue", 2023)})
    assert columns.tables["enterprise"].column_names == ["uscc", "name", "revenue_2023"]
    bad = {**REGISTER, "enterprises": {**ENTERPRISES, "DCMM等级": [9, 0, 0, 0]}}
    with pytest.raises(CewenError):
        read_columns(write(tmp_path / "b", bad), CORPUS, None, {("revenue", 2023)})


def test_plan_keys_hold_what_measures_read_and_earlier_years_for_first_times() -> None:
    keys = plan_keys(PLAN)
    assert {("registered_in", None), ("revenue", 2023)} <= keys
    assert ("revenue", 2024) not in keys
    assert any(year is not None and year < 2015 for _, year in keys)


BAD_CODE = "91420100MA4KTEST00"
FAULTS: dict[str, Tables] = {
    "unknown label": {"enterprises": {CODE: CODES[:1], "营收": [1]}},
    "float money": {"enterprises": {CODE: CODES[:1], "年营业收入:2023": [1.5]}},
    "no code column": {"enterprises": {"名称": ["甲"]}},
    "two columns of one fact": {"enterprises": {CODE: CODES[:1], "名称": ["甲"], "name": ["乙"]}},
    "no enterprises": {"enterprises": {CODE: pa.array([], pa.string())}},
    "negative": {"enterprises": {CODE: CODES[:3], "年营业收入:2023": [1, -1, -2]}},
    "negative fen": {"enterprises": {CODE: CODES[:3], "年营业收入:2023:fen": [1, -1, 10**15 + 1]}},
    "too large for a product": {"enterprises": {CODE: CODES[:2], "年营业收入:2023": [2**62, -(2**62)]}},
    "part of a fen": {
        "enterprises": {CODE: CODES[:2], "年营业收入:2023": pa.array([Decimal("1.001"), Decimal("-1.000")])}
    },
    "decimal too small": {"enterprises": {CODE: CODES[:1], "年营业收入:2023": pa.array([Decimal("-1.00")])}},
    "level": {"enterprises": {CODE: CODES, "DCMM等级": pa.array([6, 1, 255, None], pa.uint8())}},
    "half a person": {"enterprises": {CODE: CODES[:3], "从业人员:2023": [1.5, 2.0, float("nan")]}},
    "boolean number": {"enterprises": {CODE: CODES[:1], "从业人员:2023": [True]}},
    "choices": {
        "enterprises": {CODE: CODES[:3], "企业规模": ["巨型", "小型", "巨型"], "企业类型": ["软件企业、甲", "乙", None]}
    },
    "region": {"enterprises": {CODE: CODES[:2], "注册地": [420111, 999999]}},
    "neither yes nor no": {"enterprises": {CODE: CODES[:2], "国家双跨平台": ["也许", "是"]}},
    "bad codes": {"enterprises": {CODE: [CODES[0], BAD_CODE, "", CODES[0][:-1]], "名称": list("甲乙丙丁")}},
    "numeric codes": {"enterprises": {CODE: [914201000000000001]}},
    "code missing": {
        "enterprises": {CODE: [CODES[0], None, None], "名称": ["甲", "乙", None], "DCMM等级": [1, None, 2]}
    },
    "code twice": {"enterprises": {CODE: [CODES[0], CODES[1], CODES[0], CODES[0].lower()]}},
    "unknown enterprise": {
        "enterprises": {CODE: CODES[:2]},
        "projects": {CODE: [CODES[0], CODES[2]], "项目名称": ["甲", "乙"]},
        "awards": {CODE: [CODES[3]], "措施": [None], "日期": [None], "金额": pa.nulls(1)},
    },
    "awards": {
        "enterprises": ENTERPRISES,
        "awards": {
            CODE: [CODES[0], CODES[1], CODES[1], CODES[2]],
            "措施": ["无号", MEASURE + "x", None, MEASURE],
            "日期": ["2022-11-01", "昨天", "2022-11-01", None],
            "金额": [1, 2, 3, -4],
        },
    },
    "award of which project": {
        **REGISTER,
        "awards": {CODE: [CODES[1]], "措施": [OBJECT_MEASURE], "日期": [date(2023, 1, 2)], "金额": [1]},
    },
    "unnamed column": {"enterprises": {CODE: CODES[:1], "": ["甲"]}},
    "unknown file": {**REGISTER, "名单": {"甲": [1]}},
}


@pytest.mark.parametrize("tables", FAULTS.values(), ids=FAULTS)
def test_fault_when_read_by_columns_then_the_findings_of_rows(tmp_path: Path, tables: Tables) -> None:
    path = write(tmp_path / "r", tables, row_group_size=2)
    by_rows, by_columns = faults(read_register, path), faults(read_columns, path)
    if "" in tables.get("enterprises", {}):  # a column without a name is told by its letter or by its number
        assert ["CW601" in each for each in by_columns] == ["CW601" in each for each in by_rows]
    else:
        assert by_columns == by_rows


def test_warnings_of_names_and_objects_then_those_of_rows(tmp_path: Path) -> None:
    twice = {CODE: [CODES[1]] * 3 + [CODES[2]], "项目名称": ["甲", "甲", "甲", "甲"]}
    awards = {CODE: [CODES[1], CODES[3]], "措施": [OBJECT_MEASURE] * 2, "日期": ["2023-01-02"] * 2,
              "金额": [1, 1], "对象": ["乙", "丙"]}  # fmt: skip
    _, findings = read_columns(write(tmp_path / "r", {**REGISTER, "项目": twice, "awards": awards}), CORPUS)
    assert [finding.code for finding in findings] == ["CW614", "CW614", "CW608", "CW608"]
    assert_alike(tmp_path / "r")


def test_code_that_says_not_known_then_the_row_is_not_dropped_in_silence(tmp_path: Path) -> None:
    path = write(tmp_path / "r", {"enterprises": {CODE: [CODES[0], "—"], "名称": ["甲", "乙"]}})
    (found,) = faults(read_columns, path)
    assert "CW615" in found
    assert "第3行" in found


def test_many_faults_then_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    rows = 3_000
    path = write(tmp_path / "r", {"enterprises": {CODE: [CODES[0]] * rows, "DCMM等级": [9] * rows}})
    with pytest.raises(CewenError) as failure:
        read_columns(path, CORPUS)
    *found, last = failure.value.diagnostics
    assert (len(found), last.code) == (1_000, "CW619")
    assert f"{2 * rows - 1 - 1_000} 处" in last.message
    assert [finding.place.row for finding in found[:3]] == [2, 3, 3]


def test_file_that_breaks_off_then_named(tmp_path: Path) -> None:
    path = write(tmp_path / "r", REGISTER) / "enterprises.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\0" * 400 + whole[500:])
    assert any("CW610" in each and "enterprises.parquet" in each for each in faults(read_columns, tmp_path / "r"))


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXYIOS甲"


@given(st.lists(st.one_of(st.none(), st.text(ALPHABET, max_size=20), st.sampled_from(CODES)), max_size=8))
def test_well_formed_when_a_text_then_as_the_standard_says(texts: list[str | None]) -> None:
    assert well_formed(pa.array(texts, pa.string())).tolist() == [text is not None and is_code(text) for text in texts]


def is_code(text: str) -> bool:
    try:
        return bool(uscc.validate(text) == text)
    except ValidationError:
        return False


@given(st.lists(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), min_size=1, max_size=12), st.data())
def test_seeker_then_every_code_is_found_where_it_stands_first(bodies: list[str], data: st.DataObject) -> None:
    codes = [f"91429999{body}" for body in bodies]
    codes = [code + str(uscc.calc_check_digit(code)) for code in codes]
    asked = data.draw(st.lists(st.sampled_from([*codes, *CODES, "企业0"]), max_size=8, unique=True))
    cut = data.draw(st.integers(0, len(codes)))
    seeker = Seeker(pa.array(asked, pa.string()))
    for start, part in ((0, codes[:cut]), (cut, codes[cut:])):
        seeker.pass_by(pa.array(part, pa.string()), np.arange(start, start + len(part)))
    assert seeker.rows.tolist() == [codes.index(code) if code in codes else -1 for code in asked]
    again = [row for row, code in enumerate(codes) if code in asked and codes.index(code) != row]
    assert sorted(seeker.twice) == again


def test_seeker_when_numbers_collide_then_texts_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cewen.engine.columns.reading.codes._FACTORS", np.zeros(3, np.uint64))
    seeker = Seeker(pa.array([CODES[1], CODES[3], CODES[2]]))
    seeker.pass_by(pa.array([CODES[2], CODES[0], CODES[1], CODES[0]]), np.arange(4))
    assert seeker.rows.tolist() == [2, -1, 0]


def test_codes_whose_numbers_collide_then_only_real_repeats_are_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cewen.engine.columns.reading.codes._FACTORS", np.zeros(3, np.uint64))
    assert_alike(write(tmp_path / "r", REGISTER))
