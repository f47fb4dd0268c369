"""One fact sheet against a plan: every measure for every subject it applies to, stacking applied, summed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from cewen.base.certainty import Certainty
from cewen.base.money import display_money, round_half_up
from cewen.base.period import InForce, last_full_year
from cewen.base.truth import Truth, all_of, any_of
from cewen.engine.factsheet import FactSheet, PastAward, Record, Value, View
from cewen.engine.gap import Gap, gaps, number_text
from cewen.engine.range import Range, hull
from cewen.engine.reference import Interpreter, Missing
from cewen.engine.result import Amount, ConditionOutcome, Result, Status
from cewen.engine.stacking import apply_stacking
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.measure import Tier
from cewen.rules.regions import Regions
from cewen.rules.types import RATIO


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All results of one enterprise on a date. The totals are sums over what is met and not suppressed."""

    on: date
    results: tuple[Result, ...]

    @property
    def total(self) -> Amount:
        amounts = [result.amount for result in self.results if result.counts and result.amount is not None]
        return Amount(sum(amount.low for amount in amounts), sum(amount.high for amount in amounts))


def evaluate_factsheet(
    plan: Plan, sheet: FactSheet, *, year: int | None = None, as_if_in_force: bool = False
) -> Evaluation:
    """Evaluate every measure of `plan` for `sheet` on the plan's date.

    `year` is the year annual facts mean; by default the last full year before the date. With `as_if_in_force`,
    drafts and expired instruments are evaluated too, and each of their results says so in `simulated`.
    """
    facts_year = last_full_year(plan.on) if year is None else year
    results: list[Result] = []
    for measure in plan.measures:
        in_force = measure.policy.header.validity.on(plan.on)
        for record in sheet.of_subject(measure.measure.subject):
            if in_force is not InForce.IN_FORCE and not as_if_in_force:
                results.append(Result(measure, record.path, record.name, Status.NOT_IN_FORCE, reason=in_force))
                continue
            view = View(record, sheet.enterprise, facts_year, awards_before(sheet, plan.on))
            interpreter = Interpreter(plan.corpus.vocabulary, plan.corpus.regions, view)
            simulated = None if in_force is InForce.IN_FORCE else in_force
            results.append(_evaluate(measure, record, interpreter, simulated))
    return Evaluation(plan.on, apply_stacking(plan, tuple(results), sheet))


def awards_before(sheet: FactSheet, day: date) -> tuple[PastAward, ...]:
    """Awards already made on that day (已获奖补)."""
    return tuple(award for award in sheet.awards if award.on <= day)


def _evaluate(measure: LoweredMeasure, record: Record, interpreter: Interpreter, simulated: InForce | None) -> Result:
    outcomes = tuple(
        ConditionOutcome(condition.text, interpreter.truth(condition.op), _detail(condition.op, interpreter))
        for condition in measure.conditions
    )
    truths = [outcome.truth for outcome in outcomes]
    steps = [f"{outcome.truth.sign} {outcome.text}：{outcome.detail}" for outcome in outcomes]
    tiers = [(tier, _tier_truth(tier, interpreter)) for tier in measure.tiers]
    if tiers:
        truths.append(any_of(truth for _, truth in tiers))
    eligible = all_of(truths)
    tier, amount = _amount(tiers, interpreter)
    if amount is not None and amount.defined is Truth.NOT_MET:
        eligible = Truth.NOT_MET
        steps.append("✗ 除数为零，金额无从计算")
    settled = amount is None or amount.exact is not None
    if eligible is Truth.NOT_MET:
        status = Status.NOT_MET
    elif eligible is Truth.MET and settled:
        status = Status.MET
    else:
        status = Status.UNKNOWN
    steps.extend(f"{truth.sign} {each.name}：{each.condition_text}" for each, truth in tiers if each.name)
    interval = amount_interval(measure.measure.certainty, status, eligible, amount)
    if interval is not None:
        steps.append(amount_step(measure.measure.amount_sentence(), interval, status))
    return Result(
        measure,
        record.path,
        record.name,
        status,
        interval,
        simulated=simulated,
        tier=tier.name if tier and status is Status.MET else None,
        conditions=outcomes,
        needs=tuple(dict.fromkeys(_needs(measure, interpreter))) if status is Status.UNKNOWN else (),
        gaps=tuple(dict.fromkeys(_gaps(measure, interpreter))) if status is Status.NOT_MET else (),
        steps=tuple(steps),
    )


def _tier_truth(tier: Tier, interpreter: Interpreter) -> Truth:
    return Truth.MET if tier.condition is None else interpreter.truth(tier.condition)


def _amount(tiers: list[tuple[Tier, Truth]], interpreter: Interpreter) -> tuple[Tier | None, Range | None]:
    """The last met tier and the range of what may be given; (None, None) when the clause gives no number."""
    if not tiers:
        return None, None
    chosen: Tier | None = None
    possible: list[Range] = []
    for tier, truth in tiers:
        if truth is Truth.MET:
            chosen, possible = tier, [interpreter.number(tier.amount)]
        elif truth is Truth.UNKNOWN:
            possible.append(interpreter.number(tier.amount))
    if not possible:
        return None, Range.exactly(0)
    return chosen, hull(tuple(possible))


def amount_interval(certainty: Certainty, status: Status, eligible: Truth, amount: Range | None) -> Amount | None:
    """Whole fen, rounded once. A ceiling or a selection starts at nothing, and so does what is not yet settled."""
    if amount is None or status is Status.NOT_MET or amount.high is None:
        return None
    high = max(0, round_half_up(amount.high))
    sure = certainty is Certainty.DEFINITE and eligible is Truth.MET and amount.defined is Truth.MET
    low = max(0, round_half_up(amount.low)) if sure and amount.low is not None else 0
    return Amount(low, high)


def amount_step(words: str, interval: Amount, status: Status) -> str:
    """The last step of a trace: how the amount is formed, and the amount."""
    if status is Status.UNKNOWN:
        return f"金额：{words} → 待核实，至多 {display_money(interval.high)}"
    if interval.low == interval.high:
        return f"金额：{words} → {display_money(interval.high)}"
    return f"金额：{words} → 最高 {display_money(interval.high)}（是上限，不是承诺的数额）"


def _detail(op: ops.TruthOp, interpreter: Interpreter) -> str:
    """The values a condition looked at, missing ones named."""
    parts = [_shown(key, back, interpreter) for key, back in dict.fromkeys(fact_leaves(op))]
    if isinstance(op, ops.Compare) and op.left.quantity == RATIO and not isinstance(op.left, ops.FactNumber):
        ratio = interpreter.number(op.left).exact
        if ratio is not None:
            parts.append(f"即 {percent_text(ratio)}")
    return "，".join(parts) or "无须事实"


def percent_text(ratio: Fraction) -> str:
    """Percent to four decimals, cut off and not rounded: what falls short of a threshold never reads as reaching it."""
    return f"{Decimal(floor(ratio * 10**6)).scaleb(-4).normalize():f}%"


def fact_leaves(op: ops.TruthOp | ops.NumberOp) -> Iterator[tuple[str, int]]:
    """Key and years back of every fact `op` reads, in order of appearance, repeated ones too."""
    key = getattr(op, "key", None)
    if isinstance(key, str):
        yield key, getattr(op, "years_back", 0)
    for child in ops.children(op):
        yield from fact_leaves(child)
    if isinstance(op, ops.FirstTime):
        yield op.fact.key, op.fact.years_back + 1


def _shown(key: str, years_back: int, interpreter: Interpreter) -> str:
    fact = interpreter.vocabulary.by_key(key)
    value = interpreter.view.value(fact, years_back)
    year = interpreter.view.key(fact, years_back)[1]
    label = fact.label if year is None else f"{fact.label}（{year}年）"
    return f"{label} {'未提供' if value is None else value_text(fact, value, interpreter.regions)}"


def value_text(fact: Fact, value: Value, regions: Regions) -> str:
    """A known value as a trace shows it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        money = fact.quantity is not None and fact.quantity.is_money
        return display_money(int(value)) if money else number_text(fact, value) + fact.unit
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or "无"
    if fact.type.value == "region":
        return regions.name(str(value))
    return str(value)


def _needs(measure: LoweredMeasure, interpreter: Interpreter) -> Iterator[Missing]:
    for condition in measure.conditions:
        yield from interpreter.needs(condition.op)
    for tier in measure.tiers:
        if tier.condition is not None:
            yield from interpreter.needs(tier.condition)
        if _tier_truth(tier, interpreter) is not Truth.NOT_MET:
            yield from interpreter.needs(tier.amount)


def _gaps(measure: LoweredMeasure, interpreter: Interpreter) -> Iterator[Gap]:
    """Of the conditions; and, when no tier applies, of the lowest tier that could be reached."""
    for condition in measure.conditions:
        yield from gaps(condition.op, interpreter)
    if any(_tier_truth(tier, interpreter) is not Truth.NOT_MET for tier in measure.tiers):
        return
    for tier in measure.tiers:
        found = list(gaps(tier.condition, interpreter)) if tier.condition is not None else []
        if found:
            yield from found
            return
