"""The skeleton of a measure's worked cases: who gets it, who does not, what is unknown, what stands on the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from cewen.rules.check.expressions import expressions_of
from cewen.rules.draft.facts_for import CaseFacts, Unsolved
from cewen.rules.draft.yaml_text import flow, scalar
from cewen.rules.facts import COLLECTIONS, Vocabulary
from cewen.rules.kinds.tiered import TieredMeasure
from cewen.rules.measure import Measure
from cewen.rules.placeholder import PENDING
from cewen.rules.policy import Header
from cewen.rules.regions import Regions
from cewen.rules.types import Kind

KINDS = {"pays": "met", "does_not": "not_met", "unknown": "unknown", "boundary": "met"}
_NAMES = {
    "pays": "符合全部条件的，可以获得", "does_not": "差一点不符合的，不能获得", "unknown": "还缺一个事实的，待核实",
    "boundary": "恰在界限上的",
}  # fmt: skip
_HEAD = "# yaml-language-server: $schema={up}schemas/cases.schema.json\n"


@dataclass(frozen=True, slots=True)
class DraftedCase:
    """A case as drafted (算例草稿): its facts as a fact sheet writes them; None where a person must choose them."""

    kind: str
    on: date
    as_if_in_force: bool
    subject: str
    facts: dict[str, Any] | None


Judge = Callable[[str, DraftedCase], dict[str, Any] | None]
"""What the rule gives for a case of a measure (by id), as entries of `expect`; None where it cannot be said."""


def case_day(header: Header, today: date) -> tuple[date, bool]:
    """A day on which the policy is in force, and whether that has to be assumed (a draft, dates not known)."""
    effective = header.effective_on
    if effective is None:
        return header.issued_on or header.consulted_on or today, True
    day = effective + timedelta(days=30)
    last = header.expires_on
    return (effective if last is not None and day > last else day), False


def draft_cases(
    measure: Measure, day: date, *, as_if: bool, vocabulary: Vocabulary, regions: Regions
) -> tuple[DraftedCase, ...]:
    """Four cases of a measure whose rule is known; without facts where no simple ones meet the conditions."""
    facts = CaseFacts(vocabulary, regions, day.year - 1)
    try:
        for text in measure.conditions:
            facts.meet(text)
        if isinstance(measure, TieredMeasure):
            facts.meet(measure.tiers[0].when)
        conditions = set(measure.conditions)
        for expression in expressions_of(measure):
            if expression.text not in conditions and expression.pointer[-1] != "when":
                facts.provide(expression.text)
    except Unsolved:
        return open_cases(measure, day, as_if=as_if)
    edge = _edge(facts) if any(measure.amount_expressions()) else None
    wanted = {"pays": facts, "does_not": _short(facts), "unknown": _lacking(facts), "boundary": edge}
    return tuple(
        DraftedCase(kind, day, as_if, measure.subject, found.rendered(measure.subject) if found else None)
        for kind, found in wanted.items()
        if kind != "boundary" or edge is not None
    )


def open_cases(measure: Measure, day: date, *, as_if: bool) -> tuple[DraftedCase, ...]:
    """Cases to be filled in; what gives no number has no line to stand on."""
    kinds = [kind for kind in KINDS if kind != "boundary" or any(measure.amount_expressions())]
    return tuple(DraftedCase(kind, day, as_if, measure.subject, None) for kind in kinds)


def cases_text(measure_id: str, cases: tuple[DraftedCase, ...], depth: int, judge: Judge) -> str:
    """The case file. Where the rule itself gave the expected result, it says so: an officer still has to sign it."""
    lines = [_HEAD.format(up="../" * depth) + f"measure: {scalar(measure_id)}", "cases:"]
    for case in cases:
        expect = judge(measure_id, case) if case.facts is not None else None
        if expect is not None and case.kind != "boundary" and expect["status"] != KINDS[case.kind]:
            expect = None
        lines.extend(_case_lines(case, expect))
    return "\n".join(lines) + "\n"


def _case_lines(case: DraftedCase, expect: dict[str, Any] | None) -> Iterator[str]:
    if expect is None:
        yield "  # 待定：照条文填上事实与结论"
    else:
        yield "  # 事实与结论由草稿的规则推出，须与条文核对"
    yield f"  - name: {scalar(_name(case, expect))}"
    yield f"    kind: {case.kind}"
    yield f"    on: {case.on}"
    if case.as_if_in_force:
        yield "    as_if_in_force: true"
    yield f"    facts: {flow(case.facts) if expect is not None else '{enterprise: ' + PENDING + '}'}"
    yield f"    subject: {record_of(case.subject)}"
    yield f"    expect: {flow(expect if expect is not None else {'status': KINDS[case.kind]})}"


def record_of(subject: str) -> str:
    """How a case names the record it is about: enterprise, projects[0]."""
    return subject if subject == "enterprise" else f"{COLLECTIONS[subject]}[0]"


def _name(case: DraftedCase, expect: dict[str, Any] | None) -> str:
    name = _NAMES[case.kind]
    if case.kind == "boundary" and expect is not None:
        name += {"met": "，符合", "not_met": "，不符合"}.get(expect["status"], "，待核实")
    return name


def _short(facts: CaseFacts) -> CaseFacts | None:
    """The same facts with one of them just not enough."""
    other = facts.copy()
    for label, value in facts.numbers.items():
        if label in other.bounded:
            fact = facts.vocabulary.by_label(label)
            assert fact is not None
            low = other.bounded[label] in (">=", ">", "=")
            step = Fraction(1)
            edge = value - step if low else value + step
            low_bound, _ = fact.bounds()
            if low_bound is not None and edge < low_bound:
                continue
            other.numbers[label] = edge
            return other
    for label in facts.flags:
        other.flags[label] = not facts.flags[label]
        return other
    for label in facts.choices:
        other.choices[label] = []
        return other
    for label, word in facts.words.items():
        elsewhere = _another(facts, label, word)
        if elsewhere is not None:
            other.words[label] = elsewhere
            return other
    return None


def _another(facts: CaseFacts, label: str, value: str) -> str | None:
    """Another value of a choice; for a region one that neither lies in it nor holds it."""
    fact, regions = facts.vocabulary.by_label(label), facts.regions
    if fact is not None and fact.type is Kind.REGION:
        codes = (code for code in regions.codes() if code.isdigit())
        return next(
            (code for code in codes if not regions.lies_in(code, value) and not regions.lies_in(value, code)), None
        )
    return next((other for other in fact.values if other != value), None) if fact is not None else None


def _lacking(facts: CaseFacts) -> CaseFacts | None:
    """The same facts without one of them."""
    other = facts.copy()
    for group in (other.numbers, other.flags, other.choices, other.words):
        for label in list(group):
            del group[label]
            return other
    return None


def _edge(facts: CaseFacts) -> CaseFacts:
    """Numbers exactly at their thresholds, also those that have to be beyond."""
    other = facts.copy()
    for label, operator in facts.bounded.items():
        if operator in (">", "<") and label in other.numbers:
            other.numbers[label] += -1 if operator == ">" else 1
    return other
