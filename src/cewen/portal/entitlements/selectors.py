"""Reading entitlements: the plan of a day, the facts of an enterprise, a visitor's answers; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cewen.engine.fact_value import ValueFault
from cewen.engine.factsheet import FactSheet
from cewen.portal.access import Actor
from cewen.portal.accounts.selectors import regions
from cewen.portal.enterprises.domain import ENTERPRISE, parse_value, sheet_of, write_value
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.enterprises.selectors import enterprise_in_scope, factsheet_of, own_organizations
from cewen.portal.entitlements.domain import Entitlements, Line
from cewen.portal.policies.selectors import corpus, edition
from cewen.rules.facts import COLLECTIONS, Fact
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.policy import Policy

FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2040, 12, 31)


def plan_on(day: date) -> Plan:
    """The measures of the library as they stand on a day; kept while the files are the same."""
    return _plan(edition().digest, min(max(day, FIRST_DAY), LAST_DAY))


@lru_cache(maxsize=64)
def _plan(digest: str, day: date) -> Plan:
    del digest  # part of the key only
    return lower_corpus(corpus(), day)


def useful_day(today: date) -> date:
    """Today, or where nothing in force names an amount, the last day on which most such measures were in force."""
    return best_day(((each.policy, bool(each.tiers)) for each in plan_on(today).measures), today)


def own_enterprise(actor: Actor, uscc: str = "") -> tuple[Enterprise | None, list[tuple[str, str]]]:
    """The enterprise the actor asks for among its own (the first by default), and all its own as (code, name)."""
    own = [(each.uscc or "", each.name) for each in own_organizations(actor)]
    wanted = uscc if uscc in {code for code, _ in own} else (own[0][0] if own and not uscc else "")
    if not wanted:
        return None, own
    found = enterprise_in_scope(actor, wanted)
    if found is None:
        name, region = next((each.name, each.region_code) for each in own_organizations(actor) if each.uscc == wanted)
        found = Enterprise(uscc=wanted, name=name, region_code=region)
    return found, own


def entitlements_of(enterprise: Enterprise, day: date, as_if_in_force: bool = False) -> Entitlements:
    """What an enterprise of the register can get."""
    if enterprise.pk is None:  # registered as an organization, its facts still to be given
        sheet = sheet_of(
            enterprise.uscc, enterprise.name, {"registered_in": {"": enterprise.region_code}}, (), (), corpus()
        )
    else:
        sheet = factsheet_of(enterprise)
    return Entitlements(plan_on(day), sheet, as_if_in_force)


def answers_sheet(answers: Mapping[str, Any]) -> FactSheet:
    """The fact sheet of what a visitor has answered."""
    return sheet_of("", "", answers.get("facts", {}), answers.get("objects", ()), (), corpus())


def with_answer(answers: dict[str, Any], path: str, key: str, year: str, text: str) -> dict[str, Any]:
    """Answers with one more; "" takes it away. Raises ValueFault for a value that does not fit, KeyError or IndexError for no such fact."""
    fact = fact_at(path, key, year)
    if path == ENTERPRISE:
        slot: dict[str, str] = answers.setdefault("facts", {}).setdefault(key, {})
        name = year
    else:
        subject = _subject(path)
        own = [each for each in answers.get("objects", []) if each["subject"] == subject]
        slot, name = own[int(path.partition("[")[2][:-1])]["facts"], key
    value = parse_value(fact, text, regions())
    new = "" if value is None else write_value(fact, value)
    if new:
        slot[name] = new
    else:
        slot.pop(name, None)
    return answers


def fact_at(path: str, key: str, year: str) -> Fact:
    """The fact of a question. Raises KeyError when there is none."""
    subject = ENTERPRISE if path == ENTERPRISE else _subject(path)
    fact = next((each for each in corpus().vocabulary.of_subject(subject) if each.key == key), None)
    if fact is None or fact.is_annual != (year.isascii() and year.isdecimal() and len(year) == 4):
        raise KeyError(key)
    return fact


def _subject(path: str) -> str:
    for subject, collection in COLLECTIONS.items():
        inner = path.removeprefix(f"{collection}[").removesuffix("]")
        if path == f"{collection}[{inner}]" and inner.isascii() and inner.isdecimal():
            return subject
    raise KeyError(path)


def with_changes(base: FactSheet, changes: Mapping[tuple[str, str], str]) -> tuple[FactSheet, dict[str, str]]:
    """A fact sheet with facts of the enterprise replaced, and what does not fit: {key: sentence}. Nothing is saved."""
    values, faults = dict(base.enterprise.values), {}
    for (key, year), text in changes.items():
        try:
            value = parse_value(fact_at(ENTERPRISE, key, year), text, regions())
        except (ValueFault, KeyError) as fault:
            faults[key] = str(fault)
            continue
        if value is not None:
            values[key, int(year) if year else None] = value
    record = type(base.enterprise)(ENTERPRISE, ENTERPRISE, values)
    return FactSheet(record, base.others, base.awards), faults


def best_day(measures: Iterable[tuple[Policy, bool]], today: date) -> date:
    """Today where some measure in force names an amount; else the last day on which most such measures were in force."""
    amounts = [policy.header.validity for policy, names_amount in measures if names_amount]
    if any(each.on(today).value == "in_force" for each in amounts):
        return today
    ends = {each.expires_on for each in amounts if each.expires_on and each.expires_on < today}
    return max(ends, key=lambda day: (sum(each.on(day).value == "in_force" for each in amounts), day), default=today)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change of facts does to one measure (变化): lines before and after; None where there was none."""

    title: str
    before: Line | None
    after: Line | None


def shifts(before: Entitlements, after: Entitlements) -> tuple[Shift, ...]:
    """Measures whose state or amount differs."""
    old = {(each.result.measure.key, each.result.subject): each for each in before.lines}
    found = []
    for line in after.lines:
        was = old.get((line.result.measure.key, line.result.subject))
        if was is None or _face(was) != _face(line):
            found.append(Shift(line.title, was, line))
    return tuple(found)


def _face(line: Line) -> tuple[object, ...]:
    return line.state, line.high, line.result.suppressed_by is None
