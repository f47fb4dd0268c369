"""The awards of a side as claims on a budget: what is owed goes first, what is at most shares the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.certainty import Certainty
from cewen.base.errors import CewenError
from cewen.engine.columns.measure_columns import Money
from cewen.engine.columns.results import ColumnResults
from cewen.engine.simulate.budget import BudgetRule, Shares, share_budget
from cewen.engine.simulate.tally import Applicants
from cewen.rules.facts import Fact


@dataclass(frozen=True, slots=True)
class Budget:
    """Budget (预算) in fen and how it is shared. `rank_by`: a number fact of the enterprise, the greatest first; None:
    the greatest claim first. First come is the order of the register."""

    amount: int
    rule: BudgetRule = BudgetRule.PRO_RATA
    rank_by: Fact | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What one kind of claims gets (分得): fen, and how many claims in full, in part, not at all."""

    claimed: int
    granted: int
    in_full: int
    in_part: int
    nothing: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget shared (预算分配). definite.granted + ceiling.granted + left is the budget, to the fen."""

    budget: Budget
    definite: Granted
    ceiling: Granted
    left: int


def allocate(results: ColumnResults, applicants: Applicants, budget: Budget) -> Allocation:
    """Definite awards claim first; ceilings, each claimed at its highest, share what is left by the same rule."""
    claims: dict[bool, list[Money]] = {True: [], False: []}
    owners: dict[bool, list[NDArray[np.int64]]] = {True: [], False: []}
    for each in results.by_measure:
        rows, _ = applicants.counted(each)
        rows = rows[each.high[rows] > 0]
        is_definite = each.measure.measure.certainty is Certainty.DEFINITE
        claims[is_definite].append(each.high[rows])
        owners[is_definite].append(applicants.owner(each.measure.measure.subject)[rows])
    left, granted = budget.amount, {}
    for is_definite in (True, False):
        amounts, owner = _joined(claims[is_definite]), _joined(owners[is_definite])
        order = np.argsort(owner, kind="stable")  # the register's order; within an enterprise the policies'
        amounts, owner = amounts[order], owner[order]
        shares = share_budget(amounts, left, budget.rule, _rank(results, budget, amounts, owner))
        granted[is_definite] = _granted(amounts, shares)
        left -= shares.total
    return Allocation(budget, granted[True], granted[False], left)


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _rank(results: ColumnResults, budget: Budget, amounts: Money, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    if budget.rank_by is None:
        return -amounts
    fact, table = budget.rank_by, results.columns.tables["enterprise"]
    name = results.columns.layout.column(fact, results.year if fact.is_annual else None)
    if fact.subject != "enterprise" or not fact.type.is_number or name not in table.column_names:
        message = f"不能按“{fact.label}”排名：名册的企业表里没有这一列的数"
        raise CewenError.of("CW648", message, "换一个企业的数值事实，如 年研发投入；不写则按申领金额。")
    values: NDArray[np.int64] = pc.fill_null(table[name], -1).to_numpy()
    return -values[owner]


def _granted(claims: Money, shares: Shares) -> Granted:
    full = int(np.count_nonzero(shares.granted == claims))
    nothing = int(np.count_nonzero((shares.granted == 0) & (claims > 0)))
    return Granted(shares.claimed, shares.total, full, len(claims) - full - nothing, nothing)
