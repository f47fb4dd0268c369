"""Dates and years: validity of an instrument, and the year an annual fact means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class InForce(StrEnum):
    """Whether an instrument counts on a date; follows from dates, never from a flag."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REPEALED = "repealed"

    def says(self, validity: Validity) -> str:
        """A Chinese phrase with the date that decides."""
        if self is InForce.DRAFT:
            return "征求意见稿，尚未施行"
        if self is InForce.NOT_YET:
            return f"{validity.effective_on} 起施行，尚未施行"
        if self is InForce.EXPIRED:
            return f"已于 {validity.expires_on} 失效"
        if self is InForce.REPEALED:
            return f"已于 {validity.repealed_on} 废止"
        return "施行中"


@dataclass(frozen=True, slots=True)
class Validity:
    """施行与失效: `effective_on` is the first day in force (None: a draft), `expires_on` the last (None: open)."""

    effective_on: date | None
    expires_on: date | None = None
    repealed_on: date | None = None

    def on(self, day: date) -> InForce:
        if self.effective_on is None:
            return InForce.DRAFT
        if day < self.effective_on:
            return InForce.NOT_YET
        if self.repealed_on is not None and day >= self.repealed_on:
            return InForce.REPEALED
        if self.expires_on is not None and day > self.expires_on:
            return InForce.EXPIRED
        return InForce.IN_FORCE


def last_full_year(day: date) -> int:
    """The calendar year an annual fact means on `day`: the last one that has ended."""
    return day.year - 1


def expiry(effective_on: date, years: int) -> date:
    """Last day of a validity of `years` years: 自2022年6月1日起施行，有效期3年 ends on 2025-05-31."""
    try:
        same_day = effective_on.replace(year=effective_on.year + years)
    except ValueError:  # 29 February in a common year
        same_day = date(effective_on.year + years, 3, 1)
    return same_day - timedelta(days=1)
