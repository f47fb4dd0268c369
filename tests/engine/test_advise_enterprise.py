from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.engine.advise import choose as choosing
from cewen.engine.advise.advise import Advice, advise, advise_json
from cewen.engine.advise.step import StepKind, with_value
from cewen.engine.advise.worth import Worth, worth_of
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.read_facts import load_json, parse_factsheet
from cewen.engine.stacking import apply_stacking
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from engine_support import MakeCorpus, measure

ON = date(2024, 6, 30)
FACTS: dict[str, Any] = {
    "enterprise": {
        "名称": "甲公司", "注册地": "420111", "企业类型": ["软件企业"], "DCMM等级": 3,
        "年营业收入": {"2022": 50000000, "2023": "6800万元"}, "年研发投入": {"2023": 9_000_000},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def advised(corpus: Corpus) -> Callable[..., Advice]:
    def give(facts: Any, by: Corpus | None = None, **options: Any) -> Advice:
        using = by or corpus
        sheet = parse_factsheet(load_json(json.dumps(facts, ensure_ascii=False), "facts"), using)
        return advise(lower_corpus(using, ON), sheet, **options)

    return give


# --- the best choice -------------------------------------------------------------------------------------------


def exclusive(make_corpus: MakeCorpus, amounts: list[int], rules: list[dict[str, Any]]) -> Corpus:
    measures = [measure(f"award-{at}", f"{amount}元") for at, amount in enumerate(amounts)]
    return make_corpus(*measures, stacking=[{"clause": "一", "quote": "对企业给予奖励", **rule} for rule in rules])


OVERLAPPING = [
    {"id": "first-two", "rule": "highest_only", "members": ["award-0", "award-1"]},
    {"id": "last-two", "rule": "highest_only", "members": ["award-1", "award-2"]},
]


def test_two_lesser_awards_beat_the_greatest_where_it_excludes_both(
    make_corpus: MakeCorpus, advised: Callable[..., Advice]
) -> None:
    corpus = exclusive(make_corpus, [60, 100, 60], OVERLAPPING)
    choice = advised({"enterprise": {}}, corpus).choice
    assert [result.measure.measure.id for result in choice.chosen] == ["award-0", "award-2"]
    assert choice.worth == Worth(120_00)
    assert choice.as_stacked == Worth(100_00)
    assert [why for _, why in choice.left_out] == ["就高不重复（一），已选 “措施 award-0”"]


AMOUNTS = [310, 200, 270, 120, 90]
KNOT = [
    {"id": "one", "rule": "highest_only", "members": ["award-0", "award-1", "award-2"]},
    {"id": "two", "rule": "highest_only", "members": ["award-2", "award-3"]},
    {"id": "cap", "rule": "joint_cap", "members": ["award-1", "award-3", "award-4"], "limit": "350元"},
]


@pytest.mark.parametrize("most_tried", [12, 0])
def test_small_sets_and_the_program_agree_with_trying_every_set(
    make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch, advised: Callable[..., Advice], most_tried: int
) -> None:
    corpus = exclusive(make_corpus, AMOUNTS, KNOT)
    monkeypatch.setattr(choosing, "MOST_TRIED", most_tried)
    advice = advised({"enterprise": {}}, corpus)
    plan, sheet = advice.situation.plan, advice.situation.sheet
    alone = evaluate_factsheet(choosing.before_rules(plan), sheet).results
    every = [
        worth_of(apply_stacking(plan, picked, sheet)).definite
        for size in range(len(alone) + 1)
        for picked in combinations(alone, size)
    ]
    assert advice.choice.worth.definite == max(every) == 520_00


def test_a_ceiling_counts_as_much_as_it_is_told_to(make_corpus: MakeCorpus, advised: Callable[..., Advice]) -> None:
    corpus = make_corpus(
        measure("sure", "60元"), measure("perhaps", "100元", certainty="ceiling"),
        stacking=[{"id": "one", "rule": "highest_only", "clause": "一", "quote": "对企业给予奖励", "members": ["sure", "perhaps"]}],
    )  # fmt: skip
    full = advised({"enterprise": {}}, corpus).choice
    half = advised({"enterprise": {}}, corpus, ceiling_weight=Fraction(1, 2)).choice
    assert (full.worth, half.worth) == (Worth(0, 100_00), Worth(60_00, 0))


# --- next steps ------------------------------------------------------------------------------------------------


def test_the_nearest_step_is_how_much_more_research(advised: Callable[..., Advice]) -> None:
    advice = advised(FACTS)
    first = advice.steps[0]
    assert first.kind is StepKind.NUMBER
    assert [change.words for change in first.changes] == [
        "年研发投入（2023 年）增加 120.00\u2009万元，到 1,020.00\u2009万元"
    ]
    assert first.titles == ("软件企业研发投入补助",)
    assert first.gain == Worth(0, 1_000_000_00)


@given(st.integers(500, 9000), st.integers(0, 2000), st.integers(0, 5))
def test_each_step_put_in_place_brings_what_it_says(
    advised: Callable[..., Advice], revenue: int, research: int, level: int
) -> None:
    enterprise = {
        **FACTS["enterprise"], "DCMM等级": level, "年营业收入": {"2022": 50000000, "2023": f"{revenue}万元"},
        "年研发投入": {"2023": f"{research}万元"},
    }  # fmt: skip
    advice = advised({"enterprise": enterprise})
    situation = advice.situation
    assert advice.steps
    for step in advice.steps:
        sheet = situation.sheet
        for change in step.changes:
            sheet = with_value(sheet, change.path, change.fact, change.year, change.after)
        after = situation.evaluate(sheet)
        assert worth_of(after.results) - worth_of(situation.evaluation.results) == step.gain
        assert {result.measure.key for result in after.results if result.status.value == "met"} >= set(step.opens)


# --- what is missing -------------------------------------------------------------------------------------------


def test_the_missing_fact_that_could_settle_most_comes_first(advised: Callable[..., Advice]) -> None:
    missing = advised(FACTS).missing
    assert (missing[0].fact.label, missing[0].most) == ("工厂称号", Worth(10_000_000_00, 0))
    weights = [each.most.weighed(Fraction(1)) for each in missing]
    assert weights == sorted(weights, reverse=True)
    assert all(each.settles or each.waits for each in missing)


def test_a_fact_that_waits_for_another_does_not_settle_alone(advised: Callable[..., Advice]) -> None:
    enterprise = {key: value for key, value in FACTS["enterprise"].items() if key not in ("年营业收入", "年研发投入")}
    found = {(each.fact.label, each.year): each for each in advised({"enterprise": enterprise}).missing}
    research = found["年研发投入", 2023]
    assert research.settles == ()
    assert research.waits == ("软件企业研发投入补助",)


# --- traps -----------------------------------------------------------------------------------------------------


def test_revenue_that_outgrows_research_is_a_trap_to_the_fen(advised: Callable[..., Advice]) -> None:
    enterprise = {**FACTS["enterprise"], "年研发投入": {"2023": 12_000_000}}
    advice = advised({"enterprise": enterprise})
    trap = next(trap for trap in advice.traps if trap.fact.label == "年营业收入")
    assert trap.safe == 80_000_000_00
    assert trap.loss == Worth(0, 1_000_000_00)
    for value, status in ((trap.safe, "met"), (trap.safe + 1, "not_met")):
        sheet = with_value(advice.situation.sheet, trap.path, trap.fact, trap.year, value)
        results = advice.situation.evaluate(sheet).results
        assert {result.status.value for result in results if result.measure.key in trap.measures} == {status}


def test_on_the_line_itself_the_trap_says_so(advised: Callable[..., Advice]) -> None:
    enterprise = {**FACTS["enterprise"], "年营业收入": {"2022": 50000000, "2023": 60_000_000}}
    trap = advised({"enterprise": enterprise}).traps[0]
    assert trap.words == (
        "年营业收入（2023 年）过了 6,000.00\u2009万元，再多 1 分就失去 “软件企业研发投入补助”（现在正在这条线上）"
    )


def test_the_json_has_the_documented_parts(advised: Callable[..., Advice]) -> None:
    shape = advise_json(advised(FACTS))
    assert set(shape) == {"on", "ceiling_weight", "choice", "steps", "missing", "traps"}
    assert set(shape["choice"]) == {"chosen", "left_out", "worth", "as_stacked"}
    json.dumps(shape)
