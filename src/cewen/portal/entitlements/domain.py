"""What one enterprise can get, laid out for reading: sums, states, conditions with gaps, quotes with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache

from django.utils.translation import gettext_noop

from cewen.base.certainty import Certainty
from cewen.base.money import display_money
from cewen.base.period import last_full_year
from cewen.base.truth import Truth
from cewen.engine.advise.choose import Choice, before_rules, choose
from cewen.engine.advise.missing import MissingFact, find_missing
from cewen.engine.advise.situation import Situation
from cewen.engine.advise.step import Step, find_steps, shown
from cewen.engine.advise.worth import Worth, worth_of
from cewen.engine.evaluate import Evaluation, fact_leaves
from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result, Status
from cewen.engine.single.evaluate import evaluate_one
from cewen.portal.enterprises.domain import ENTERPRISE, NOTHING
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.policy import Policy
from cewen.rules.types import Kind
from cewen.text.flow import fold_character
from cewen.text.quantities import read_quantities

WEIGHT = Fraction(1)
"""How much a fen at most counts beside a fen owed when things are put in order; the two are never added."""
MOST_STEPS = 5
_WAN, _YI = 10**6, 10**10


class State(StrEnum):
    """State of a measure for an enterprise (可享状态), in the order they are listed."""

    ENTITLED = "met"
    NEAR = "near"
    UNKNOWN = "unknown"
    NOT_MET = "not_met"
    NOT_IN_FORCE = "not_in_force"


STATE_WORDS = {
    State.ENTITLED: gettext_noop("可享"),
    State.NEAR: gettext_noop("缺一步"),
    State.UNKNOWN: gettext_noop("待核实"),
    State.NOT_MET: gettext_noop("不符合"),
    State.NOT_IN_FORCE: gettext_noop("未施行"),
}


@dataclass(frozen=True, slots=True)
class GapLine:
    """Gap of a missed number (差距), as text."""

    label: str
    value: str
    missing: str
    exact: str
    required: str
    is_more: bool


def gap_text(fact: Fact, missing: Fraction) -> str:
    """What is missing, short: money from 1 万元 on is rounded up, so that who adds it gets there."""
    fen = int(missing)
    if fact.type is not Kind.MONEY or fen < _WAN:
        return shown(fact, missing)
    unit = _WAN // 100 if fen < _YI else _YI // 100
    return display_money(-(-fen // unit) * unit)


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition with its sign, what was looked at, and the gap where a number falls short (条件)."""

    text: str
    truth: Truth
    detail: str
    gap: GapLine | None


@dataclass(frozen=True)
class Line:
    """One measure for one subject, as a row of the list (一条措施)."""

    result: Result
    state: State
    number: int

    @property
    def title(self) -> str:
        return self.result.measure.measure.title

    @property
    def key(self) -> str:
        """What names this line among those of its enterprise."""
        return f"{self.result.measure.key} {self.result.subject}"

    @property
    def object_name(self) -> str:
        return "" if self.result.subject == "enterprise" else self.result.object_name or self.result.subject

    @property
    def policy(self) -> Policy:
        return self.result.measure.policy

    @property
    def clause(self) -> str:
        return self.result.measure.measure.clause

    @property
    def certainty(self) -> Certainty:
        return self.result.measure.measure.certainty

    @property
    def high(self) -> int | None:
        return self.result.amount.high if self.result.amount else None

    @property
    def counts(self) -> bool:
        return self.state is State.ENTITLED and self.result.suppressed_by is None

    @cached_property
    def gaps(self) -> tuple[GapLine, ...]:
        return tuple(
            GapLine(
                each.fact.label, shown(each.fact, each.value), gap_text(each.fact, each.missing),
                f"{shown(each.fact, each.missing)}，到 {shown(each.fact, each.required)}",
                (gap_text if each.required > each.value else shown)(each.fact, each.required), each.required > each.value,
            )
            for each in self.result.gaps
        )  # fmt: skip

    @cached_property
    def conditions(self) -> tuple[ConditionLine, ...]:
        return tuple(
            ConditionLine(
                each.text, each.truth, each.detail,
                next((gap for gap in self.gaps if each.truth is Truth.NOT_MET and gap.label in each.text), None),
            )
            for each in self.result.conditions
        )  # fmt: skip

    @property
    def quote(self) -> tuple[tuple[str, bool], ...]:
        return quote_runs(self.result.measure.measure.quote)


@lru_cache(maxsize=2048)
def quote_runs(quote: str) -> tuple[tuple[str, bool], ...]:
    """A quote cut into runs, with True for numbers with their units."""
    folded = [(fold_character(character), place) for place, character in enumerate(quote)]
    kept = [(character, place) for character, place in folded if character]
    runs: list[tuple[str, bool]] = []
    at = 0
    for each in read_quantities("".join(character for character, _ in kept)):
        start, end = kept[each.start][1], kept[each.end - 1][1] + 1
        if start >= at:
            runs += [(quote[at:start], False), (quote[start:end], True)]
            at = end
    return tuple(run for run in (*runs, (quote[at:], False)) if run[0])


def state_of(result: Result) -> State:
    """可享 also where another award takes its place; 缺一步 where at most one condition is missed, by a number."""
    if result.status is Status.NOT_MET:
        missed = [each for each in result.conditions if each.truth is Truth.NOT_MET]
        return State.NEAR if result.gaps and len(missed) <= 1 else State.NOT_MET
    return {
        Status.MET: State.ENTITLED, Status.UNKNOWN: State.UNKNOWN, Status.NOT_IN_FORCE: State.NOT_IN_FORCE,
    }[result.status]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """All lines of one state (一组)."""

    state: State
    word: str
    lines: tuple[Line, ...]


class FastSituation(Situation):
    """A situation decided by the prepared plan, which gives what the reference gives."""

    def evaluate(self, sheet: FactSheet) -> Evaluation:
        return evaluate_one(self.plan, sheet, year=self.facts_year, as_if_in_force=self.as_if_in_force)


@dataclass(frozen=True, eq=False)
class PlanParts:
    """What is worked out of a plan once (计划的附件)."""

    plan: Plan

    @cached_property
    def alone(self) -> Plan:
        """The plan before rules between measures, kept so that it is prepared once."""
        return before_rules(self.plan)

    @cached_property
    def facts_read(self) -> dict[str, tuple[int, ...]]:
        """Keys of all facts the plan reads, each with how many years back."""
        found: dict[str, set[int]] = {}
        for measure in self.plan.measures:
            for key, back in _leaves(measure):
                found.setdefault(key, set()).add(back)
        return {key: tuple(sorted(back)) for key, back in found.items()}


def _leaves(measure: LoweredMeasure) -> Iterator[tuple[str, int]]:
    for condition in measure.conditions:
        yield from fact_leaves(condition.op)
    for tier in measure.tiers:
        if tier.condition is not None:
            yield from fact_leaves(tier.condition)
        yield from fact_leaves(tier.amount)


def measure_keys(measure: LoweredMeasure) -> frozenset[str]:
    """Keys of the facts a measure reads."""
    return frozenset(key for key, _back in _leaves(measure))


_PARTS: dict[int, PlanParts] = {}


def parts_of(plan: Plan) -> PlanParts:
    """The parts of a plan, kept with it."""
    kept = _PARTS.get(id(plan))
    if kept is None or kept.plan is not plan:
        if len(_PARTS) >= 64:
            _PARTS.clear()
        kept = _PARTS[id(plan)] = PlanParts(plan)
    return kept


@dataclass(frozen=True)
class Entitlements:
    """What an enterprise can get on a day (我的可享). Every part is worked out when it is first asked for."""

    plan: Plan
    sheet: FactSheet
    as_if_in_force: bool = False

    @property
    def on(self) -> date:
        return self.plan.on

    @property
    def year(self) -> int:
        return last_full_year(self.plan.on)

    @cached_property
    def situation(self) -> FastSituation:
        return FastSituation(self.plan, self.sheet, None, self.as_if_in_force)

    @property
    def results(self) -> tuple[Result, ...]:
        return self.situation.evaluation.results

    @cached_property
    def worth(self) -> Worth:
        """What is owed and what is at most: two sums, never one."""
        return worth_of(self.results)

    @property
    def counts(self) -> dict[State, int]:
        """How many lines each state has."""
        return {group.state: len(group.lines) for group in self.groups}

    @property
    def in_force_count(self) -> int:
        """Measures in force on the day, each counted once."""
        return len({each.measure.key for each in self.results if each.status is not Status.NOT_IN_FORCE})

    @property
    def open_count(self) -> int:
        """Measures that are met and whose clause names no amount."""
        return sum(
            each.status is Status.MET and each.suppressed_by is None and each.amount is None for each in self.results
        )

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(Line(each, state_of(each), number) for number, each in enumerate(self.results, start=1))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Lines by state; within one, what is definite first, then most money."""
        return tuple(
            Group(
                state,
                STATE_WORDS[state],
                tuple(sorted((each for each in self.lines if each.state is state), key=_rank)),
            )
            for state in State
        )

    @cached_property
    def choice(self) -> Choice:
        """The best admissible set."""
        alone = evaluate_one(parts_of(self.plan).alone, self.sheet, as_if_in_force=self.as_if_in_force)
        return choose(self.plan, alone.results, self.sheet, WEIGHT)

    @property
    def has_choice(self) -> bool:
        """Whether choosing matters: something is left out, or rules would pay less for everything."""
        return bool(self.choice.left_out) or self.choice.as_stacked != self.choice.worth

    @cached_property
    def missing(self) -> tuple[MissingFact, ...]:
        """Facts to supply, the one that settles most first."""
        return find_missing(self.situation, WEIGHT)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return find_steps(self.situation, WEIGHT)[:MOST_STEPS]

    @cached_property
    def ending(self) -> tuple[tuple[date, Policy, int], ...]:
        """When what is met ends: the last day, its document, and how many measures end with it."""
        counts: dict[tuple[date, str], tuple[Policy, int]] = {}
        for line in self.lines:
            ends = line.policy.header.validity.expires_on
            if line.state is State.ENTITLED and ends is not None:
                policy, count = counts.get((ends, line.policy.id), (line.policy, 0))
                counts[ends, line.policy.id] = (policy, count + 1)
        return tuple((ends, policy, count) for (ends, _), (policy, count) in sorted(counts.items()))


def _rank(line: Line) -> tuple[bool, bool, int, int]:
    suppressed = line.result.suppressed_by is not None
    return suppressed, line.certainty is not Certainty.DEFINITE, -(line.high or 0), line.number


Slot = tuple[str, str, str]
"""Which fact: (path, key, year or "")."""

_BY_KIND = {Kind.BOOLEAN: "choice", Kind.ENUM: "choice", Kind.SET: "choices", Kind.REGION: "region"}


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that can be filled in (一问): where it stands, and the text to begin with."""

    fact: Fact
    path: str
    year: int | None
    text: str
    error: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.path.replace('[', '-').replace(']', '')}-{self.fact.key}{f'-{self.year}' if self.year else ''}"

    @property
    def slot(self) -> Slot:
        return self.path, self.fact.key, self.year_text

    @property
    def year_text(self) -> str:
        return str(self.year) if self.year else ""

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(self.text.split("、"))

    @property
    def control(self) -> str:
        """Which control asks it: choice, choices, region, number or text."""
        return _BY_KIND.get(self.fact.type, "number" if self.fact.type.is_number else "text")

    @property
    def options(self) -> tuple[str, ...]:
        if self.fact.type is Kind.BOOLEAN:
            return ("是", "否")
        return (*self.fact.values, NOTHING) if self.fact.type is Kind.SET else self.fact.values

    @property
    def name(self) -> str:
        """Its name among moved facts."""
        place = "" if self.path == ENTERPRISE else f"{self.path}."
        return f"f.{place}{self.fact.key}{f'.{self.year}' if self.year else ''}"


def question_of(missing: MissingFact) -> Question:
    """A missing fact as a question."""
    return Question(missing.fact, missing.path, missing.year, "")
