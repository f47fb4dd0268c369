"""What a number with a unit says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Kind(StrEnum):
    """What is counted (量的种类)."""

    MONEY = "money"
    RATE = "rate"
    POINTS = "points"
    RATIO = "ratio"
    TIMES = "times"
    COUNT = "count"
    DURATION = "duration"
    RANK = "rank"
    DATE = "date"


class Bound(StrEnum):
    """How the number bounds what it measures (界限): 以上, 超过, 以下, 不足, 左右."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (数量), as the text has it.

    `low` and `high` are in the base unit (元 for 万元, % for ‰, 1 for 万人) and equal unless the text gives a range;
    `printed_low`, `printed_high` and `printed_unit` are as printed ("4000", "亿元").
    `start`, `end` hold number and unit in the flow; `left`, `right` the words that bound it too.
    `per` is what a sum of money is paid for each of ("平方米/月").
    """

    kind: Kind
    low: Fraction
    high: Fraction
    unit: str
    printed_low: Fraction
    printed_high: Fraction
    printed_unit: str
    start: int
    end: int
    left: int
    right: int
    bound: Bound | None = None
    per: str = ""
    is_word: bool = False

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    @property
    def is_money_or_rate(self) -> bool:
        """True for what may never be dropped: sums of money, rates, 1:1 and 2倍."""
        return self.kind in (Kind.MONEY, Kind.RATE, Kind.POINTS, Kind.RATIO, Kind.TIMES)
