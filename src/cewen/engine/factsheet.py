"""What is known of one enterprise: its facts, its projects, products and parks, and the awards it already has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from cewen.rules.facts import COLLECTIONS, Fact

Value = Fraction | bool | str | date | frozenset[str]
"""A known value in its base unit: fen for money. A fact without a value is not in the record."""

FactKey = tuple[str, int | None]
"""Fact key and, for annual facts, the year."""

NAME_KEYS = {"enterprise": "name", "project": "project_name", "product": "product_name", "park": "park_name"}


@dataclass(frozen=True, slots=True)
class Record:
    """The known facts of one subject. `path` is how results name it: "enterprise", "projects[0]"."""

    subject: str
    path: str
    values: Mapping[FactKey, Value] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str | None:
        """登记名称 or the project's, product's, park's name; None where it is not given."""
        value = self.values.get((NAME_KEYS[self.subject], None))
        return value if isinstance(value, str) else None

    def years(self, key: str) -> tuple[int, ...]:
        """Years for which an annual fact is known, in order."""
        return tuple(sorted(year for name, year in self.values if name == key and year is not None))


@dataclass(frozen=True, slots=True)
class PastAward:
    """An award already made (已获奖补): `measure` is `policy#measure`, `amount` fen, `object` a project's name."""

    measure: str
    on: date
    amount: int
    object: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class FactSheet:
    """One enterprise with everything that belongs to it."""

    enterprise: Record
    others: tuple[Record, ...] = ()
    awards: tuple[PastAward, ...] = ()

    def of_subject(self, subject: str) -> tuple[Record, ...]:
        if subject == "enterprise":
            return (self.enterprise,)
        return tuple(record for record in self.others if record.subject == subject)


@dataclass(frozen=True, slots=True)
class View:
    """What a measure sees: the facts of its subject and of the enterprise behind it, for a reference year."""

    record: Record
    enterprise: Record
    year: int
    awards: tuple[PastAward, ...] = ()

    def key(self, fact: Fact, years_back: int = 0) -> FactKey:
        return (fact.key, self.year - years_back if fact.is_annual else None)

    def value(self, fact: Fact, years_back: int = 0) -> Value | None:
        """The known value; None when it is missing."""
        source = self.enterprise if fact.subject == "enterprise" else self.record
        return source.values.get(self.key(fact, years_back))

    def with_value(self, fact: Fact, value: Value) -> View:
        """The same view with one fact of the reference year changed."""
        source = self.enterprise if fact.subject == "enterprise" else self.record
        changed = replace(source, values={**source.values, self.key(fact): value})
        if fact.subject != "enterprise":
            return replace(self, record=changed)
        return replace(self, enterprise=changed, record=changed if self.record is self.enterprise else self.record)

    def earlier(self, fact: Fact, before: int) -> Iterator[Fraction]:
        """Known values of an annual number fact in years before `before`."""
        source = self.enterprise if fact.subject == "enterprise" else self.record
        for year in source.years(fact.key):
            value = source.values[fact.key, year]
            if year < before and isinstance(value, Fraction):
                yield value


def collection_of(subject: str) -> str:
    """Key of a subject's list in a fact sheet: project -> projects."""
    return COLLECTIONS[subject]
