"""`python -m benchmarks.benches.parity_near_miss`: the stated gap applied flips the condition, one unit less does not.

Cases come from the edge pack and from random registers on the edges. A case is one gap of one condition, or of one tier,
of a result that is not met; both the condition and the decision of the whole measure are looked at.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from cewen.base.truth import Truth
from cewen.engine.columns.encode import decode
from cewen.engine.edge_pack import edge_pack
from cewen.engine.edges import edge_register
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.factsheet import FactSheet, Record, View
from cewen.engine.gap import Gap, gaps
from cewen.engine.reference import Interpreter
from cewen.engine.result import Result, Status
from cewen.rules import ops
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import LoweredMeasure, Plan, lower_corpus

ON = date(2024, 6, 30)


@dataclass(frozen=True, slots=True)
class Case:
    """A near miss (差一点): a test that is not met, and the gap that is stated for it. `alone`: nothing else is missed."""

    plan: Plan
    measure: LoweredMeasure
    sheet: FactSheet
    record: Record
    test: ops.TruthOp
    gap: Gap
    alone: bool

    def truth(self, value: Fraction) -> Truth:
        """The truth of the test with the fact at `value`."""
        interpreter = _interpreter(self.plan, self.sheet, self.record)
        return replace(interpreter, view=interpreter.view.with_value(self.gap.fact, value)).truth(self.test)

    def status(self, value: Fraction) -> Status:
        """The decision of the measure with the fact at `value`."""
        sheet = self._with(value)
        results = evaluate_factsheet(_only(self.plan, self.measure), sheet, as_if_in_force=True).results
        return next(each.status for each in results if each.subject == self.record.path)

    def _with(self, value: Fraction) -> FactSheet:
        key = (self.gap.fact.key, self.plan.on.year - 1 if self.gap.fact.is_annual else None)

        def changed(record: Record) -> Record:
            return replace(record, values={**record.values, key: value})

        if self.gap.fact.subject == "enterprise":
            return replace(self.sheet, enterprise=changed(self.sheet.enterprise))
        others = (changed(each) if each.path == self.record.path else each for each in self.sheet.others)
        return replace(self.sheet, others=tuple(others))


def _only(plan: Plan, measure: LoweredMeasure) -> Plan:
    return replace(plan, measures=(measure,), rules=())


def _interpreter(plan: Plan, sheet: FactSheet, record: Record) -> Interpreter:
    view = View(record, sheet.enterprise, plan.on.year - 1, sheet.awards)
    return Interpreter(plan.corpus.vocabulary, plan.corpus.regions, view)


def cases(plan: Plan, count: int, seed: int = 0) -> Iterator[Case]:
    """`count` near misses: packs and registers by turns, until there are enough."""
    found = 0
    for turn in range(1_000):
        missing = (0.0, 0.1)[turn % 2]
        sheets = iter(edge_pack(plan, seed=seed + turn, missing=missing))
        if turn % 3 == 2:
            sheets = decode(edge_register(plan, 2_000, seed=seed + turn, missing=missing))
        for sheet in sheets:
            for result in evaluate_factsheet(plan, sheet, as_if_in_force=True).results:
                for case in _of_result(plan, sheet, result):
                    yield case
                    found += 1
                    if found == count:
                        return


def _of_result(plan: Plan, sheet: FactSheet, result: Result) -> Iterator[Case]:
    """Every gap the result states, with the test it belongs to."""
    if not result.gaps:
        return
    record = next(each for each in (sheet.enterprise, *sheet.others) if each.path == result.subject)
    interpreter = _interpreter(plan, sheet, record)
    conditions = [condition.op for condition in result.measure.conditions]
    steps = [tier.condition for tier in result.measure.tiers if tier.condition is not None]
    no_step = bool(steps) and all(interpreter.truth(step) is Truth.NOT_MET for step in steps)
    missed = sum(interpreter.truth(op) is Truth.NOT_MET for op in conditions) + no_step
    for op in [*conditions, *(steps if no_step else [])]:
        stated = [gap for gap in gaps(op, interpreter) if gap in result.gaps]
        for gap in stated:
            yield Case(plan, result.measure, sheet, record, op, gap, missed == 1 and len(result.gaps) == 1)


def count_verdicts(plan: Plan, count: int, seed: int = 0) -> dict[str, int]:
    """Of `count` cases: how many tests are met with the gap applied, how many are then open because a fact is missing
    (a first time whose year before is not known), how many are met one unit short; and of those where nothing else is
    missed, how often the measure is no longer refused with the gap, and still refused one unit short."""
    found = Counter(cases=0, met=0, opened=0, met_one_unit_short=0, alone=0, decided=0, decided_met=0)
    for case in cases(plan, count, seed):
        step = 1 if case.gap.required > case.gap.value else -1
        there, short = case.truth(case.gap.required), case.truth(case.gap.required - step)
        found["cases"] += 1
        found["met"] += there is Truth.MET
        found["opened"] += there is Truth.UNKNOWN
        found["met_one_unit_short"] += short is not Truth.NOT_MET
        if case.alone:
            found["alone"] += 1
            status = case.status(case.gap.required)
            turned = status is not Status.NOT_MET and case.status(case.gap.required - step) is Status.NOT_MET
            found["decided"] += turned
            found["decided_met"] += turned and status is Status.MET
    return dict(found)


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(json.dumps(count_verdicts(lower_corpus(require_sound(load_corpus(policies_home())), ON), asked)))
