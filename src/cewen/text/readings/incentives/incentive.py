"""What a promise of money says, each part with the characters that say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cewen.base.certainty import Certainty
from cewen.base.source import Span


class AmountKind(StrEnum):
    """Kind of an amount (金额形式)."""

    FIXED = "fixed"
    UPTO = "upto"
    RATE = "rate"
    PER_UNIT = "per_unit"
    RANGE_YUAN = "range_yuan"
    RANGE_PERCENT = "range_percent"
    CASE_BY_CASE = "case_by_case"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount (金额): yuan or percent in `low` (and `high` of a range).

    `of` is the base of a rate, `unit` what a sum is paid for each of.
    """

    kind: AmountKind
    low: Fraction | None
    high: Fraction | None
    of: str
    unit: str
    span: Span
    of_span: Span | None = None
    unit_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """The number that selects a tier (分档界限), its lower bound."""

    op: str
    value: Fraction
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of an incentive (档次). `cap` is yuan; spans are None where the text does not say."""

    when: str | None
    when_span: Span | None
    amount: Amount
    cap: Fraction | None = None
    cap_span: Span | None = None
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A numeric condition (数量条件): `quantity` `op` `value` `unit`; `span` holds number, unit and bounding words."""

    quantity: str
    op: str
    value: Fraction
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Incentive:
    """A promise of money (奖补). `beneficiary` has no blanks. `frequency` is "one_off", "annual", "years:N" or None when the text does not say.

    `totals` holds numbers that only sum up the tiers (分阶段奖励800万元，其中…).
    """

    clause: str
    span: Span
    beneficiary: str | None
    beneficiary_span: Span | None
    tiers: tuple[Tier, ...]
    conditions: tuple[Condition, ...]
    certainty: Certainty
    frequency: str | None
    totals: tuple[Span, ...] = ()

    @property
    def number_spans(self) -> tuple[Span, ...]:
        """Where the numbers stand that this reading uses."""
        spans = [*self.totals, *(condition.span for condition in self.conditions)]
        for tier in self.tiers:
            spans.append(tier.amount.span)
            threshold = tier.threshold.span if tier.threshold else None
            spans.extend(
                span
                for span in (tier.cap_span, tier.amount.of_span, tier.when_span, threshold, tier.amount.unit_span)
                if span
            )
        return tuple(spans)
