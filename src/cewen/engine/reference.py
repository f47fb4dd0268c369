"""The reference interpreter: operations on the facts of one subject, exact and three-valued. It is the meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.truth import Truth, all_of, any_of
from cewen.engine import range as ranges
from cewen.engine.factsheet import View
from cewen.engine.range import Range
from cewen.rules import ops
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.regions import Regions


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that is not known; `year` for annual facts."""

    fact: Fact
    year: int | None

    def __str__(self) -> str:
        return self.fact.label if self.year is None else f"{self.fact.label}（{self.year}年）"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Evaluates operations for one view of the facts."""

    vocabulary: Vocabulary
    regions: Regions
    view: View

    # --- truth -------------------------------------------------------------------------------------------------

    def truth(self, op: ops.TruthOp) -> Truth:
        match op:
            case ops.All():
                return all_of(self.truth(part) for part in op.parts)
            case ops.Any():
                return any_of(self.truth(part) for part in op.parts)
            case ops.Not():
                return ~self.truth(op.operand)
            case ops.Certain():
                return Truth.of(op.value)
            case ops.Compare():
                return ranges.compare(op.operator, self.number(op.left), self.number(op.right))
            case ops.FirstTime():
                return self._first_time(op)
            case ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
                return self._known(op)
        raise TypeError(f"no meaning for {type(op).__name__}")

    def _known(self, op: ops.IsTrue | ops.OneOf | ops.Holds | ops.LiesIn) -> Truth:
        value = self.view.value(self.vocabulary.by_key(op.key))
        if value is None:
            return Truth.UNKNOWN
        match op:
            case ops.IsTrue():
                return Truth.of(value is True)
            case ops.OneOf():
                return Truth.of(value in op.values)
            case ops.Holds():
                return Truth.of(isinstance(value, frozenset) and value.issuperset(op.values))
            case ops.LiesIn():
                return Truth.of(any(self.regions.lies_in(str(value), code) for code in op.codes))

    def _first_time(self, op: ops.FirstTime) -> Truth:
        threshold = self.number(op.threshold)
        before = self._fact(op.fact.key, op.fact.years_back + 1)
        reached = ranges.compare(op.operator, self.number(op.fact), threshold)
        reached_before = ranges.compare(op.operator, before, threshold)
        fact = self.vocabulary.by_key(op.fact.key)
        year = self.view.year - op.fact.years_back
        earlier = (
            ranges.compare(op.operator, Range.exactly(value), threshold) for value in self.view.earlier(fact, year)
        )
        return reached & ~(reached_before | any_of(earlier))

    # --- numbers -----------------------------------------------------------------------------------------------

    def number(self, op: ops.NumberOp) -> Range:
        match op:
            case ops.Constant():
                return Range.exactly(op.value)
            case ops.FactNumber():
                return self._fact(op.key, op.years_back)
            case ops.Add():
                return ranges.add(self.number(op.left), self.number(op.right))
            case ops.Subtract():
                return ranges.add(self.number(op.left), ranges.negate(self.number(op.right)))
            case ops.Multiply():
                return ranges.multiply(self.number(op.left), self.number(op.right))
            case ops.Divide():
                return ranges.divide(self.number(op.left), self.number(op.right))
            case ops.Negate():
                return ranges.negate(self.number(op.operand))
            case ops.Least():
                return ranges.least(tuple(self.number(part) for part in op.parts))
            case ops.Greatest():
                return ranges.greatest(tuple(self.number(part) for part in op.parts))
            case ops.Choose():
                return self._choose(op)
            case ops.AwardedAmount():
                return Range.exactly(self._awarded(op.measures))
        raise TypeError(f"no meaning for {type(op).__name__}")

    def _fact(self, key: str, years_back: int) -> Range:
        fact = self.vocabulary.by_key(key)
        value = self.view.value(fact, years_back)
        if isinstance(value, Fraction):
            return Range.exactly(value)
        low, high = fact.bounds()
        return Range(None if low is None else Fraction(low), None if high is None else Fraction(high))

    def _choose(self, op: ops.Choose) -> Range:
        possible = [Range.exactly(0)]
        for condition, result in op.branches:
            truth = self.truth(condition)
            if truth is Truth.MET:
                possible = [self.number(result)]
            elif truth is Truth.UNKNOWN:
                possible.append(self.number(result))
        return ranges.hull(tuple(possible))

    def _awarded(self, measures: tuple[str, ...]) -> int:
        name = self.view.record.name if self.view.record.subject != "enterprise" else None
        same = (award for award in self.view.awards if award.measure in measures)
        return sum(award.amount for award in same if name is None or award.object in (None, name))

    # --- what is missing ---------------------------------------------------------------------------------------

    def needs(self, op: ops.TruthOp | ops.NumberOp) -> Iterator[Missing]:
        """Missing facts that keep `op` from being settled, in order of appearance; nothing when it is settled."""
        if isinstance(op, ops.TruthOp):
            if self.truth(op) is not Truth.UNKNOWN:
                return
        elif self.number(op).exact is not None:
            return
        key = getattr(op, "key", None)
        if isinstance(key, str):
            yield from self._missing(key, getattr(op, "years_back", 0))
        if isinstance(op, ops.FirstTime):
            yield from self._missing(op.fact.key, op.fact.years_back)
            yield from self._missing(op.fact.key, op.fact.years_back + 1)
        for child in ops.children(op):
            yield from self.needs(child)

    def _missing(self, key: str, years_back: int) -> Iterator[Missing]:
        fact = self.vocabulary.by_key(key)
        if self.view.value(fact, years_back) is None:
            yield Missing(fact, self.view.key(fact, years_back)[1])
