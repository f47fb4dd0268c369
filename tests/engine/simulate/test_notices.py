from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cewen.base.errors import CewenError
from cewen.engine.simulate.compare import MoneyKind
from cewen.engine.simulate.reform import Reform
from cewen.engine.simulate.simulate import Settings, Simulator
from cewen.rules.load import Corpus
from cewen.rules.schema import file_schema
from simulate_support import ON, cap, firm, reformed, register, simulated

SILENT: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing-at-all": ("title: 空\n", {}),
    "same-value": (cap("100万元"), {}),
    "reaches-nobody": (cap("150万元"), {"年研发投入": 8_000_000}),
    "facts-missing": (cap("150万元"), {"年研发投入": None}),
    "out-of-force": (
        "title: 草案\nmeasures:\n- measure: revenue-milestone\n  set:\n    tiers[0].amount: 1万元\n", {},
    ),
    "not-yet": (
        "title: 明年起\nmeasures:\n- measure: rd-subsidy\n  from: 2025-01-01\n  set: {cap: 200万元}\n", {},
    ),
    "rule-without-effect": (
        "title: 合\nstacking:\n- policy: wuhan/2022-digital-economy-measures\n  add: [{id: both, rule: joint_cap, "
        "clause: 改, quote: 合计最高, members: [rd-subsidy, growth-award], limit: 9000万元, per: enterprise}]\n", {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_a_reform_without_effect_names_measure_clause_fact_and_remedy(corpus: Corpus, name: str) -> None:
    text, facts = SILENT[name]
    found = simulated(corpus, register(corpus, [firm(**facts), firm(**facts)]), text)
    assert found.before == found.after
    said = "\n".join(str(finding) for finding in found.findings) + "\n"
    assert said == (Path(__file__).parent / "golden" / "notices" / f"{name}.txt").read_text(encoding="utf-8")


UNITS = {
    "unit-of-money": (cap("100亿元"), "CW655", "从 100万元 改成 100亿元，是原来的 10000 倍"),
    "no-unit-scale": (cap("100元"), "CW655", "从 100万元 改成 100元，是原来的 1/10000"),
    "percent-lost": (
        "title: 率\nmeasures:\n- measure: rd-subsidy\n  set: {amount: 年研发投入 * 0.1%}\n", "CW655",
        "从 年研发投入 * 10% 改成 年研发投入 * 0.1%，是原来的 1/100",
    ),
    "percent-sign-lost": (
        "title: 率\nmeasures:\n- measure: rd-subsidy\n  set: {amount: 年研发投入 * 10}\n", "CW655",
        "是原来的 100 倍",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_a_number_with_a_likely_wrong_unit_is_told_and_still_computed(corpus: Corpus, name: str) -> None:
    text, code, said = UNITS[name]
    found = reformed(corpus, text)
    (finding,) = found.findings
    assert (finding.code, finding.severity.value) == (code, "notice")
    assert said in finding.message
    assert "软件企业研发投入补助”（二/（六））" in finding.message
    assert "单位" in finding.remedy
    assert finding.place.line == 4
    assert found.changes


@pytest.mark.parametrize("value", ["200万元", "10万元", "9亿元", "'1,000,000.01元'", "null"])
def test_a_large_change_is_no_mistake(corpus: Corpus, value: str) -> None:
    assert not [each for each in reformed(corpus, cap(value)).findings if each.code == "CW655"]


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_back_end_simulates_what_the_reference_does(corpus: Corpus, engine: str) -> None:
    for package in ("ibis", engine):
        pytest.importorskip(package)
    measures_only = replace(corpus, policies=tuple(each for each in corpus.policies if each.header.type == "measures"))
    columns = register(
        corpus, [firm(年研发投入=amount, DCMM等级=level) for amount, level in ((9_000_000, 3), (None, 4), (0, 0))]
    )
    text = cap("80万元") + "remove: [dcmm-award]\n"
    one, other = (
        Simulator(measures_only, columns, Settings(ON, name)).simulate(reformed(measures_only, text), "试")
        for name in ("reference", engine)
    )
    assert (one.before, one.after, one.balance, one.shifts) == (other.before, other.after, other.balance, other.shifts)
    assert one.shifts[0].kind is MoneyKind.DEFINITE
    assert one.distributions == other.distributions


def test_the_schema_of_a_reform_speaks_chinese() -> None:
    schema = file_schema(Reform, "改革方案")
    assert {"title", "measures", "add", "remove", "stacking", "validity"} <= set(schema["properties"])
    assert "from" in schema["$defs"]["MeasureChange"]["properties"]


def test_an_award_that_would_overflow_stops_and_names_its_measure(corpus: Corpus) -> None:
    text = "title: 溢\nmeasures:\n- measure: rd-subsidy\n  set: {amount: 年研发投入 * 10000000, cap: null}\n"
    with pytest.raises(CewenError) as raised:
        simulated(corpus, register(corpus, [firm(年研发投入="100亿元", 年营业收入="500亿元")]), text)
    assert str(raised.value) == (
        "CW647 错误　（位置不详）\n  措施“软件企业研发投入补助”（二/（六））算出的一笔奖补超过 100 万亿元，合计会溢出\n"
        "  怎么办：检查方案里金额、比例的单位，或给它加上限 cap。"
    )
