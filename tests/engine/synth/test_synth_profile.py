"""A profile says what a register looks like and gives away none of it; a population made from it looks the same."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.engine.register import read_register
from cewen.engine.synth import Report, profile_register, read_profile, resemble, synthesize
from cewen.engine.synth.describe import shown
from cewen.engine.synth.profile import ColumnProfile, Profile
from cewen.rules.load import Corpus

Small = tuple[Path, Report]


@pytest.fixture(scope="module")
def profile(small: Small, corpus: Corpus) -> Profile:
    return profile_register(small[0], corpus)


def _column(profile: Profile, header: str, subject: str = "enterprise") -> ColumnProfile:
    found = profile.of_subject(subject)
    assert found is not None
    return next(column for column in found.columns if column.header == header)


@given(st.integers(0, 10_000))
def test_shown_when_few_then_hidden_else_to_the_nearest_five(count: int) -> None:
    found = shown(count)
    if 0 < count < 5:
        assert found is None
    else:
        assert found is not None
        assert found % 5 == 0
        assert abs(found - count) <= 2


def test_profile_holds_no_name_no_code_and_no_small_count(small: Small, profile: Profile) -> None:
    text = json.dumps(profile.to_json(), ensure_ascii=False)
    assert "合成" not in text
    assert "91429999" not in text
    for subject in profile.subjects:
        for column in subject.columns:
            counts = [cell.count for cell in column.cells] + [column.hidden, column.missing or 0, column.zeros or 0]
            assert all(count % 5 == 0 for count in counts), column


def test_profile_quantiles_are_those_of_the_register_to_two_digits(small: Small, profile: Profile) -> None:
    values = pq.read_table(small[0] / "enterprises.parquet", columns=["年营业收入:2023:fen"]).column(0).to_pylist()
    above = sorted(value / 100 for value in values if value)
    column = _column(profile, "年营业收入:2023")
    assert set(column.quantiles) == {"p01", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "p99"}
    assert column.quantiles["p50"] == pytest.approx(above[len(above) // 2], rel=0.05)
    assert column.zeros == pytest.approx(len(values) - len(above), abs=2)


def test_profile_when_a_register_is_tiny_then_says_almost_nothing(corpus: Corpus, tmp_path: Path) -> None:
    synthesize(corpus, tmp_path / "register", count=4, seed=1, years=(2023,))
    found = profile_register(tmp_path / "register", corpus)
    for subject in found.subjects:
        assert all(not column.cells and not column.quantiles for column in subject.columns)
        assert all(cell in (None, 1.0) for row in subject.ranks.matrix for cell in row)


def test_profile_is_the_same_whatever_the_format(corpus: Corpus, tmp_path: Path) -> None:
    found = []
    for form, name in (("parquet", "a"), ("csv", "b"), ("xlsx", "c.xlsx")):
        synthesize(corpus, tmp_path / name, count=300, seed=4, years=(2022, 2023), form=form)
        profile = profile_register(tmp_path / name, corpus)
        # Reading row by row, a column that nobody filled is not there; reading columns, it is.
        found.append({
            subject.subject: {
                column.header: column
                for column in subject.columns
                if column.missing is None or column.missing < subject.rows - 2
            }
            for subject in profile.subjects
        })  # fmt: skip
    assert found[1] == found[2]
    for subject, columns in found[1].items():
        assert {name: found[0][subject][name] for name in columns} == columns


def test_resemble_when_profiled_again_then_the_marginals_and_ranks_are_near(
    profile: Profile, corpus: Corpus, tmp_path: Path
) -> None:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(profile.to_json(), ensure_ascii=False), encoding="utf-8")
    rows = resemble(corpus, read_profile(path, corpus), tmp_path / "made", count=30_000, seed=2)
    again = profile_register(tmp_path / "made", corpus)
    for before in profile.subjects:
        after = again.of_subject(before.subject)
        assert after is not None
        assert after.rows == rows[before.subject] == pytest.approx(before.rows, abs=2)
    for header in ("年营业收入:2023", "年研发投入:2023", "从业人员:2023"):
        first, second = _column(profile, header), _column(again, header)
        for level in ("p10", "p25", "p50", "p75", "p90"):
            assert second.quantiles[level] == pytest.approx(first.quantiles[level], rel=0.25), (header, level)
        assert second.zeros == pytest.approx(first.zeros, rel=0.1, abs=20)
    before_cells, after_cells = (
        {cell.value: cell.count for cell in _column(each, "注册地").cells} for each in (profile, again)
    )
    for value, count in before_cells.items():
        if count > 1000:
            assert after_cells[value] == pytest.approx(count, rel=0.15)
    first_ranks, second_ranks = (each.subjects[0].ranks for each in (profile, again))
    assert first_ranks.columns == second_ranks.columns
    at, other = (first_ranks.columns.index(name) for name in ("年营业收入:2023", "从业人员:2023"))
    assert second_ranks.matrix[at][other] == pytest.approx(first_ranks.matrix[at][other], abs=0.1)


def test_resemble_when_made_then_the_register_reads_and_is_the_same_for_any_workers(
    profile: Profile, corpus: Corpus, tmp_path: Path
) -> None:
    for workers in (1, 2):
        resemble(corpus, profile, tmp_path / str(workers), count=70_000, seed=2, workers=workers)
    for name in ("enterprises", "projects", "products", "parks"):
        first, second = (pq.read_table(tmp_path / folder / f"{name}.parquet") for folder in ("1", "2"))
        assert first.equals(second)
    resemble(corpus, profile, tmp_path / "few", count=300, seed=2)
    register = read_register(tmp_path / "few", corpus)
    assert len(register) == 300
    for sheet in register:
        software, revenue = (sheet.enterprise.values.get((key, 2023)) for key in ("software_revenue", "revenue"))
        if software is not None and revenue is not None:
            assert software <= revenue  # type: ignore[operator]


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "{}",
        '{"subjects": []}',
        '{"subjects": [{"subject": "enterprise", "rows": 9, "columns":'
        ' [{"label": "身高", "kind": "quantity", "missing": 0}]}]}',
    ],
)
def test_read_profile_when_it_is_none_then_says_so(content: str, corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CewenError) as caught:
        read_profile(path, corpus)
    assert caught.value.diagnostics[0].code == "CW675"


def test_profile_when_the_register_has_a_fault_then_says_where(corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("统一社会信用代码,身高\n91429999000000019Y,180\n", encoding="utf-8")
    with pytest.raises(CewenError) as caught:
        profile_register(path, corpus)
    assert caught.value.diagnostics[0].code == "CW601"
