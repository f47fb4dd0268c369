from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cewen.base.diagnostic import Severity
from cewen.base.errors import CewenError
from cewen.engine.simulate.change import ChangeKind
from cewen.engine.simulate.reform import read_reform
from cewen.rules.kinds.formula import FormulaMeasure
from cewen.rules.kinds.tiered import TieredMeasure
from cewen.rules.load import Corpus
from simulate_support import cap, reformed

CITY = "wuhan/2022-digital-economy-measures"


def formula(corpus: Corpus, key: str) -> FormulaMeasure:
    found = corpus.measure(key)
    assert found is not None
    assert isinstance(found[1], FormulaMeasure)
    return found[1]


def test_a_reform_leaves_the_corpus_it_came_from_alone(corpus: Corpus) -> None:
    after = reformed(corpus, cap("200万元")).corpus
    assert formula(after, f"{CITY}#rd-subsidy").cap == "200万元"
    assert formula(corpus, f"{CITY}#rd-subsidy").cap == "100万元"


def test_paths_reach_conditions_tiers_by_name_and_parameters(corpus: Corpus) -> None:
    text = """
title: 几处
measures:
- measure: rd-subsidy
  set:
    conditions[3]: 年研发投入 / 年营业收入 >= 10%
    conditions[+]: 从业人员 >= 20人
- measure: dcmm-award
  set:
    tiers[五级].amount: 60万元
    tiers[0].amount: 25万元
"""
    result = reformed(corpus, text)
    changed = formula(result.corpus, f"{CITY}#rd-subsidy")
    assert changed.conditions[3:] == ("年研发投入 / 年营业收入 >= 10%", "从业人员 >= 20人")
    found = result.corpus.measure(f"{CITY}#dcmm-award")
    assert found is not None
    assert isinstance(found[1], TieredMeasure)
    assert [tier.amount for tier in found[1].tiers] == ["25万元", "30万元", "60万元"]
    assert [change.place.line for change in result.changes] == [6, 7, 10, 11]


def test_two_conditions_taken_away_are_those_that_were_named(corpus: Corpus) -> None:
    text = "title: 放宽\nmeasures:\n- measure: rd-subsidy\n  set:\n    conditions[2]: null\n    conditions[3]: null\n"
    assert formula(reformed(corpus, text).corpus, f"{CITY}#rd-subsidy").conditions == (
        "注册地 属于 武汉市",
        "企业类型 包含 软件企业",
    )


def test_a_change_from_a_day_keeps_what_was_before(corpus: Corpus) -> None:
    text = "title: 改\nmeasures:\n- measure: rd-subsidy\n  from: 2024-01-01\n  set: {cap: 200万元}\n"
    changed = formula(reformed(corpus, text).corpus, f"{CITY}#rd-subsidy")
    assert changed.cap == {date(2022, 6, 1): "100万元", date(2024, 1, 1): "200万元"}


def test_measures_are_added_and_removed_with_their_rules(corpus: Corpus) -> None:
    text = f"""
title: 换
add:
- policy: {CITY}
  measure: {{id: new-award, title: 新设奖励, subject: enterprise, amount: 5万元, certainty: definite}}
remove: [dcmm-award]
"""
    result = reformed(corpus, text)
    assert [change.kind for change in result.changes] == [ChangeKind.REMOVED, ChangeKind.ADDED]
    assert result.corpus.measure(f"{CITY}#dcmm-award") is None
    assert formula(result.corpus, f"{CITY}#new-award").clause == "改革方案"


def test_validity_and_stacking_change(corpus: Corpus) -> None:
    text = f"""
title: 延期
validity: [{{policy: {CITY}, expires_on: 2027-05-31}}]
stacking:
- policy: {CITY}
  set: {{highest-among-city-policies.per: enterprise}}
  add: [{{id: research-together, rule: joint_cap, clause: 改革方案, quote: 合计最高150万元, members: [rd-subsidy, growth-award], limit: 150万元}}]
"""
    policy = reformed(corpus, text).corpus.policy(CITY)
    assert policy is not None
    assert policy.header.expires_on == date(2027, 5, 31)
    assert [(rule.id, rule.per) for rule in policy.header.stacking] == [
        ("highest-among-city-policies", "enterprise"), ("research-together", "object"),
    ]  # fmt: skip


FAULTS = {
    "unknown-measure": "title: 错\nmeasures:\n- measure: rd-subsidi\n  set: {cap: 200万元}\n",
    "unknown-policy": "title: 错\nvalidity:\n- {policy: wuhan/nothing, expires_on: 2027-01-01}\n",
    "unknown-path": "title: 错\nmeasures:\n- measure: rd-subsidy\n  set: {cup: 200万元}\n",
    "unknown-place": "title: 错\nmeasures:\n- measure: rd-subsidy\n  set:\n    conditions[9]: 年营业收入 >= 1元\n",
    "unknown-tier": "title: 错\nmeasures:\n- measure: dcmm-award\n  set:\n    tiers[六级].amount: 1万元\n",
    "fixed-field": "title: 错\nmeasures:\n- measure: rd-subsidy\n  set: {subject: project}\n",
    "date-on-condition": (
        "title: 错\nmeasures:\n- measure: rd-subsidy\n  from: 2024-01-01\n  set:\n    conditions[2]: 年营业收入 >= 1万元\n"
    ),
    "mixed-units": "title: 错\nmeasures:\n- measure: rd-subsidy\n  set:\n    conditions[2]: 年营业收入 >= 500人\n",
    "wrong-amount": "title: 错\nmeasures:\n- measure: rd-subsidy\n  set: {cap: 从业人员}\n",
    "bare-number": "title: 错\nmeasures:\n- measure: rd-subsidy\n  set: {cap: 2000000}\n",
    "circle": (
        "title: 错\nmeasures:\n- measure: rd-subsidy\n  set:\n    parameters: {上限: 下限 * 2, 下限: 上限 / 2}\n    cap: 上限\n"
    ),
    "twice": (
        "title: 错\nmeasures:\n- measure: rd-subsidy\n  set: {cap: 2万元}\n- measure: rd-subsidy\n  set: {cap: 3万元}\n"
    ),
    "taken-id": (
        "title: 错\nadd:\n- policy: wuhan/2022-digital-economy-measures\n"
        "  measure: {id: rd-subsidy, title: 重复, subject: enterprise, amount: 5万元, certainty: definite}\n"
    ),
    "unknown-rule": "title: 错\nstacking:\n- policy: wuhan/2022-digital-economy-measures\n  remove: [no-such-rule]\n",
    "misspelled-entry": "title: 错\nmesures: []\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_reform_says_what_where_and_what_to_do(corpus: Corpus, name: str) -> None:
    with pytest.raises(CewenError) as raised:
        reformed(corpus, FAULTS[name])
    golden = Path(__file__).parent / "golden" / "faults" / f"{name}.txt"
    assert str(raised.value) + "\n" == golden.read_text(encoding="utf-8")


def test_a_change_to_what_is_already_so_is_a_notice(corpus: Corpus) -> None:
    result = reformed(corpus, cap("100万元"))
    assert [(finding.code, finding.severity) for finding in result.findings] == [("CW643", Severity.NOTICE)] * 2
    assert "“软件企业研发投入补助”（二/（六））的 cap 现在就是 100万元" in result.findings[0].message


def test_a_file_that_is_no_reform_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "reform.yaml"
    path.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(CewenError, match="CW002"):
        read_reform(path)
