"""Open data read back by other programs: nothing lost, nothing changed, empty observations included."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.indicators.derive import with_derived
from cewen.indicators.opendata.package import package_files
from cewen.indicators.opendata.rows import COLUMNS, DIMENSIONS, OpenData, decimal, open_data
from indicator_support import TODAY, shipped


@lru_cache(maxsize=4)
def _data(on: date = TODAY) -> OpenData:
    _, observations, indicators = shipped()
    return open_data(with_derived(observations.as_of(on), indicators), indicators, on)


def _expected() -> dict[tuple[str, ...], dict[str, str]]:
    return {tuple(row[name] for name in DIMENSIONS): {k: v for k, v in row.items() if v} for row in _data().rows}


def test_keys_are_unique_and_gaps_stand_as_empty_observations() -> None:
    assert len(_expected()) == len(_data().rows)
    empty = [row for row in _data().rows if row["OBS_STATUS"] == "M"]
    assert empty
    assert all(row["OBS_VALUE"] == "" for row in empty)
    assert any(row["OBS_STATUS"] == "E" for row in _data().rows)


def test_an_earlier_day_has_only_what_was_published() -> None:
    then = _data(date(2020, 5, 1))
    assert 0 < len(then.rows) < len(_data().rows)
    assert all(row["PUBLISHED"] <= "2020-05-01" for row in then.rows)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("version", ["2.1"])
def test_sdmx_is_read_back_by_another_library_without_a_difference(version: str) -> None:
    sdmx = pytest.importorskip("sdmx", reason="sdmx1 未安装")
    from cewen.indicators.opendata.sdmx import sdmx_files

    files = sdmx_files(_data())
    structure = sdmx.read_sdmx(io.BytesIO(files[f"structure-{version}.xml"])).structure["INDICATORS"]
    message = sdmx.read_sdmx(io.BytesIO(files[f"data-{version}.xml"]), structure=structure)
    found = {}
    for each in message.data[0].obs:
        row = {name: str(each.dimension[name].value) for name in DIMENSIONS}
        row |= {name: str(value.value) for name, value in each.attached_attribute.items() if str(value.value)}
        if each.value is not None:
            row["OBS_VALUE"] = str(each.value)
        found[tuple(row[name] for name in DIMENSIONS)] = row
    assert found == _expected()


@pytest.mark.filterwarnings("ignore")
def test_sdmx_of_the_newer_version_is_read_back(tmp_path: Path) -> None:
    from pysdmx.io import read_sdmx

    from cewen.indicators.opendata.sdmx import sdmx_files

    files = sdmx_files(_data())
    for name in ("data-3.0.xml", "data-2.0.csv"):
        path = tmp_path / name
        path.write_bytes(files[name])
        message: Any = read_sdmx(path)
        frame = message.data[0].data.fillna("").astype(str)
        rows = [
            {column: value for column, value in row.items() if column in COLUMNS and value not in ("", "nan")}
            for row in frame.to_dict("records")
        ]
        found = {tuple(row[column] for column in DIMENSIONS): row for row in rows}
        expected = _expected()
        assert found.keys() == expected.keys()
        for key, row in found.items():
            same = {column: value for column, value in row.items() if column != "OBS_VALUE"}
            assert same == {column: value for column, value in expected[key].items() if column != "OBS_VALUE"}
            value, wanted = row.get("OBS_VALUE"), expected[key].get("OBS_VALUE")
            assert (value is None) == (wanted is None)
            assert value is None or wanted is None or float(value) == float(wanted)
    structure = json.loads(files["structure-2.0.json"])
    assert structure["data"]["dataStructures"]


@pytest.mark.filterwarnings("ignore")
def test_data_package_is_valid(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless 未安装")
    for name, content in package_files(_data()).items():
        (tmp_path / name).write_bytes(content)
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])[:5]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "observations.csv").read_text(encoding="utf-8-sig"))))
    assert rows == list(_data().rows)


@given(st.fractions(max_denominator=1000))
def test_decimals_are_exact_where_they_end(value: Fraction) -> None:
    text = decimal(value)
    assert abs(Fraction(text) - value) <= Fraction(1, 2 * 10**12)
    assert Fraction(text) == value or (value * 10**12).denominator != 1
