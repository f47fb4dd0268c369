"""Stacking (叠加) of prepared results: only rules whose members really compete are applied, by the reference's passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result, Status
from cewen.engine.stacking import PASSES, apply_frequency, apply_stacking
from cewen.rules.lower import LoweredRule, Plan


@dataclass(frozen=True, slots=True)
class Competition:
    """The stacking rules (叠加规则) of a plan with their members. It holds no plan, which would never be let go."""

    rules: tuple[tuple[LoweredRule, frozenset[str]], ...]

    @classmethod
    def of(cls, plan: Plan) -> Competition:
        """The rules that can join two results."""
        rules = ((rule, frozenset(rule.members)) for rule in plan.rules)
        return cls(tuple(each for each in rules if each[1]))

    def settle(self, plan: Plan, results: list[Result], sheet: FactSheet) -> tuple[Result, ...]:
        """As `apply_stacking`. Nothing can happen without an award already made or two members that are met."""
        found = tuple(results)
        if sheet.awards:
            return apply_stacking(plan, found, sheet)
        if self._compete(found):
            for each in PASSES:
                if each is not apply_frequency:  # nothing is used up where nothing was awarded
                    found = each(plan, found, sheet)
        return found

    def _compete(self, results: Sequence[Result]) -> bool:
        met = [result.measure.key for result in results if result.status is Status.MET and result.amount is not None]
        return len(met) > 1 and any(sum(key in members for key in met) > 1 for _, members in self.rules)
