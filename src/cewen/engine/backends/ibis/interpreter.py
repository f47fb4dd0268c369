"""`engine.reference` over columns: operations as terms of the columns of one subject and of the enterprise behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from cewen.engine.backends.ibis import interval, ratio, terms
from cewen.engine.backends.ibis.interval import Interval
from cewen.engine.backends.ibis.ratio import Ratio
from cewen.engine.backends.ibis.term import Term
from cewen.engine.backends.ibis.terms import FALSE, TRUE, all_of, any_of, is_null, negation
from cewen.engine.columns.earlier import LARGEST_AWARDED
from cewen.engine.columns.layout import Layout
from cewen.engine.columns.measure_columns import Need
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.types import Kind


@dataclass(frozen=True, slots=True)
class ColumnState:
    """What a query is written for: whether the column holds nulls and numbers below zero, and how many bits the largest
    of its numbers has (rounded up, so that like registers ask alike). Absent: nothing is known."""

    nullable: bool
    negative: bool
    bits: int = 63

    def largest(self, fact: Fact) -> int:
        """No number of the column is larger, whatever its sign."""
        return min(fact.largest, (1 << self.bits) - 1)


States = Mapping[str, ColumnState]


@dataclass(frozen=True)
class TermInterpreter:
    """Operations as terms. `states` tells of every column there is; `awarded` collects columns of past awards."""

    layout: Layout
    states: States
    year: int
    awarded: dict[tuple[str, ...], str] = field(default_factory=dict)

    # --- truth -------------------------------------------------------------------------------------------------

    def truth(self, op: ops.TruthOp) -> Term:
        match op:
            case ops.All():
                return all_of(self.truth(part) for part in op.parts)
            case ops.Any():
                return any_of(self.truth(part) for part in op.parts)
            case ops.Not():
                return negation(self.truth(op.operand))
            case ops.Certain():
                return terms.certain(op.value)
            case ops.Compare():
                return interval.compare(op.operator, self.number(op.left), self.number(op.right))
            case ops.FirstTime():
                return self._first_time(op)
            case ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
                return self._known(op)
        raise TypeError(f"no meaning for {type(op).__name__}")

    def _known(self, op: ops.IsTrue | ops.OneOf | ops.Holds | ops.LiesIn) -> Term:
        fact = self._fact(op.key)
        column = self._column(fact, 0)
        match op:
            case ops.IsTrue():
                return terms.equal(column, terms.number(1))
            case ops.OneOf():
                # A word that is no declared value is the value of no row.
                return terms.within(column, [self.layout.code(fact, each) for each in op.values if each in fact.values])
            case ops.Holds():
                if not set(op.values) <= set(fact.values):
                    return terms.unless(is_null(column), FALSE)
                return terms.holds_bits(column, self.layout.mask(fact, op.values))
            case ops.LiesIn():
                return terms.within(column, self.layout.positions_within(op.codes))

    def _first_time(self, op: ops.FirstTime) -> Term:
        threshold = self.number(op.threshold)
        reached = interval.compare(op.operator, self.number(op.fact), threshold)
        before = interval.compare(op.operator, self._number(op.fact.key, op.fact.years_back + 1), threshold)
        passed: list[Term] = [before]
        most = self._greatest_before(self._fact(op.fact.key), self.year - op.fact.years_back - 1)
        if most is not None:
            known = interval.compare(op.operator, Interval.point(Ratio(most)), threshold)
            passed.append(terms.case(is_null(most), FALSE, known))
        return all_of((reached, negation(any_of(passed))))

    def _greatest_before(self, fact: Fact, before: int) -> Term | None:
        """The greatest known value of years before `before`: it passes a threshold where any of them does."""
        prefix = f"{fact.key}_"
        years = (int(rest) for name in self.states if (rest := name.removeprefix(prefix)).isdecimal() and rest != name)
        found: Term | None = None
        for year in sorted(year for year in years if 1000 <= year < before):
            column = self._named(fact, self.layout.column(fact, year))
            found = column if found is None else terms.greatest(found, column)
        return found

    # --- numbers -----------------------------------------------------------------------------------------------

    def number(self, op: ops.NumberOp) -> Interval:
        match op:
            case ops.Constant():
                return Interval.point(ratio.constant(op.value))
            case ops.FactNumber():
                return self._number(op.key, op.years_back)
            case ops.Add():
                return interval.add(self.number(op.left), self.number(op.right))
            case ops.Subtract():
                return interval.add(self.number(op.left), interval.negate(self.number(op.right)))
            case ops.Multiply():
                return interval.multiply(self.number(op.left), self.number(op.right))
            case ops.Divide():
                return interval.divide(self.number(op.left), self.number(op.right))
            case ops.Negate():
                return interval.negate(self.number(op.operand))
            case ops.Least():
                return interval.least(tuple(self.number(part) for part in op.parts))
            case ops.Greatest():
                return interval.greatest(tuple(self.number(part) for part in op.parts))
            case ops.Choose():
                return self._choose(op)
            case ops.AwardedAmount():
                return Interval.point(Ratio(self._awarded(op.measures)))
        raise TypeError(f"no meaning for {type(op).__name__}")

    def _choose(self, op: ops.Choose) -> Interval:
        possible = Interval.point(ratio.ZERO)
        for condition, result in op.branches:
            possible = interval.choose(self.truth(condition), self.number(result), possible)
        return possible

    def _number(self, key: str, years_back: int) -> Interval:
        fact = self._fact(key)
        column = self._column(fact, years_back)
        low, high = (self._bounded(column, bound) for bound in fact.bounds())
        return Interval(low, high)

    def _bounded(self, column: Term, bound: Fraction | None) -> Ratio:
        """The column, with a declared bound where it is not known."""
        if bound is None or not column.nullable:
            return Ratio(column)
        exact = ratio.constant(bound)
        if exact.denominator.constant == 1:
            return Ratio(terms.default(column, exact.numerator))
        return ratio.case(is_null(column), exact, Ratio(column))

    def _awarded(self, measures: tuple[str, ...]) -> Term:
        name = self.awarded.setdefault(measures, f"awarded_{len(self.awarded)}")
        return terms.column(name, -LARGEST_AWARDED, LARGEST_AWARDED, nullable=False)

    # --- columns -----------------------------------------------------------------------------------------------

    def _fact(self, key: str) -> Fact:
        return self.layout.vocabulary.by_key(key)

    def _column(self, fact: Fact, years_back: int) -> Term:
        self.layout.column_type(fact)
        return self._named(fact, self.layout.column(fact, self.year - years_back if fact.is_annual else None))

    def _named(self, fact: Fact, name: str) -> Term:
        state = self.states.get(name)
        if state is None:
            return terms.NO_NUMBER
        if not fact.type.is_number:
            return terms.column(name, 0, _largest_code(fact, self.layout), nullable=state.nullable)
        largest = state.largest(fact)
        return terms.column(name, -largest if state.negative else 0, largest, nullable=state.nullable)

    # --- what is missing ---------------------------------------------------------------------------------------

    def needs(self, op: ops.TruthOp | ops.NumberOp) -> Iterator[tuple[Need, Term]]:
        """Each missing fact that keeps `op` from being settled, with the rows where it does (never null)."""
        unsettled = self._unsettled(op)
        if unsettled is FALSE:
            return
        key = getattr(op, "key", None)
        if isinstance(key, str):
            yield from self._missing(key, getattr(op, "years_back", 0), unsettled)
        if isinstance(op, ops.FirstTime):
            yield from self._missing(op.fact.key, op.fact.years_back, unsettled)
            yield from self._missing(op.fact.key, op.fact.years_back + 1, unsettled)
        for child in ops.children(op):
            for need, rows in self.needs(child):
                yield need, all_of((unsettled, rows))

    def _unsettled(self, op: ops.TruthOp | ops.NumberOp) -> Term:
        if isinstance(op, ops.TruthOp):
            return is_null(self.truth(op))
        return negation(self.number(op).is_exact)

    def _missing(self, key: str, years_back: int, unsettled: Term) -> Iterator[tuple[Need, Term]]:
        fact = self._fact(key)
        missing = is_null(self._column(fact, years_back))
        if missing is not FALSE:
            year = self.year - years_back if fact.is_annual else None
            yield (key, year), all_of((unsettled, missing))


def _largest_code(fact: Fact, layout: Layout) -> int:
    """The greatest code a column of a fact that is no number may hold."""
    if fact.type is Kind.BOOLEAN:
        return 1
    if fact.type is Kind.REGION:
        return len(layout.region_codes) - 1
    return 2 ** len(fact.values) - 1 if fact.type is Kind.SET else len(fact.values) - 1


__all__ = ["TRUE", "ColumnState", "States", "TermInterpreter"]
