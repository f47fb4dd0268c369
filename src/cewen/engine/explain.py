"""The answer of `cewen explain` as JSON: every measure and subject, amounts in yuan, reasons, clause and span."""

from __future__ import annotations

from typing import Any

from cewen.base.money import yuan_text
from cewen.engine.evaluate import Evaluation
from cewen.engine.result import Amount, Result


def explain_json(evaluation: Evaluation) -> dict[str, Any]:
    """The shape of the contract: `on`, `results`, `total`."""
    return {
        "on": evaluation.on.isoformat(),
        "results": [result_json(result) for result in evaluation.results],
        "total": amount_json(evaluation.total),
    }


def result_json(result: Result) -> dict[str, Any]:
    """One result. `as_if_in_force` is there only where the instrument is not in force and was evaluated all the same."""
    measure, span = result.measure.measure, result.measure.span
    shape: dict[str, Any] = {
        "measure": result.measure.key,
        "title": measure.title,
        "subject": result.subject,
        "status": result.status.value,
        "certainty": measure.certainty.value,
        "amount": amount_json(result.amount),
        "clause": measure.clause,
        "quote": measure.quote,
        "source": {
            "document": result.measure.policy.id,
            "start": span.start if span else None,
            "end": span.end if span else None,
        },
        "needs": list(result.need_labels),
        "gaps": [gap.to_json() for gap in result.gaps],
        "suppressed_by": result.suppressed_by.to_json() if result.suppressed_by else None,
        "steps": list(result.steps),
    }
    if result.reason is not None:
        shape["reason"] = result.reason.value
    if result.simulated is not None:
        shape["as_if_in_force"] = result.simulated.value
    if result.tier is not None:
        shape["tier"] = result.tier
    if measure.open_conditions:
        shape["open_conditions"] = list(measure.open_conditions)
    if result.needs:
        shape["missing_facts"] = [{"fact": need.fact.label, "year": need.year} for need in result.needs]
    return shape


def amount_json(amount: Amount | None) -> dict[str, str] | None:
    """An interval in yuan with two decimals."""
    return None if amount is None else {"low": yuan_text(amount.low), "high": yuan_text(amount.high)}
