"""Conditions of a drafted measure: known words and numbers of the quote, each with its place; 待定 for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cewen.rules.check.expressions import walk
from cewen.rules.draft.lexicon import Hit, Lexicon
from cewen.rules.draft.numbers import value_text
from cewen.rules.draft.quote import Quoted
from cewen.rules.facts import Vocabulary
from cewen.rules.placeholder import PENDING
from cewen.rules.syntax import Name, SyntaxFailure, parse_expression
from cewen.rules.types import Quantity, parse_literal
from cewen.text.flow import fold_text
from cewen.text.readings.incentives import Condition, Incentive
from cewen.text.readings.passage import Passage

_OPERATORS = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=", "about": ">="}
_FIRST = re.compile(r"首次(?:达到|超过|突破|迈上)?[^,;。]{0,6}$")
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class Written:
    """A condition as drafted (条件): where its words stand in the quote, the rule, and the words nobody knew."""

    at: int
    rule: str
    unknown: str | None = None
    unit: str = ""


def read_conditions(
    incentive: Incentive, quoted: Quoted, passage: Passage, lexicon: Lexicon, subject: str
) -> list[Written]:
    """One condition for each number that bounds something; an unknown quantity is 待定, its number kept."""
    found: list[Written] = []
    for condition in incentive.conditions:
        start, _ = quoted.local(passage, condition.span)
        found.append(_bound(condition, start, quoted, lexicon, subject))
    return found


def _bound(condition: Condition, start: int, quoted: Quoted, lexicon: Lexicon, subject: str) -> Written:
    number = value_text(condition.value, condition.unit)
    wanted = unit_of(condition.unit)
    words = fold_text(condition.quantity)
    operator = _OPERATORS.get(condition.op, ">=")
    if wanted is None:
        return Written(start, f"{PENDING} {operator} {number}", condition.quantity, condition.unit)
    expression = lexicon.expression(words, wanted, subject, quoted.flow)
    before = quoted.flow[max(0, start - _LOOK_BACK) : start]
    if expression is None:
        # The name of what is bounded stands before the number: 建设期内（最长不超过2年）.
        near = lexicon.last_fact(re.split(r"[;。]", before)[-1], wanted, subject, quoted.flow)
        expression = near.label if near is not None else None
    if expression is None:
        return Written(start, f"{PENDING} {operator} {number}", condition.quantity, condition.unit)
    if _FIRST.search(before) and _is_annual(expression, lexicon.vocabulary):
        function = "首次突破" if operator == ">" else "首次达到"
        return Written(start, f"{function}({expression}, {number})")
    return Written(start, f"{expression} {operator} {number}")


def unit_of(unit: str) -> Quantity | None:
    """The unit a fact must have to be held against a number; None where the language has none."""
    try:
        return parse_literal(Fraction(1), unit)[1]
    except ValueError:
        return None


def known_phrases(quoted: Quoted, lexicon: Lexicon, skipped: list[tuple[int, int]]) -> list[Hit]:
    """Phrases of the lexicon in the quote, but for those within ranges that hold tiers or bases of rates."""
    return [
        hit
        for hit in lexicon.phrases(quoted.flow)
        if not any(start <= hit.start and hit.end <= end for start, end in skipped)
    ]


def facts_of(rule: str, vocabulary: Vocabulary) -> set[str]:
    """Subjects of the facts an expression names."""
    try:
        tree = parse_expression(rule)
    except SyntaxFailure:
        return set()
    names = (node.text for node in walk(tree) if isinstance(node, Name))
    return {fact.subject for name in names if (fact := vocabulary.by_label(name)) is not None}


def _is_annual(expression: str, vocabulary: Vocabulary) -> bool:
    fact = vocabulary.by_label(expression)
    return fact is not None and fact.is_annual
