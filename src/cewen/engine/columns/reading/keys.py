"""Which facts the measures of a plan look at: what need not be kept of a register of millions."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.period import last_full_year
from cewen.engine.columns.needs import leaves, measure_ops
from cewen.engine.columns.owners import DISTRICT_KEY
from cewen.engine.factsheet import NAME_KEYS, FactKey
from cewen.engine.read_facts import FIRST_YEAR
from cewen.rules import ops
from cewen.rules.lower import Plan

NAME: FactKey = (NAME_KEYS["enterprise"], None)
"""What an enterprise is called: no rule reads it, and it takes more memory than any number."""


def plan_keys(plan: Plan, year: int | None = None) -> frozenset[FactKey]:
    """Key and, for annual facts, year of everything that measures read and sums are grouped by.

    `year` is the year annual facts mean. 首次达到 and 首次突破 read every earlier year.
    """
    facts_year = last_full_year(plan.on) if year is None else year
    vocabulary = plan.corpus.vocabulary
    found: set[FactKey] = {(DISTRICT_KEY, None)}
    for measure in plan.measures:
        for op in measure_ops(measure):
            for key, back in leaves(op):
                found.add((key, facts_year - back if vocabulary.by_key(key).is_annual else None))
            for fact in _first_times(op):
                found.update((fact.key, each) for each in range(FIRST_YEAR, facts_year - fact.years_back))
    return frozenset(found)


def _first_times(op: ops.TruthOp | ops.NumberOp) -> Iterator[ops.FactNumber]:
    if isinstance(op, ops.FirstTime):
        yield op.fact
    for child in ops.children(op):
        yield from _first_times(child)
