"""What a quantified target says, with the characters that say it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cewen.base.source import Span


@dataclass(frozen=True, slots=True)
class Target:
    """Target (目标值). `op` is >, >=, <=, <, =, about or range; `value` is as printed, `high` its upper end for a range.

    `year` is None unless the sentence or a governing heading states it; `frequency` is "annual" or "one-off".
    """

    clause: str
    indicator: str
    op: str
    value: Fraction
    high: Fraction | None
    unit: str
    year: int | None
    frequency: str
    is_aspirational: bool
    span: Span
    number_span: Span


def printed_value(target: Target) -> Fraction | tuple[Fraction, Fraction]:
    """The value as the contract shows it: a pair for a range."""
    return target.value if target.high is None else (target.value, target.high)
