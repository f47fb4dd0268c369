"""What must hold for every register: a reform that is none changes nothing, a higher cap hurts nobody."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cewen.engine.columns.results import ColumnResults
from cewen.engine.simulate.evaluate import open_engine
from cewen.engine.simulate.notices import is_same
from cewen.engine.simulate.project import Growth
from cewen.engine.simulate.simulate import Settings, Simulator
from cewen.engine.simulate.take_up import TakeUp
from cewen.engine.simulate.tally import Applicants, tally
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from simulate_support import ON, YEAR, cap, firm, reformed, register, simulated

money = st.none() | st.integers(0, 2 * 10**8)
firms = st.lists(
    st.builds(
        lambda revenue, before, research, staff, level: firm(
            年营业收入={key: value for key, value in (("2023", revenue), ("2022", before)) if value is not None},
            年研发投入=research, 从业人员=staff, DCMM等级=level,
        ),
        money, money, money, st.none() | st.integers(0, 400), st.none() | st.integers(0, 5),
    ),
    min_size=1, max_size=6,
)  # fmt: skip
Firms = list[dict[str, Any]]


@pytest.fixture(scope="module")
def city(corpus: Corpus) -> Corpus:
    return replace(corpus, policies=tuple(each for each in corpus.policies if each.header.type == "measures"))


@settings(max_examples=20)
@given(firms)
def test_a_reform_that_changes_nothing_changes_nothing_and_says_so(city: Corpus, several: Firms) -> None:
    found = simulated(city, register(city, several), cap("100万元"))
    assert found.before == found.after
    assert found.balance.same == found.enterprises == len(several)
    assert all(line.is_same for line in found.measures)
    assert {finding.code for finding in found.findings} == {"CW643"}


@settings(max_examples=20)
@given(firms, st.integers(1, 300), st.integers(0, 300))
def test_a_higher_cap_lowers_no_award(city: Corpus, several: Firms, low: int, more: int) -> None:
    columns = register(city, several)
    simulator = Simulator(city, columns, Settings(ON))
    _, lower = simulator.reform(reformed(city, cap(f"{low}万元")))
    _, higher = simulator.reform(reformed(city, cap(f"{low + more}万元")))
    assert (higher.ceiling >= lower.ceiling).all()
    assert (higher.definite >= lower.definite).all()


REFORMS = (
    cap("30万元"),
    "title: 严\nmeasures:\n- measure: growth-award\n  set:\n    conditions[3]: 增速(年营业收入) >= 5%\nremove: [dcmm-award]\n",
    "title: 合\nstacking:\n- policy: wuhan/2022-digital-economy-measures\n  add: [{id: both, rule: joint_cap, clause: 改, "
    "quote: 合计最高, members: [rd-subsidy, growth-award], limit: 20万元, per: enterprise}]\n",
    "title: 高\nstacking:\n- policy: wuhan/2022-digital-economy-measures\n  add: [{id: one, rule: highest_only, clause: 改, "
    "quote: 就高, members: [rd-subsidy, growth-award, dcmm-award], per: enterprise}]\n",
    "title: 增\nadd:\n- policy: wuhan/2022-digital-economy-measures\n"
    "  measure: {id: head-award, title: 按人奖励, subject: enterprise, kind: per_unit, each: 1万元, count: 从业人员, certainty: definite}\n",
)  # fmt: skip


@settings(max_examples=20)
@given(firms, st.sampled_from(REFORMS), st.integers(0, 10))
def test_winners_losers_and_the_rest_are_all_and_the_books_balance(
    city: Corpus, several: Firms, reform: str, tenths: int
) -> None:
    found = simulated(city, register(city, several), reform, take_up=TakeUp(Fraction(tenths, 10)))
    balance = found.balance
    assert balance.winners + balance.losers + balance.mixed + balance.same == len(several)
    for shift in found.shifts:
        assert shift.winners + shift.losers + shift.same == len(several)
        before, after = (getattr(side.cost, shift.kind.value) for side in (found.before, found.after))
        assert before + shift.gained - shift.lost == after
        assert sum(each.after - each.before for each in shift.top_winners) == shift.gained
        assert sum(getattr(line.after, shift.kind.value) for line in found.districts) == after
        assert sum(getattr(line.after, shift.kind.value) for line in found.sizes) == after
        assert sum(found.distributions[shift.kind][1].deciles) == after
    assert sum(line.enterprises for line in found.sizes) == len(several)


@settings(max_examples=20)
@given(firms, st.sampled_from(REFORMS))
def test_evaluating_only_the_difference_gives_what_evaluating_all_gives(
    city: Corpus, several: Firms, reform: str
) -> None:
    columns = register(city, several)
    simulator = Simulator(city, columns, Settings(ON))
    after = reformed(city, reform)
    spliced, added = simulator.reform(after)
    whole = open_engine("reference").evaluate(lower_corpus(after.corpus, ON), columns)
    assert [each.measure.key for each in spliced.by_measure] == [each.measure.key for each in whole.by_measure]
    for one, other in zip(spliced.by_measure, whole.by_measure, strict=True):
        assert is_same(one, other)
        assert np.array_equal(one.suppressed_by, other.suppressed_by)
    again = tally(whole, Applicants(columns))
    assert added.cost == again.cost
    assert np.array_equal(added.definite, again.definite)
    assert np.array_equal(added.ceiling, again.ceiling)
    assert np.array_equal(added.awards, again.awards)


@settings(max_examples=20)
@given(firms, st.integers(0, 100), st.integers(0, 100))
def test_a_higher_take_up_adds_applicants_and_takes_none_away(
    city: Corpus, several: Firms, one: int, other: int
) -> None:
    low, high = sorted((Fraction(one, 100), Fraction(other, 100)))
    results = _results(city, several)
    fewer, more = (tally(results, Applicants(results.columns, TakeUp(rate))) for rate in (low, high))
    assert (fewer.awards <= more.awards).all()
    assert (fewer.ceiling <= more.ceiling).all()
    nobody = tally(results, Applicants(results.columns, TakeUp(Fraction(0))))
    assert nobody.award_count == 0
    assert sum(each.not_applied for each in nobody.measures.values()) == _everybody(results).award_count


def _results(corpus: Corpus, several: Firms) -> ColumnResults:
    return open_engine("reference").evaluate(lower_corpus(corpus, ON), register(corpus, several), year=YEAR)


def _everybody(results: ColumnResults) -> Any:
    return tally(results, Applicants(results.columns))


def test_take_up_draws_near_the_stated_share_and_the_same_each_time(city: Corpus) -> None:
    several = [firm() for _ in range(400)]
    columns = register(city, several)
    found = [simulated(city, columns, cap("200万元"), take_up=TakeUp(Fraction(1, 4))) for _ in range(2)]
    assert found[0].after == found[1].after
    line = next(line for line in found[0].measures if line.key.endswith("#rd-subsidy"))
    assert line.before is not None
    assert 70 <= line.before.awards <= 130
    assert line.before.awards + line.before.not_applied == 400


def test_years_ahead_grow_facts_and_remember_once_only_awards(city: Corpus) -> None:
    columns = register(city, [firm(DCMM等级=3)])
    text = "title: 延\nvalidity: [{policy: wuhan/2022-digital-economy-measures, expires_on: 2030-12-31}]\n"
    found = simulated(city, columns, text, years=2, growth=Growth(Fraction(-1, 10)))
    first, second, third = found.years
    assert (first.after.cost.definite, first.after.cost.ceiling) == (200_000_00, 1_000_000_00)
    assert second.after.cost.definite == 0, "the certificate is rewarded once"
    assert second.after.cost.ceiling == 900_000_00
    assert third.after.cost.ceiling == 810_000_00
    assert second.before.awards == 0
    assert "已于 2025-05-31 失效" not in "".join(second.dormant)
