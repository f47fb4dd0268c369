"""Laws over generated enterprises and generated expressions."""

from __future__ import annotations

import copy
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cewen.base.source import Place
from cewen.base.truth import Truth
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.factsheet import FactSheet, Record, Value, View
from cewen.engine.gap import gaps
from cewen.engine.range import Range
from cewen.engine.reference import Interpreter
from cewen.engine.result import Amount, Result, Status
from cewen.rules.expression import Lowerer
from cewen.rules.facts import SUBJECTS, Fact
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.types import Kind

CORPUS: Corpus = require_sound(load_corpus(policies_home()))
PLAN: Plan = lower_corpus(CORPUS, date(2024, 6, 30))
YEARS = (2021, 2022, 2023)
EDGES = [0, 1, 500_000_000, 499_999_999, 75_000_000, 10**9, 10**10, 2 * 10**11, 2 * 10**11 + 1, 10**13]


def value_of(fact: Fact) -> st.SearchStrategy[Value]:
    """Values of a fact, thresholds and their neighbours among them."""
    if fact.type is Kind.MONEY:
        return st.one_of(st.sampled_from(EDGES), st.integers(0, 10**13)).map(Fraction)
    if fact.type.is_number:
        low, high = fact.bounds()
        return st.integers(int(low or 0), int(high) if high is not None else 200).map(Fraction)
    if fact.type is Kind.BOOLEAN:
        return st.booleans()
    if fact.type is Kind.SET:
        return st.frozensets(st.sampled_from(fact.values), max_size=4) if fact.values else st.just(frozenset[str]())
    if fact.type is Kind.ENUM:
        return st.sampled_from(fact.values)
    if fact.type is Kind.REGION:
        return st.sampled_from(["420111", "420500", "440300"])
    return st.just("合成")


@st.composite
def record(draw: st.DrawFn, subject: str, path: str) -> Record:
    values: dict[tuple[str, int | None], Value] = {}
    for fact in CORPUS.vocabulary.of_subject(subject):
        for year in YEARS if fact.is_annual else (None,):
            if draw(st.booleans()):
                values[fact.key, year] = draw(value_of(fact))
    return Record(subject, path, values)


@st.composite
def sheets(draw: st.DrawFn) -> FactSheet:
    others = [draw(record(subject, f"{subject}[0]")) for subject in SUBJECTS if subject != "enterprise"]
    return FactSheet(draw(record("enterprise", "enterprise")), tuple(others))


def evaluated(sheet: FactSheet) -> Evaluation:
    return evaluate_factsheet(PLAN, sheet, as_if_in_force=True)


@given(sheets())
def test_total_when_summed_by_hand_then_the_sum_of_what_is_met_and_not_suppressed(sheet: FactSheet) -> None:
    evaluation = evaluated(sheet)
    parts = [r.amount for r in evaluation.results if r.status is Status.MET and r.suppressed_by is None and r.amount]
    assert evaluation.total == Amount(sum(part.low for part in parts), sum(part.high for part in parts))


@given(sheets(), st.data())
def test_result_when_a_fact_is_added_then_what_was_settled_stays_and_bounds_only_narrow(
    sheet: FactSheet, data: st.DataObject
) -> None:
    every = (sheet.enterprise, *sheet.others)
    at = data.draw(st.integers(0, len(every) - 1))
    chosen = every[at]
    missing = [
        (fact, year)
        for fact in CORPUS.vocabulary.of_subject(chosen.subject)
        for year in (YEARS if fact.is_annual else (None,))
        if (fact.key, year) not in chosen.values
    ]
    if not missing:
        return
    fact, year = data.draw(st.sampled_from(missing))
    added = Record(chosen.subject, chosen.path, {**chosen.values, (fact.key, year): data.draw(value_of(fact))})
    records = [added if index == at else each for index, each in enumerate(every)]
    before, after = evaluated(sheet), evaluated(FactSheet(records[0], tuple(records[1:])))
    for old, new in zip(before.results, after.results, strict=True):
        if old.status in (Status.MET, Status.NOT_MET):
            assert new.status is not Status.UNKNOWN
        if old.status in (Status.MET, Status.NOT_MET) and not _older_year_speaks(old, fact, year):
            assert new.status is old.status, (old.measure.key, fact.label, year)
            assert new.amount == old.amount or old.suppressed_by or new.suppressed_by
        if old.status is Status.UNKNOWN and old.amount is not None and new.amount is not None:
            assert old.amount.low <= new.amount.low
            assert new.amount.high <= old.amount.high


def _older_year_speaks(result: Result, fact: Fact, year: int | None) -> bool:
    """首次… looks at years before the last one only where they are known, so such a year may still say no."""
    return year is not None and year < YEARS[-1] - 1 and fact.label in str(result.steps)


@given(sheets())
def test_needs_when_unknown_then_each_named_fact_is_missing_and_there_is_one(sheet: FactSheet) -> None:
    for result in evaluated(sheet).results:
        if result.status is not Status.UNKNOWN:
            assert result.needs == ()
            continue
        assert result.needs
        subject = next(r for r in (sheet.enterprise, *sheet.others) if r.path == result.subject)
        for need in result.needs:
            holder = sheet.enterprise if need.fact.subject == "enterprise" else subject
            assert (need.fact.key, need.year) not in holder.values


@given(sheets())
def test_gap_when_applied_then_the_condition_flips_and_one_unit_less_does_not(sheet: FactSheet) -> None:
    for measure in PLAN.measures:
        for record_ in sheet.of_subject(measure.measure.subject):
            for condition in measure.conditions:
                interpreter = view_of(record_, sheet)
                for gap in gaps(condition.op, interpreter):
                    step = 1 if gap.required > gap.value else -1
                    assert truth_with(condition.op, sheet, record_, gap.fact, gap.required) is Truth.MET
                    almost = gap.required - step
                    assert truth_with(condition.op, sheet, record_, gap.fact, almost) is not Truth.MET


def view_of(record_: Record, sheet: FactSheet) -> Interpreter:
    return Interpreter(CORPUS.vocabulary, CORPUS.regions, View(record_, sheet.enterprise, YEARS[-1]))


def truth_with(op: Any, sheet: FactSheet, record_: Record, fact: Fact, value: Fraction) -> Truth:
    year = YEARS[-1] if fact.is_annual else None
    holder = sheet.enterprise if fact.subject == "enterprise" else record_
    changed = Record(holder.subject, holder.path, {**holder.values, (fact.key, year): value})
    enterprise = changed if fact.subject == "enterprise" else sheet.enterprise
    subject = changed if fact.subject == record_.subject else record_
    view = View(subject, enterprise, YEARS[-1])
    return Interpreter(CORPUS.vocabulary, CORPUS.regions, view).truth(op)


def test_evaluation_when_repeated_then_the_same_and_the_sheet_is_untouched() -> None:
    sheet = FactSheet(Record("enterprise", "enterprise", {("dcmm_level", None): Fraction(4)}))
    again = copy.deepcopy(sheet)
    assert evaluated(sheet) == evaluated(sheet)
    assert sheet == again


# --- lowering preserves meaning: a generated expression, computed here by plain Python and by the interpreter -------

MONEY_FACTS = {"年营业收入": 7_000_000_00, "年研发投入": 1_234_567_89, "软件业务收入": 0}
RATIOS = {"15%": Fraction(3, 20), "6‰": Fraction(6, 1000), "2": Fraction(2)}
LITERALS = {"500万元": Fraction(500_000_000), "0.01元": Fraction(1), "1.5亿元": Fraction(15_000_000_000)}
Money = tuple[str, Fraction]


def money_expressions() -> st.SearchStrategy[Money]:
    leaves = st.one_of(
        st.sampled_from([(name, Fraction(value)) for name, value in MONEY_FACTS.items()]),
        st.sampled_from(list(LITERALS.items())),
    )

    def extend(inner: st.SearchStrategy[Money]) -> st.SearchStrategy[Money]:
        pairs = st.tuples(inner, inner)
        scaled = st.tuples(inner, st.sampled_from(list(RATIOS.items())))
        return st.one_of(
            pairs.map(lambda p: (f"({p[0][0]} + {p[1][0]})", p[0][1] + p[1][1])),
            pairs.map(lambda p: (f"({p[0][0]} - {p[1][0]})", p[0][1] - p[1][1])),
            pairs.map(lambda p: (f"最低({p[0][0]}, {p[1][0]})", min(p[0][1], p[1][1]))),
            pairs.map(lambda p: (f"最高({p[0][0]}，{p[1][0]})", max(p[0][1], p[1][1]))),
            scaled.map(lambda p: (f"{p[0][0]} × {p[1][0]}", p[0][1] * p[1][1])),
            scaled.map(lambda p: (f"({p[0][0]}) / {p[1][0]}", p[0][1] / p[1][1])),
            inner.map(lambda p: (f"-({p[0]})", -p[1])),
        )

    return st.recursive(leaves, extend, max_leaves=8)


def interpreter() -> Interpreter:
    values: dict[tuple[str, int | None], Value] = {}
    for label, value in MONEY_FACTS.items():
        fact = CORPUS.vocabulary.by_label(label)
        assert fact is not None
        values[fact.key, YEARS[-1]] = Fraction(value)
    enterprise = Record("enterprise", "enterprise", values)
    return Interpreter(CORPUS.vocabulary, CORPUS.regions, View(enterprise, enterprise, YEARS[-1]))


@given(money_expressions())
def test_lowering_when_any_amount_then_the_interpreter_says_what_arithmetic_says(expression: Money) -> None:
    text, value = expression
    lowerer = Lowerer(CORPUS.vocabulary, CORPUS.regions, "enterprise")
    op = lowerer.number(text, Place())
    assert op is not None, lowerer.findings
    assert interpreter().number(op) == Range.exactly(value)


@given(money_expressions(), st.sampled_from([">=", "<=", ">", "<", "=", "!="]), money_expressions())
def test_lowering_when_any_comparison_then_the_interpreter_decides_as_fractions_do(
    left: Money, operator: str, right: Money
) -> None:
    lowerer = Lowerer(CORPUS.vocabulary, CORPUS.regions, "enterprise")
    op = lowerer.truth(f"{left[0]} {operator} {right[0]}", Place())
    assert op is not None, lowerer.findings
    one, other = left[1], right[1]
    fact = {">=": one >= other, "<=": one <= other, ">": one > other, "<": one < other, "=": one == other}
    assert interpreter().truth(op) is Truth.of(fact.get(operator, one != other))
