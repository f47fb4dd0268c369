"""Readings as JSON, in the shape `cewen read --json` promises. Fractions become plain numbers here and nowhere else."""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction

from cewen.text.clause import Clause, Document
from cewen.text.readings.incentives import Amount, AmountKind, Incentive, Tier
from cewen.text.readings.reading import Readings, read_all
from cewen.text.readings.targets import Target
from cewen.text.readings.units import ResponsibleUnits
from cewen.text.readings.unread import Unread

Json = dict[str, object]


def number_json(value: Fraction) -> int | float:
    """A whole number as an integer, else the nearest double."""
    return int(value) if value.denominator == 1 else float(value)


def amount_json(amount: Amount) -> Json:
    """An amount in the shape of FORMAT: its kind and yuan, percent, low and high."""
    kind = amount.kind
    result: Json = {"type": kind.value}
    if amount.low is None or amount.high is None:
        return result
    low, high = number_json(amount.low), number_json(amount.high)
    if kind in (AmountKind.FIXED, AmountKind.UPTO):
        result["yuan"] = low
    elif kind is AmountKind.PER_UNIT:
        result |= {"yuan": low, "unit": amount.unit}
    elif kind is AmountKind.RATE:
        result |= {"percent": low, "of": amount.of}
    else:
        result |= {"low": low, "high": high}
        if kind is AmountKind.RANGE_PERCENT:
            result["of"] = amount.of
    return result


def tier_json(tier: Tier) -> Json:
    """A tier: what selects it, its amount, its cap in yuan, its threshold."""
    result: Json = {
        "when": tier.when,
        "amount": amount_json(tier.amount),
        "cap_yuan": None if tier.cap is None else number_json(tier.cap),
    }
    if tier.threshold is not None:
        result["threshold"] = {
            "op": tier.threshold.op, "value": number_json(tier.threshold.value), "unit": tier.threshold.unit
        }  # fmt: skip
    return result


def incentive_json(incentive: Incentive, document: Document) -> Json:
    """An incentive with its quote and place."""
    return {
        "clause": incentive.clause,
        "quote": incentive.span.of(document.text),
        "start": incentive.span.start,
        "end": incentive.span.end,
        "beneficiary": incentive.beneficiary,
        "tiers": [tier_json(tier) for tier in incentive.tiers],
        "conditions": [
            {"quantity": item.quantity, "op": item.op, "value": number_json(item.value), "unit": item.unit}
            for item in incentive.conditions
        ],
        "certainty": incentive.certainty.value,
        "frequency": incentive.frequency,
    }


def target_json(target: Target, document: Document) -> Json:
    """A target; `value` is a pair for a range."""
    low = number_json(target.value)
    return {
        "clause": target.clause,
        "indicator": target.indicator,
        "op": target.op,
        "value": low if target.high is None else [low, number_json(target.high)],
        "unit": target.unit,
        "year": target.year,
        "frequency": target.frequency,
        "aspirational": target.is_aspirational,
        "quote": target.span.of(document.text),
        "start": target.span.start,
        "end": target.span.end,
    }


def units_json(units: ResponsibleUnits) -> Json:
    """A list of responsible units."""
    return {
        "clause": units.clause,
        "lead": list(units.lead),
        "responsible": list(units.responsible),
        "cooperating": list(units.cooperating),
        "includes": {name: list(members) for name, members in units.includes.items()},
        "start": units.span.start,
        "end": units.span.end,
    }


def unread_json(unread: Unread, document: Document) -> Json:
    """A passage not understood."""
    return {
        "start": unread.span.start,
        "end": unread.span.end,
        "quote": unread.span.of(document.text),
        "why": unread.why,
    }


def clause_json(clause: Clause) -> Json:
    """A clause; children by path."""
    return {
        "path": clause.path,
        "label": clause.label,
        "level": clause.level,
        "title": clause.title,
        "start": clause.span.start,
        "end": clause.span.end,
        "children": [child.path for child in clause.children],
    }


def document_json(document: Document, readings: Readings | None = None) -> Json:
    """The whole document as `cewen read --json` shows it; offsets count code points of the text as read."""
    read = readings or read_all(document)
    metadata = document.metadata
    return {
        "title": metadata.title,
        "number": metadata.number,
        "issuer": metadata.issuer,
        "issued_on": _day(metadata.issued_on),
        "effective_on": _day(metadata.effective_on),
        "expires_on": _day(metadata.expires_on),
        "draft": metadata.is_draft,
        "text_sha256": document.sha256 or hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest(),
        "clauses": [clause_json(clause) for clause in document.walk()],
        "units": [units_json(units) for units in read.units],
        "targets": [target_json(target, document) for target in read.targets],
        "incentives": [incentive_json(incentive, document) for incentive in read.incentives],
        "unread": [unread_json(unread, document) for unread in read.unread],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
