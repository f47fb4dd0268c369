"""Regions: a whole tree of divisions, in step with the table python-stdnum carries, and functional zones beside it."""

from __future__ import annotations

import csv
import re

import pytest
from stdnum import numdb

from cewen.rules.load import Corpus

RENAMED = "直辖县级行政"
"""GB/T 2260 says 行政区划 where the table of python-stdnum says 行政单位; no enterprise is registered there."""
SUPERSEDED = {"422900", "422921", "429001"}
"""Codes of Hubei the table lists without an end although 429021 and 421300 replaced them."""


def _rows(corpus: Corpus, name: str) -> list[dict[str, str]]:
    with (corpus.home / "regions" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _stdnum_name(code: str) -> str:
    """Names python-stdnum gives a code, with their years: "[1983-]洪山区"."""
    parts = dict(numdb.get("cn/loc").info(code))
    province = parts.get(code[:2], {}).get("province", "")
    return province if code.endswith("0000") else parts.get(code[2:], {}).get("county", "")


def test_regions_when_listed_then_hang_on_one_root(corpus: Corpus) -> None:
    rows = _rows(corpus, "gb2260.csv") + _rows(corpus, "functional-zones.csv")
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows)
    assert [row["code"] for row in rows if row["parent"] not in codes] == ["CN"]
    for row in rows:
        assert corpus.regions.chain(row["code"])[-1].name == "中国"


def test_divisions_when_listed_then_have_six_digits_and_the_parent_of_their_digits(corpus: Corpus) -> None:
    for row in _rows(corpus, "gb2260.csv")[1:]:
        assert re.fullmatch(r"\d{6}", row["code"]), row
        expected = {"province": "CN", "city": row["code"][:2] + "0000", "county": row["code"][:4] + "00"}
        assert row["parent"] == expected[row["level"]], row


def test_divisions_when_looked_up_in_stdnum_then_have_its_name(corpus: Corpus) -> None:
    special = {"810000", "820000"}  # written there in traditional characters
    for row in _rows(corpus, "gb2260.csv")[1:]:
        if RENAMED in row["name"] or row["code"] in special:
            continue
        assert row["name"] in _stdnum_name(row["code"]), row


def test_hubei_when_compared_with_stdnum_then_no_present_county_is_missing(corpus: Corpus) -> None:
    known = {row["code"] for row in _rows(corpus, "gb2260.csv")}
    for number in range(420100, 430000):
        name = _stdnum_name(str(number))
        present = name and ("-]" in name or "[" not in name) and "市辖区" not in name
        if present and str(number) not in SUPERSEDED:
            assert str(number) in known, (number, name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("武汉市", "420100"),
        ("湖北省", "420000"),
        ("中国", "CN"),
        ("洪山区", "420111"),
        ("湖北省武汉市洪山区", "420111"),
        ("武汉市东湖新技术开发区", "420100-dhgx"),
        ("420100-dhgx", "420100-dhgx"),
        ("神农架林区", "429021"),
    ],
)
def test_regions_when_asked_by_name_then_one_answers(corpus: Corpus, text: str, code: str) -> None:
    region = corpus.regions.find(text)
    assert region is not None
    assert region.code == code


def test_zones_when_listed_then_lie_in_hubei_and_have_no_division_code(corpus: Corpus) -> None:
    divisions = {row["code"] for row in _rows(corpus, "gb2260.csv")}
    zones = _rows(corpus, "functional-zones.csv")
    assert {"东湖新技术开发区", "武汉经济技术开发区", "东湖生态旅游风景区", "长江新区"} <= {
        row["name"] for row in zones
    }
    for row in zones:
        assert row["level"] == "zone"
        assert row["code"] not in divisions
        assert corpus.regions.lies_in(row["code"], "420000")


def test_names_when_two_regions_share_one_then_only_fillers_of_the_code_table(corpus: Corpus) -> None:
    rows = _rows(corpus, "gb2260.csv") + _rows(corpus, "functional-zones.csv")
    names = [row["name"] for row in rows]
    shared_names = {name for name in names if names.count(name) > 1}
    assert all(name == "市辖区" or RENAMED in name for name in shared_names)
