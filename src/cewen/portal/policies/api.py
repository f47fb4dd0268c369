"""Calls on policies: documents, clauses, measures, what a search finds, two versions beside each other, a text read."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query

from cewen.base.period import InForce
from cewen.portal.access import EVERYONE
from cewen.portal.calls import Calls, Day, Json, Page, Paging, contract, day, file, known, page
from cewen.portal.policies import selectors
from cewen.portal.policies.domain import Found, Section, Sheet
from cewen.portal.policies.selectors import corpus, edition
from cewen.portal.policies.shapes import (
    ClauseFull,
    ClauseOut,
    ComparisonOut,
    HitOut,
    MeasureFilter,
    MeasureOut,
    MomentOut,
    PolicyFilter,
    PolicyOut,
    ReadOut,
    TextIn,
)
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.readback import readback
from cewen.text.parse import parse_document
from cewen.text.readings.contract import document_json

_NO_POLICY = "没有这份政策。"

calls = Calls("政策")


@calls.get("/policies", roles=EVERYONE, response=Page[PolicyOut], summary="政策")
def policies(request: HttpRequest, wanted: Query[PolicyFilter]) -> Any:
    on = day(wanted.on)
    found = selectors.library(on, wanted.q, wanted.issuer, wanted.region, wanted.status, wanted.year)
    return page([policy_json(each.policy, on) for each in found], wanted)


@calls.get("/search", roles=EVERYONE, response=Page[HitOut], summary="在条文里找：哪一份的哪一条")
def search_clauses(request: HttpRequest, wanted: Query[PolicyFilter]) -> Any:
    found = selectors.library(day(wanted.on), wanted.q, wanted.issuer, wanted.region, wanted.status, wanted.year)
    return page([hit for each in found for hit in _hits(each)], wanted)


@calls.get("/timeline", roles=EVERYONE, response=Page[MomentOut], summary="何时印发、施行、到期，目标何时到期")
def timeline(request: HttpRequest, wanted: Query[Paging], policy: str = "", since: date | None = None) -> Any:
    found = [
        {"on": each.day, "kind": each.kind, "word": each.word, "policy": each.policy.id,
         "title": each.policy.header.title, "clause": each.clause, "detail": each.detail}
        for each in selectors.timeline()
        if policy in ("", each.policy.id) and (since is None or each.day >= since)
    ]  # fmt: skip
    return page(found, wanted)


@calls.get("/comparison", roles=EVERYONE, response=ComparisonOut, summary="两份文件逐条比较")
def compare_policies(request: HttpRequest, before: str, after: str) -> Any:
    return contract(known(selectors.comparison(before, after), _NO_POLICY).to_json())


@calls.get("/policies/{path:policy_id}/text", roles=EVERYONE, files=["txt"], summary="原文，一字不改")
def policy_text(request: HttpRequest, policy_id: str) -> HttpResponse:
    found = known(corpus().policy(policy_id), _NO_POLICY)
    return file(found.text.encode(), policy_id.replace("/", "-"), "txt")


@calls.get("/policies/{path:policy_id}/clauses", roles=EVERYONE, response=Page[ClauseOut], summary="一份政策的条文")
def clauses(request: HttpRequest, policy_id: str, wanted: Query[Paging]) -> Any:
    found = known(selectors.sheet(policy_id), _NO_POLICY)
    return page([_clause_json(found, each) for each in found.sections if each.clause], wanted)


@calls.get(
    "/policies/{path:policy_id}/clauses/{path:clause_path}", roles=EVERYONE, response=ClauseFull,
    summary="一条条文：原文与它的作用",
)  # fmt: skip
def clause(request: HttpRequest, policy_id: str, clause_path: str) -> Any:
    found = known(selectors.sheet(policy_id), _NO_POLICY)
    section = known(found.section(clause_path))
    assert section.clause is not None
    beside = section.beside
    return _clause_json(found, section) | {
        "text": section.clause.span.of(found.document.text),
        "measures": [f"{policy_id}#{each.measure.id}" for each in beside.measures],
        "targets": [each.id for each in beside.targets],
        "tasks": [each.id for each in beside.tasks],
        "units": list(beside.units),
    }


@calls.get("/policies/{path:policy_id}/measures/{measure_id}", roles=EVERYONE, response=MeasureOut, summary="一条措施")
def measure(request: HttpRequest, policy_id: str, measure_id: str, wanted: Query[Day]) -> Any:
    return measure_json(*known(corpus().measure(f"{policy_id}#{measure_id}")), day(wanted.on))


@calls.get("/policies/{path:policy_id}", roles=EVERYONE, response=PolicyOut, summary="一份政策")
def policy(request: HttpRequest, policy_id: str, wanted: Query[Day]) -> Any:
    return policy_json(known(corpus().policy(policy_id), _NO_POLICY), day(wanted.on))


@calls.get("/measures", roles=EVERYONE, response=Page[MeasureOut], summary="措施")
def measures(request: HttpRequest, wanted: Query[MeasureFilter]) -> Any:
    words = wanted.q.split()
    found = [
        each
        for each in _measures(edition().digest, day(wanted.on))
        if wanted.policy in ("", each["policy"])
        and wanted.subject in ("", each["subject"])
        and (not wanted.in_force or each["status"] == InForce.IN_FORCE.value)
        and all(word in f"{each['title']}{each['quote']}" for word in words)
    ]
    return page(found, wanted)


@calls.post(
    "/read", roles=EVERYONE, changes=False, response=ReadOut, summary="读一份公文的文本",
    example={"text": "一、支持研发\n（一）对符合条件的企业，给予最高50万元奖励。", "name": "若干措施.txt"},
)  # fmt: skip
def read(request: HttpRequest, body: TextIn) -> Any:
    return contract(document_json(parse_document(body.text, body.name)))


def policy_json(found: Policy, on: date) -> Json:
    """One policy with its status on a day."""
    header = found.header
    names = ("title", "number", "issuer", "region", "consulted_on", "issued_on", "effective_on", "expires_on")
    return {
        "id": found.id,
        **{name: getattr(header, name) for name in names},
        "repealed_on": header.repealed_on,
        "status": header.validity.on(on).value,
        "measures": len(found.measures),
        "targets": len(found.targets),
        "tasks": len(found.tasks),
        "text_sha256": header.sha256,
        "address": reverse("policies:document", kwargs={"policy_id": found.id}),
    }


def _hits(found: Found) -> list[Json]:
    return [
        {"policy": found.policy.id, "title": found.policy.header.title, "clause": each.path, "heading": each.title,
         "around": "".join(text for text, _is_match in each.pieces),
         "address": _address(found.policy, each.path) if each.path else policy_json(found.policy, date.max)["address"]}
        for each in found.hits
    ]  # fmt: skip


def _clause_json(found: Sheet, section: Section) -> Json:
    own = section.clause
    assert own is not None
    return {
        "path": own.path,
        "label": own.label,
        "level": own.level,
        "title": own.title,
        "start": own.span.start,
        "end": own.span.end,
        "children": [child.path for child in own.children],
        "address": _address(found.policy, own.path),
    }


def _address(found: Policy, path: str) -> str:
    return reverse("policies:clause", kwargs={"policy_id": found.id, "clause_path": path})


@lru_cache(maxsize=16)
def _measures(digest: str, on: date) -> tuple[Json, ...]:
    del digest  # part of the key only
    return tuple(measure_json(each, found, on) for each in corpus().policies for found in each.measures)


def measure_json(found: Policy, own: Measure, on: date) -> Json:
    """One measure with its readback."""
    return {
        "key": f"{found.id}#{own.id}",
        "policy": found.id,
        "id": own.id,
        "title": own.title,
        "clause": own.clause,
        "quote": own.quote,
        "subject": own.subject,
        "certainty": own.certainty.value,
        "status": found.header.validity.on(on).value,
        "readback": readback(own, found, corpus().vocabulary),
        "conditions": list(own.conditions),
        "open_conditions": list(own.open_conditions),
        "address": _address(found, own.clause),
    }
