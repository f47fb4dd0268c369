"""Advice for one enterprise, put together; its JSON.

| key         | value                                                                                                 |
|-------------|-------------------------------------------------------------------------------------------------------|
| `on`        | the date                                                                                              |
| `ceiling_weight` | how much of a fen owed a fen at most counts when things are ordered                              |
| `choice`    | `chosen`, `left_out` (with `why`): `measure`, `title`, `subject`, `clause`, `amount`; `worth`, `as_stacked` |
| `steps`     | best first: `kind` (number, qualification), `changes` (`fact`, `record`, `year`, `before`, `after`), `opens`, `gain`, `effort` |
| `missing`   | best first: `fact`, `record`, `year`, `settles`, `waits`, `most`, `most_with_others`, `unbounded`, `source` |
| `traps`     | nearest first: `fact`, `record`, `year`, `value`, `safe`, `loss`, `measures`                          |

Money is yuan as text with two decimals; `worth`, `gain`, `loss`, `most` have `definite` and `ceiling`, never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cewen.engine.advise.choose import Choice, before_rules, choose
from cewen.engine.advise.missing import MissingFact, find_missing
from cewen.engine.advise.situation import Situation
from cewen.engine.advise.step import Step, find_steps
from cewen.engine.advise.trap import Trap, find_traps
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.explain import amount_json
from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result
from cewen.rules.lower import Plan


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice (建议): the best choice, next steps, missing facts, traps. `ceiling_weight` orders, it adds nothing up."""

    situation: Situation
    ceiling_weight: Fraction
    choice: Choice
    steps: tuple[Step, ...]
    missing: tuple[MissingFact, ...]
    traps: tuple[Trap, ...]


def advise(
    plan: Plan,
    sheet: FactSheet,
    *,
    year: int | None = None,
    as_if_in_force: bool = False,
    ceiling_weight: Fraction = Fraction(1),
) -> Advice:
    """Everything worth telling one enterprise, each statement recomputed by the reference interpreter."""
    situation = Situation(plan, sheet, year, as_if_in_force)
    alone = evaluate_factsheet(before_rules(plan), sheet, year=year, as_if_in_force=as_if_in_force)
    return Advice(
        situation,
        ceiling_weight,
        choose(plan, alone.results, sheet, ceiling_weight),
        find_steps(situation, ceiling_weight),
        find_missing(situation, ceiling_weight),
        find_traps(situation),
    )


def advise_json(advice: Advice) -> dict[str, Any]:
    """The shape described above."""
    choice = advice.choice
    return {
        "on": advice.situation.plan.on.isoformat(),
        "ceiling_weight": str(advice.ceiling_weight),
        "choice": {
            "chosen": [_award(result) for result in choice.chosen],
            "left_out": [{**_award(result), "why": why} for result, why in choice.left_out],
            "worth": choice.worth.to_json(),
            "as_stacked": choice.as_stacked.to_json(),
        },
        "steps": [step.to_json() for step in advice.steps],
        "missing": [missing.to_json() for missing in advice.missing],
        "traps": [trap.to_json() for trap in advice.traps],
    }


def _award(result: Result) -> dict[str, Any]:
    measure = result.measure.measure
    return {
        "measure": result.measure.key, "title": measure.title, "subject": result.subject, "clause": measure.clause,
        "certainty": measure.certainty.value, "amount": amount_json(result.amount),
    }  # fmt: skip
