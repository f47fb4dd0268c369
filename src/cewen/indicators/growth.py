"""Published growth beside what two published levels seem to say.

Growth is published on a comparable base that is not last year's published level (scope, mergers, verification), so it
is a series of its own and never computed. The naive quotient is shown only to be flagged.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cewen.indicators.definition import Indicators
from cewen.indicators.observation import Observation
from cewen.indicators.store import Observations
from cewen.indicators.unit import convert

TOLERANCE = Fraction(2, 1000)
"""Rounding of two levels and of a growth rate to one decimal seldom makes more than this."""


@dataclass(frozen=True, slots=True)
class GrowthCheck:
    """Growth check (增速核对): the published growth of a period and the quotient of the two published levels."""

    level: Observation
    before: Observation | None
    published: Observation | None
    naive: Fraction | None

    @property
    def is_comparable(self) -> bool | None:
        """Whether the two levels stand on the same base; None where one of the three is missing."""
        if self.naive is None or self.published is None:
            return None
        return abs(self.naive - self.published.value / 100) <= TOLERANCE

    @property
    def sentence(self) -> str:
        """What to tell a reader who divides the two."""
        if self.published is None:
            return "没有公布同比增速；两年的公布数口径未必相同，不用它们相除"
        said = f"公布同比增速 {float(self.published.value):.1f}%（可比口径）"
        if self.naive is None or self.is_comparable:
            return said
        return f"{said}；两年公布数相除得 {float(self.naive) * 100:.1f}%，基数不同，不可比"


def growth_checks(observations: Observations, indicators: Indicators, key: str, region: str) -> tuple[GrowthCheck, ...]:
    """One for each period of a level that has a figure for the same period a year before, or a published growth."""
    growth = indicators.growth_of(key)
    levels = {each.period.text: each for each in observations.series(key, region)}
    rates = {each.period.text: each for each in observations.series(growth.key, region)} if growth else {}
    checks: list[GrowthCheck] = []
    for text, level in levels.items():
        before = levels.get(_year_before(text))
        published = rates.get(text)
        if before is None and published is None:
            continue
        naive = None
        if before is not None and before.value:
            earlier = convert(before.value, before.unit, level.unit)
            naive = level.value / earlier - 1 if earlier else None
        checks.append(GrowthCheck(level, before, published, naive))
    return tuple(checks)


def _year_before(text: str) -> str:
    return "/".join(f"{int(part[:4]) - 1}{part[4:]}" for part in text.split("/"))
