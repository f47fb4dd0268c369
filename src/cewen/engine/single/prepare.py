"""From a plan to prepared programs, once: by identity for a plan seen before, by content for one lowered again."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

from cewen.base.period import InForce, last_full_year
from cewen.engine.single.program import Content, Program
from cewen.engine.single.situation import Chains
from cewen.engine.single.stacking import Competition
from cewen.engine.single.truths import Compiler
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.lower import LoweredMeasure, Plan

MOST_KEPT = 4096
"""How many programs are kept in a process. A corpus has some dozens; reforms and sweeps add theirs."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A measure with its program, and how its instrument stands on the plan's date."""

    measure: LoweredMeasure
    program: Program
    in_force: InForce
    subject: str


@dataclass(frozen=True, slots=True)
class PreparedPlan:
    """All measures of a plan, prepared for a reference year."""

    year: int
    vocabulary: Vocabulary
    chains: Chains
    measures: tuple[Prepared, ...]
    competition: Competition


_PLANS: dict[tuple[int, int], tuple[weakref.ref[Plan], PreparedPlan]] = {}
_COMPILERS: dict[tuple[tuple[Fact, ...], int], Compiler] = {}
_PROGRAMS: dict[tuple[int, Content], tuple[Compiler, Program]] = {}


def prepare(plan: Plan, year: int | None = None) -> PreparedPlan:
    """The prepared plan for a reference year (by default the last full year before the plan's date).

    A plan seen before costs a look-up; an equal one lowered again costs the comparison of its contents.
    """
    facts_year = last_full_year(plan.on) if year is None else year
    key = (id(plan), facts_year)
    kept = _PLANS.get(key)
    if kept is not None and kept[0]() is plan:
        return kept[1]
    prepared = _prepare(plan, facts_year)
    _PLANS[key] = (weakref.ref(plan, lambda gone: _forget(key, gone)), prepared)
    return prepared


def forget() -> None:
    """Drop everything that is kept, so that the next plan is prepared anew."""
    for kept in (_PLANS, _COMPILERS, _PROGRAMS):
        kept.clear()


def _forget(key: tuple[int, int], gone: weakref.ref[Plan]) -> None:
    """Drop what was prepared for a plan nobody holds, unless its number already belongs to another."""
    kept = _PLANS.get(key)
    if kept is not None and kept[0] is gone:
        del _PLANS[key]


def _prepare(plan: Plan, year: int) -> PreparedPlan:
    vocabulary = plan.corpus.vocabulary
    compiler = _COMPILERS.get((vocabulary.facts, year))
    if compiler is None:
        _keep_few(_COMPILERS)
        compiler = _COMPILERS[vocabulary.facts, year] = Compiler(vocabulary, year)
    measures = tuple(
        Prepared(
            measure,
            _program(Content.of(measure), compiler),
            measure.policy.header.validity.on(plan.on),
            measure.measure.subject,
        )
        for measure in plan.measures
    )
    return PreparedPlan(year, vocabulary, Chains(plan.corpus.regions), measures, Competition.of(plan))


def _program(content: Content, compiler: Compiler) -> Program:
    key = (id(compiler), content)
    kept = _PROGRAMS.get(key)
    if kept is not None and kept[0] is compiler:
        return kept[1]
    _keep_few(_PROGRAMS)
    program = Program(content, compiler)
    _PROGRAMS[key] = (compiler, program)
    return program


def _keep_few(kept: dict[Any, Any]) -> None:
    """Start anew rather than grow without end; what is in use stays with the plans that hold it."""
    if len(kept) >= MOST_KEPT:
        kept.clear()
