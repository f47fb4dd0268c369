"""A register read block by block gives what the whole gives, and says the same faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cewen.base.errors import CewenError
from cewen.engine.backends.base import is_installed, load_backend
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.columns.layout import USCC, Columns
from cewen.engine.columns.reading import RegisterStream, StoredRegister, ahead, plan_keys, read_columns
from cewen.engine.columns.reading.parts import table_parts
from cewen.engine.columns.stream import stream_sums
from cewen.engine.edges import edge_register
from cewen.engine.synth import synthesize
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus
from register_support import CODES

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))
KEYS = plan_keys(PLAN)
CODE = "统一社会信用代码"
Need = Callable[[object, str], None]


@pytest.fixture(scope="module")
def edges() -> Columns:
    return edge_register(PLAN, 130, seed=9, missing=0.2)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stream") / "r"
    synthesize(CORPUS, folder, count=3_000, seed=3, years=(2021, 2022, 2023))
    return folder


def store(folder: Path, columns: Columns, row_group_size: int, *, shuffled: bool = False) -> StoredRegister:
    """The register on disk; objects and awards in any order if `shuffled`."""
    random = np.random.default_rng(1)
    paths = {}
    for subject, table in columns.tables.items():
        if shuffled and subject != "enterprise":
            table = table.take(pa.array(random.permutation(table.num_rows)))
        paths[subject] = folder / f"{subject}.parquet"
        pq.write_table(table, paths[subject], row_group_size=row_group_size)
    awards = columns.awards
    return StoredRegister(
        columns.layout, paths, awards.take(pa.array(random.permutation(awards.num_rows))) if shuffled else awards
    )


@pytest.mark.parametrize(("row_group_size", "step"), [(7, 20), (1000, 16), (64, 10_000), (1, 1)])
def test_sums_of_blocks_from_disk_then_those_of_the_whole(
    need: Need, edges: Columns, tmp_path: Path, row_group_size: int, step: int
) -> None:
    need(is_installed("kernel"), "numba")
    backend = KernelBackend()
    stored = store(tmp_path, edges, row_group_size)
    with ahead(stored.blocks(KEYS, step)) as blocks:
        found = stream_sums(backend, PLAN, blocks, as_if_in_force=True)
    whole = backend.evaluate(PLAN, edges, as_if_in_force=True)
    assert found.enterprises == stored.enterprise_count == edges.enterprise_count
    assert found.by_measure == whole.sums()
    assert found.total == whole.total()
    assert {(s.district, s.measure): (s.count, s.low, s.high) for s in found.by_district} == {
        (s.district, s.measure): (s.count, s.low, s.high) for s in whole.district_sums()
    }


def test_sums_when_objects_stand_in_any_order_then_the_same(need: Need, edges: Columns, tmp_path: Path) -> None:
    need(is_installed("kernel"), "numba")
    backend = KernelBackend()
    found = stream_sums(backend, PLAN, store(tmp_path, edges, 50, shuffled=True).blocks(KEYS, 25))
    assert found.total == backend.evaluate(PLAN, edges).total()


def test_sums_of_nothing_then_zero_for_every_measure() -> None:
    found = stream_sums(KernelBackend(), PLAN, [])
    assert (len(found.by_measure), found.by_district, found.total) == (len(PLAN.measures), (), (0, 0))


def test_stored_code_that_stands_twice_then_told(edges: Columns, tmp_path: Path) -> None:
    owned = edges.tables["project"][USCC][0].as_py()
    own = edges.tables["enterprise"]
    again = own.filter(pa.array([code == owned for code in own[USCC].to_pylist()]))
    doubled = Columns(edges.layout, {**edges.tables, "enterprise": pa.concat_tables([own, again])}, edges.awards)
    with pytest.raises(CewenError) as failure:
        list(store(tmp_path, doubled, 64).blocks(KEYS, 32))
    (finding,) = failure.value.diagnostics
    assert (finding.code, f"第 {own.num_rows + 1} 行" in finding.message) == ("CW634", True)


def test_stored_object_of_nobody_then_told(edges: Columns, tmp_path: Path) -> None:
    owned = edges.tables["project"][USCC][0].as_py()
    own = edges.tables["enterprise"]
    without = own.filter(pa.array([code != owned for code in own[USCC].to_pylist()]))
    less = Columns(edges.layout, {**edges.tables, "enterprise": without}, edges.awards)
    with pytest.raises(CewenError) as failure:
        list(store(tmp_path, less, 64).blocks(KEYS, 32))
    assert owned in failure.value.diagnostics[0].message


@pytest.mark.parametrize("step", [1, 700, 10_000])
def test_blocks_of_a_register_of_files_then_together_the_whole(synthetic: Path, step: int, need: Need) -> None:
    if step == 1:
        need(is_installed("kernel"), "numba")
    backend = load_backend("kernel" if is_installed("kernel") else "duckdb")
    columns, warnings = read_columns(synthetic, CORPUS)
    stream = RegisterStream(synthetic, CORPUS)
    tables = [backend.evaluate(PLAN, block).sparse() for block in stream.blocks(max(step, 50))]
    assert pa.concat_tables(tables).equals(backend.evaluate(PLAN, columns).sparse())
    assert stream.warnings == warnings
    assert len(tables) == -(-3_000 // max(step, 50))


def bad_in_the_last_row(folder: Path, rows: int = 40) -> Path:
    folder.mkdir()
    from stdnum.cn import uscc

    bodies = [f"91429999X{at:07d}0" for at in range(rows)]
    codes = [body + str(uscc.calc_check_digit(body)) for body in bodies]
    table: dict[str, Any] = {CODE: codes, "DCMM等级": [1] * (rows - 1) + [9], "从业人员:2023": [3] * (rows - 1) + [-1]}
    pq.write_table(pa.table(table), folder / "enterprises.parquet", row_group_size=8)
    return folder


def test_fault_in_the_last_block_then_named_and_all_of_it_told(tmp_path: Path) -> None:
    stream = RegisterStream(bad_in_the_last_row(tmp_path / "r"), CORPUS)
    seen: list[Columns] = []
    with pytest.raises(CewenError) as failure:
        seen.extend(stream.blocks(16))
    # Two blocks were sound; of the third nothing is given.
    assert [block.enterprise_count for block in seen] == [16, 16]
    assert ["第41行" in str(finding) for finding in failure.value.diagnostics] == [True, True]


def test_fault_known_before_the_enterprises_then_no_block_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    pq.write_table(pa.table({CODE: CODES[:2]}), folder / "enterprises.parquet")
    pq.write_table(pa.table({CODE: [CODES[3]], "项目名称": ["甲"]}), folder / "projects.parquet")
    blocks = RegisterStream(folder, CORPUS).blocks()
    with pytest.raises(CewenError) as failure:
        next(blocks)
    assert [finding.code for finding in failure.value.diagnostics] == ["CW616"]


@pytest.mark.parametrize(("row_group_size", "step"), [(100, 30), (7, 30), (30, 30), (31, 30)])
def test_parts_of_a_file_then_bounded_and_in_order(tmp_path: Path, row_group_size: int, step: int) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(100), "b": [None] * 100}), path, row_group_size=row_group_size)
    parts = list(table_parts(path, ["a"], step))
    assert [value for part in parts for value in part["a"].to_pylist()] == list(range(100))
    assert max(part.num_rows for part in parts) <= step


def test_ahead_when_a_part_fails_then_raised_after_the_parts_before_it() -> None:
    def parts() -> Iterator[int]:
        yield 1
        yield 2
        raise CewenError.of("CW610", "读到一半出错", "重新导出。")

    taken: list[int] = []
    with pytest.raises(CewenError), ahead(parts()) as each:
        taken.extend(each)
    assert taken == [1, 2]


def test_ahead_when_left_early_then_its_thread_is_gone() -> None:
    before = threading.active_count()
    with ahead(iter(range(10))) as each:
        assert next(each) == 0
    assert threading.active_count() == before
