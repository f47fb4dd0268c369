"""Targets and tasks of a drafted policy, straight from the readings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cewen.base.source import Span
from cewen.rules.draft.numbers import has_decimals
from cewen.rules.draft.quote import clause_of, quote_text
from cewen.rules.phrase import plain_number
from cewen.rules.placeholder import PENDING
from cewen.text.clause import Document
from cewen.text.readings import Readings, ResponsibleUnits, Target

_LONGEST_TITLE = 40


def target_entries(document: Document, readings: Readings, region: str | None) -> list[dict[str, Any]]:
    """targets.yaml: one entry a target, with the units of its clause."""
    return [
        _target(f"target-{index:03d}", target, document, readings.units, region)
        for index, target in enumerate(readings.targets, 1)
    ]


def _target(
    identity: str, target: Target, document: Document, units: Iterable[ResponsibleUnits], region: str | None
) -> dict[str, Any]:
    clause = clause_of(document, target.span)
    named = next((each.all for each in units if each.clause and each.clause == clause), ())
    value = _number(target.value) + (f"-{_number(target.high)}" if target.high is not None else "")
    return {
        "id": identity, "clause": clause, "quote": quote_text(document, target.span), "kind": "target",
        "indicator": "".join(target.indicator.split()) or PENDING, "op": target.op, "value": value,
        "unit": target.unit or "个", "year": target.year,
        "frequency": "annual" if target.frequency == "annual" else "one-off", "region": region or PENDING,
        "aspirational": target.is_aspirational or None, "units": list(dict.fromkeys(named)),
    }  # fmt: skip


def _number(value: Any) -> str:
    return plain_number(value) if has_decimals(value) else f"{value.numerator}/{value.denominator}"


def task_entries(document: Document, readings: Readings) -> list[dict[str, Any]]:
    """tasks.yaml: one entry a list of responsible units; without a named lead the first unit leads."""
    found = []
    for index, units in enumerate(readings.units, 1):
        clause = clause_of(document, units.span)
        heading = document.clause(clause)
        responsible = units.responsible or units.all
        found.append(
            {
                "id": f"task-{index:02d}", "clause": clause,
                "title": ("".join(heading.title.split()) if heading else "")[:_LONGEST_TITLE] or f"任务{index}",
                "lead": list(units.lead or responsible[:1]), "lead_named": bool(units.lead),
                "responsible": list(dict.fromkeys((*responsible, *units.cooperating))),
                "includes": {name: list(members) for name, members in units.includes.items()} or None,
                "quote": quote_text(document, Span(units.span.start, units.span.end)),
            }
        )  # fmt: skip
    return found
