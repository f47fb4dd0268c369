"""A target's words as a test: comparator, value and unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cewen.rules.policy import Target

ABOUT = Fraction(5, 100)
"""左右: this far below still counts; more counts as well, as for every target that is to be reached."""

_RANGE = re.compile(r"([\d.]+)\s*[-—–~至]\s*([\d.]+)")
_NUMBER = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class Goal:
    """Target value (目标值). `least` or `most` bound what satisfies it; `strict`: the bound itself does not."""

    least: Fraction | None
    most: Fraction | None
    strict: bool
    unit: str
    words: str

    @property
    def threshold(self) -> Fraction:
        """The number to reach or to stay below."""
        value = self.least if self.least is not None else self.most
        assert value is not None
        return value

    def holds(self, value: Fraction) -> bool:
        """Whether a value satisfies the target."""
        if self.least is not None:
            return value > self.least if self.strict else value >= self.least
        assert self.most is not None
        return value < self.most if self.strict else value <= self.most


def parse_goal(target: Target) -> Goal | None:
    """The test of a target; None where the value is no number ("4A", "200/400").

    超过/突破 is strictly more; 达到, 以上 and a plain number at least; of a range (2—3) the lower end has to be reached.
    """
    value: Fraction
    if found := _RANGE.fullmatch(target.value):
        value, most = Fraction(found[1]), found[2]
        return Goal(value, None, False, target.unit, f"{found[1]}—{most} {target.unit}")
    if not _NUMBER.fullmatch(target.value):
        return None
    value = Fraction(target.value)
    number = f"{target.value} {target.unit}"
    match target.op:
        case ">":
            return Goal(value, None, True, target.unit, f"超过 {number}")
        case "<":
            return Goal(None, value, True, target.unit, f"低于 {number}")
        case "<=":
            return Goal(None, value, False, target.unit, f"不超过 {number}")
        case "about":
            return Goal(value * (1 - ABOUT), None, False, target.unit, f"{number}左右")
        case "=":
            return Goal(value, None, False, target.unit, number)
        case _:
            return Goal(value, None, False, target.unit, f"{number}及以上")
