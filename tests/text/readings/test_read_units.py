"""Responsible units in the forms official texts print them."""

from pathlib import Path

import pytest

from cewen.text.parse import parse_document
from cewen.text.readings import read_units
from reading_support import plain_document

LEAD, RESPONSIBLE, COOPERATING = "lead", "responsible", "cooperating"


@pytest.mark.parametrize(
    ("text", "lead", "responsible", "cooperating"),
    [
        ("推进工作。（责任单位：市甲局、市乙委）", (), ("市甲局", "市乙委"), ()),
        ("推进工作。(责任单位:市甲局,各区人民政府)", (), ("市甲局", "各区人民政府"), ()),
        ("推进工作。（牵头单位：省甲厅；责任单位：省乙厅、省丙厅）", ("省甲厅",), ("省乙厅", "省丙厅"), ()),
        ("推进工作。（责任单位：省甲厅，配合单位：省乙厅、省丙厅）", (), ("省甲厅",), ("省乙厅", "省丙厅")),
        ("推进工作。（省甲厅、省乙厅按照职责分工负责）", (), ("省甲厅", "省乙厅"), ()),
        ("推进工作。（市甲局牵头，市乙局配合）", ("市甲局",), (), ("市乙局",)),
        ("推进工作。〔责任单位：省甲厅、省乙厅等〕", (), ("省甲厅", "省乙厅"), ()),
        ("推进工作。（责任单\n\n位：市甲\n局、市乙局）", (), ("市甲局", "市乙局"), ()),
        ("推进工作。（省甲厅，各市、县（市、区）人民政府负责）", (), ("省甲厅", "各市、县(市、区)人民政府"), ()),
        ("推进工作。（省甲厅（省乙局）负责）", (), ("省甲厅(省乙局)",), ()),
        ("推进工作。\n责任单位：市甲局、市乙局\n", (), ("市甲局", "市乙局"), ()),
    ],
)
def test_units_are_read_by_role(text: str, lead: object, responsible: object, cooperating: object) -> None:
    (units,) = read_units(plain_document(text))
    assert (units.lead, units.responsible, units.cooperating) == (lead, responsible, cooperating)


def test_what_a_name_includes_is_remembered_and_the_name_kept_plain() -> None:
    text = "甲。（责任单位：市甲局，各区人民政府〈含东开发区、西风景区，下同〉）\n乙。（责任单位：各区人民政府）"
    first, second = read_units(plain_document(text))
    assert first.responsible == ("市甲局", "各区人民政府")
    assert second.responsible == ("各区人民政府",)
    assert second.includes == {"各区人民政府": ("东开发区", "西风景区")}


@pytest.mark.parametrize(
    "text", ["（以下简称产业，下同）", "（含软件项目）", "由市甲局负责落实。", "（一）", "（GB/T 1）"]
)
def test_other_brackets_name_no_units(text: str) -> None:
    assert read_units(plain_document(text)) == ()


@pytest.mark.parametrize(
    ("folder", "count"),
    [
        ("wuhan/2022-digital-economy-measures", 23),
        ("wuhan/2022-software-plan", 23),
        ("wuhan/2022-digital-economy-plan", 0),
        ("hubei/2025-software-action-plan-draft", 18),
        ("cn/2021-software-plan", 0),
    ],
)
def test_every_list_of_the_official_documents_is_read_with_its_clause(repo: Path, folder: str, count: int) -> None:
    document = parse_document((repo / "policies" / folder / "document.txt").read_text(encoding="utf-8"))
    found = read_units(document)
    assert len(found) == count
    assert all(units.clause and units.all for units in found)
    assert all("单位" in units.span.of(document.text).replace("\n", "").replace(" ", "") for units in found)
    names = {name for units in found for name in units.all}
    assert all(2 <= len(name) <= 20 and not set(name) & set("、，,（(：:") for name in names), names
