from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cewen.engine.simulate.allocate import Budget
from cewen.engine.simulate.budget import BudgetRule, share_budget
from cewen.engine.simulate.distribution import distribute
from cewen.rules.load import Corpus
from simulate_support import cap, firm, register, simulated

claims_of = st.lists(st.integers(0, 10**15), max_size=30) | st.lists(st.integers(0, 2**62), max_size=8)
rules = st.sampled_from(BudgetRule)


def amounts(values: list[int]) -> Any:
    return np.array(values, np.int64)


@given(claims_of, st.integers(0, 10**16), rules)
def test_what_is_granted_sums_to_the_budget_to_the_fen(values: list[int], budget: int, rule: BudgetRule) -> None:
    shares = share_budget(amounts(values), budget, rule)
    granted = shares.granted.tolist()
    assert sum(granted) == min(budget, sum(values)) == shares.total
    assert all(0 <= got <= claim for got, claim in zip(granted, values, strict=True))


@given(claims_of, st.integers(0, 10**16))
def test_pro_rata_is_within_a_fen_of_the_exact_share_and_fair_to_the_remainders(values: list[int], budget: int) -> None:
    granted = share_budget(amounts(values), budget, BudgetRule.PRO_RATA).granted.tolist()
    total = sum(values)
    if total <= budget:
        assert granted == values
        return
    exact = [Fraction(claim * budget, total) for claim in values]
    assert all(0 <= abs(got - share) < 1 for got, share in zip(granted, exact, strict=True))
    up = [share % 1 for got, share in zip(granted, exact, strict=True) if got > share]
    down = [share % 1 for got, share in zip(granted, exact, strict=True) if got < share]
    assert not up or not down or min(up) >= max(down)


@given(claims_of, st.integers(0, 10**16))
def test_first_come_pays_in_full_until_one_gets_the_rest(values: list[int], budget: int) -> None:
    left, expected = budget, []
    for claim in values:
        expected.append(min(claim, left))
        left -= expected[-1]
    assert share_budget(amounts(values), budget, BudgetRule.FIRST_COME).granted.tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 5)), max_size=30), st.integers(0, 10**13))
def test_ranking_pays_the_first_ranks_first(pairs: list[tuple[int, int]], budget: int) -> None:
    values, ranks = [claim for claim, _ in pairs], [rank for _, rank in pairs]
    granted = share_budget(amounts(values), budget, BudgetRule.RANKING, amounts(ranks)).granted.tolist()
    left = budget
    for at in sorted(range(len(pairs)), key=lambda at: ranks[at]):
        assert granted[at] == min(values[at], left)
        left -= granted[at]


def test_negative_claims_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        share_budget(amounts([-1]), 5, BudgetRule.PRO_RATA)


@settings(max_examples=15)
@given(st.integers(0, 10**10), rules)
def test_definite_claims_go_first_and_all_adds_up(corpus: Corpus, budget: int, rule: BudgetRule) -> None:
    columns = register(corpus, [firm(DCMM等级=4), firm(DCMM等级=3), firm(年研发投入=20_000_000)])
    found = simulated(corpus, columns, cap("300万元"), budget=Budget(budget, rule))
    assert found.allocations is not None
    for side in found.allocations:
        assert side.definite.granted + side.ceiling.granted + side.left == budget
        assert side.ceiling.granted == 0 or side.definite.granted == side.definite.claimed


@given(st.lists(st.integers(0, 2**55), max_size=40))
def test_the_distribution_is_that_of_its_definition(values: list[int]) -> None:
    found = distribute(amounts(values))
    got = sorted(value for value in values if value)
    assert (found.recipients, found.total) == (len(got), sum(got))
    assert sum(found.deciles) == sum(got)
    assert found.top == sum(got[-10:])
    if got:
        pairs = sum(abs(one - other) for one in got for other in got)
        assert found.gini == Fraction(pairs, 2 * len(got) * sum(got))


def test_gini_of_many_equal_amounts_is_nothing() -> None:
    assert distribute(amounts([7] * 5000)).gini == 0
