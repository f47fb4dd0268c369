"""Reading entitlements: the plan of a day, the facts of an enterprise, a visitor's answers; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from cewen.engine.advise.step import Step
from cewen.engine.fact_value import ValueFault
from cewen.engine.factsheet import FactSheet, Record
from cewen.portal.access import Actor
from cewen.portal.accounts.selectors import regions
from cewen.portal.enterprises.domain import ENTERPRISE, parse_value, sheet_of, write_value
from cewen.portal.enterprises.models import Enterprise, FactChange
from cewen.portal.enterprises.selectors import enterprise_in_scope, factsheet_of, own_organizations, record_of
from cewen.portal.entitlements import forms
from cewen.portal.entitlements.domain import Entitlements, Line, Slot, State, measure_keys, question_of
from cewen.portal.policies.selectors import corpus, edition
from cewen.rules.facts import COLLECTIONS, SUBJECTS, Fact
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy

MISSING_SHOWN = 6


def plan_on(day: date) -> Plan:
    """The measures of the library as they stand on a day; kept while the files are the same."""
    return _plan(edition().digest, min(max(day, forms.FIRST_DAY), forms.LAST_DAY))


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


def answer_slots(answers: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """What a visitor has answered, one by one: (path, key, year, text)."""
    found = [
        (ENTERPRISE, key, year, text)
        for key, by_year in answers.get("facts", {}).items()
        for year, text in by_year.items()
    ]
    counts = dict.fromkeys(COLLECTIONS, 0)
    for each in answers.get("objects", ()):
        path = f"{COLLECTIONS[each['subject']]}[{counts[each['subject']]}]"
        counts[each["subject"]] += 1
        found += [(path, key, "", text) for key, text in each["facts"].items()]
    return found


def history_of(enterprise: Enterprise, path: str, key: str, year: str) -> list[FactChange]:
    """What one fact was before, last change first."""
    if enterprise.pk is None:
        return []
    rows = FactChange.objects.select_related("person", "batch").filter(enterprise=enterprise, path=path, key=key)
    return list(rows.filter(year=year)[:50])


def sources_of(enterprise: Enterprise | None) -> Mapping[str, Any]:
    """Who says its facts, those given one by one: {key: {year: (source, date, owner)}}."""
    sources: dict[str, Any] = record_of(enterprise).sources if enterprise is not None and enterprise.pk else {}
    return sources


def lines_shown(found: Entitlements, key: str = "", state: str = "") -> list[tuple[State, str, list[Line]]]:
    """Lines by state with its word: one by its key, those of a state, or all an enterprise can do something about."""
    quiet = () if key or state else (State.NOT_MET, State.NOT_IN_FORCE)
    return [
        (group.state, group.word, own)
        for group in found.groups
        if group.state not in quiet
        and (own := [each for each in group.lines if key in ("", each.key) and state in ("", group.state)])
    ]


def steps_of(found: Entitlements) -> list[tuple[list[str], Step]]:
    """The cheapest next steps with their sentences. Tries many sheets: for a part of the page of its own."""
    return [([forms.step_words(change) for change in step.changes], step) for step in found.steps]


def uses_of(plan: Plan, key: str) -> list[tuple[Policy, Measure]]:
    """The measures that read a fact."""
    return [(each.policy, each.measure) for each in plan.measures if key in measure_keys(each)]


def first_answers(plan: Plan, given: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers of the calculator's first page (a form's data), and what does not fit: {question: sentence}."""
    answers: dict[str, Any] = {"facts": {}, "objects": [], "skipped": [], "on": given.get("on", "")}
    answers["objects"] = [{"subject": each, "facts": {}} for each in given.getlist("objects") if each in COLLECTIONS]
    faults = {}
    for question in forms.first_questions(plan):
        text = forms.in_wan(question.fact, forms.joined(given.getlist(question.id)).strip())
        try:
            with_answer(answers, *question.slot, text)
        except ValueFault as fault:
            faults[question.id] = f"{fault}。{fault.remedy}"
    return answers, faults


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


def with_moved(base: FactSheet, changes: Mapping[Slot, str]) -> tuple[FactSheet, dict[str, str]]:
    """A fact sheet with facts replaced ("" for not known), and what does not fit: {key: sentence}. Nothing is saved."""
    values = {record.path: dict(record.values) for record in (base.enterprise, *base.others)}
    faults: dict[str, str] = {}
    for (path, key, year), text in changes.items():
        try:
            fact = fact_at(path, key, year)
            own = values[path]
            value = parse_value(fact, text, regions())
        except KeyError:
            faults[key] = _("没有登记这个事实，或年份不对。")
            continue
        except ValueFault as fault:
            faults[key] = f"{fault}。{fault.remedy}"
            continue
        own.pop((key, int(year) if year else None), None)
        if value is not None:
            own[key, int(year) if year else None] = value
    moved = [Record(each.subject, each.path, values[each.path]) for each in (base.enterprise, *base.others)]
    return FactSheet(moved[0], tuple(moved[1:]), base.awards), faults


def with_changes(base: FactSheet, changes: Mapping[tuple[str, str], str]) -> tuple[FactSheet, dict[str, str]]:
    """As `with_moved`, for facts of the enterprise named by (key, year)."""
    return with_moved(base, {(ENTERPRISE, key, year): text for (key, year), text in changes.items()})


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


def links(mode: str, found: Entitlements, uscc: str = "") -> dict[str, str]:
    """Where the parts of a page lead, by whose page it is; "" where there is none."""
    asked = {
        "uscc": uscc if mode == "mine" else "",
        "on": found.on.isoformat(),
        "as_if": "1" if found.as_if_in_force else "",
    }
    query = f"?{urlencode({name: text for name, text in asked.items() if text})}"
    if mode == "officer":
        lines, export = (reverse(f"entitlements:{each}", args=[uscc, *more]) for each, more in
                         (("enterprise_lines", []), ("export_enterprise", ["docx"])))  # fmt: skip
        return {"query": query, "lines": lines, "fact": "", "save": "", "export": export.removesuffix("docx/")}
    names = ("lines", "fact", "save_fact", "export_mine") if mode == "mine" else (
        "calculator_lines", "calculator_fact", "answer", "export_calculator")  # fmt: skip
    lines, fact, save = (reverse(f"entitlements:{each}") for each in names[:3])
    export = reverse(f"entitlements:{names[3]}", args=["docx"]).removesuffix("docx/")
    return {"query": query, "lines": lines, "fact": fact, "save": save, "export": export}


def panel(found: Entitlements, mode: str, today: date, enterprise: Enterprise | None = None) -> dict[str, Any]:
    """What the panel shows, whoever looks: one's own ("mine"), an officer, or a visitor ("calculator")."""
    useful = useful_day(today)
    kept = record_of(enterprise) if enterprise is not None and enterprise.pk is not None else None
    awaited = [question_of(each).slot for each in found.missing]
    names = {each.path: each.name or SUBJECTS[each.subject] for each in found.sheet.others}
    trial = None
    if found.on == today != useful and not found.as_if_in_force:
        trial = Entitlements(plan_on(useful), found.sheet)
    return {
        "found": found, "today": today, "useful": useful, "trial": trial, "mode": mode, "enterprise": enterprise,
        "is_trial": found.on != today or found.as_if_in_force,
        "links": links(mode, found, enterprise.uscc if enterprise else ""),
        "missing": [(each, question_of(each), names.get(each.path, "")) for each in found.missing[:MISSING_SHOWN]],
        "missing_count": len(found.missing),
        "facts": [] if mode == "officer" else
                 forms.fact_groups(found.plan, found.sheet, awaited, sources_of(enterprise)),
        "batch": kept.batch if kept else None,
        "subjects": [(key, SUBJECTS[key]) for key in COLLECTIONS],
    }  # fmt: skip


def region_names() -> list[str]:
    """Names of the regions below those the policies apply in."""
    known = regions()
    outer = {
        found.code
        for each in corpus().policies
        if (found := known.find(each.header.region)) and found.level != "country"
    }
    names = {known.name(code) for code in known.codes() if any(known.lies_in(code, each) for each in outer)}
    return sorted(name for name in names if name not in ("市辖区", "县"))
