"""`engine.evaluate` over columns: what a measure gives, as the terms of its result columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cewen.base.certainty import Certainty
from cewen.engine.backends.ibis import ratio, terms
from cewen.engine.backends.ibis.interpreter import TermInterpreter
from cewen.engine.backends.ibis.interval import Interval, choose
from cewen.engine.backends.ibis.term import Term
from cewen.engine.backends.ibis.terms import FALSE, TRUE, all_of, any_of, case, certainly, is_null, negation
from cewen.engine.columns.measure_columns import MET, NONE, NOT_MET, UNKNOWN, Need
from cewen.engine.columns.needs import needed
from cewen.rules.lower import LoweredMeasure

NOBODY = terms.number(NONE)
"""No amount, or no position: nothing wins over the row."""


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    """One measure as terms.

    `met`, `not_met` and `unknown` exclude each other and are never null. `high` is the rounded upper end wherever the
    measure is not "not met", null where it is open; None for a measure without a number; `shown_high` is the same with
    NONE in rows without an interval. `settled_low` is the rounded lower end of rows that are met or nearly so; None where
    it follows from `high`: equal to it in rows that are met, and nothing in all others. `is_definite` is false for
    ceilings and selections, which start at nothing. `claim` is the amount of rows that are met and not suppressed, else
    NONE. `suppressed` is never null and true only in rows that are met; `suppressed_by` is the position of what wins
    there, else NONE.
    """

    met: Term
    not_met: Term
    unknown: Term
    high: Term | None
    shown_high: Term
    claim: Term
    settled_low: Term | None
    is_definite: bool
    tier: Term
    needs: Term
    needed: tuple[Need, ...]
    suppressed: Term = FALSE
    suppressed_by: Term = NOBODY

    @property
    def is_open(self) -> Term:
        """Rows met and not suppressed, of a measure with a number."""
        return terms.at_most(terms.number(0), self.claim)

    def losing(self, rows: Term, winner: Term) -> MeasureTerms:
        """Suppressed in `rows` by the measure at position `winner` of the plan."""
        return replace(
            self,
            suppressed=any_of((self.suppressed, rows)),
            suppressed_by=case(rows, winner, self.suppressed_by),
            claim=case(rows, NOBODY, self.claim),
        )

    def reduced(self, rows: Term, rest: Term) -> MeasureTerms:
        """With no more than `rest` in `rows`, where it pays more; what is met has one amount, so both ends are it."""
        low, high = self.settled_low, self.high
        return replace(
            self,
            high=None if high is None else case(rows, rest, high),
            shown_high=case(rows, rest, self.shown_high),
            claim=case(rows, rest, self.claim),
            settled_low=None if low is None else case(rows, rest, low),
        )

    @property
    def status(self) -> Term:
        otherwise = case(self.unknown, terms.number(UNKNOWN), terms.number(NOT_MET))
        return case(self.met, terms.number(MET), otherwise)


def measure_terms(measure: LoweredMeasure, interpreter: TermInterpreter) -> MeasureTerms:
    """Status, interval, tier and needs of a measure, row by row as the reference has them."""
    truths = [interpreter.truth(condition.op) for condition in measure.conditions]
    tiers = [TRUE if tier.condition is None else interpreter.truth(tier.condition) for tier in measure.tiers]
    if tiers:
        truths.append(any_of(tiers))
    eligible = all_of(truths)
    amount = _amount(measure, tiers, interpreter) if tiers else None
    met, not_met, unknown = certainly(eligible), certainly(negation(eligible)), is_null(eligible)
    if amount is not None and amount.is_exact is not TRUE:
        met = all_of((met, amount.is_exact))
        not_met = any_of((not_met, certainly(negation(amount.defined))))
        unknown = negation(any_of((met, not_met)))
    is_definite = measure.measure.certainty is Certainty.DEFINITE
    low = None
    if amount is not None and is_definite and not amount.is_point:
        sure = all_of((certainly(eligible), certainly(amount.defined)))
        rounded = terms.known(terms.default(ratio.round_half_up(amount.low), terms.number(0)))
        low = case(sure, rounded, terms.number(0))
    facts = needed(measure, interpreter.layout.vocabulary, interpreter.year)
    high = None if amount is None else ratio.round_half_up(amount.high)
    shown = claim = NOBODY
    if high is not None and not high.is_null_constant:
        shown = case(any_of((not_met, is_null(high))), NOBODY, terms.known(high))
        # Where nothing is unknown both are the same, and computed once.
        claim = shown if unknown is FALSE else case(met, terms.known(high), NOBODY)
    return MeasureTerms(
        met,
        not_met,
        unknown,
        high,
        shown,
        claim,
        low,
        is_definite,
        _tier(measure, tiers, met),
        _needs(measure, unknown, facts, interpreter),
        facts,
    )


def _amount(measure: LoweredMeasure, truths: list[Term], interpreter: TermInterpreter) -> Interval:
    """What may be given. Rows where no tier applies are not met, and hold anything."""
    amount: Interval | None = None
    anything = FALSE
    for tier, truth in zip(measure.tiers, truths, strict=True):
        if truth is FALSE:
            continue
        part = interpreter.number(tier.amount)
        amount = part if amount is None else choose(truth, part, amount, anything)
        anything = any_of((anything, _possible(truth)))
    return amount or Interval.point(ratio.ZERO)


def _possible(truth: Term) -> Term:
    """Rows where a truth is met or unknown."""
    return negation(certainly(negation(truth)))


def _tier(measure: LoweredMeasure, truths: list[Term], met: Term) -> Term:
    """Position of the last tier met, where the measure is met and the tier has a name."""
    found = terms.number(NONE)
    for at, (tier, truth) in enumerate(zip(measure.tiers, truths, strict=True)):
        found = case(truth, terms.number(NONE if tier.name is None else at), found)
    return found if found.constant == NONE else case(met, found, terms.number(NONE))


def _needs(measure: LoweredMeasure, unknown: Term, facts: tuple[Need, ...], interpreter: TermInterpreter) -> Term:
    """The sum of bits of the facts that are missing and keep a row from settling."""
    if unknown is FALSE:
        return terms.number(0)
    rows: dict[Need, list[Term]] = {need: [] for need in facts}
    for condition in measure.conditions:
        for need, where in interpreter.needs(condition.op):
            rows[need].append(where)
    for tier in measure.tiers:
        possible = TRUE
        if tier.condition is not None:
            possible = _possible(interpreter.truth(tier.condition))
            for need, where in interpreter.needs(tier.condition):
                rows[need].append(where)
        for need, where in interpreter.needs(tier.amount):
            rows[need].append(all_of((possible, where)))
    total = terms.number(0)
    for bit, need in enumerate(facts):
        total = terms.add(total, case(any_of(rows[need]), terms.number(1 << bit), terms.number(0)))
    return case(unknown, total, terms.number(0))
