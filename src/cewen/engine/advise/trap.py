"""Marginal traps: where one unit more of a fact loses an award. Found at the thresholds, tried just below and above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.truth import Truth
from cewen.engine.advise.situation import Situation
from cewen.engine.advise.step import shown, with_value
from cewen.engine.advise.worth import Worth
from cewen.engine.columns.needs import measure_ops
from cewen.engine.factsheet import FactSheet
from cewen.engine.gap import number_text
from cewen.engine.reference import Interpreter
from cewen.engine.result import Result, Status
from cewen.rules import ops
from cewen.rules.facts import Fact

REACH = 2
"""Traps are looked for up to twice the present value."""


@dataclass(frozen=True, slots=True)
class Trap:
    """Marginal trap (边际陷阱): at `safe` all is well, one unit more loses `loss` and the awards named."""

    fact: Fact
    path: str
    year: int | None
    value: Fraction
    safe: Fraction
    loss: Worth
    measures: tuple[str, ...]
    titles: tuple[str, ...]

    @property
    def words(self) -> str:
        label = self.fact.label if self.year is None else f"{self.fact.label}（{self.year} 年）"
        unit = (
            "1 分" if self.fact.quantity is not None and self.fact.quantity.is_money else f"1 {self.fact.unit}".strip()
        )
        ahead = (
            "现在正在这条线上" if self.safe == self.value else f"离现值还有 {shown(self.fact, self.safe - self.value)}"
        )
        return f"{label}过了 {shown(self.fact, self.safe)}，再多 {unit}就失去 {'、'.join(self.titles)}（{ahead}）"

    def to_json(self) -> dict[str, object]:
        return {
            "fact": self.fact.label, "record": self.path, "year": self.year,
            "value": number_text(self.fact, self.value), "safe": number_text(self.fact, self.safe),
            "loss": self.loss.to_json(), "measures": list(self.measures),
        }  # fmt: skip


def find_traps(situation: Situation) -> tuple[Trap, ...]:
    """Traps between the present value of each number fact and `REACH` times it, the nearest first."""
    found: dict[tuple[str, str, Fraction], Trap] = {}
    for result in situation.evaluation.results:
        if result.status in (Status.NOT_IN_FORCE, Status.UNKNOWN):
            continue
        for fact, value, edge in _edges(situation, result):
            path = "enterprise" if fact.subject == "enterprise" else result.subject
            if (path, fact.key, edge) not in found:
                trap = _trap(situation, path, fact, value, edge)
                if trap is not None:
                    found[path, fact.key, edge] = trap
    return tuple(
        sorted(
            found.values(), key=lambda trap: ((trap.safe - trap.value) / max(trap.value, Fraction(1)), trap.fact.key)
        )
    )


def _edges(situation: Situation, result: Result) -> Iterator[tuple[Fact, Fraction, Fraction]]:
    """Fact, present value, and the last value before a comparison of the measure changes its answer."""
    interpreter = situation.interpreter(result)
    for top in measure_ops(result.measure):
        for op in _comparisons(top):
            for key in dict.fromkeys(_present(op)):
                fact = interpreter.vocabulary.by_key(key)
                value = interpreter.view.value(fact)
                if isinstance(value, Fraction):
                    edge = _last_same(op, fact, value, interpreter)
                    if edge is not None:
                        yield fact, value, edge


def _comparisons(op: ops.NumberOp | ops.TruthOp) -> Iterator[ops.TruthOp]:
    if isinstance(op, (ops.Compare, ops.FirstTime)):
        yield op
    for child in ops.children(op):
        yield from _comparisons(child)


def _present(op: ops.NumberOp | ops.TruthOp) -> Iterator[str]:
    if isinstance(op, ops.FactNumber) and op.years_back == 0:
        yield op.key
    for child in ops.children(op):
        yield from _present(child)


def _last_same(op: ops.TruthOp, fact: Fact, value: Fraction, interpreter: Interpreter) -> Fraction | None:
    """By halving: the greatest whole number up to which the answer stays as at `value`; None when it never changes."""
    _, most = fact.bounds()
    top = int(value) * REACH if most is None else min(int(value) * REACH, int(most))

    def truth(number: int) -> Truth:
        view = interpreter.view.with_value(fact, Fraction(number))
        return Interpreter(interpreter.vocabulary, interpreter.regions, view).truth(op)

    low, now = int(value), truth(int(value))
    if top <= low or (truth(low + 1) is now and truth(top) is now):
        return None
    high = low + 1 if truth(low + 1) is not now else top
    while high - low > 1:
        middle = (low + high) // 2
        if truth(middle) is now:
            low = middle
        else:
            high = middle
    return Fraction(low)


def _trap(situation: Situation, path: str, fact: Fact, value: Fraction, edge: Fraction) -> Trap | None:
    year = situation.year if fact.is_annual else None
    below, above = (_with(situation.sheet, path, fact, year, number) for number in (edge, edge + 1))
    before, after = situation.evaluate(below), situation.evaluate(above)
    gone = situation.lost(before, after)
    loss = situation.worth(before) - situation.worth(after)
    if not gone or (loss.definite <= 0 and loss.ceiling <= 0):
        return None
    return Trap(
        fact, path, year, value, edge, Worth(max(loss.definite, 0), max(loss.ceiling, 0)),
        tuple(dict.fromkeys(result.measure.key for result in gone)),
        tuple(dict.fromkeys(f"“{result.measure.measure.title}”" for result in gone)),
    )  # fmt: skip


def _with(sheet: FactSheet, path: str, fact: Fact, year: int | None, value: Fraction) -> FactSheet:
    return with_value(sheet, path, fact, year, value)
