"""Documents for the tests of readings."""

from __future__ import annotations

from cewen.base.source import Span
from cewen.text.clause import Document, Metadata
from cewen.text.readings.incentives import Incentive, read_incentives


def plain_document(text: str) -> Document:
    """A text without clauses."""
    return Document(text, Metadata(), Span(0, len(text)), ())


def incentives_of(text: str) -> tuple[Incentive, ...]:
    return read_incentives(plain_document(text))


def only_incentive(text: str) -> Incentive:
    found = incentives_of(text)
    assert len(found) == 1, [item.span.of(text) for item in found]
    return found[0]


Amounts = list[tuple[str, int | float | tuple[int | float, int | float] | None]]


def amounts_of(incentive: Incentive) -> Amounts:
    """Kind and value of each tier; a pair for a range."""
    result: Amounts = []
    for tier in incentive.tiers:
        amount = tier.amount
        if amount.low is None or amount.high is None:
            result.append((amount.kind.value, None))
        elif amount.kind.value.startswith("range"):
            result.append((amount.kind.value, (float(amount.low), float(amount.high))))
        else:
            result.append((amount.kind.value, round(float(amount.low), 4)))
    return result


def limits_of(incentive: Incentive) -> list[tuple[str, float, str]]:
    return [(item.op, float(item.value), item.unit) for item in incentive.conditions]


def shown(value: object) -> object:
    """The value itself, for comparing exact fractions with whole numbers."""
    return value
