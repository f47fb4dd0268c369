"""One enterprise under a plan, and how it would stand with other facts: the reference decides each time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cewen.base.period import last_full_year
from cewen.engine.advise.worth import Worth, worth_of
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.factsheet import FactSheet, View
from cewen.engine.reference import Interpreter
from cewen.engine.result import Result, Status
from cewen.rules.lower import Plan


@dataclass(frozen=True)
class Situation:
    """An enterprise's situation (企业的处境): the plan, its facts, the year annual facts mean."""

    plan: Plan
    sheet: FactSheet
    facts_year: int | None = None
    as_if_in_force: bool = False

    @property
    def year(self) -> int:
        return last_full_year(self.plan.on) if self.facts_year is None else self.facts_year

    @cached_property
    def evaluation(self) -> Evaluation:
        """As the facts are."""
        return self.evaluate(self.sheet)

    def evaluate(self, sheet: FactSheet) -> Evaluation:
        """With other facts."""
        return evaluate_factsheet(self.plan, sheet, year=self.facts_year, as_if_in_force=self.as_if_in_force)

    def worth(self, evaluation: Evaluation) -> Worth:
        return worth_of(evaluation.results)

    def interpreter(self, result: Result, sheet: FactSheet | None = None) -> Interpreter:
        """What decides the conditions of a result, with the facts as they are or others."""
        facts = sheet or self.sheet
        record = next(each for each in (facts.enterprise, *facts.others) if each.path == result.subject)
        awards = tuple(award for award in facts.awards if award.on <= self.plan.on)
        view = View(record, facts.enterprise, self.year, awards)
        return Interpreter(self.plan.corpus.vocabulary, self.plan.corpus.regions, view)

    def opened(self, after: Evaluation) -> list[Result]:
        """Results that count afterwards and did not before, or pay more."""
        before = {(result.measure.key, result.subject): result for result in self.evaluation.results}
        return [
            result for result in after.results if _pays_more(before.get((result.measure.key, result.subject)), result)
        ]

    def lost(self, before: Evaluation, after: Evaluation) -> list[Result]:
        """Results of `before` that count there and pay less, or nothing, in `after`."""
        later = {(result.measure.key, result.subject): result for result in after.results}
        return [
            result for result in before.results if _pays_more(later.get((result.measure.key, result.subject)), result)
        ]


def _pays_more(one: Result | None, other: Result) -> bool:
    if other.status is not Status.MET or other.suppressed_by is not None:
        return False
    if one is None or one.status is not Status.MET or one.suppressed_by is not None:
        return True
    return (other.amount.high if other.amount else 0) > (one.amount.high if one.amount else 0)
