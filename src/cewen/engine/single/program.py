"""One measure (措施) prepared for a reference year: its answer in microseconds, its trace when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cewen.base.certainty import Certainty
from cewen.base.period import InForce
from cewen.base.truth import Truth
from cewen.engine.evaluate import amount_interval, amount_step
from cewen.engine.range import Range, hull
from cewen.engine.result import Amount, ConditionOutcome, Result, Status
from cewen.engine.single.missing import (
    Gaps,
    GapsClosure,
    Needs,
    NeedsClosure,
    number_needs,
    truth_gaps,
    truth_needs,
)
from cewen.engine.single.numbers import Pair
from cewen.engine.single.situation import TRUTHS, Kleene, Situation
from cewen.engine.single.truths import Compiler
from cewen.engine.single.words import Wording, detail
from cewen.rules import ops
from cewen.rules.lower import LoweredCondition, LoweredMeasure
from cewen.rules.measure import Tier

BY_ZERO = "✗ 除数为零，金额无从计算"


@dataclass(frozen=True, slots=True)
class Content:
    """All of a measure that its program depends on; equal contents share a program."""

    conditions: tuple[LoweredCondition, ...]
    tiers: tuple[Tier, ...]
    certainty: Certainty
    words: str

    @classmethod
    def of(cls, measure: LoweredMeasure) -> Content:
        """The content of a lowered measure."""
        model = measure.measure
        return cls(measure.conditions, measure.tiers, model.certainty, model.amount_sentence())


class Program:
    """A measure as closures. `verdict` gives status, amount and tier; `trace` the same with every reason."""

    def __init__(self, content: Content, compiler: Compiler) -> None:
        self.content, self._compiler = content, compiler
        self._conditions = tuple(compiler.condition(condition.op) for condition in content.conditions)
        self._tiers = tuple(
            None if tier.condition is None else compiler.condition(tier.condition) for tier in content.tiers
        )
        self._amounts = tuple(compiler.number(tier.amount).pair() for tier in content.tiers)
        self._divides = any(_divides(tier.amount) for tier in content.tiers)

    def verdict(self, here: Situation) -> tuple[Status, Amount | None, str | None]:
        """Status, interval in fen and the name of the tier; no words are written."""
        eligible: Kleene = True
        for condition in self._conditions:
            met = condition(here)
            if met is False:
                return Status.NOT_MET, None, None
            if met is None:
                eligible = None
        if not self._tiers:
            return (Status.MET if eligible else Status.UNKNOWN), None, None
        reached = [True if tier is None else tier(here) for tier in self._tiers]
        if True not in reached:
            if None not in reached:
                return Status.NOT_MET, None, None
            eligible = None
        status, interval, chosen, _ = self._settle(here, eligible, reached)
        return (
            status,
            interval,
            self.content.tiers[chosen].name if chosen is not None and status is Status.MET else None,
        )

    def _settle(
        self, here: Situation, eligible: Kleene, reached: list[Kleene]
    ) -> tuple[Status, Amount | None, int | None, bool]:
        """Status, interval, the last met step and whether the amount is undefined, of a measure that has steps."""
        chosen, pair, amount = self._amount(here, reached)
        if pair is not None:
            if eligible is False:
                return Status.NOT_MET, None, chosen, False
            top, bottom = pair
            high = (2 * top + bottom) // (2 * bottom) if top > 0 else 0
            low = high if eligible and self.content.certainty is Certainty.DEFINITE else 0
            return (Status.MET if eligible else Status.UNKNOWN), Amount(low, high), chosen, False
        if amount.defined is Truth.NOT_MET:
            return Status.NOT_MET, None, chosen, True
        status = Status.MET if eligible and amount.exact is not None else Status.UNKNOWN
        if eligible is False:
            status = Status.NOT_MET
        return status, amount_interval(self.content.certainty, status, TRUTHS[eligible], amount), chosen, False

    def _amount(self, here: Situation, reached: list[Kleene]) -> tuple[int | None, Pair | None, Range]:
        """The last met step; the amount as a known pair, or else as a range."""
        chosen: int | None = None
        possible: list[int] = []
        for at, met in enumerate(reached):
            if met is True:
                chosen, possible = at, [at]
            elif met is None:
                possible.append(at)
        if not possible:
            return None, (0, 1), NOTHING
        if len(possible) == 1:
            pair = self._amounts[possible[0]](here)
            if pair is not None:
                return chosen, pair, NOTHING
        found = tuple(here.ask_number(self.content.tiers[at].amount) for at in possible)
        return chosen, None, hull(found)

    # --- with every reason -------------------------------------------------------------------------------------

    def trace(self, measure: LoweredMeasure, here: Situation, simulated: InForce | None) -> Result:
        """The result as the reference gives it, before stacking."""
        truths = [condition(here) for condition in self._conditions]
        outcomes = tuple(
            [
                ConditionOutcome(condition.text, TRUTHS[met], words(here))
                for condition, met, words in zip(self.content.conditions, truths, self._words, strict=True)
            ]
        )
        steps = [
            f"{SIGNS[met]} {outcome.text}：{outcome.detail}" for met, outcome in zip(truths, outcomes, strict=True)
        ]
        eligible: Kleene = False if False in truths else None if None in truths else True
        reached: list[Kleene] = [True if tier is None else tier(here) for tier in self._tiers]
        chosen, interval = None, None
        if not reached:
            status = Status.NOT_MET if eligible is False else Status.MET if eligible else Status.UNKNOWN
        else:
            if True not in reached and eligible is not False:
                eligible = None if None in reached else False
            if eligible is False and not self._divides:
                status = Status.NOT_MET
            else:
                status, interval, chosen, undefined = self._settle(here, eligible, reached)
                if undefined:
                    steps.append(BY_ZERO)
            for tier, met in zip(self.content.tiers, reached, strict=True):
                if tier.name:
                    steps.append(f"{SIGNS[met]} {tier.name}：{tier.condition_text}")
        if interval is not None:
            steps.append(amount_step(self.content.words, interval, status))
        return Result(
            measure,
            here.record.path,
            here.name,
            status,
            interval,
            None,
            simulated,
            self.content.tiers[chosen].name if chosen is not None and status is Status.MET else None,
            outcomes,
            tuple(self.needs(here).values()) if status is Status.UNKNOWN else (),
            tuple(self._gaps(here, reached).values()) if status is Status.NOT_MET else (),
            None,
            tuple(steps),
        )

    def needs(self, here: Situation) -> Needs:
        """The missing facts that keep the measure open, in order of appearance."""
        found: Needs = {}
        for condition in self._condition_needs:
            condition(here, found)
        for tier, (when, amount) in zip(self._tiers, self._tier_needs, strict=True):
            if when is not None:
                when(here, found)
            if amount is not None and (tier is None or tier(here) is not False):
                amount(here, found)
        return found

    def _gaps(self, here: Situation, reached: list[Kleene]) -> Gaps:
        """Of the conditions; and, when no tier applies, of the lowest tier that could be reached."""
        found: Gaps = {}
        for condition in self._condition_gaps:
            condition(here, found)
        if any(met is not False for met in reached):
            return found
        for tier in self._tier_gaps:
            own: Gaps = {}
            tier(here, own)
            if own:
                return {**found, **own}
        return found

    @cached_property
    def _words(self) -> tuple[Wording, ...]:
        return tuple(detail(condition.op, self._compiler) for condition in self.content.conditions)

    @cached_property
    def _condition_needs(self) -> tuple[NeedsClosure, ...]:
        found = (truth_needs(condition.op, self._compiler) for condition in self.content.conditions)
        return tuple(each for each in found if each is not None)

    @cached_property
    def _tier_needs(self) -> tuple[tuple[NeedsClosure | None, NeedsClosure | None], ...]:
        return tuple(
            (
                None if tier.condition is None else truth_needs(tier.condition, self._compiler),
                number_needs(tier.amount, self._compiler),
            )
            for tier in self.content.tiers
        )

    @cached_property
    def _condition_gaps(self) -> tuple[GapsClosure, ...]:
        found = (truth_gaps(condition.op, self._compiler) for condition in self.content.conditions)
        return tuple(each for each in found if each is not None)

    @cached_property
    def _tier_gaps(self) -> tuple[GapsClosure, ...]:
        given = (tier.condition for tier in self.content.tiers)
        found = (truth_gaps(condition, self._compiler) for condition in given if condition is not None)
        return tuple(each for each in found if each is not None)


NOTHING = Range.exactly(0)
SIGNS = {value: truth.sign for value, truth in TRUTHS.items()}


def _divides(op: ops.NumberOp | ops.TruthOp) -> bool:
    return isinstance(op, ops.Divide) or any(_divides(child) for child in ops.children(op))
