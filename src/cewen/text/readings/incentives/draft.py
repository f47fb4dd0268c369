"""Promises in the making: which lists of sums belong to one promise, where it begins and what limits it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cewen.text.readings.incentives.group import Group


@dataclass(slots=True)
class Step:
    """A list of sums with the flow range of the words that state its conditions and the caps that follow it.

    `per` is where the text says what a sum is paid for each of.
    """

    zone: tuple[int, int]
    group: Group
    per: tuple[int, int] | None = None
    caps: list[Group] = field(default_factory=list)
    when: str | None = None

    @property
    def takes_cap(self) -> bool:
        return self.group.is_rate or self.per is not None


@dataclass(slots=True)
class Draft:
    """One promise, before it is given its final form. Positions are the flow's.

    `part` counts the stretches between semicolons of a sentence; `free_from` is where the words begin that no other
    promise of the part uses; `tail` is where the words after the last sum end;
    `totals` are numbers that only sum the tiers. `carried` are zones before a colon or of the promise it continues, whose conditions hold here too.
    """

    sentence: int
    part: int
    free_from: int
    start: int
    end: int
    tail: int
    steps: list[Step]
    is_umbrella: bool = False
    is_sub: bool = False
    is_case: bool = False
    carried: list[tuple[int, int]] = field(default_factory=list)
    later: list[tuple[int, int]] = field(default_factory=list)
    totals: list[tuple[int, int]] = field(default_factory=list)
    subject_zone: tuple[int, int] | None = None

    @property
    def zone(self) -> tuple[int, int]:
        return self.steps[0].zone

    @property
    def last(self) -> Step:
        return self.steps[-1]
