"""Sums the engine takes itself are those of the rows, in memory and from Parquet, by measure and by district."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.backend import IbisBackend, make_ibis
from cewen.engine.backends.ibis.rows import ParquetRegister
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.columns.layout import Columns, empty_awards
from cewen.engine.edges import edge_register
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus


@pytest.fixture(scope="module", params=["duckdb", "polars"])
def backend(request: pytest.FixtureRequest) -> IbisBackend:
    pytest.importorskip("ibis")
    return make_ibis(str(request.param))


@pytest.fixture(scope="module")
def plan(corpus: Corpus) -> Plan:
    return lower_corpus(corpus, date(2024, 6, 30))


@pytest.fixture(scope="module", params=[0.0, 0.2])
def columns(request: pytest.FixtureRequest, plan: Plan) -> Columns:
    return edge_register(plan, 500, seed=9, missing=float(request.param))


def write(columns: Columns, folder: Path) -> ParquetRegister:
    paths = {subject: folder / f"{subject}.parquet" for subject in columns.tables}
    for subject, path in paths.items():
        pq.write_table(columns.tables[subject], path)
    return ParquetRegister(columns.layout, paths, columns.awards)


@pytest.mark.parametrize("as_if_in_force", [True, False])
@pytest.mark.parametrize("has_awards", [True, False])
def test_sums_are_those_of_the_rows(
    backend: IbisBackend, plan: Plan, columns: Columns, tmp_path: Path, as_if_in_force: bool, has_awards: bool
) -> None:
    if not has_awards:
        columns = Columns(columns.layout, columns.tables, empty_awards())
    results = backend.evaluate(plan, columns, as_if_in_force=as_if_in_force)
    for register in (columns, write(columns, tmp_path)):
        found = sum_register(backend, plan, register, as_if_in_force=as_if_in_force)
        assert found.by_measure == results.sums()
        assert found.by_district == results.district_sums()
        assert found.total == results.total()
        assert bool(found.by_rows) is (has_awards or as_if_in_force)  # what stacking touches is taken row by row


def test_an_object_of_nobody_is_an_error(backend: IbisBackend, plan: Plan, columns: Columns, tmp_path: Path) -> None:
    tables = dict(columns.tables)
    tables["enterprise"] = tables["enterprise"].slice(1)
    for register in (
        Columns(columns.layout, tables, empty_awards()),
        write(Columns(columns.layout, tables, empty_awards()), tmp_path),
    ):
        with pytest.raises(CewenError) as caught:
            sum_register(backend, plan, register)
        assert caught.value.diagnostics[0].code == "CW634"


def test_an_enterprise_written_twice_is_an_error(
    backend: IbisBackend, plan: Plan, columns: Columns, tmp_path: Path
) -> None:
    tables = dict(columns.tables)
    tables["enterprise"] = pa.concat_tables([tables["enterprise"]] * 2)
    register = write(Columns(columns.layout, tables, empty_awards()), tmp_path)
    with pytest.raises(CewenError) as caught:
        sum_register(backend, plan, register)
    assert caught.value.diagnostics[0].code == "CW634"
