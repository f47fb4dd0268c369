"""The prepared plan against the reference: every result with every word, on the edges, with facts missing, at random.

CEWEN_PARITY_ENTERPRISES sets how many generated enterprises are compared for each share of missing facts.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import term_support
from cewen.base.certainty import Certainty
from cewen.engine.columns.encode import decode
from cewen.engine.edges import edge_register
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.factsheet import FactKey, FactSheet, Record, Value
from cewen.engine.single.evaluate import decide, evaluate_one
from cewen.rules import ops
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.types import MONEY, RATIO, Kind
from engine_support import MakeCorpus, measure
from register_strategies import registers

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))
LATER = lower_corpus(CORPUS, date(2026, 3, 1))
COUNT = min(2_000, int(os.environ.get("CEWEN_PARITY_ENTERPRISES", "100")))
MISSING = (0.0, 0.1, 0.5)


def assert_same(plan: Plan, sheet: FactSheet, **options: Any) -> Evaluation:
    """Results, their JSON to the byte, and the decisions without words."""
    expected = evaluate_factsheet(plan, sheet, **options)
    found = evaluate_one(plan, sheet, **options)
    assert found == expected
    assert json.dumps(explain_json(found)) == json.dumps(explain_json(expected))
    assert [
        (each.measure.key, each.subject, each.status, each.amount, each.tier, each.needs, each.suppressed_by)
        for each in decide(plan, sheet, **options)
    ] == [
        (each.measure.key, each.subject, each.status, each.amount, each.tier, each.needs, each.suppressed_by)
        for each in expected.results
    ]
    return expected


@pytest.mark.parametrize("missing", MISSING)
def test_shipped_measures_on_edges_then_every_word_is_the_same(missing: float) -> None:
    seen: set[str] = set()
    for sheet in decode(edge_register(PLAN, COUNT, seed=11, missing=missing)):
        for result in assert_same(PLAN, sheet, as_if_in_force=True).results:
            seen.add(result.status.value)
            seen.update(["gap"] if result.gaps else [])
            seen.update(["need"] if result.needs else [])
    assert seen >= {"met", "not_met", "gap"} | ({"unknown", "need"} if missing else set())


@settings(max_examples=40)
@given(registers(PLAN), st.booleans(), st.sampled_from([None, 2021, 2022]))
def test_shipped_measures_on_any_register_then_every_word_is_the_same(
    sheets: tuple[FactSheet, ...], as_if_in_force: bool, year: int | None
) -> None:
    for sheet in sheets:
        for plan in (PLAN, LATER):
            assert_same(plan, sheet, as_if_in_force=as_if_in_force, year=year)


def test_awards_and_stacking_then_every_word_is_the_same(make_corpus: MakeCorpus) -> None:
    steps = [
        {"name": "一", "when": "DCMM等级 >= 3级", "amount": "20万元"},
        {"name": "二", "when": "DCMM等级 >= 4级", "amount": "年研发投入 * 15%"},
    ]
    tiered = measure("steps", kind="tiered", tiers=steps, frequency="one_off", per="tier")
    del tiered["amount"]
    quote = {"clause": "一", "quote": tiered["quote"]}
    corpus = make_corpus(
        tiered,
        measure("yearly", "年研发投入 * 10%", cap="30万元", frequency="annual"),
        measure("thrice", "15万元", frequency={"years": 1}, certainty="ceiling", conditions=["年营业收入 > 0元"]),
        measure("rest", kind="top_up", amount="年研发投入", less=["here/one#yearly", "here/one#thrice"]),
        measure("built", "项目总投资 * 30%", subject="project", frequency="one_off", per="object"),
        measure("equipped", "软硬件设备投资 * 8%", subject="project", frequency="one_off"),
        stacking=[
            {"id": "best", "rule": "highest_only", "members": ["steps", "yearly", "thrice"], **quote},
            {"id": "most", "rule": "joint_cap", "members": ["built", "equipped"], "limit": "200万元", **quote},
            {"id": "all", "rule": "joint_cap", "members": ["rest", "equipped"], "limit": "50万元", "per": "enterprise", **quote},
        ],
    )  # fmt: skip
    plan = lower_corpus(corpus, date(2024, 6, 30))
    kinds = set()
    for missing in MISSING:
        for sheet in decode(edge_register(plan, 300, seed=6, missing=missing)):
            for result in assert_same(plan, sheet).results:
                kinds.add(result.suppressed_by.rule if result.suppressed_by else None)
    assert kinds == {None, "once_only", "once_a_year", "years_used_up", "highest_only", "joint_cap"}


@st.composite
def random_sheets(draw: st.DrawFn, missing: int) -> FactSheet:
    """Facts of `term_support`, `missing` of a hundred absent; numbers of records are sometimes no whole numbers."""
    found: dict[FactKey, Value] = {}
    for fact in term_support.FACTS:
        for year in range(term_support.YEAR - 3, term_support.YEAR + 2) if fact.is_annual else (None,):
            if draw(st.integers(0, 99)) >= missing:
                found[fact.key, year] = draw(_value(fact))
    return FactSheet(Record("enterprise", "enterprise", found))


def _value(fact: Fact) -> st.SearchStrategy[Value]:
    if fact.type.is_number:
        return st.integers(-4, 6).map(Fraction) | st.fractions(-3, 5, max_denominator=4)
    if fact.type is Kind.BOOLEAN:
        return st.booleans()
    if fact.type is Kind.SET:
        return st.frozensets(st.sampled_from(fact.values), max_size=3)
    if fact.type is Kind.ENUM:
        return st.sampled_from(fact.values)
    return st.sampled_from((*term_support.REGION_CODES, "420000", "999999"))


@pytest.mark.parametrize("missing", [0, 10, 50])
@settings(max_examples=50)
@given(st.data(), st.lists(term_support.measures, min_size=1, max_size=3))
def test_any_operations_then_every_word_is_the_same(missing: int, data: st.DataObject, drawn: Any) -> None:
    plan = term_support.random_plan(PLAN, drawn)
    for _ in range(3):
        assert_same(plan, data.draw(random_sheets(missing)), year=term_support.YEAR, as_if_in_force=True)


OF_PROJECTS = ("open", "banded", "sales", "flag", "grade", "titles", "place", "fixed")
"""The facts that are asked of a project; the others are asked of the enterprise behind it."""

MIXED = tuple(
    fact.model_copy(update={"subject": "project" if fact.key in OF_PROJECTS else "enterprise"})
    for fact in term_support.FACTS
)
whole = st.integers(-4, 6).map(Fraction)
literals = st.builds(ops.Constant, st.just(MONEY), whole | st.fractions(-2, 3, max_denominator=4))
leaves = st.builds(ops.FactNumber, st.just(MONEY), st.sampled_from(tuple(term_support.NUMBERS))) | st.builds(
    ops.FactNumber, st.just(MONEY), st.sampled_from(("sales", "turnover")), st.integers(0, 1)
)
orders = st.sampled_from((">", ">=", "<", "<=", "=", "!="))
yearly = st.builds(ops.FactNumber, st.just(MONEY), st.sampled_from(("sales", "turnover")), st.integers(0, 1))
plain = (
    st.builds(ops.Compare, orders, leaves, literals)
    | st.builds(ops.FirstTime, st.sampled_from((">", ">=")), yearly, literals | leaves)
    | st.builds(ops.LiesIn, st.just("place"), st.lists(st.sampled_from(("420000", "420100", "999999")), max_size=2).map(tuple))
)  # fmt: skip
pairs = st.lists(plain, min_size=2, max_size=3).map(tuple)
joined = plain | st.builds(ops.All, pairs) | st.builds(ops.Any, pairs) | st.builds(ops.Not, plain)
several = st.lists(leaves | literals, min_size=2, max_size=3).map(tuple)
sums = (
    literals
    | leaves
    | st.builds(ops.Least, st.just(MONEY), several)
    | st.builds(ops.Greatest, st.just(MONEY), several)
    | st.builds(
        ops.Choose, st.just(MONEY), st.lists(st.tuples(plain, literals | leaves), min_size=2, max_size=3).map(tuple)
    )
)
plain_measures = st.tuples(
    st.lists(joined, max_size=2),
    st.lists(st.tuples(joined, sums), min_size=1, max_size=3) | sums.map(lambda amount: [(None, amount)]),
    st.sampled_from(tuple(Certainty)),
)


@pytest.mark.parametrize("missing", [0, 10, 50])
@settings(max_examples=50)
@given(st.data(), st.lists(plain_measures, min_size=3, max_size=6))
def test_plain_conditions_of_a_project_then_every_word_is_the_same(
    missing: int, data: st.DataObject, drawn: Any
) -> None:
    """Conditions as clauses have them: most are a fact against a number, and what is missed has a gap."""
    plan = term_support.random_plan(PLAN, drawn)
    measures = tuple(
        replace(each, measure=each.measure.model_copy(update={"subject": "project"})) for each in plan.measures
    )
    plan = replace(plan, corpus=replace(plan.corpus, vocabulary=Vocabulary(MIXED)), measures=measures)
    for _ in range(3):
        company, project = (data.draw(random_sheets(missing)).enterprise for _ in range(2))
        sheet = FactSheet(company, (Record("project", "projects[0]", project.values),))
        assert_same(plan, sheet, year=term_support.YEAR, as_if_in_force=True)


SHARE = Fact.model_validate(
    {"label": "占比", "key": "share", "subject": "enterprise", "type": "ratio", "maximum": "100%"}
)
INCOME = Fact.model_validate({"label": "收入", "key": "income", "subject": "enterprise", "type": "money", "unit": "元"})
share, income = ops.FactNumber(RATIO, "share"), ops.FactNumber(MONEY, "income")
EIGHTH, TWO, MANY = (
    ops.Constant(RATIO, Fraction(1, 8)),
    ops.Constant(RATIO, Fraction(2)),
    ops.Constant(MONEY, Fraction(500)),
)
PART = ops.Multiply(MONEY, income, share)
OF_SHARES: tuple[tuple[ops.TruthOp, ops.NumberOp], ...] = (
    (ops.Compare(">=", share, EIGHTH), PART),
    (ops.Compare("<", ops.Subtract(RATIO, share, EIGHTH), TWO), ops.Least(MONEY, (PART, MANY))),
    (ops.Compare("=", ops.Divide(RATIO, PART, income), share), ops.Greatest(MONEY, (ops.Negate(MONEY, PART), MANY))),
    (ops.Not(ops.Compare(">", ops.Divide(RATIO, MANY, PART), TWO)), ops.Divide(MONEY, income, ops.Add(RATIO, share, TWO))),
    (ops.Certain(True), ops.Choose(MONEY, ((ops.Compare(">", share, EIGHTH), PART), (ops.Compare(">", share, TWO), MANY)))),
    (ops.Certain(True), ops.Choose(MONEY, ((ops.Compare("<=", share, EIGHTH), MANY), (ops.Certain(False), income)))),
    (ops.Certain(True), ops.Divide(MONEY, income, ops.Subtract(RATIO, share, EIGHTH))),
    (ops.Certain(False), ops.Divide(MONEY, income, ops.Subtract(RATIO, share, EIGHTH))),
)  # fmt: skip


@given(
    st.fractions(-3, 3, max_denominator=8) | st.just(Fraction(1, 8)) | st.none(),
    st.integers(-2000, 2000).map(Fraction) | st.none(),
)
def test_percentages_kept_as_facts_then_every_word_is_the_same(part: Fraction | None, money: Fraction | None) -> None:
    drawn: list[tuple[list[ops.TruthOp], list[tuple[ops.TruthOp | None, ops.NumberOp]], Certainty]] = [
        ([when], [(None, amount)], certainty) for when, amount in OF_SHARES for certainty in Certainty
    ]
    plan = term_support.random_plan(PLAN, drawn)
    plan = replace(plan, corpus=replace(plan.corpus, vocabulary=Vocabulary((SHARE, INCOME))))
    given_values = {("share", None): part, ("income", None): money}
    values: dict[FactKey, Value] = {key: value for key, value in given_values.items() if value is not None}
    assert_same(plan, FactSheet(Record("enterprise", "enterprise", values)), as_if_in_force=True)
