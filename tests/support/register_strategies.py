"""Small generated registers for hypothesis: any facts, objects that share names, awards of all kinds."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from cewen.engine.columns.layout import Layout
from cewen.engine.edges import thresholds
from cewen.engine.factsheet import NAME_KEYS, FactSheet, PastAward, Record, Value
from cewen.rules.facts import SUBJECTS, Fact
from cewen.rules.lower import Plan
from cewen.rules.types import Kind

YEARS = (2020, 2021, 2022, 2023)
REGIONS = ("420111", "420100", "420500", "440300")


def values(fact: Fact, edges: tuple[int, ...]) -> st.SearchStrategy[Value]:
    """Values of a fact that has a column; thresholds and what stands beside them come often."""
    if fact.type.is_number:
        low, high = fact.bounds()
        least = int(low) if low is not None else -1000
        most = int(high) if high is not None else fact.largest
        near = [each + step for each in (0, *edges) for step in (-1, 0, 1) if least <= each + step <= most]
        return st.one_of(st.sampled_from(near or [least]), st.integers(least, most)).map(Fraction)
    if fact.type is Kind.BOOLEAN:
        return st.booleans()
    if fact.type is Kind.SET:
        return st.frozensets(st.sampled_from(fact.values), max_size=3)
    if fact.type is Kind.ENUM:
        return st.sampled_from(fact.values)
    return st.sampled_from(REGIONS)


@st.composite
def records(draw: st.DrawFn, plan: Plan, subject: str, path: str) -> Record:
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    edges = thresholds(plan, layout)
    found: dict[tuple[str, int | None], Value] = {}
    for fact in plan.corpus.vocabulary.of_subject(subject):
        if layout.has_column(fact):
            for year in YEARS if fact.is_annual else (None,):
                if draw(st.integers(0, 3)):
                    found[fact.key, year] = draw(values(fact, edges.get(fact.key, ())))
    name = draw(st.sampled_from([None, "甲", "乙", "enterprise"]))
    if name is not None:
        found[NAME_KEYS[subject], None] = name
    return Record(subject, path, found)


@st.composite
def registers(draw: st.DrawFn, plan: Plan) -> tuple[FactSheet, ...]:
    """One to three enterprises with up to two objects of each subject and a few awards."""
    sheets = []
    for number in range(draw(st.integers(1, 3))):
        enterprise = draw(records(plan, "enterprise", "enterprise"))
        known = {**enterprise.values, ("uscc", None): f"企业{number}"}
        others = [
            draw(records(plan, subject, f"{subject}s[{at}]"))
            for subject in SUBJECTS
            if subject != "enterprise"
            for at in range(draw(st.integers(0, 2)))
        ]
        given = draw(st.lists(awards(plan), max_size=3))
        sheets.append(FactSheet(Record("enterprise", "enterprise", known), tuple(others), tuple(given)))
    return tuple(sheets)


@st.composite
def awards(draw: st.DrawFn, plan: Plan) -> PastAward:
    measure = draw(st.sampled_from(plan.measures))
    tiers = [None, *(tier.name for tier in measure.tiers), "别的"]
    on = draw(st.dates(date(plan.on.year - 3, 1, 1), date(plan.on.year + 1, 1, 1)))
    amount = draw(st.sampled_from([0, 12_345, 10**7, 2 * 10**7, 3 * 10**7, 10**9]))
    thing = None if measure.measure.subject == "enterprise" else draw(st.sampled_from([None, "甲", "乙"]))
    return PastAward(measure.key, on, amount, thing, draw(st.sampled_from(tiers)))
