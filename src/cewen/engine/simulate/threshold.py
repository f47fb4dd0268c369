"""The thresholds of a plan: every number a clause compares a fact, or a ratio of facts, with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.money import display_money
from cewen.engine.columns.needs import measure_ops
from cewen.engine.simulate.ratio import ratio_text
from cewen.rules import ops
from cewen.rules.facts import Vocabulary
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.phrase import plain_number
from cewen.rules.types import RATIO, Kind

_STEPS = (Kind.INTEGER,)
"""Levels and ranks go in steps: one per cent of a level is nothing."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Threshold (门槛): `expression` in the words of the clause, its value in the base unit, who is compared."""

    subject: str
    expression: ops.NumberOp
    words: str
    value: Fraction
    measures: tuple[LoweredMeasure, ...]

    @property
    def value_text(self) -> str:
        """The value with its unit: 500.00 万元, 15%, 24 月."""
        quantity = self.expression.quantity
        if quantity.is_money:
            return display_money(int(self.value))
        if quantity == RATIO:
            return ratio_text(self.value)
        return f"{plain_number(self.value)} {quantity.unit}"


def thresholds(plan: Plan, vocabulary: Vocabulary) -> tuple[Threshold, ...]:
    """Every positive threshold of a fact or a quotient, with all measures that have it; in order of appearance."""
    found: dict[tuple[str, str, Fraction], Threshold] = {}
    for measure in plan.measures:
        subject = measure.measure.subject
        for expression, value in _compared(measure):
            words = _words(expression, vocabulary)
            if words is None or value <= 0:
                continue
            subject_read = _subject(expression, vocabulary, subject)
            known = found.get((subject_read, words, value))
            measures = known.measures if known else ()
            if measure not in measures:
                measures = (*measures, measure)
            found[subject_read, words, value] = Threshold(subject_read, expression, words, value, measures)
    return tuple(found.values())


def _compared(measure: LoweredMeasure) -> Iterator[tuple[ops.NumberOp, Fraction]]:
    for top in measure_ops(measure):
        for op in _walk(top):
            if isinstance(op, ops.FirstTime):
                if isinstance(op.threshold, ops.Constant):
                    yield op.fact, op.threshold.value
            elif isinstance(op, ops.Compare):
                if isinstance(op.right, ops.Constant):
                    yield op.left, op.right.value
                elif isinstance(op.left, ops.Constant):
                    yield op.right, op.left.value


def _walk(op: ops.NumberOp | ops.TruthOp) -> Iterator[ops.NumberOp | ops.TruthOp]:
    yield op
    for child in ops.children(op):
        yield from _walk(child)


def _words(op: ops.NumberOp, vocabulary: Vocabulary) -> str | None:
    """The expression as text, for facts, sums, differences and one quotient of them; None for anything else."""
    if isinstance(op, ops.Divide):
        if isinstance(op.left, ops.Subtract) and op.left.right == op.right and isinstance(op.right, ops.FactNumber):
            return f"增速({_linear_words(op.left.left, vocabulary)})"
        top, bottom = _linear_words(op.left, vocabulary), _linear_words(op.right, vocabulary)
        return f"{top} / {bottom}" if top and bottom else None
    return _linear_words(op, vocabulary)


def _linear_words(op: ops.NumberOp, vocabulary: Vocabulary) -> str | None:
    match op:
        case ops.FactNumber():
            fact = vocabulary.by_key(op.key)
            return None if fact.type in _STEPS else _fact_words(op, vocabulary)
        case ops.Add() | ops.Subtract():
            left, right = _linear_words(op.left, vocabulary), _linear_words(op.right, vocabulary)
            sign = "+" if isinstance(op, ops.Add) else "-"
            return f"({left} {sign} {right})" if left and right else None
    return None


def _fact_words(op: ops.NumberOp, vocabulary: Vocabulary) -> str:
    assert isinstance(op, ops.FactNumber)
    return "上年" * op.years_back + vocabulary.by_key(op.key).label


def _subject(op: ops.NumberOp, vocabulary: Vocabulary, subject: str) -> str:
    """Whose rows are counted: the enterprise's where only its facts are read."""
    keys = ops.fact_keys(op)
    return "enterprise" if all(vocabulary.by_key(key).subject == "enterprise" for key in keys) else subject
