"""Faulty fact sheets: each fault has a code, a place and a remedy, and nothing is computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.engine.read_facts import load_json, parse_factsheet, read_factsheet
from cewen.rules.load import load_corpus, policies_home

CORPUS = load_corpus(policies_home())


def enterprise(**facts: Any) -> dict[str, Any]:
    return {"enterprise": facts}


FAULTS: list[tuple[Any, str, str]] = [
    ([], "CW600", ""),
    ({"projects": []}, "CW600", "/enterprise"),
    (enterprise(年营收={"2023": 1}), "CW601", "/enterprise/年营收"),
    (enterprise(项目名称="甲"), "CW601", "/enterprise/项目名称"),
    ({"enterprise": {}, "companies": []}, "CW601", "/companies"),
    (enterprise(年营业收入={"2023": "很多"}), "CW602", "/enterprise/年营业收入/2023"),
    (enterprise(年营业收入={"2023": True}), "CW602", "/enterprise/年营业收入/2023"),
    (enterprise(年营业收入={"2023": [1]}), "CW602", "/enterprise/年营业收入/2023"),
    (enterprise(国家双跨平台="也许"), "CW602", "/enterprise/国家双跨平台"),
    (enterprise(DCMM等级="3.5级"), "CW602", "/enterprise/DCMM等级"),
    (enterprise(DCMM等级={"2023": 3}), "CW602", "/enterprise/DCMM等级"),
    (enterprise(企业类型=3), "CW602", "/enterprise/企业类型"),
    (enterprise(年营业收入={"2023": -1}), "CW603", "/enterprise/年营业收入/2023"),
    (enterprise(年营业收入={"2023": "0.001"}), "CW604", "/enterprise/年营业收入/2023"),
    (enterprise(DCMM等级=6), "CW603", "/enterprise/DCMM等级"),
    (enterprise(年营业收入={"2023": 10**20}), "CW603", "/enterprise/年营业收入/2023"),
    (enterprise(年营业收入={"2023": "500万美元"}), "CW604", "/enterprise/年营业收入/2023"),
    (enterprise(从业人员={"2023": "100家"}), "CW604", "/enterprise/从业人员/2023"),
    (enterprise(企业类型=["软件公司"]), "CW605", "/enterprise/企业类型"),
    (enterprise(注册地="火星"), "CW605", "/enterprise/注册地"),
    (enterprise(统一社会信用代码="914299990000000000"), "CW606", "/enterprise/统一社会信用代码"),
    (enterprise(统一社会信用代码="91"), "CW606", "/enterprise/统一社会信用代码"),
    (enterprise(年营业收入=500), "CW607", "/enterprise/年营业收入"),
    (enterprise(年营业收入={"去年": 500}), "CW607", "/enterprise/年营业收入/去年"),
    ({"enterprise": {}, "awards": [{"on": "2022-01-01", "amount": 1}]}, "CW608", "/awards/0/measure"),
    ({"enterprise": {}, "awards": [{"measure": "a#b", "on": "昨天", "amount": 1}]}, "CW608", "/awards/0/on"),
    ({"enterprise": {}, "awards": [{"measure": "a#b", "on": "2022-01-01", "amount": -1}]}, "CW608", "/awards/0/amount"),
    ({"enterprise": {}, "awards": [{"measure": "a#b", "on": "2022-01-01"}]}, "CW608", "/awards/0/amount"),
    ({"enterprise": {}, "projects": [3]}, "CW600", "/projects/0"),
    ({"enterprise": {}, "projects": {"a": 1}}, "CW600", "/projects"),
]


@pytest.mark.parametrize(("facts", "code", "pointer"), FAULTS)
def test_factsheet_when_faulty_then_code_place_and_remedy(facts: Any, code: str, pointer: str) -> None:
    with pytest.raises(CewenError) as caught:
        parse_factsheet(facts, CORPUS, "facts.json")
    found = [finding for finding in caught.value.diagnostics if finding.code == code]
    assert found, str(caught.value)
    assert (found[0].place.pointer or "") == pointer
    assert found[0].place.file == "facts.json"
    assert found[0].remedy.endswith(("。", "？"))


def test_factsheet_when_several_faults_then_all_are_named_at_once() -> None:
    with pytest.raises(CewenError) as caught:
        parse_factsheet(enterprise(年营收=1, 注册地="火星", DCMM等级=9), CORPUS)
    assert {finding.code for finding in caught.value.diagnostics} == {"CW601", "CW605", "CW603"}


def test_factsheet_when_a_label_is_misspelled_then_the_near_one_is_offered() -> None:
    with pytest.raises(CewenError, match="是不是“年营业收入”"):
        parse_factsheet(enterprise(年营业收人={"2023": 1}), CORPUS)


@pytest.mark.parametrize(
    "text",
    ['{"enterprise": {"DCMM等级": NaN}}', '{"enterprise": {}, "enterprise": {}}', "{", "", "[" * 100_000, "1" * 5000],
)
def test_json_when_not_sound_then_refused_with_a_place(text: str) -> None:
    with pytest.raises(CewenError, match="CW600"):
        parse_factsheet(load_json(text, "facts.json"), CORPUS)


@pytest.mark.parametrize("number", ["1e400", "1e999999999", "1e-999999999", "0.001"])
def test_json_when_a_number_is_out_of_all_range_then_refused_at_once(number: str) -> None:
    data = load_json(f'{{"enterprise": {{"年营业收入": {{"2023": {number}}}}}}}', "facts.json")
    with pytest.raises(CewenError, match="CW603"):
        parse_factsheet(data, CORPUS)


def test_json_file_when_it_starts_with_a_byte_order_mark_then_read(tmp_path: Path) -> None:
    path = tmp_path / "甲.json"
    path.write_text(json.dumps(enterprise(名称="甲公司"), ensure_ascii=False), encoding="utf-8-sig")
    assert read_factsheet(path, CORPUS).enterprise.name == "甲公司"


def test_json_file_when_in_another_encoding_then_says_so(tmp_path: Path) -> None:
    path = tmp_path / "甲.json"
    path.write_bytes(json.dumps(enterprise(名称="甲公司"), ensure_ascii=False).encode("gb18030"))
    with pytest.raises(CewenError, match="UTF-8"):
        read_factsheet(path, CORPUS)


def test_award_when_it_does_not_say_which_project_and_there_are_two_then_asked() -> None:
    award = {"measure": "wuhan/2022-digital-economy-measures#public-platform", "on": "2023-01-01", "amount": 1}
    facts = {"enterprise": {}, "projects": [{"项目名称": "甲"}, {"项目名称": "乙"}], "awards": [award]}
    with pytest.raises(CewenError, match="哪一个对象"):
        parse_factsheet(facts, CORPUS)


def test_factsheet_when_values_are_written_in_many_ways_then_the_same_facts() -> None:
    plain = enterprise(年营业收入={"2023": 5_000_000}, 企业类型=["软件企业"], 国家双跨平台=True, 注册地="420111")
    worded = enterprise(
        年营业收入={"２０２３": "５００ 万元"}, 企业类型="软件企业", 国家双跨平台="是", 注册地="武汉市洪山区"
    )
    assert parse_factsheet(plain, CORPUS) == parse_factsheet(worded, CORPUS)


WORDS = ["enterprise", "projects", "awards", "年营业收入", "2023", "DCMM等级", "企业类型", "measure", "on", "amount"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=True),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("entry", [{"tier": "3级"}, {"tier": 3}, {"object": 7}])
def test_award_when_its_tier_or_object_is_none_of_the_measure_then_refused_not_paid_again(
    entry: dict[str, Any],
) -> None:
    award = {"measure": "wuhan/2022-digital-economy-measures#dcmm-award", "on": "2023-01-01", "amount": "20万元"}
    with pytest.raises(CewenError, match="CW608"):
        parse_factsheet({"enterprise": {"DCMM等级": 3}, "awards": [award | entry]}, CORPUS)


@given(JSON)
def test_factsheet_when_anything_at_all_then_a_sheet_or_diagnostics(data: Any) -> None:
    findings: tuple[Diagnostic, ...] = ()
    try:
        parse_factsheet(data, CORPUS)
    except CewenError as error:
        findings = error.diagnostics
    assert all(finding.remedy and finding.code.startswith("CW6") for finding in findings)
