"""Promises out of tables, whatever format the table came in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings import Readings, read_all
from reading_support import amounts_of, limits_of, plain_document, shown

ROWS = [["奖补事项", "级别", "奖补标准（万元）"], ["孵化器", "国家级", "100"], ["孵化器", "省级", "50"]]


def markdown(folder: Path) -> Path:
    file = folder / "table.md"
    lines = ["|" + "|".join(row) + "|" for row in ROWS]
    file.write_text("\n".join([lines[0], "|---|---|---|", *lines[1:]]), encoding="utf-8")
    return file


def html(folder: Path) -> Path:
    file = folder / "table.html"
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    file.write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")
    return file


def word(folder: Path) -> Path:
    file = folder / "table.docx"
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(str(file))
    return file


@pytest.mark.parametrize("make", [markdown, html, word])
def test_a_table_of_sums_gives_one_promise_a_row(make: Callable[[Path], Path], tmp_path: Path) -> None:
    file = make(tmp_path)
    readings = read_all(parse_document(read_text(file).text, file.name))
    assert [amounts_of(item) for item in readings.incentives] == [[("fixed", 1_000_000)], [("fixed", 500_000)]]
    assert [item.beneficiary for item in readings.incentives] == ["孵化器", "孵化器"]
    assert readings.unread == ()


def readings_of(*rows: str, above: str = "") -> Readings:
    return read_all(plain_document(above + "\n" + "\n".join(rows) + "\n"))


@pytest.mark.parametrize(
    ("cell", "amounts", "cap"),
    [
        ("20万元", [("fixed", 200_000)], None),
        ("最高20万元", [("upto", 200_000)], None),
        ("10-20万元", [("range_yuan", (100_000, 200_000))], None),
        ("研发费用的10%，最高100万元", [("rate", 10)], 1_000_000),
        ("每人20万元", [("per_unit", 200_000)], None),
        ("200元/人·月", [("per_unit", 200)], None),
        ("一事一议", [("case_by_case", None)], None),
        ("给予20万元奖励", [("fixed", 200_000)], None),
    ],
)
def test_what_a_cell_may_say(cell: str, amounts: object, cap: int | None) -> None:
    (incentive,) = readings_of("事项\t奖励标准", f"甲企业\t{cell}").incentives
    assert amounts_of(incentive) == amounts
    assert shown(incentive.tiers[0].cap) == cap


def test_columns_of_grades_are_tiers() -> None:
    (incentive,) = readings_of(
        "平台\t国家级\t省级", "重点实验室\t500\t100", above="对下列平台给予奖励（单位：万元）："
    ).incentives
    assert amounts_of(incentive) == [("fixed", 5_000_000), ("fixed", 1_000_000)]
    assert [tier.when for tier in incentive.tiers] == ["国家级", "省级"]


def test_numbers_in_the_other_cells_are_conditions() -> None:
    (incentive,) = readings_of("序号\t条件\t补助标准", "1\t年营业收入5000万元以上的企业\t50万元").incentives
    assert limits_of(incentive) == [(">=", 50_000_000, "元")]
    assert incentive.conditions[0].quantity == "年营业收入"


def test_cells_that_span_rows_leave_the_sum_in_its_column() -> None:
    readings = readings_of("对象\t等级\t补贴标准（元/人·月）", "养老机构\t中度\t200", "重度\t300")
    assert [amounts_of(item) for item in readings.incentives] == [[("per_unit", 200)], [("per_unit", 300)]]


def test_a_table_of_targets_promises_nothing() -> None:
    readings = readings_of("指标\t单位\t2030年目标", "软件业务收入\t亿元\t4000", above="给予奖励的目标：")
    assert readings.incentives == ()
    assert len(readings.targets) == 1


def test_a_second_table_below_has_its_own_columns() -> None:
    readings = readings_of("平台\t奖励金额（万元）", "甲\t5", "", "指标名称\t单位\t项目数", "乙指标\t个\t9")
    assert [item.beneficiary for item in readings.incentives] == ["甲"]


CELL = st.sampled_from(
    ["甲企业", "20万元", "100", "最高5%", "一事一议", "奖励标准（万元）", "", "省级", "给予3万元，对乙5万元。", " "]
)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4).map("\t".join), max_size=8).map("\n".join))
def test_any_table_is_read_without_an_error_and_rows_do_not_overlap(text: str) -> None:
    spans = [item.span for item in read_all(plain_document(text)).incentives]
    assert all(before.end <= after.start for before, after in pairwise(spans))
