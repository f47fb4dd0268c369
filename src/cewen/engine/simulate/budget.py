"""A budget shared among claims: pro rata, by ranking, or first come. What is granted sums to the budget to the fen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cewen.engine.columns.measure_columns import Money
from cewen.engine.columns.sums import exact_sum

_LARGEST_DIVISOR = 2**61


class BudgetRule(StrEnum):
    """How a budget that does not suffice is shared (总额控制的分配办法)."""

    PRO_RATA = "pro_rata"
    RANKING = "ranking"
    FIRST_COME = "first_come"

    @property
    def label(self) -> str:
        return {"pro_rata": "按比例", "ranking": "按排名", "first_come": "按先后"}[self.value]


@dataclass(frozen=True, eq=False)
class Shares:
    """What each claim gets (分配结果), in fen, in the order of the claims."""

    rule: BudgetRule
    budget: int
    claimed: int
    granted: Money

    @property
    def total(self) -> int:
        """Sum of what is granted: the budget, or all that is claimed where that is less."""
        return min(self.budget, self.claimed)


def share_budget(claims: Money, budget: int, rule: BudgetRule, rank: NDArray[np.int64] | None = None) -> Shares:
    """Share `budget` fen among `claims` (fen, not negative).

    pro_rata: each gets its share rounded down, and the fen left over go one each to the largest remainders, of equal
    ones to the earlier claim. ranking: in the order of `rank` (least first, of equal ones the earlier claim), each in
    full until the budget is used up; the one at the margin gets the rest. first_come: the same in the order of the
    claims. Raises ValueError for negative claims or a negative budget.
    """
    if budget < 0 or (len(claims) and int(claims.min()) < 0):
        raise ValueError("claims and budget are not negative")
    claimed = exact_sum(claims)
    if claimed <= budget:
        return Shares(rule, budget, claimed, claims.copy())
    if rule is BudgetRule.PRO_RATA:
        return Shares(rule, budget, claimed, _pro_rata(claims, budget, claimed))
    order = np.arange(len(claims)) if rule is BudgetRule.FIRST_COME or rank is None else np.argsort(rank, kind="stable")
    granted = np.zeros_like(claims)
    granted[order] = _in_order(claims[order], budget)
    return Shares(rule, budget, claimed, granted)


def _pro_rata(claims: Money, budget: int, claimed: int) -> Money:
    if claimed < _LARGEST_DIVISOR:
        shares, remainders = _divided(claims, budget, claimed)
        order = np.argsort(-remainders, kind="stable")
    else:
        pairs = [divmod(claim * budget, claimed) for claim in claims.tolist()]
        shares = np.array([share for share, _ in pairs], np.int64)
        # Remainders may exceed 64 bits; Python sorts whole numbers of any size, and keeps the order of equal ones.
        order = np.array(sorted(range(len(pairs)), key=lambda at: -pairs[at][1]), np.int64)
    left = budget - exact_sum(shares)
    shares[order[:left]] += 1
    return shares


def _divided(claims: Money, budget: int, claimed: int) -> tuple[Money, Money]:
    """claims · budget divided by claimed, and the remainders: long division over the bits of the budget, as many at a
    time as 64 bits allow (remainder and claim are both at most `claimed`)."""
    width = 62 - claimed.bit_length()
    shares, remainders = np.zeros_like(claims), np.zeros_like(claims)
    for at in reversed(range(-(-budget.bit_length() // width))):
        digit = (budget >> (at * width)) & ((1 << width) - 1)
        dividend = (remainders << width) + claims * digit
        quotients = dividend // claimed
        shares = (shares << width) + quotients
        remainders = dividend - quotients * claimed
    return shares, remainders


def _in_order(claims: Money, budget: int) -> Money:
    """Each in full while the budget lasts. Claims beyond the budget are cut first, so that running sums wrap late."""
    cut = np.minimum(claims, budget)
    high, low = np.cumsum(cut >> 31), np.cumsum(cut & 0x7FFFFFFF)
    before_high, before_low = high - (cut >> 31), low - (cut & 0x7FFFFFFF)
    carried_high, rest_low = before_high + (before_low >> 31), before_low & 0x7FFFFFFF
    used_up = carried_high > (budget >> 31)
    before = np.where(used_up, budget, (np.minimum(carried_high, budget >> 31) << 31) + rest_low)
    granted: Money = np.clip(budget - before, 0, cut)
    return granted
