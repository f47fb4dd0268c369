"""Which facts a simulation looks at: what need not be kept of a register when both sides are known."""

from __future__ import annotations

from collections.abc import Iterable

from cewen.engine.columns.reading import NAME, plan_keys
from cewen.engine.factsheet import FactKey
from cewen.engine.simulate.grouping import FIELD_KEY
from cewen.engine.simulate.project import same_day
from cewen.engine.simulate.simulate import Settings
from cewen.engine.simulate.size_class import REVENUE_KEY, STAFF_KEY
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus


def simulation_keys(sides: Iterable[Corpus], settings: Settings) -> frozenset[FactKey]:
    """Key and, for annual facts, year of everything that the measures of `sides` read in any year of a simulation, and
    of what its tables and lists show.

    For years ahead an annual fact is kept in every year from the first: one that is missing grows out of the year before.
    """
    first = settings.facts_year
    found: set[FactKey] = {NAME, (FIELD_KEY, None), (STAFF_KEY, first), (REVENUE_KEY, first)}
    budget = settings.budget
    if budget is not None and budget.rank_by is not None:
        found.add((budget.rank_by.key, first if budget.rank_by.is_annual else None))
    for corpus in sides:
        for ahead in range(settings.years + 1):
            found |= plan_keys(lower_corpus(corpus, same_day(settings.on, ahead)), first + ahead)
    if settings.years:
        annual = {key for key, year in found if year is not None}
        found |= {(key, first + ahead) for key in annual for ahead in range(settings.years + 1)}
    return frozenset(found)
