"""Facts that just meet the conditions of a drafted measure, for the skeleton of its worked cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from cewen.rules import syntax
from cewen.rules.check.expressions import walk
from cewen.rules.draft.numbers import value_text
from cewen.rules.facts import COLLECTIONS, Fact, Vocabulary
from cewen.rules.regions import Regions
from cewen.rules.types import Kind, parse_literal

_FEN = 100
_PLENTY = Fraction(10**7 * _FEN)
"""What a sum no condition bounds is in a case: 1000万元."""


class Unsolved(Exception):
    """A condition no simple facts are known for; the case is left to the officer."""


@dataclass(slots=True)
class CaseFacts:
    """Facts of a case (算例的事实) by label; annual ones for `year` and the year before. Numbers in base units."""

    vocabulary: Vocabulary
    regions: Regions
    year: int
    numbers: dict[str, Fraction] = field(default_factory=dict)
    before: dict[str, Fraction] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    bounded: dict[str, str] = field(default_factory=dict)

    def copy(self) -> CaseFacts:
        """The same facts, to be changed; vocabulary and regions stay shared."""
        choices = {label: list(values) for label, values in self.choices.items()}
        return replace(
            self,
            numbers=dict(self.numbers),
            before=dict(self.before),
            choices=choices,
            words=dict(self.words),
            flags=dict(self.flags),
            bounded=dict(self.bounded),
        )

    def meet(self, text: str) -> None:
        """Set what a condition asks, numbers exactly at their threshold. Raises Unsolved."""
        try:
            self._meet(syntax.parse_expression(text))
        except (syntax.SyntaxFailure, ValueError) as error:
            raise Unsolved(text) from error

    def provide(self, expression: str) -> None:
        """Give a value to every fact of an amount that has none yet."""
        try:
            tree = syntax.parse_expression(expression)
        except syntax.SyntaxFailure as error:
            raise Unsolved(expression) from error
        for node in walk(tree):
            fact = self.vocabulary.by_label(node.text) if isinstance(node, syntax.Name) else None
            if fact is not None and fact.quantity is not None:
                self.numbers.setdefault(fact.label, _PLENTY if fact.type is Kind.MONEY else Fraction(10))
            if isinstance(node, syntax.Call) and node.function in ("增量", "增速", "上年"):
                for name in node.arguments:
                    if isinstance(name, syntax.Name):
                        self.before.setdefault(name.text, self.numbers.get(name.text, _PLENTY) / 2)

    def rendered(self, subject: str) -> dict[str, Any]:
        """As a fact sheet writes it: {enterprise: {年营业收入: {2023: 500万元}}, projects: [{…}]}."""
        sheets: dict[str, dict[str, Any]] = {}
        for label, value in self._written():
            fact = self.vocabulary.by_label(label)
            sheets.setdefault(fact.subject if fact else "enterprise", {})[label] = value
        result: dict[str, Any] = {"enterprise": sheets.get("enterprise", {})}
        if subject != "enterprise":
            result[COLLECTIONS[subject]] = [sheets.get(subject, {})]
        return result

    def _written(self) -> Iterator[tuple[str, Any]]:
        yield from self.words.items()
        yield from self.choices.items()
        yield from self.flags.items()
        for label, value in self.numbers.items():
            fact = self._fact(label)
            if not fact.is_annual:
                yield label, _spelled(fact, value)
            else:
                years = {self.year - 1: self.before[label]} if label in self.before else {}
                yield label, {year: _spelled(fact, each) for year, each in {**years, self.year: value}.items()}

    # --- conditions --------------------------------------------------------------------------------------------

    def _meet(self, node: syntax.Node) -> None:
        match node:
            case syntax.Junction(operator="且"):
                for part in node.parts:
                    self._meet(part)
            case syntax.Junction():
                self._meet(node.parts[0])
            case syntax.Name():
                self.flags[self._fact(node.text).label] = True
            case syntax.Membership(left=syntax.Name() as left):
                self._choose(self._fact(left.text), node.values[0].text)
            case syntax.Comparison():
                self._compare(node)
            case syntax.Call(function="首次达到" | "首次突破"):
                self._first_time(node)
            case _:
                raise Unsolved(str(node))

    def _choose(self, fact: Fact, value: str) -> None:
        if fact.type is Kind.SET:
            self.choices.setdefault(fact.label, []).append(value)
        elif fact.type is Kind.REGION:
            region = self.regions.find(value)
            if region is None:
                raise Unsolved(value)
            self.words[fact.label] = region.code
        else:
            self.words[fact.label] = value

    def _compare(self, node: syntax.Comparison) -> None:
        left, right = node.left, node.right
        if isinstance(left, syntax.Name) and not isinstance(right, syntax.Number):
            fact = self._fact(left.text)
            if isinstance(right, (syntax.Name, syntax.String)) and node.operator == "=":
                if fact.type is Kind.BOOLEAN:
                    self.flags[fact.label] = right.text == "是"
                else:
                    self._choose(fact, right.text)
                return
            raise Unsolved(left.text)
        if not isinstance(right, syntax.Number):
            raise Unsolved(node.operator)
        value, _ = parse_literal(right.value, right.suffix)
        match left:
            case syntax.Name():
                self._set(self._fact(left.text), value, node.operator)
            case syntax.Arithmetic(operator="/", left=syntax.Name() as part, right=syntax.Name() as whole):
                base = self.numbers.setdefault(self._fact(whole.text).label, _PLENTY)
                self.numbers[self._fact(part.text).label] = base * value
                self.bounded[part.text] = node.operator
            case syntax.Call(function="增速", arguments=(syntax.Name() as name,)):
                now = self.numbers.setdefault(self._fact(name.text).label, _PLENTY)
                self.before[name.text] = now
                self.numbers[name.text] = now * (1 + value)
                self.bounded[name.text] = node.operator
            case _:
                raise Unsolved(node.operator)

    def _set(self, fact: Fact, value: Fraction, operator: str) -> None:
        step = Fraction(1)
        self.bounded[fact.label] = operator
        self.numbers[fact.label] = value + {">": step, "<": -step}.get(operator, Fraction(0))

    def _first_time(self, node: syntax.Call) -> None:
        name, threshold = node.arguments
        if not isinstance(name, syntax.Name) or not isinstance(threshold, syntax.Number):
            raise Unsolved(node.function)
        value, _ = parse_literal(threshold.value, threshold.suffix)
        fact = self._fact(name.text)
        self.before[fact.label] = value / 2
        self._set(fact, value, ">" if node.function == "首次突破" else ">=")

    def _fact(self, label: str) -> Fact:
        fact = self.vocabulary.by_label(label)
        if fact is None:
            raise Unsolved(label)
        return fact


def _spelled(fact: Fact, value: Fraction) -> Any:
    if fact.type is Kind.MONEY:
        return value_text(value / _FEN, "元")
    return int(value) if value.denominator == 1 else str(value)
