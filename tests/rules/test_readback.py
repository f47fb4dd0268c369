"""A readback says everything a measure says: no number, condition or choice is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.rules.check.expressions import expressions_of
from cewen.rules.check.numbers import written_numbers
from cewen.rules.facts import Vocabulary
from cewen.rules.kinds import measure_kinds
from cewen.rules.load import Corpus, load_corpus
from cewen.rules.measure import ForYears, Measure
from cewen.rules.phrase import Speaker
from cewen.rules.policy import Header, Policy
from cewen.rules.readback import readback

COMMON = {
    "id": "award",
    "title": "某项奖励",
    "clause": "一/（一）",
    "quote": "给予奖励",
    "subject": "enterprise",
    "certainty": "definite",
}


def measure_of(**entries: Any) -> Measure:
    kind = entries.get("kind", "formula")
    return measure_kinds()[kind].model_validate({**COMMON, **entries})


@pytest.fixture(scope="module")
def policy(small: Corpus) -> Policy:
    header = Header.model_validate(
        {
            "id": "mou/software-measures", "title": "某措施", "type": "measures", "issuer": "某市", "region": "武汉市",
            "sha256": "a" * 64, "source": "虚构",
            "stacking": [
                {"id": "cap", "rule": "joint_cap", "clause": "附则", "quote": "合计", "members": ["award"], "limit": "77万元"}
            ],
        }
    )  # fmt: skip
    return Policy(small.home, header, "给予奖励")


def test_a_measure_reads_like_its_clause(small: Corpus, policy: Policy) -> None:
    said = readback(
        measure_of(
            conditions=[
                "注册地 属于 武汉市", "企业类型 包含 软件企业", "年营业收入 >= 500万元", "年研发投入 / 年营业收入 >= 15%",
            ],
            amount="年研发投入 * 10%",
            cap="100万元",
            certainty="ceiling",
            frequency="annual",
            open_conditions=["依法依规"],
        ),
        policy,
        small.vocabulary,
    )  # fmt: skip
    assert said == (
        "凡注册地属于武汉市、企业类型包含软件企业、年营业收入不少于500万元，且年研发投入÷年营业收入不低于15%的企业，"
        "每年可按不超过年研发投入的10%获得补助，最高100万元（最高限额，非承诺数额）。另须由主管部门判断：依法依规。"
        "同一对象的“award”合计最高77万元（附则）。依据：一/（一）。"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("年营业收入 >= 500万元", "年营业收入不少于500万元"),
        ("年营业收入 > 500万元", "年营业收入超过500万元"),
        ("年营业收入 < 500万元", "年营业收入少于500万元"),
        ("年营业收入 <= 500万元", "年营业收入不超过500万元"),
        ("DCMM等级 >= 3级", "DCMM等级不低于3级"),
        ("DCMM等级 = 3级", "DCMM等级为3级"),
        ("非 DCMM等级 >= 3级", "DCMM等级低于3级"),
        ("增速(年营业收入) >= 30%", "年营业收入比上年的增长率不低于30%"),
        ("首次突破(年营业收入, 20亿元)", "年营业收入首次突破20亿元（不含本数）"),
        ("首次达到(年营业收入, 20亿元)", "年营业收入首次达到20亿元"),
        ("上年(年营业收入) >= 1.5亿元", "上一年年营业收入不少于1.5亿元"),
        ("企业规模 属于 小型、微型", "企业规模是小型、微型之一"),
        ("非 企业规模 属于 大型", "企业规模不是大型"),
        ("企业类型 包含 软件企业、制造业企业", "企业类型同时包含软件企业、制造业企业"),
        ("企业类型 包含 软件企业 或 企业类型 包含 制造业企业", "企业类型包含软件企业、制造业企业之一"),
        ("注册地 属于 武汉市、湖南省", "注册地属于武汉市或湖南省"),
        ("年营业收入 >= 1亿元 或 从业人员 >= 100人", "年营业收入不少于1亿元，或者从业人员不少于100人"),
        ("(年营业收入 - 年研发投入) * 8%", "（年营业收入减去年研发投入）的8%"),
        ("年营业收入 - 年研发投入 * 8%", "年营业收入减去年研发投入的8%"),
        ("(年营业收入 + 年研发投入) * 8%", "年营业收入与年研发投入之和的8%"),
        ("年营业收入 - (年研发投入 + 1万元)", "年营业收入减去（年研发投入与1万元之和）"),
        ("年营业收入 - 年研发投入 + 1万元", "（年营业收入减去年研发投入）与1万元之和"),
        ("最低(年研发投入 * 10%, 100万元)", "年研发投入的10%、100万元中最低的"),
        ("分档(年营业收入, 1亿元, 10万元, 10亿元, 50万元)", "按年营业收入分档的数额（达到1亿元的10万元，达到10亿元的50万元）"),
        ("年营业收入 ≥ ５００万元", "年营业收入不少于500万元"),
    ],
)  # fmt: skip
def test_each_form_has_its_words(small: Corpus, text: str, words: str) -> None:
    assert Speaker(small.vocabulary, {}).say(text) == words


def numbers_missing_from(said: str, measure: Measure) -> list[str]:
    said_numbers = re.findall(r"\d+(?:\.\d+)?(?:[%‰]|[\u4e00-\u9fff]*)", said)
    missing = []
    for number in written_numbers(expressions_of(measure)):
        if not any(text.startswith(number.shown) for text in said_numbers):
            missing.append(number.shown)
    if isinstance(measure.frequency, ForYears) and f"{measure.frequency.years}年" not in said:
        missing.append(f"{measure.frequency.years}年")
    return missing


amounts = st.integers(1, 99_999).map(lambda number: f"{number}万元")
rates = st.integers(1, 99).map(lambda number: f"{number}%")
dated = amounts | st.dictionaries(st.dates().map(lambda day: day.isoformat()), amounts, min_size=1, max_size=3)
conditions = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["年营业收入", "年研发投入"]), st.sampled_from([">=", ">", "<", "<="]), amounts).map(
            " ".join
        ),
        rates.map(lambda rate: f"年研发投入 / 年营业收入 >= {rate}"),
        amounts.map(lambda amount: f"非 (年营业收入 >= {amount} 且 首次突破(年研发投入, {amount}))"),
        st.integers(1, 5).map(lambda level: f"DCMM等级 = {level}级 或 从业人员 > {level * 1000}人"),
    ),
    max_size=3,
)
frequencies = st.sampled_from([None, "one_off", "annual"]) | st.integers(1, 30).map(lambda years: {"years": years})
shapes = st.one_of(
    st.fixed_dictionaries({"amount": dated, "cap": st.none() | dated}),
    st.fixed_dictionaries({"amount": rates.map(lambda rate: f"年研发投入 * {rate}"), "cap": dated}),
    st.fixed_dictionaries(
        {"amount": st.just("年研发投入 * 门槛"), "parameters": rates.map(lambda rate: {"门槛": rate})}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("tiered"),
            "tiers": st.lists(
                st.fixed_dictionaries(
                    {
                        "name": st.just("某档"),
                        "when": amounts.map(lambda amount: f"年营业收入 >= {amount}"),
                        "amount": dated,
                    }
                ),
                min_size=1,
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("per_unit"),
            "each": dated,
            "count": st.just("从业人员"),
            "most": st.just("321人"),
            "cap": dated,
        }
    ),
    st.fixed_dictionaries({"kind": st.just("co_funding"), "of": st.just("年研发投入"), "rate": rates, "cap": dated}),
    st.fixed_dictionaries({"kind": st.just("top_up"), "amount": dated, "less": st.just(["mou/a#b"]), "cap": dated}),
)


@given(shape=shapes, conditions=conditions, frequency=frequencies, spare=amounts)
def test_no_number_is_lost(
    small: Corpus, policy: Policy, shape: dict[str, Any], conditions: list[str], frequency: Any, spare: str
) -> None:
    parameters = {**shape.get("parameters", {}), "备用": spare}
    measure = measure_of(**{**shape, "parameters": parameters}, conditions=conditions, frequency=frequency)
    assert numbers_missing_from(readback(measure, policy, small.vocabulary), measure) == []


def test_every_measure_of_the_corpus_is_said_whole(repo: Any) -> None:
    corpus = load_corpus(repo / "policies")
    for policy in corpus.policies:
        for measure in policy.measures:
            said = readback(measure, policy, corpus.vocabulary)
            assert numbers_missing_from(said, measure) == []
            assert measure.clause in said
            assert said.startswith("凡")
            assert all(condition in said for condition in measure.open_conditions)


def test_a_kind_unknown_to_the_reader_speaks_for_itself(small: Corpus, policy: Policy) -> None:
    measure = measure_of(kind="discretionary", certainty="case_by_case")
    assert "一事一议给予资金支持" in readback(measure, policy, small.vocabulary)


def test_text_that_is_no_expression_is_said_as_it_is() -> None:
    assert Speaker(Vocabulary(()), {}).say("年营业收入 大概 500万元") == "年营业收入 大概 500万元"
