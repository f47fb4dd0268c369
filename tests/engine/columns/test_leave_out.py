"""A row with a fault leaves out its enterprise with all that is its: by rows and by columns the same ones."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.engine.columns.encode import decode
from cewen.engine.columns.reading import RegisterStream
from cewen.engine.columns.reading.stream import whole
from cewen.engine.factsheet import FactSheet
from cewen.engine.register import Register, read_register
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus
from register_support import CODES, write_folder

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))
CODE = "统一社会信用代码"
POLICY = "wuhan/2022-digital-economy-measures"
MEASURE = f"{POLICY}#dcmm-award"
OBJECT_MEASURE = next(measure.key for measure in PLAN.measures if measure.measure.subject == "project")
BAD_CODE = "91420100MA4KTEST00"

HEADERS: dict[str, tuple[str, ...]] = {
    "企业": (CODE, "名称", "从业人员:2023", "DCMM等级", "注册地", "国家双跨平台", "年营业收入:2023"),
    "项目": (CODE, "项目名称", "项目类型", "建设期月数"),
    "已获奖补": (CODE, "措施", "日期", "金额", "对象", "档次"),
}
Rows = dict[str, list[tuple[str | None, ...]]]
Outcome = tuple[list[tuple[Any, ...]], list[str], int, int]


def mixed(good: list[str | None], bad: list[str]) -> st.SearchStrategy[str | None]:
    """Mostly what is good."""
    drawn = st.tuples(st.integers(0, 24), st.sampled_from(good), st.sampled_from(bad))
    return drawn.map(lambda each: each[2] if each[0] == 17 else each[1])


def tables() -> st.SearchStrategy[Rows]:
    """Registers of which most rows are sound."""
    owner = mixed(list(CODES), [BAD_CODE, "", "—"])
    first = mixed([*CODES, *CODES[:1]], [BAD_CODE, ""])
    enterprise = st.tuples(
        first, st.sampled_from(["甲", "乙", None]), mixed(["1", "", None], ["-1", "1.5"]),
        mixed(["3", None], ["9"]), mixed(["420111", None], ["999999"]), mixed(["是", None], ["也许"]),
        mixed(["5万元", "12", None], ["5人", "-3"]),
    )  # fmt: skip
    project = st.tuples(
        owner, st.sampled_from(["甲线", "乙线", None]), mixed(["智能化改造", None], ["无名"]), mixed(["12"], ["很久"])
    )
    award = st.tuples(
        owner, mixed([MEASURE, OBJECT_MEASURE], ["无号", f"{POLICY}#没有这条"]), mixed(["2022-11-01"], ["昨天", ""]),
        mixed(["5", "200000"], ["-1", ""]), mixed(["甲线", None], ["丙线"]), mixed([None], ["没有的档"]),
    )  # fmt: skip
    return st.fixed_dictionaries(
        {
            "企业": st.lists(enterprise, min_size=1, max_size=6, unique_by=lambda row: (row[0], row[1])),
            "项目": st.lists(project, max_size=4),
            "已获奖补": st.lists(award, max_size=3),
        }
    )


def write(folder: Path, rows: Rows) -> Path:
    folder.mkdir(exist_ok=True)
    for name, header in HEADERS.items():
        columns = list(zip(*rows[name], strict=True)) or [()] * len(header)
        arrays = {label: pa.array(column, pa.string()) for label, column in zip(header, columns, strict=True)}
        pq.write_table(pa.table(arrays), folder / f"{name}.parquet", row_group_size=2)
    return folder


def told(findings: tuple[Diagnostic, ...]) -> list[str]:
    return sorted(str(finding) for finding in findings)


def plain(sheet: FactSheet) -> tuple[Any, ...]:
    return [(record.path, dict(record.values)) for record in (sheet.enterprise, *sheet.others)], sheet.awards


def by_rows(path: Path, **options: Any) -> Outcome | list[str]:
    try:
        register = read_register(path, CORPUS, leave_out=True, **options)
    except CewenError as error:
        return told(error.diagnostics)
    return [plain(sheet) for sheet in register], told(register.findings), register.left_out, register.faults


def by_columns(path: Path, step: int = 2, **options: Any) -> Outcome | list[str]:
    stream = RegisterStream(path, CORPUS, leave_out=True, **options)
    try:
        sheets = [plain(sheet) for block in stream.blocks(step) for sheet in decode(block)]
    except CewenError as error:
        return told(error.diagnostics)
    return sheets, told(stream.warnings), stream.left_out, stream.findings.errors


@settings(deadline=None)
@given(tables())
def test_faulty_register_when_read_by_rows_and_by_columns_then_the_same_are_left_out(rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "r", rows)
        assert by_columns(path) == by_rows(path)


@settings(deadline=None)
@given(tables())
def test_faulty_register_then_what_remains_is_the_register_without_those_enterprises(rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = by_rows(write(Path(folder) / "r", rows))
        if isinstance(found, list):
            return
        sheets, _, left_out, _ = found
        kept = {facts[0][1]["uscc", None] for facts, _ in sheets}
        sound = {name: [row for row in own if row[0] in kept] for name, own in rows.items()}
        register = read_register(write(Path(folder) / "s", sound), CORPUS)
        assert [plain(sheet) for sheet in register] == sheets
        codes = [row[0] for row in rows["企业"]]
        nameless = [row for row in rows["企业"] if row[0] not in CODES and any(row)]
        assert left_out == len({code for code in codes if code in CODES}) - len(kept) + len(nameless)


ENTERPRISES: list[tuple[str | None, ...]] = [(code, None, "1", None, None, None, None) for code in CODES[:3]]
AWARD = (CODES[1], MEASURE, "2022-11-01", "5", None, None)


def outcome(folder: Path, rows: Rows) -> Outcome | list[str]:
    found = by_rows(write(folder / "r", rows))
    assert by_columns(folder / "r") == found
    return found


def kept(found: Outcome | list[str]) -> list[str]:
    assert isinstance(found, tuple), found
    return [facts[0][1]["uscc", None] for facts, _ in found[0]]


CASES: dict[str, tuple[Rows, tuple[str, ...]]] = {
    "cell of an enterprise": ({"企业": [(CODES[1], None, "-1", None, None, None, None)]}, (CODES[0], CODES[2])),
    "code twice": ({"企业": [*ENTERPRISES, ENTERPRISES[1]]}, (CODES[0], CODES[2])),
    "code of nobody": ({"企业": [*ENTERPRISES, (BAD_CODE, *ENTERPRISES[0][1:])]}, CODES[:3]),
    "cell of an object": ({"项目": [(CODES[1], "甲线", None, "很久")]}, (CODES[0], CODES[2])),
    "object of nobody": ({"项目": [("", "甲线", None, "12")]}, CODES[:3]),
    "object of a stranger": ({"项目": [(CODES[3], "甲线", None, "12")]}, CODES[:3]),
    "cell of an award": ({"已获奖补": [(*AWARD[:3], "-5", None, None)]}, (CODES[0], CODES[2])),
    "measure missing": ({"已获奖补": [(CODES[1], None, *AWARD[2:])]}, (CODES[0], CODES[2])),
    "no number of a measure": ({"已获奖补": [(CODES[1], "无号", *AWARD[2:])]}, (CODES[0], CODES[2])),
    "tier nobody knows": ({"已获奖补": [(*AWARD[:5], "没有的档")]}, (CODES[0], CODES[2])),
    "award of which project": (
        {
            "项目": [(CODES[1], name, None, None) for name in "甲乙"],
            "已获奖补": [(CODES[1], OBJECT_MEASURE, *AWARD[2:])],
        },
        (CODES[0], CODES[2]),
    ),
}


@pytest.mark.parametrize(("changed", "remaining"), CASES.values(), ids=CASES)
def test_row_with_a_fault_then_its_enterprise_alone_is_left_out(
    tmp_path: Path, changed: Rows, remaining: tuple[str, ...]
) -> None:
    rows: Rows = {"企业": ENTERPRISES, "项目": [], "已获奖补": [], **changed}
    if len(rows["企业"]) == 1:
        rows["企业"] = [ENTERPRISES[0], *rows["企业"], ENTERPRISES[2]]
    found = outcome(tmp_path, rows)
    assert kept(found) == list(remaining)
    assert found[2] == (1 if len(remaining) == 2 or len(rows["企业"]) == 4 else 0)
    assert found[3] > 0


STOPS: dict[str, tuple[Rows, str]] = {
    "award without a code": ({"已获奖补": [(None, *AWARD[1:])]}, "CW665"),
    "award with a bad code": ({"已获奖补": [(BAD_CODE, *AWARD[1:])]}, "CW665"),
    "measure nobody knows": ({"已获奖补": [(CODES[1], f"{POLICY}#没有这条", *AWARD[2:])]}, "没有措施"),
    "nobody remains": ({"企业": [(CODES[1], None, "-1", None, None, None, None)]}, "CW603"),
}


@pytest.mark.parametrize(("changed", "words"), STOPS.values(), ids=STOPS)
def test_fault_of_the_whole_register_then_nothing_is_given(tmp_path: Path, changed: Rows, words: str) -> None:
    found = outcome(tmp_path, {"企业": ENTERPRISES, "项目": [], "已获奖补": [], **changed})
    assert isinstance(found, list)
    assert any(words in each for each in found)


def test_fault_of_a_header_then_nothing_is_given(tmp_path: Path) -> None:
    path = write(tmp_path / "r", {"企业": ENTERPRISES, "项目": [], "已获奖补": []})
    pq.write_table(pa.table({CODE: list(CODES), "营收": ["1"] * 4}), path / "企业.parquet")
    found = by_rows(path)
    assert isinstance(found, list)
    assert by_columns(path) == found


def test_more_faults_than_are_kept_then_all_their_enterprises_are_left_out(tmp_path: Path) -> None:
    bad: list[tuple[str | None, ...]] = [(code, None, "-1", "9", None, None, None) for code in CODES[:3]]
    path = write(tmp_path / "r", {"企业": [*bad, (CODES[3], *bad[0][1:2], "1", "1", None, None, None)], "项目": [],
                                 "已获奖补": []})  # fmt: skip
    for read in (by_rows, by_columns):
        found = read(path, most=2)
        assert (kept(found), found[2], found[3]) == ([CODES[3]], 3, 6)
        assert any("另有 4 处未列出" in each for each in found[1])


def test_numbers_out_of_range_beyond_those_kept_then_left_out_too(tmp_path: Path) -> None:
    pq.write_table(pa.table({CODE: list(CODES), "从业人员:2023": [-1, -2, -3, 4]}), tmp_path / "企业.parquet")
    for read in (by_rows, by_columns):
        found = read(tmp_path / "企业.parquet", most=1)
        assert (kept(found), found[2], found[3]) == ([CODES[3]], 3, 3)


def test_whole_of_a_stream_then_nothing_of_those_left_out(tmp_path: Path) -> None:
    projects: list[tuple[str | None, ...]] = [
        (CODES[1], "甲线", None, "很久"),
        (CODES[2], "乙线", None, "12"),
        (CODES[3], "丙线", None, "12"),
    ]
    path = write(tmp_path / "r", {"企业": ENTERPRISES, "项目": projects, "已获奖补": [AWARD]})
    columns = whole(RegisterStream(path, CORPUS, leave_out=True))
    assert columns.tables["project"]["uscc"].to_pylist() == [CODES[2]]
    assert columns.awards.num_rows == 0
    sheets = {facts[0][1]["uscc", None] for facts, _ in (plain(sheet) for sheet in decode(columns))}
    assert sheets == {CODES[0], CODES[2]}


def test_csv_then_as_parquet(tmp_path: Path) -> None:
    rows: Rows = {"企业": ENTERPRISES, "项目": [(CODES[1], "甲线", None, "很久")], "已获奖补": [AWARD]}
    sheets = {name: [header, *([cell or "" for cell in row] for row in rows[name])] for name, header in HEADERS.items()}
    register: Register = read_register(write_folder(tmp_path / "r", sheets), CORPUS, leave_out=True)
    assert [sheet.enterprise.values["uscc", None] for sheet in register] == [CODES[0], CODES[2]]
    (finding,) = register.findings
    assert (finding.place.row, finding.place.field, finding.quote) == (2, "建设期月数", "很久")
    assert (register.left_out, register.faults, register.found) == (1, 1, 1)


def test_without_leaving_out_then_the_first_fault_stops_everything(tmp_path: Path) -> None:
    path = write(tmp_path / "r", {"企业": ENTERPRISES, "项目": [(CODES[1], "甲线", None, "很久")], "已获奖补": []})
    counts: dict[str, int] = defaultdict(int)
    for read in (lambda: read_register(path, CORPUS), lambda: list(RegisterStream(path, CORPUS).blocks())):
        with pytest.raises(CewenError) as failure:
            read()
        counts[failure.value.diagnostics[0].code] += 1
    assert counts == {"CW602": 2}
