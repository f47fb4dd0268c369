"""The words of a trace, prepared: labels joined beforehand, each value written once for a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.money import display_money
from cewen.engine.evaluate import fact_leaves, percent_text, value_text
from cewen.engine.factsheet import FactKey
from cewen.engine.single.numbers import PairClosure
from cewen.engine.single.situation import Situation
from cewen.engine.single.truths import Compiler
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.types import RATIO

Wording = Callable[[Situation], str]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One fact a condition looks at."""

    fact: Fact
    key: FactKey
    own: bool
    label: str
    is_money: bool

    def words(self, here: Situation) -> str:
        """The label and the value, or that it is missing; remembered for the record."""
        found = here.words.get(self.key)
        if found is None:
            value = (here.own if self.own else here.company).get(self.key)
            if value is None:
                found = f"{self.label} 未提供"
            elif self.is_money and value.__class__ is Fraction:
                found = f"{self.label} {display_money(int(value))}"
            else:
                found = f"{self.label} {value_text(self.fact, value, here.chains.regions)}"
            here.words[self.key] = found
        return found


def detail(op: ops.TruthOp, compiler: Compiler) -> Wording:
    """The values a condition looks at, missing ones named; as the reference words them."""
    leaves = tuple(_leaf(key, back, compiler).words for key, back in dict.fromkeys(fact_leaves(op)))
    if isinstance(op, ops.Compare) and op.left.quantity == RATIO and not isinstance(op.left, ops.FactNumber):
        return _with_percent(leaves, op.left, compiler.number(op.left).pair())
    if len(leaves) == 1:
        return leaves[0]
    if not leaves:
        return lambda here: "无须事实"
    return lambda here: "，".join([leaf(here) for leaf in leaves])


def _leaf(key: str, years_back: int, compiler: Compiler) -> _Leaf:
    fact = compiler.vocabulary.by_key(key)
    place = compiler.key(fact, years_back)
    label = fact.label if place[1] is None else f"{fact.label}（{place[1]}年）"
    is_money = fact.quantity is not None and fact.quantity.is_money
    return _Leaf(fact, place, fact.subject != "enterprise", label, is_money)


def _with_percent(leaves: tuple[Wording, ...], op: ops.NumberOp, ratio: PairClosure) -> Wording:
    def words(here: Situation) -> str:
        parts = [leaf(here) for leaf in leaves]
        pair = ratio(here)
        exact = here.ask_number(op).exact if pair is None else Fraction(*pair)
        if exact is not None:
            parts.append(f"即 {percent_text(exact)}")
        return "，".join(parts) or "无须事实"

    return words
