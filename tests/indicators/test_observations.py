"""Observations: read with findings, kept by two times, never overwritten, never averaged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.indicators.growth import growth_checks
from cewen.indicators.observation import COLUMNS, Maturity, read_observations
from cewen.indicators.reporting_period import parse_period
from cewen.indicators.store import Observations, load_observations
from indicator_support import REVENUE, observation, shipped

HEAD = ",".join(COLUMNS)
ROW = "软件业务收入,武汉市,420100,2025,current,4100,亿元,exact,official,preliminary,2026-03-01,no,统计公报,,"


def _codes(tmp_path: Path, *rows: str) -> list[str]:
    path = tmp_path / "observations.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return [each.code for each in read_observations(path, shipped()[2])[1]]


def test_all_shipped_rows_have_a_source_and_a_class() -> None:
    entries = shipped()[1].entries
    assert len(entries) == 990
    assert all(each.source_title for each in entries)


def test_revision_of_2019_keeps_both_figures() -> None:
    observations = shipped()[1]
    both = [each for each in observations.vintages(REVENUE, "全国") if each.period.text == "2019"]
    assert [(int(each.value), each.maturity) for each in both] == [
        (71768, Maturity.PRELIMINARY),
        (72072, Maturity.FINAL),
    ]
    now = observations.at(REVENUE, "全国", "2019")
    then = observations.as_of(date(2020, 5, 1)).at(REVENUE, "全国", "2019")
    assert now is not None
    assert then is not None
    assert (int(now.value), int(then.value)) == (72072, 71768)


@pytest.mark.parametrize(("year", "published", "naive"), [("2022", 11.2, 13.8), ("2024", 10.0, 11.4)])
def test_growth_is_what_was_published_and_the_quotient_is_flagged(year: str, published: float, naive: float) -> None:
    _, observations, indicators = shipped()
    found = next(
        each for each in growth_checks(observations, indicators, REVENUE, "全国") if each.level.period.text == year
    )
    assert found.published is not None
    assert float(found.published.value) == published
    assert found.naive is not None
    assert round(float(found.naive) * 100, 1) == naive
    assert found.is_comparable is False
    assert "不可比" in found.sentence


def test_conflicting_sources_stand_side_by_side() -> None:
    groups = shipped()[1].conflicts("digital-industry-revenue", "全国")
    assert [sorted(int(each.value) for each in group) for group in groups] == [[383000, 396000]]
    chosen = shipped()[1].at("digital-industry-revenue", "全国", "2025")
    assert chosen is not None
    assert int(chosen.value) in (383000, 396000)


def test_faulty_rows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "observations.csv"
    rows = (ROW, ROW.replace(",统计公报,", ",,"), ROW.replace("2025,", "2025年,"), ROW.replace("亿元", "个"), ROW)
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    found, findings = read_observations(path, shipped()[2])
    assert len(found) == 1
    assert [(each.code, each.place.line) for each in findings] == [
        ("CW804", 3), ("CW801", 4), ("CW805", 5), ("CW806", 6)
    ]  # fmt: skip


def test_unknown_indicator_and_columns_are_refused(tmp_path: Path) -> None:
    assert _codes(tmp_path, ROW.replace("软件业务收入", "幸福指数")) == ["CW803"]
    path = tmp_path / "few.csv"
    path.write_text("indicator,value\n", encoding="utf-8")
    with pytest.raises(CewenError) as caught:
        load_observations(path, shipped()[2])
    assert caught.value.diagnostics[0].code == "CW805"


@given(st.permutations(range(4)), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_order_of_arrival_changes_nothing_and_as_of_only_forgets(order: list[int], day: date) -> None:
    entries = [
        observation("2025", "4000", "2026-02-01"),
        observation("2025", "4010", "2026-07-31", maturity=Maturity.FINAL),
        observation("2025", "3990", "2026-03-01", source="另一来源"),
        observation("2024", "3500", "2025-02-01"),
    ]
    one, other = Observations(tuple(entries)), Observations(tuple(entries[at] for at in order))
    assert one.series(REVENUE, "武汉市") == other.series(REVENUE, "武汉市")
    assert set(one.as_of(day).entries) == {each for each in entries if each.published_on <= day}
    assert len(one.add(entries).entries) == 4


@pytest.mark.parametrize("text", ["2024年", "2024-13", "2024-05/2024-01", "", "2024/2023"])
def test_bad_periods_are_refused(text: str) -> None:
    with pytest.raises(CewenError) as caught:
        parse_period(text)
    assert caught.value.diagnostics[0].code == "CW801"
