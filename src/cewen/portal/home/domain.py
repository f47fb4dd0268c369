"""Guided tours, the people of the demonstration and the desk, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cewen.portal.access import Role
from cewen.portal.glossary import Said


@dataclass(frozen=True, slots=True)
class TourStep:
    """Step of a tour (导览的一步): a page and the sentence said on it; `fragment` is the place on the page."""

    route: str
    arguments: tuple[tuple[str, str], ...]
    query: str
    fragment: str
    sentence: Said


@dataclass(frozen=True, slots=True)
class Tour:
    """Guided tour (导览) of the demonstration, for one role; `account` is who it is walked as, "" for anyone."""

    name: str
    title: Said
    promise: Said
    account: str
    role: Role
    steps: tuple[TourStep, ...]

    def step(self, number: int) -> TourStep | None:
        """The step of a number, counted from 1; None when there is none."""
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None


@dataclass(frozen=True, slots=True)
class DemonstrationPerson:
    """Who one may sign in as in a demonstration (演示人员)."""

    username: str
    name: str
    role: Role
    organization: str


@dataclass(frozen=True, slots=True)
class DeskItem:
    """What waits on a desk (待办): in words, how many there are, where it is dealt with, what it is about, its day."""

    word: str
    count: int | None
    address: str
    title: str = ""
    on: date | None = None
