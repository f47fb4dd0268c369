"""Number operations as closures over whole numbers: a known value, or None, which means: ask the reference.

None stands for all that is not simply a number: a missing fact, a division by zero, an amount between bounds. So
every closure here is right or silent. A value is a whole numerator over a denominator that is known beforehand
(`Scaled`), or, where a rule divides by a fact, a pair of whole numbers (`Quotient`). No fraction is ever reduced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from cewen.engine.factsheet import FactKey
from cewen.engine.single.situation import Kleene, Situation
from cewen.rules import ops
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.types import Kind

Pair = tuple[int, int]
"""Numerator and positive denominator."""

WholeClosure = Callable[[Situation], int | None]
PairClosure = Callable[[Situation], Pair | None]
TruthClosure = Callable[[Situation], Kleene]


@dataclass(frozen=True, slots=True)
class Scaled:
    """A number whose value is `run(…) / over`. `constant` is the numerator of a literal."""

    run: WholeClosure
    over: int
    constant: int | None = None

    def pair(self) -> PairClosure:
        """The same as a pair."""
        run, over = self.run, self.over

        def pair(here: Situation) -> Pair | None:
            value = run(here)
            return None if value is None else (value, over)

        return pair


@dataclass(frozen=True, slots=True)
class Quotient:
    """A number whose denominator depends on facts."""

    run: PairClosure

    def pair(self) -> PairClosure:
        """The closure itself."""
        return self.run


NumberTerm = Scaled | Quotient


class NumberCompiler:
    """Prepares number operations for a reference year. `truth` prepares the conditions inside 分档(…)."""

    def __init__(self, vocabulary: Vocabulary, year: int, truth: Callable[[ops.TruthOp], TruthClosure]) -> None:
        self.vocabulary, self.year, self.truth = vocabulary, year, truth

    def key(self, fact: Fact, years_back: int) -> FactKey:
        """Where a record keeps the fact; as `View.key`."""
        return (fact.key, self.year - years_back if fact.is_annual else None)

    def number(self, op: ops.NumberOp) -> NumberTerm:
        """The closure of an operation; TypeError for one that has no meaning."""
        match op:
            case ops.Constant():
                return _constant(op.value)
            case ops.FactNumber():
                return self._fact(op)
            case ops.Add():
                return _add(self.number(op.left), self.number(op.right), 1)
            case ops.Subtract():
                return _add(self.number(op.left), self.number(op.right), -1)
            case ops.Multiply():
                return _multiply(self.number(op.left), self.number(op.right))
            case ops.Divide():
                return _divide(self.number(op.left), self.number(op.right))
            case ops.Negate():
                return _multiply(_constant(Fraction(-1)), self.number(op.operand))
            case ops.Least():
                return _extreme([self.number(part) for part in op.parts], least=True)
            case ops.Greatest():
                return _extreme([self.number(part) for part in op.parts], least=False)
            case ops.Choose():
                return self._choose(op)
            case ops.AwardedAmount():
                return Scaled(_awarded(op), 1)
        raise TypeError(f"no meaning for {type(op).__name__}")

    def _fact(self, op: ops.FactNumber) -> NumberTerm:
        fact = self.vocabulary.by_key(op.key)
        key, own = self.key(fact, op.years_back), fact.subject != "enterprise"
        if fact.type is Kind.RATIO:

            def ratio(here: Situation) -> Pair | None:
                value = (here.own if own else here.company).get(key)
                return value.as_integer_ratio() if isinstance(value, Fraction) else None

            return Quotient(ratio)

        def of_record(here: Situation) -> int | None:
            value = here.own.get(key)
            if not isinstance(value, Fraction):
                return None
            top, bottom = value.as_integer_ratio()
            return top if bottom == 1 else None

        def of_enterprise(here: Situation) -> int | None:
            value = here.company.get(key)
            if not isinstance(value, Fraction):
                return None
            top, bottom = value.as_integer_ratio()
            return top if bottom == 1 else None

        return Scaled(of_record if own else of_enterprise, 1)

    def _choose(self, op: ops.Choose) -> NumberTerm:
        """The last branch that is met counts, so they are tried from the end; an unknown one before that: ask."""
        branches = tuple((self.truth(when), self.number(then)) for when, then in reversed(op.branches))
        if all(isinstance(then, Scaled) for _, then in branches):
            over = lcm(*(then.over for _, then in branches if isinstance(then, Scaled)))
            wholes = tuple((when, _scale(then, over)) for when, then in branches if isinstance(then, Scaled))

            def chosen(here: Situation) -> int | None:
                for when, then in wholes:
                    met = when(here)
                    if met is not False:
                        return then(here) if met else None
                return 0

            return Scaled(chosen, over)
        pairs = tuple((when, then.pair()) for when, then in branches)

        def chosen_pair(here: Situation) -> Pair | None:
            for when, then in pairs:
                met = when(here)
                if met is not False:
                    return then(here) if met else None
            return 0, 1

        return Quotient(chosen_pair)


def _constant(value: Fraction) -> Scaled:
    numerator = value.numerator
    return Scaled(lambda here: numerator, value.denominator, numerator)


def _awarded(op: ops.AwardedAmount) -> WholeClosure:
    def awarded(here: Situation) -> int | None:
        if not here.awards:
            return 0
        exact = here.ask_number(op).exact
        return None if exact is None else exact.numerator

    return awarded


def _scale(term: Scaled, over: int) -> WholeClosure:
    """The numerator over a multiple of the term's own denominator."""
    run, factor = term.run, over // term.over
    if factor == 1:
        return run
    if term.constant is not None:
        product = term.constant * factor
        return lambda here: product

    def scaled(here: Situation) -> int | None:
        value = run(here)
        return None if value is None else value * factor

    return scaled


def _add(left: NumberTerm, right: NumberTerm, sign: int) -> NumberTerm:
    if isinstance(left, Scaled) and isinstance(right, Scaled):
        over = lcm(left.over, right.over)
        one, other = _scale(left, over), _scale(right, over)

        def total(here: Situation) -> int | None:
            first, second = one(here), other(here)
            return None if first is None or second is None else first + sign * second

        return Scaled(total, over)
    first_pair, second_pair = left.pair(), right.pair()

    def total_pair(here: Situation) -> Pair | None:
        first, second = first_pair(here), second_pair(here)
        if first is None or second is None:
            return None
        return first[0] * second[1] + sign * second[0] * first[1], first[1] * second[1]

    return Quotient(total_pair)


def _multiply(left: NumberTerm, right: NumberTerm) -> NumberTerm:
    if isinstance(left, Scaled) and isinstance(right, Scaled):
        one, other = left.run, right.run

        def product(here: Situation) -> int | None:
            first, second = one(here), other(here)
            return None if first is None or second is None else first * second

        return Scaled(product, left.over * right.over)
    first_pair, second_pair = left.pair(), right.pair()

    def product_pair(here: Situation) -> Pair | None:
        first, second = first_pair(here), second_pair(here)
        return None if first is None or second is None else (first[0] * second[0], first[1] * second[1])

    return Quotient(product_pair)


def _divide(left: NumberTerm, right: NumberTerm) -> NumberTerm:
    first_pair, second_pair = left.pair(), right.pair()

    def quotient(here: Situation) -> Pair | None:
        first, second = first_pair(here), second_pair(here)
        if first is None or second is None or second[0] == 0:
            return None
        if second[0] < 0:
            return -first[0] * second[1], -first[1] * second[0]
        return first[0] * second[1], first[1] * second[0]

    return Quotient(quotient)


def _extreme(terms: list[NumberTerm], *, least: bool) -> NumberTerm:
    if all(isinstance(term, Scaled) for term in terms):
        over = lcm(*(term.over for term in terms if isinstance(term, Scaled)))
        wholes = tuple(_scale(term, over) for term in terms if isinstance(term, Scaled))

        def extreme(here: Situation) -> int | None:
            found: int | None = None
            for whole in wholes:
                value = whole(here)
                if value is None:
                    return None
                if found is None or (value < found if least else value > found):
                    found = value
            return found

        return Scaled(extreme, over)
    pairs = tuple(term.pair() for term in terms)

    def extreme_pair(here: Situation) -> Pair | None:
        found: Pair | None = None
        for pair in pairs:
            value = pair(here)
            if value is None:
                return None
            if found is None or (value[0] * found[1] < found[0] * value[1]) == least:
                found = value
        return found

    return Quotient(extreme_pair)
