"""Truth operations as closures: met, not met or unknown, exactly as the reference says, in whole numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from cewen.engine import range as ranges
from cewen.engine.range import Range
from cewen.engine.single.numbers import NumberCompiler, NumberTerm, Scaled, TruthClosure
from cewen.engine.single.situation import KLEENE, Kleene, Situation
from cewen.rules import ops
from cewen.rules.facts import Fact, Vocabulary

Order = Callable[[int, int], bool]

ORDERS: dict[str, Order] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Compiler(NumberCompiler):
    """Prepares operations of both sorts for a reference year, over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, year: int) -> None:
        super().__init__(vocabulary, year, self.condition)

    def condition(self, op: ops.TruthOp) -> TruthClosure:
        """The closure of a truth operation; TypeError for one that has no meaning."""
        match op:
            case ops.All():
                return _all(tuple(self.condition(part) for part in op.parts))
            case ops.Any():
                return _any(tuple(self.condition(part) for part in op.parts))
            case ops.Not():
                return _not(self.condition(op.operand))
            case ops.Certain():
                value = op.value
                return lambda here: value
            case ops.Compare():
                return self._compare(op)
            case ops.FirstTime():
                return self._first_time(op)
            case ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
                return self._known(op)
        raise TypeError(f"no meaning for {type(op).__name__}")

    def _known(self, op: ops.IsTrue | ops.OneOf | ops.Holds | ops.LiesIn) -> TruthClosure:
        fact = self.vocabulary.by_key(op.key)
        key, own = self.key(fact, 0), fact.subject != "enterprise"
        match op:
            case ops.IsTrue():

                def is_true(here: Situation) -> Kleene:
                    value = (here.own if own else here.company).get(key)
                    return None if value is None else value is True

                return is_true
            case ops.OneOf():
                allowed = frozenset(op.values)

                def one_of(here: Situation) -> Kleene:
                    value = (here.own if own else here.company).get(key)
                    return None if value is None else value in allowed

                return one_of
            case ops.Holds():
                wanted = frozenset(op.values)

                def holds(here: Situation) -> Kleene:
                    value = (here.own if own else here.company).get(key)
                    return None if value is None else isinstance(value, frozenset) and wanted <= value

                return holds
            case ops.LiesIn():
                codes = frozenset(op.codes)

                def lies_in(here: Situation) -> Kleene:
                    value = (here.own if own else here.company).get(key)
                    return None if value is None else not codes.isdisjoint(here.chains.of(str(value)))

                return lies_in

    def _compare(self, op: ops.Compare) -> TruthClosure:
        left, right = self.number(op.left), self.number(op.right)
        if isinstance(op.left, ops.FactNumber) and isinstance(right, Scaled) and right.constant is not None:
            return self._against_constant(op, op.left, left, Fraction(right.constant, right.over))
        order = ORDERS[op.operator]
        if isinstance(left, Scaled) and isinstance(right, Scaled):
            one, other, left_over, right_over = left.run, right.run, left.over, right.over

            def compare(here: Situation) -> Kleene:
                first, second = one(here), other(here)
                if first is None or second is None:
                    return here.ask(op)
                return order(first * right_over, second * left_over)

            return compare
        first_pair, second_pair = left.pair(), right.pair()

        def compare_pairs(here: Situation) -> Kleene:
            first, second = first_pair(here), second_pair(here)
            if first is None or second is None:
                return here.ask(op)
            return order(first[0] * second[1], second[0] * first[1])

        return compare_pairs

    def _against_constant(
        self, op: ops.Compare, leaf: ops.FactNumber, term: NumberTerm, constant: Fraction
    ) -> TruthClosure:
        """The commonest comparison. What a missing fact gives follows from its declared range, beforehand."""
        fact = self.vocabulary.by_key(leaf.key)
        key, own = self.key(fact, leaf.years_back), fact.subject != "enterprise"
        missing = KLEENE[ranges.compare(op.operator, declared(fact), Range.exactly(constant))]
        order, top, bottom = ORDERS[op.operator], constant.numerator, constant.denominator

        def compare(here: Situation) -> Kleene:
            value = (here.own if own else here.company).get(key)
            if isinstance(value, Fraction):
                numerator, denominator = value.as_integer_ratio()
                return order(numerator * bottom, top * denominator)
            return missing if value is None else here.ask(op)

        return compare

    def _first_time(self, op: ops.FirstTime) -> TruthClosure:
        """Reached now, and neither in the year before nor in any earlier known year."""
        fact = self.vocabulary.by_key(op.fact.key)
        before = ops.FactNumber(op.fact.quantity, op.fact.key, op.fact.years_back + 1)
        reached = self.condition(ops.Compare(op.operator, op.fact, op.threshold))
        reached_before = self.condition(ops.Compare(op.operator, before, op.threshold))
        threshold, order = self.number(op.threshold).pair(), ORDERS[op.operator]
        of_enterprise, year = fact.subject == "enterprise", self.year - op.fact.years_back

        def first_time(here: Situation) -> Kleene:
            now = reached(here)
            if now is False:
                return False
            limit = threshold(here)
            if limit is None:
                return here.ask(op)
            last = reached_before(here)
            if last is True:
                return False
            top, bottom = limit
            for earlier, value in here.history(of_enterprise, op.fact.key):
                if earlier < year and order(value.numerator * bottom, top * value.denominator):
                    return False
            return None if now is None or last is None else True

        return first_time


def declared(fact: Fact) -> Range:
    """What a missing number fact may be."""
    low, high = fact.bounds()
    return Range(None if low is None else Fraction(low), None if high is None else Fraction(high))


def _all(parts: tuple[TruthClosure, ...]) -> TruthClosure:
    def every(here: Situation) -> Kleene:
        result: Kleene = True
        for part in parts:
            value = part(here)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return every


def _any(parts: tuple[TruthClosure, ...]) -> TruthClosure:
    def some(here: Situation) -> Kleene:
        result: Kleene = False
        for part in parts:
            value = part(here)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return some


def _not(part: TruthClosure) -> TruthClosure:
    def contrary(here: Situation) -> Kleene:
        value = part(here)
        return None if value is None else not value

    return contrary
