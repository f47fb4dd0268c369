"""The cheapest next steps: the smallest change of facts that opens a measure or a higher tier, tried out in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from cewen.base.money import display_money, yuan_text
from cewen.base.truth import Truth
from cewen.engine.advise.situation import Situation
from cewen.engine.advise.worth import Worth
from cewen.engine.factsheet import FactSheet, Record, Value
from cewen.engine.gap import Gap, gaps, number_text
from cewen.engine.reference import Interpreter
from cewen.engine.result import Result, Status
from cewen.engine.simulate.ratio import ratio_text
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.types import Kind

MOST_ROUNDS = 4
QUALIFICATION_EFFORT = Fraction(1)
"""A qualification to obtain, or a level to start from nothing, counts as much as doubling a number."""


class StepKind(StrEnum):
    """What a step takes (下一步的种类): more of a number, or a qualification the firm does not have."""

    NUMBER = "number"
    QUALIFICATION = "qualification"


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact changed (改动的事实): of which record, from what (None: not given) to what."""

    fact: Fact
    path: str
    year: int | None
    before: Value | None
    after: Value

    @property
    def effort(self) -> Fraction:
        """How much of itself a number must change; 1 for a qualification."""
        if isinstance(self.before, Fraction) and isinstance(self.after, Fraction) and self.before:
            return abs(self.after - self.before) / abs(self.before)
        return QUALIFICATION_EFFORT

    @property
    def words(self) -> str:
        label = self.fact.label if self.year is None else f"{self.fact.label}（{self.year} 年）"
        if isinstance(self.before, Fraction) and isinstance(self.after, Fraction):
            verb = "增加" if self.after > self.before else "减少"
            difference = abs(self.after - self.before)
            return f"{label}{verb} {shown(self.fact, difference)}，到 {shown(self.fact, self.after)}"
        if isinstance(self.before, frozenset) and isinstance(self.after, frozenset):
            return f"{label}新增 {shown(self.fact, self.after - self.before)}"
        return f"{label}：{shown(self.fact, self.after)}"

    @property
    def is_number(self) -> bool:
        return isinstance(self.after, Fraction)

    def to_json(self) -> dict[str, object]:
        before = None if self.before is None else plain(self.fact, self.before)
        return {
            "fact": self.fact.label, "record": self.path, "year": self.year, "before": before,
            "after": plain(self.fact, self.after),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Next step (下一步): the changes, the measures they open, and the growth of the whole enterprise's money."""

    changes: tuple[FactChange, ...]
    opens: tuple[str, ...]
    titles: tuple[str, ...]
    gain: Worth
    without_amount: bool

    @property
    def kind(self) -> StepKind:
        return StepKind.NUMBER if all(change.is_number for change in self.changes) else StepKind.QUALIFICATION

    @property
    def effort(self) -> Fraction:
        """How much all facts must change together, in shares of themselves."""
        return sum((change.effort for change in self.changes), Fraction(0))

    def to_json(self) -> dict[str, object]:
        return {
            "kind": self.kind.value, "changes": [change.to_json() for change in self.changes], "opens": list(self.opens),
            "gain": self.gain.to_json(), "effort": ratio_text(self.effort),
        }  # fmt: skip


def find_steps(situation: Situation, ceiling_weight: Fraction) -> tuple[Step, ...]:
    """Steps by gain for effort, the best first. Each was put in place and the whole enterprise evaluated again."""
    found: dict[tuple[FactChange, ...], Step] = {}
    for result in situation.evaluation.results:
        for changes in _ways(situation, result):
            step = _tried(situation, result, changes)
            if step is not None and step.changes not in found:
                found[step.changes] = step
    order = sorted(found.values(), key=lambda step: (-step.gain.weighed(ceiling_weight) / step.effort, step.effort))
    return tuple(order)


def _ways(situation: Situation, result: Result) -> Iterator[list[ops.TruthOp]]:
    """What must come to hold: the conditions of a missed measure with its lowest reachable tier, or a higher tier."""
    interpreter = situation.interpreter(result)
    conditions = [condition.op for condition in result.measure.conditions]
    tiers = [tier.condition for tier in result.measure.tiers if tier.condition is not None]
    if result.status is Status.NOT_MET:
        if not tiers or any(interpreter.truth(tier) is Truth.MET for tier in tiers):
            yield conditions
        else:
            yield from ([*conditions, tier] for tier in tiers[:1])
    elif result.status is Status.MET and tiers:
        met = max((at for at, tier in enumerate(tiers) if interpreter.truth(tier) is Truth.MET), default=-1)
        yield from ([*conditions, tier] for tier in tiers[met + 1 : met + 2])


def _tried(situation: Situation, result: Result, wanted: list[ops.TruthOp]) -> Step | None:
    """The changes that make all of `wanted` hold, found round by round; None when no small change does."""
    sheet, changes = situation.sheet, dict[tuple[str, str], FactChange]()
    for _ in range(MOST_ROUNDS):
        interpreter = situation.interpreter(result, sheet)
        missed = [op for op in wanted if interpreter.truth(op) is not Truth.MET]
        if not missed:
            break
        for op in missed:
            fact, value = next(_mends(op, interpreter), (None, None))
            if fact is None or value is None:
                return None
            path = "enterprise" if fact.subject == "enterprise" else result.subject
            year = situation.year if fact.is_annual else None
            before = interpreter.view.value(fact)
            first = changes.get((path, fact.key))
            changes[path, fact.key] = FactChange(fact, path, year, first.before if first else before, value)
            sheet = with_value(sheet, path, fact, year, value)
            interpreter = situation.interpreter(result, sheet)
    if not changes:
        return None
    after = situation.evaluate(sheet)
    opened = situation.opened(after)
    own = next(
        (each for each in after.results if each.measure is result.measure and each.subject == result.subject), None
    )
    gain = situation.worth(after) - situation.worth(situation.evaluation)
    if own is None or own.status is not Status.MET or own.suppressed_by is not None:
        return None
    if gain.definite < 0 or gain.ceiling < 0 or (not opened and gain == Worth()):
        return None
    titles = tuple(dict.fromkeys(each.measure.measure.title for each in opened)) or (result.measure.measure.title,)
    keys = tuple(dict.fromkeys(each.measure.key for each in opened)) or (result.measure.key,)
    ordered = tuple(changes[key] for key in sorted(changes))
    return Step(ordered, keys, titles, gain, own.amount is None)


def _mends(op: ops.TruthOp, interpreter: Interpreter) -> Iterator[tuple[Fact, Value]]:
    """Changes of one fact, each of which brings `op` nearer.

    What a project, product or park is, and where a firm is registered, are not for it to change.
    """
    truth = interpreter.truth(op)
    if truth is Truth.MET:
        return
    match op:
        case ops.All():
            for part in op.parts:
                yield from _mends(part, interpreter)
        case ops.Any():
            for part in op.parts:
                yield from _mends(part, interpreter)
        case ops.IsTrue():
            yield interpreter.vocabulary.by_key(op.key), True
        case ops.OneOf() | ops.Holds() if truth is Truth.NOT_MET:
            fact = interpreter.vocabulary.by_key(op.key)
            now = interpreter.view.value(fact)
            if fact.subject == "enterprise" and isinstance(now, frozenset):
                yield fact, now | frozenset(op.values)
        case _ if truth is Truth.NOT_MET:
            yield from ((gap.fact, gap.required) for gap in gaps(op, interpreter) if _is_step(gap))


def _is_step(gap: Gap) -> bool:
    """More of something, or of a level one that exists; nobody improves by turning over less."""
    return gap.required > gap.value or gap.fact.type is Kind.INTEGER


def with_value(sheet: FactSheet, path: str, fact: Fact, year: int | None, value: Value) -> FactSheet:
    """The fact sheet with one fact of one record replaced."""

    def changed(record: Record) -> Record:
        return replace(record, values={**record.values, (fact.key, year): value})

    if path == "enterprise":
        return replace(sheet, enterprise=changed(sheet.enterprise))
    return replace(sheet, others=tuple(changed(each) if each.path == path else each for each in sheet.others))


def shown(fact: Fact, value: Value) -> str:
    """A value as a person reads it; small money in yuan."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        if fact.quantity is not None and fact.quantity.is_money:
            fen = int(value)
            return f"{yuan_text(fen)} 元" if fen % 10_000 else display_money(fen)
        return f"{number_text(fact, value)} {fact.unit}".strip()
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or "无"
    return str(value)


def plain(fact: Fact, value: Value) -> object:
    """A value as JSON carries it."""
    if isinstance(value, Fraction):
        return number_text(fact, value)
    return sorted(value) if isinstance(value, frozenset) else value if isinstance(value, bool) else str(value)
