"""The best next step of an enterprise: which one change, or which missing fact, is worth most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from cewen.base.money import FEN_PER_YUAN, display_money
from cewen.base.truth import Truth
from cewen.engine.batch import EnterpriseResults
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.factsheet import FactKey, FactSheet, Record
from cewen.engine.gap import Gap, number_text
from cewen.engine.result import Result, Status
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure, Plan

NEAR = Fraction(3, 10)
"""A gap greater than three tenths of the present value is no step."""


class StepKind(StrEnum):
    """下一步: provide a fact that is missing, or change one that falls short."""

    PROVIDE = "provide"
    REACH = "reach"

    @property
    def label(self) -> str:
        return {"provide": "补事实", "reach": "差一步"}[self.value]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, and what it would bring at most (`gain`, fen). `measures` are the keys of what it opens."""

    kind: StepKind
    words: str
    gain: int
    measures: tuple[str, ...]


class NextStepFinder:
    """Finds the step with the greatest gain for one enterprise after another.

    差一步: a result is not met, at most one condition is missed, and one number falls short by a little (`NEAR`). The
    required value is put in place and the whole enterprise evaluated again; the gain is the growth of its total,
    suppression and caps included. 补事实: of the smallest sets of missing facts that would settle an unknown result, the one whose
    results could bring most; the gain is the sum of their upper bounds. On equal gain providing a fact goes first.
    """

    def __init__(self, plan: Plan, *, year: int, as_if_in_force: bool = False) -> None:
        self.plan, self.year, self.as_if_in_force = plan, year, as_if_in_force
        self._readers: dict[frozenset[str], Plan] = {}

    def find(self, results: EnterpriseResults) -> NextStep | None:
        """The best step; None when nothing is missing that one step could mend."""
        return max([*_provide(results), *self._reach(results)], key=lambda step: step.gain, default=None)

    def _reach(self, results: EnterpriseResults) -> Iterator[NextStep]:
        """The best change. What other measures may take away again only lessens a gain, so the gain among the
        measures that read the changed facts bounds the whole one: few enterprises are evaluated whole."""
        options = sorted(self._options(results), key=lambda option: -option[0])
        best: NextStep | None = None
        for bound, result, gaps in options:
            if best is not None and bound <= best.gain:
                break
            gain = self._gain(self.plan, results.sheet, result, gaps)
            if gain > (best.gain if best else 0):
                words = "，".join(_gap_words(result, gap, self.year) for gap in gaps)
                best = NextStep(StepKind.REACH, words, gain, (result.measure.key,))
        if best is not None:
            yield best

    def _options(self, results: EnterpriseResults) -> Iterator[tuple[int, Result, tuple[Gap, ...]]]:
        for result in results.evaluation.results:
            missed = sum(outcome.truth is Truth.NOT_MET for outcome in result.conditions)
            if result.status is not Status.NOT_MET or missed > 1:
                continue
            for gaps in _choices([gap for gap in result.gaps if _is_near(gap)]):
                bound = self._gain(self._plan_reading(gaps), results.sheet, result, gaps)
                if bound > 0:
                    yield bound, result, gaps
                    break

    def _gain(self, plan: Plan, sheet: FactSheet, result: Result, gaps: Sequence[Gap]) -> int:
        """Growth of the total when the required values are in place; 0 when the measure is not met even then."""
        after = self._evaluate(plan, _with_values(sheet, result, gaps, self.year))
        return after.total.high - self._evaluate(plan, sheet).total.high if _is_met(after, result) else 0

    def _evaluate(self, plan: Plan, sheet: FactSheet) -> Evaluation:
        return evaluate_factsheet(plan, sheet, year=self.year, as_if_in_force=self.as_if_in_force)

    def _plan_reading(self, gaps: Sequence[Gap]) -> Plan:
        """The plan with only the measures that read one of the facts."""
        keys = frozenset(gap.fact.key for gap in gaps)
        if keys not in self._readers:
            measures = tuple(measure for measure in self.plan.measures if keys & _facts_read(measure))
            self._readers[keys] = replace(self.plan, measures=measures)
        return self._readers[keys]


def _facts_read(measure: LoweredMeasure) -> frozenset[str]:
    read: list[ops.NumberOp | ops.TruthOp] = [condition.op for condition in measure.conditions]
    read += [tier.amount for tier in measure.tiers]
    read += [tier.condition for tier in measure.tiers if tier.condition is not None]
    return frozenset(key for op in read for key in ops.fact_keys(op))


def _provide(results: EnterpriseResults) -> Iterator[NextStep]:
    unknown = [(result, _needs(result)) for result in results.evaluation.results if result.status is Status.UNKNOWN]
    sets = {needs for _, needs in unknown if needs}
    if not sets:
        return
    fewest = min(len(needs) for needs in sets)
    options = []
    for needs in sets:
        if len(needs) == fewest:
            opened = [result for result, other in unknown if other and other <= needs]
            gain = sum(result.amount.high for result in opened if result.amount is not None)
            options.append((gain, sorted(needs), opened))
    gain, best, opened = max(options, key=lambda option: (option[0], option[1]))
    names = dict(_names(results.sheet))
    words = "、".join(_missing_words(path, label, year, names) for path, label, year in best)
    keys = tuple(dict.fromkeys(result.measure.key for result in opened))
    yield NextStep(StepKind.PROVIDE, f"补 {words}", gain, keys)


Needed = tuple[str, str, int]
"""Path of the record, label of the fact, and year (0 where it has none), so that they can be ordered."""


def _needs(result: Result) -> frozenset[Needed]:
    return frozenset(
        ("enterprise" if each.fact.subject == "enterprise" else result.subject, each.fact.label, each.year or 0)
        for each in result.needs
    )


def _names(sheet: FactSheet) -> Iterator[tuple[str, str]]:
    for record in sheet.others:
        yield record.path, record.name or record.path


def _missing_words(path: str, label: str, year: int, names: dict[str, str]) -> str:
    words = f"{label}（{year} 年）" if year else label
    return words if path == "enterprise" else f"“{names[path]}”的{words}"


def _choices(gaps: Sequence[Gap]) -> Iterator[tuple[Gap, ...]]:
    """Each gap alone; all together where that is not enough. Nothing without gaps."""
    for gap in gaps:
        yield (gap,)
    if len(gaps) > 1:
        yield tuple(gaps)


def _is_near(gap: Gap) -> bool:
    """Within a step: the change is at most `NEAR` of the present value, or one level, rank, person."""
    is_money = gap.fact.quantity is not None and gap.fact.quantity.is_money
    return gap.missing <= NEAR * gap.value or (not is_money and gap.missing <= 1)


def _is_met(evaluation: Evaluation, result: Result) -> bool:
    return any(
        each.counts and each.measure.key == result.measure.key and each.subject == result.subject
        for each in evaluation.results
    )


def _with_values(sheet: FactSheet, result: Result, gaps: Sequence[Gap], year: int) -> FactSheet:
    """The fact sheet with the required value of each gap in place."""
    for gap in gaps:
        key = (gap.fact.key, year if gap.fact.is_annual else None)
        if gap.fact.subject == "enterprise":
            sheet = replace(sheet, enterprise=_changed(sheet.enterprise, key, gap))
        else:
            others = (_changed(each, key, gap) if each.path == result.subject else each for each in sheet.others)
            sheet = replace(sheet, others=tuple(others))
    return sheet


def _changed(record: Record, key: FactKey, gap: Gap) -> Record:
    return replace(record, values=MappingProxyType({**record.values, key: gap.required}))


def _gap_words(result: Result, gap: Gap, year: int) -> str:
    whose = "" if gap.fact.subject == "enterprise" else f"“{result.object_name or result.subject}”的"
    label = f"{gap.fact.label}（{year} 年）" if gap.fact.is_annual else gap.fact.label
    now, wanted, missing = (_shown(gap.fact, value) for value in (gap.value, gap.required, gap.missing))
    return f"{whose}{label}现为 {now}，到 {wanted} 就够，差 {missing}"


def _shown(fact: Fact, value: Fraction) -> str:
    """A number as a person reads it; yuan where 万元 with two decimals would round a part away."""
    if fact.quantity is None or not fact.quantity.is_money:
        return f"{number_text(fact, value)} {fact.unit}".strip()
    fen = int(value)
    return f"{number_text(fact, value)} 元" if fen % _SMALLEST_SHOWN else display_money(fen)


_SMALLEST_SHOWN = 100 * FEN_PER_YUAN
"""0.01 万元 in fen."""
