"""The JSON of `cewen targets`: one shape for other programs, in the order of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from cewen.indicators.assess import Assessment
from cewen.indicators.goal import parse_goal
from cewen.indicators.observation import Bound, Observation


def targets_json(on: date, assessments: Iterable[Assessment]) -> dict[str, Any]:
    """`{"on": …, "targets": […]}`; numbers in the unit beside them, growth and probability as fractions of one."""
    return {"on": on.isoformat(), "targets": [target_json(each) for each in assessments]}


def target_json(each: Assessment) -> dict[str, Any]:
    """One target."""
    target = each.target
    return {
        "id": each.id,
        "policy": each.policy.id,
        "clause": target.clause,
        "quote": target.quote,
        "kind": target.kind,
        "indicator": target.indicator,
        "region": target.region,
        "op": target.op,
        "value": _target_value(each),
        "unit": target.unit,
        "year": target.year,
        "frequency": target.frequency,
        "aspirational": target.aspirational,
        "status": each.status.code,
        "reason": each.reason,
        "observed": observation_json(each.observed) if each.observed else None,
        "required_pace": None if each.pace is None else round(each.pace, 4),
        "projection": None
        if each.outlook is None
        else {
            "value": _rounded(each.outlook.value),
            "low": _rounded(each.outlook.low),
            "high": _rounded(each.outlook.high),
            "probability": round(each.outlook.probability, 3),
            "method": each.outlook.method,
        },
    }


def observation_json(each: Observation) -> dict[str, Any]:
    """The evidence a status rests on."""
    return {
        "value": number(each.value),
        "unit": each.unit,
        "period": each.period.text,
        "bound": None if each.bound is Bound.EXACT else each.bound.code,
        "source": each.source_title,
        "url": each.source_url or None,
        "region": each.region,
        "trust": each.trust.code,
        "published_on": each.published_on.isoformat(),
    }


def number(value: Fraction) -> int | float:
    """A whole number stays whole."""
    return int(value) if value.denominator == 1 else float(value)


def _target_value(each: Assessment) -> int | float | str:
    """A number where the document gives one; "2-3" and "4A" stay text."""
    goal = parse_goal(each.target)
    if goal is None or "-" in each.target.value:
        return each.target.value
    return number(Fraction(each.target.value))


def _rounded(value: float) -> int | float:
    return round(value) if abs(value) >= 100 else round(value, 2)
