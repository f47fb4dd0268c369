"""Conditions of a drafted measure: known words and numbers of the quote, each with its place; 待定 for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cewen.rules.check.expressions import walk
from cewen.rules.draft.lexicon import Hit, Lexicon
from cewen.rules.draft.numbers import unit_of, value_text
from cewen.rules.draft.proposal import Proposer
from cewen.rules.draft.quote import Quoted
from cewen.rules.facts import Vocabulary
from cewen.rules.syntax import Name, SyntaxFailure, parse_expression
from cewen.text.flow import fold_text
from cewen.text.readings.incentives import Condition, Incentive
from cewen.text.readings.passage import Passage

_OPERATORS = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=", "about": ">="}
_FIRST = re.compile(r"首次(?:达到|超过|突破|迈上)?[^,;。]{0,6}$")
_LOOK_BACK = 24
_NOUN = re.compile(r"的?[一-鿿]{1,8}?(?=[的,。;:、()\d]|给予|予以|$)")


@dataclass(frozen=True, slots=True)
class Written:
    """A condition as drafted (条件): where its words stand in the quote, the rule, and the words nobody knew."""

    at: int
    rule: str
    unknown: str | None = None
    unit: str = ""


def read_conditions(
    incentive: Incentive, quoted: Quoted, passage: Passage, lexicon: Lexicon, proposer: Proposer
) -> list[Written]:
    """One condition for each number that bounds something; an unknown quantity becomes a proposed fact, its number
    kept."""
    found: list[Written] = []
    for condition in incentive.conditions:
        found.append(_bound(condition, quoted.local(passage, condition.span), quoted, lexicon, proposer))
    return found


def _bound(
    condition: Condition, place: tuple[int, int], quoted: Quoted, lexicon: Lexicon, proposer: Proposer
) -> Written:
    (start, end), subject = place, proposer.subject
    number = value_text(condition.value, condition.unit)
    wanted = unit_of(condition.unit)
    words = fold_text(condition.quantity)
    operator = _OPERATORS.get(condition.op, ">=")
    after = noun_after(quoted, end)
    if wanted is None or lexicon.is_narrowed(words):
        label = proposer.quantity(condition.quantity, condition.unit, after)
        return Written(start, f"{label} {operator} {number}", condition.quantity, condition.unit)
    expression = lexicon.expression(words, wanted, subject, quoted.flow)
    before = quoted.flow[max(0, start - _LOOK_BACK) : start]
    if expression is None:
        # The name of what is bounded stands before the number: 建设期内（最长不超过2年）.
        near = lexicon.last_fact(re.split(r"[;。]", before)[-1], wanted, subject, quoted.flow)
        expression = near.label if near is not None else None
    if expression is None:
        label = proposer.quantity(condition.quantity, condition.unit, after)
        return Written(start, f"{label} {operator} {number}", condition.quantity, condition.unit)
    if _FIRST.search(before) and _is_annual(expression, lexicon.vocabulary):
        function = "首次突破" if operator == ">" else "首次达到"
        return Written(start, f"{function}({expression}, {number})")
    return Written(start, f"{expression} {operator} {number}")


def noun_after(quoted: Quoted, end: int) -> str:
    """The word a number belongs to where it follows it: 签订1年以上劳动合同."""
    match = _NOUN.match(quoted.flow, end)
    return match[0] if match else ""


def known_phrases(quoted: Quoted, lexicon: Lexicon, skipped: list[tuple[int, int]]) -> list[Hit]:
    """Phrases of the lexicon in the quote, but for those that share a character with ranges that hold tiers or bases of
    rates: what selects a step is no condition of the whole measure."""
    return [
        hit
        for hit in lexicon.phrases(quoted.flow)
        if not any(hit.start < end and start < hit.end for start, end in skipped)
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
