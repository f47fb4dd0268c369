"""The skeletons of worked cases for a drafted policy, with what its rules give wherever they are complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.read_facts import parse_factsheet
from cewen.rules.draft.cases import DraftedCase, case_day, cases_text, draft_cases, open_cases, record_of
from cewen.rules.draft.numbers import money_text
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredMeasure, Plan, lower_measure
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy

_FEN = 100


def case_files(corpus: Corpus, policy: Policy, today: date) -> dict[str, str]:
    """A case file for each measure of a loaded draft, by path. `today` is used where the policy has no dates."""
    day, as_if = case_day(policy.header, today)
    depth = policy.id.count("/") + 3
    files: dict[str, str] = {}
    for measure in policy.measures:
        lowered = _lowered(corpus, policy, measure, day)
        if lowered is None:
            cases = open_cases(measure, day, as_if=as_if)
        else:
            cases = draft_cases(measure, day, as_if=as_if, vocabulary=corpus.vocabulary, regions=corpus.regions)
        name = policy.measure_files[measure.id].removeprefix("measures/")
        judge = _Judge(corpus, lowered)
        files[f"cases/{name}"] = cases_text(measure.id, cases, depth, judge)
    return files


def _lowered(corpus: Corpus, policy: Policy, measure: Measure, day: date) -> LoweredMeasure | None:
    """The measure ready to evaluate; None where something is 待定 or does not fit."""
    findings: list[Diagnostic] = []
    lowered = lower_measure(corpus, policy, measure, day, findings)
    return None if has_errors(findings) else lowered


class _Judge:
    """Asks the reference interpreter what one measure gives for the facts of a case."""

    def __init__(self, corpus: Corpus, lowered: LoweredMeasure | None) -> None:
        self.corpus, self.lowered = corpus, lowered

    def __call__(self, measure_id: str, case: DraftedCase) -> dict[str, Any] | None:
        if self.lowered is None or case.facts is None:
            return None
        policy = replace(self.lowered.policy, measures=(self.lowered.measure,))
        plan = Plan(replace(self.corpus, policies=(policy,)), case.on, (self.lowered,), ())
        try:
            sheet = parse_factsheet(_as_json(case.facts), plan.corpus, measure_id)
        except CewenError:
            return None  # facts outside their declared range, for example; the officer chooses others
        results = evaluate_factsheet(plan, sheet, as_if_in_force=case.as_if_in_force).results
        result = next((each for each in results if each.subject == record_of(case.subject)), None)
        if result is None:
            return None
        amount = result.amount
        expect: dict[str, Any] = {
            "status": result.status.value,
            "low": None if amount is None else _yuan(amount.low),
            "high": None if amount is None else _yuan(amount.high),
        }
        if result.tier is not None:
            expect["tier"] = result.tier
        if result.need_labels:
            expect["needs"] = list(result.need_labels)
        return expect


def _yuan(fen: int) -> str:
    return money_text(Fraction(fen, _FEN))


def _as_json(facts: Any) -> Any:
    if isinstance(facts, dict):
        return {str(key): _as_json(value) for key, value in facts.items()}
    return [_as_json(value) for value in facts] if isinstance(facts, list) else facts
