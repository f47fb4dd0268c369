"""Made-up registers: of any size, however small; and the edge pack stands on both sides of every threshold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.truth import Truth
from cewen.engine.columns.encode import decode, encode
from cewen.engine.edge_pack import edge_pack
from cewen.engine.edges import edge_register
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result, Status
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound
from cewen.rules.lower import LoweredMeasure, Plan, lower_corpus
from engine_support import MakeCorpus, measure

CORPUS: Corpus = require_sound(load_corpus(policies_home()))
PLAN: Plan = lower_corpus(CORPUS, date(2024, 6, 30))
YEAR = 2023


@given(st.integers(0, 12), st.sampled_from((0.0, 0.1, 0.5)))
def test_a_register_of_any_size_when_made_then_whole_and_evaluated(count: int, missing: float) -> None:
    columns = edge_register(PLAN, count, seed=count, missing=missing)
    assert columns.enterprise_count == count
    assert {name: table.schema for name, table in columns.tables.items()} == SCHEMAS
    sheets = list(decode(columns))
    assert len({sheet.enterprise.values["uscc", None] for sheet in sheets}) == count
    for sheet in sheets[:1]:
        assert len(evaluate_factsheet(PLAN, sheet).results) >= 30


SCHEMAS = {name: table.schema for name, table in edge_register(PLAN, 40).tables.items()}


# --- the pack ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> tuple[FactSheet, ...]:
    return edge_pack(PLAN, seed=1)


@pytest.fixture(scope="module")
def evaluated(pack: tuple[FactSheet, ...]) -> list[Evaluation]:
    return [evaluate_factsheet(PLAN, sheet, as_if_in_force=True) for sheet in pack]


def test_the_pack_when_evaluated_then_every_measure_is_met_missed_and_left_open(evaluated: list[Evaluation]) -> None:
    found = Counter((result.measure.key, result.status) for evaluation in evaluated for result in evaluation.results)
    for lowered in PLAN.measures:
        for status in (Status.MET, Status.NOT_MET, Status.UNKNOWN):
            assert found[lowered.key, status], (lowered.key, status)


def test_the_pack_when_a_rule_has_a_threshold_then_a_unit_below_on_it_a_unit_above_zero_and_missing(
    pack: tuple[FactSheet, ...],
) -> None:
    for key, limit in dict.fromkeys(direct_thresholds()):
        fact = CORPUS.vocabulary.by_key(key)
        said = [values_of(sheet, fact) for sheet in pack]
        assert any(None in values for values in said), fact.label
        seen = {value for values in said for value in values}
        low, high = fact.bounds()
        near = {limit - 1, limit, limit + 1, Fraction(0), Fraction(-1)}
        assert {each for each in near if (low is None or each >= low) and (high is None or each <= high)} <= seen, key


def deciding(lowered: LoweredMeasure) -> Iterator[ops.Compare | ops.FirstTime]:
    """Comparisons that decide whether a measure applies."""
    found: list[ops.TruthOp | ops.NumberOp] = [condition.op for condition in lowered.conditions]
    found += [tier.condition for tier in lowered.tiers if tier.condition is not None]
    while found:
        op = found.pop()
        found.extend(ops.children(op))
        if isinstance(op, (ops.Compare, ops.FirstTime)):
            yield op


def direct_thresholds() -> Iterator[tuple[str, Fraction]]:
    """Facts that are compared with a number as they are."""
    for lowered in PLAN.measures:
        for op in deciding(lowered):
            left, right = (op.left, op.right) if isinstance(op, ops.Compare) else (op.fact, op.threshold)
            if isinstance(left, ops.FactNumber) and isinstance(right, ops.Constant):
                yield left.key, right.value


def values_of(sheet: FactSheet, fact: Fact) -> list[Fraction | None]:
    key = (fact.key, YEAR if fact.is_annual else None)
    values = (record.values.get(key) for record in sheet.of_subject(fact.subject))
    return [value if isinstance(value, Fraction) else None for value in values]


def test_the_pack_when_one_unit_decides_then_both_sides_are_there(
    pack: tuple[FactSheet, ...], evaluated: list[Evaluation]
) -> None:
    """Two enterprises of the pack that differ in one unit of one fact, and in the status of a measure because of it."""
    steps = Counter[str]()
    for (one, before), (other, after) in zip(pairs(pack, evaluated), pairs(pack, evaluated, 1), strict=False):
        changed = unit_apart(one, other)
        if changed is not None:
            olds, news = statuses(before), statuses(after)
            steps.update(key for key in olds if {olds[key], news.get(key)} == {Status.MET, Status.NOT_MET})
    assert set(steps) == {lowered.key for lowered in PLAN.measures if any(deciding(lowered))}


def pairs(
    pack: tuple[FactSheet, ...], evaluated: list[Evaluation], skip: int = 0
) -> list[tuple[FactSheet, Evaluation]]:
    return list(zip(pack, evaluated, strict=True))[skip:]


def unit_apart(one: FactSheet, other: FactSheet) -> str | None:
    """The fact in which two enterprises differ, when it is one fact by one unit and nothing else."""
    if one.awards != other.awards or len(one.others) != len(other.others):
        return None
    found = []
    for left, right in zip((one.enterprise, *one.others), (other.enterprise, *other.others), strict=True):
        if left.subject != right.subject:
            return None
        keys = {*left.values, *right.values} - {("uscc", None), ("name", None)}
        found += [(left.values.get(key), right.values.get(key), key) for key in keys]
    differing = [each for each in found if each[0] != each[1]]
    if len(differing) != 1:
        return None
    old, new, key = differing[0]
    return key[0] if isinstance(old, Fraction) and isinstance(new, Fraction) and abs(old - new) == 1 else None


def statuses(evaluation: Evaluation) -> dict[str, Status]:
    return {result.measure.key: result.status for result in evaluation.results}


def test_the_pack_when_a_first_time_then_first_crossers_second_crossers_and_those_who_stay(
    make_corpus: MakeCorpus,
) -> None:
    corpus = make_corpus(measure("first", conditions=["首次突破(年营业收入, 1亿元)"]))
    plan = lower_corpus(corpus, date(2024, 6, 30))
    limit = 10**10
    found: dict[tuple[int | None, ...], Status] = {}
    for sheet in edge_pack(plan):
        values = [sheet.enterprise.values.get(("revenue", YEAR - back)) for back in range(3)]
        steps = tuple(int(value) - limit if isinstance(value, Fraction) else None for value in values)
        found[steps] = evaluate_factsheet(plan, sheet).results[0].status
    assert found[1, -1, -1] is Status.MET
    assert found[0, -1, -1] is Status.NOT_MET
    assert found[1, -1, 1] is Status.NOT_MET  # above two years ago: a second crosser
    assert found[1, 0, -1] is Status.MET
    assert found[1, 1, -1] is Status.NOT_MET
    assert found[1, None, -1] is Status.UNKNOWN
    assert found[None, -1, -1] is Status.UNKNOWN


def test_the_pack_when_paid_once_then_the_day_of_the_award_decides(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(measure("once", conditions=["注册地 属于 武汉市"], frequency="one_off"))
    plan = lower_corpus(corpus, date(2024, 6, 30))
    days: dict[tuple[date, Status], set[bool]] = {}
    for sheet in edge_pack(plan):
        for award in sheet.awards[:1]:
            result = evaluate_factsheet(plan, sheet).results[0]
            days.setdefault((award.on, result.status), set()).add(result.suppressed_by is not None)
    assert days[plan.on, Status.MET] == {True}
    assert days[plan.on - timedelta(days=1), Status.MET] == {True}
    assert days[plan.on + timedelta(days=1), Status.MET] == {False}
    assert days[plan.on - timedelta(days=1), Status.NOT_MET] == {False}  # moved away since


def test_the_pack_when_facts_are_left_out_then_about_that_share_and_the_code_stays() -> None:
    whole, half = edge_pack(PLAN, seed=2), edge_pack(PLAN, seed=2, missing=0.5)
    assert len(whole) == len(half)
    known = [sum(len(sheet.enterprise.values) for sheet in each) for each in (whole, half)]
    assert 0.4 < known[1] / known[0] < 0.6
    assert encode(half, CORPUS).enterprise_count == len(half)


def test_the_pack_when_made_again_then_the_same() -> None:
    assert edge_pack(PLAN, seed=3, missing=0.1) == edge_pack(PLAN, seed=3, missing=0.1)


def test_the_pack_when_a_condition_cannot_be_met_then_still_made(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(
        measure("never", conditions=["年营业收入 < 0元", "非 (年研发投入 >= 100万元 或 DCMM等级 > 2级)"]),
        measure("ratio", "1亿元 / 业务收入全国排名", conditions=["年研发投入 / 年营业收入 >= 15%"]),
    )
    plan = lower_corpus(corpus, date(2024, 6, 30))
    results: list[Result] = [r for sheet in edge_pack(plan) for r in evaluate_factsheet(plan, sheet).results]
    assert {r.status for r in results if r.measure.measure.id == "never"} <= {Status.NOT_MET, Status.UNKNOWN}
    assert Status.MET in {r.status for r in results if r.measure.measure.id == "ratio"}
    assert all(outcome.truth in Truth for result in results for outcome in result.conditions)
