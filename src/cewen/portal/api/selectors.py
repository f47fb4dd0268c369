"""What the interface reads of the corpus, in the shapes of the contract; worked out once for a corpus and a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.urls import reverse

from cewen.base.money import yuan_text
from cewen.base.period import InForce
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.factsheet import FactSheet
from cewen.engine.read_facts import parse_factsheet
from cewen.indicators.all_targets import assess_targets
from cewen.indicators.contract import target_json
from cewen.portal.indicators.selectors import knowledge
from cewen.portal.policies.domain import Section
from cewen.portal.policies.domain import Sheet as PolicySheet
from cewen.portal.policies.selectors import corpus, edition, library, sheet
from cewen.portal.tasks.selectors import events, head, units, workflow
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.readback import readback
from cewen.supervision.contract import task_json
from cewen.supervision.journal import cases_on
from cewen.text.parse import parse_document
from cewen.text.readings.contract import document_json

Json = dict[str, Any]


def policy_json(policy: Policy, on: date) -> Json:
    """One policy with its status on a day."""
    header = policy.header
    names = ("title", "number", "issuer", "region", "consulted_on", "issued_on", "effective_on", "expires_on")
    return {
        "id": policy.id,
        **{name: getattr(header, name) for name in names},
        "repealed_on": header.repealed_on,
        "status": header.validity.on(on).value,
        "measures": len(policy.measures),
        "targets": len(policy.targets),
        "tasks": len(policy.tasks),
        "text_sha256": header.sha256,
        "address": reverse("policies:document", kwargs={"policy_id": policy.id}),
    }


def find_policies(on: date, q: str, issuer: str, region: str, status: str) -> list[Json]:
    """Policies that fit, those in force first."""
    return [policy_json(found.policy, on) for found in library(on, q, issuer, region, status)]


def clause_list(policy_id: str) -> list[Json] | None:
    """Every clause in document order; None for an unknown policy."""
    found = sheet(policy_id)
    return None if found is None else [_clause_json(found, each) for each in found.sections if each.clause]


def clause_json(policy_id: str, path: str) -> Json | None:
    """A clause with its own words (those of the clauses below it included) and the ids of what it does."""
    found = sheet(policy_id)
    section = found.section(path) if found else None
    if found is None or section is None or section.clause is None:
        return None
    beside = section.beside
    return _clause_json(found, section) | {
        "text": section.clause.span.of(found.document.text),
        "measures": [f"{policy_id}#{each.measure.id}" for each in beside.measures],
        "targets": [each.id for each in beside.targets],
        "tasks": [each.id for each in beside.tasks],
        "units": list(beside.units),
    }


def _clause_json(found: PolicySheet, section: Section) -> Json:
    clause = section.clause
    assert clause is not None
    return {
        "path": clause.path,
        "label": clause.label,
        "level": clause.level,
        "title": clause.title,
        "start": clause.span.start,
        "end": clause.span.end,
        "children": [child.path for child in clause.children],
        "address": _address(found.policy, clause.path),
    }


def _address(policy: Policy, path: str) -> str:
    return reverse("policies:clause", kwargs={"policy_id": policy.id, "clause_path": path})


def find_measures(on: date, q: str, policy: str, subject: str, only_in_force: bool) -> list[Json]:
    """Measures that fit, in the order of the documents."""
    words = q.split()
    return [
        each
        for each in _measures(edition().digest, on)
        if policy in ("", each["policy"])
        and subject in ("", each["subject"])
        and (not only_in_force or each["status"] == InForce.IN_FORCE.value)
        and all(word in f"{each['title']}{each['quote']}" for word in words)
    ]


@lru_cache(maxsize=16)
def _measures(digest: str, on: date) -> tuple[Json, ...]:
    del digest  # part of the key only
    return tuple(measure_json(each, measure, on) for each in corpus().policies for measure in each.measures)


def find_measure(policy_id: str, measure_id: str, on: date) -> Json | None:
    """One measure."""
    found = corpus().measure(f"{policy_id}#{measure_id}")
    return measure_json(*found, on) if found else None


def measure_json(policy: Policy, measure: Measure, on: date) -> Json:
    """One measure with its readback."""
    return {
        "key": f"{policy.id}#{measure.id}",
        "policy": policy.id,
        "id": measure.id,
        "title": measure.title,
        "clause": measure.clause,
        "quote": measure.quote,
        "subject": measure.subject,
        "certainty": measure.certainty.value,
        "status": policy.header.validity.on(on).value,
        "readback": readback(measure, policy, corpus().vocabulary),
        "conditions": list(measure.conditions),
        "open_conditions": list(measure.open_conditions),
        "address": _address(policy, measure.clause),
    }


def find_targets(on: date, policy: str, region: str, status: str) -> list[Json]:
    """Targets with where they stand on a day."""
    known = corpus().regions.find(region) if region else None
    wanted = known.name if known else region
    return [
        each
        for each in _targets(knowledge().digest, on)
        if policy in ("", each["policy"]) and wanted in ("", each["region"]) and status in ("", each["status"])
    ]


@lru_cache(maxsize=16)
def _targets(digest: str, on: date) -> tuple[Json, ...]:
    del digest  # part of the key only
    known = knowledge()
    found = assess_targets(corpus(), known.observations, known.indicators, on)
    return tuple(target_json(each) for each in found)


def find_tasks(on: date, policy: str, unit: str, lamp: str) -> list[Json]:
    """Tasks with how far they were on a day, and the lamp each shows."""
    return [
        each
        for each in _tasks(f"{edition().digest} {head()}", on)
        if policy in ("", each["policy"])
        and lamp in ("", each["lamp"])
        and (not unit or unit in each["responsible"] or unit in (each["lead"] or "").split("、"))
    ]


@lru_cache(maxsize=16)
def _tasks(digest: str, on: date) -> tuple[Json, ...]:
    del digest  # part of the key only
    return tuple(task_json(case, workflow(), units(), on) for case in cases_on(corpus(), events(), workflow(), on))


@lru_cache(maxsize=16)
def _plan(digest: str, on: date) -> Plan:
    del digest  # part of the key only
    return lower_corpus(corpus(), on)


def explain_facts(data: Any, on: date, year: int | None, as_if_in_force: bool) -> Evaluation:
    """What the enterprise of a fact sheet can get. Raises CewenError (CW6xx) with every fault of the sheet."""
    return explain_sheet(parse_factsheet(data, corpus()), on, year, as_if_in_force)


def explain_sheet(found: FactSheet, on: date, year: int | None, as_if_in_force: bool) -> Evaluation:
    """What the enterprise of a fact sheet that was read can get."""
    return evaluate_factsheet(_plan(edition().digest, on), found, year=year, as_if_in_force=as_if_in_force)


def evaluate_facts(entries: Iterable[Any], on: date, year: int | None, as_if_in_force: bool) -> Json:
    """Several enterprises one after another, and the sum of what each is sure of and may get at most."""
    found = [explain_facts(entry, on, year, as_if_in_force) for entry in entries]
    low, high = sum(each.total.low for each in found), sum(each.total.high for each in found)
    return {
        "on": on.isoformat(),
        "enterprises": [explain_json(each) for each in found],
        "total": {"low": yuan_text(low), "high": yuan_text(high)},
    }


def read_text(text: str, name: str) -> Mapping[str, object]:
    """What a text says, in the shape of the contract."""
    return document_json(parse_document(text, name))


def facts_json() -> list[Json]:
    """Every fact that can be given."""
    names = ("key", "label", "subject", "type", "unit", "period", "definition", "minimum", "maximum", "source")
    return [
        {name: getattr(fact, name) for name in names} | {"type": fact.type.value, "values": list(fact.values)}
        for fact in corpus().vocabulary
    ]
