"""Reading tasks: cases of a day, who may see what was reported, who may take which step."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.utils import timezone

from cewen.base.diagnostic import Diagnostic
from cewen.indicators.digest import LateTask, make_digest
from cewen.indicators.digest_docx import digest_docx
from cewen.portal.access import OFFICERS, Actor, Role
from cewen.portal.accounts.models import Organization
from cewen.portal.accounts.selectors import COUNTRY, regions
from cewen.portal.indicators.selectors import board
from cewen.portal.policies.selectors import corpus, edition
from cewen.portal.tasks.domain import (
    LAMP_ORDER,
    Identity,
    TaskShown,
    edges_open,
    identity_of,
    show,
    unit_names,
)
from cewen.portal.tasks.models import Evidence, TaskEvent, TaskHead, UnitDuty
from cewen.supervision.case import TaskCase
from cewen.supervision.event import Event, broken_links
from cewen.supervision.journal import cases_on
from cewen.supervision.unit import Units, load_units
from cewen.supervision.workflow import Edge, Workflow, shipped_workflow

READERS = OFFICERS | {Role.SUPERVISOR, Role.STATISTICIAN, Role.POLICY_EDITOR, Role.ADMINISTRATOR}
"""Who sees the list; what was reported is for the units of a task and those above (`may_read`)."""
SUPERVISORS = frozenset({Role.SUPERVISOR})
WIDE_READERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
DIGEST_READERS = WIDE_READERS | {Role.STATISTICIAN}
KEPT = 16

_kept: OrderedDict[tuple[str, str, date], tuple[TaskShown, ...]] = OrderedDict()


def workflow() -> Workflow:
    """The workflow in use."""
    return shipped_workflow()


def units() -> Units:
    """The units of the policy folder with their renamings."""
    return _units(edition().digest)


@lru_cache(maxsize=2)
def _units(digest: str) -> Units:
    del digest  # part of the key only
    return load_units()


def events() -> tuple[Event, ...]:
    """All events in the order of the chain."""
    return tuple(row.event for row in TaskEvent.objects.order_by("number").iterator(2000))


def head() -> TaskHead | None:
    """The registered end of the chain."""
    return TaskHead.objects.filter(id=1).first()


def rows_on(on: date | None = None) -> tuple[TaskShown, ...]:
    """Every task on a day (today), kept while neither policies nor events change."""
    day = on or timezone.localdate()
    key = (edition().digest, str(head()), day)
    found = _kept.get(key)
    if found is None:
        titles = {policy.id: policy.header.title for policy in corpus().policies}
        cases = cases_on(corpus(), events(), workflow(), day)
        found = tuple(show(case, workflow(), units(), day, titles[case.task.policy]) for case in cases)
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


FILTERS = ("policy", "unit", "state", "lamp", "unowned")


def tasks(on: date, wanted: dict[str, str], words: str = "", sort: str = "") -> tuple[TaskShown, ...]:
    """Rows that fit every filter and hold every word; the latest first unless sorted, `-` first for descending."""
    parts = words.lower().split()
    found = []
    for row in rows_on(on):
        task = row.case.task
        if wanted.get("policy") and wanted["policy"] != row.policy_id:
            continue
        if wanted.get("unit") and wanted["unit"] not in (*row.lead, *row.responsible):
            continue
        if wanted.get("state") and wanted["state"] != row.case.state:
            continue
        if wanted.get("lamp") and wanted["lamp"] != row.lamp:
            continue
        if wanted.get("unowned") and not row.is_unowned:
            continue
        text = " ".join((task.title, task.quote, task.clause, row.case.owner, *row.lead, *row.responsible)).lower()
        if all(part in text for part in parts):
            found.append(row)
    far = date.max
    keys = {
        "lamp": lambda row: (LAMP_ORDER.index(row.lamp), row.case.due or far),
        "due": lambda row: (row.case.due or far, row.case.task.id),
        "name": lambda row: (row.case.task.title, row.case.task.id),
        "lead": lambda row: (row.lead, row.case.due or far),
        "state": lambda row: (row.state, row.case.due or far),
    }
    return tuple(sorted(found, key=keys.get(sort.removeprefix("-"), keys["lamp"]), reverse=sort.startswith("-")))


def choices(on: date) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the filters offer, value and word."""
    rows = rows_on(on)
    return {
        "policy": tuple({row.policy_id: row.policy_title for row in rows}.items()),
        "unit": tuple(
            (unit, unit) for unit in dict.fromkeys(unit for row in rows for unit in (*row.lead, *row.responsible))
        ),
        "state": tuple({row.case.state: row.state for row in rows}.items()),
    }


def late(on: date) -> tuple[LateTask, ...]:
    """Open tasks past their day, under the unit that leads them."""
    return tuple(
        LateTask(
            "、".join(row.lead) or "无单位认领",
            row.case.task.title,
            row.policy_title,
            row.case.task.clause,
            row.case.due,
            (on - row.case.due).days,
            row.case.owner,
        )
        for row in rows_on(on)
        if row.case.is_open and row.case.due is not None and row.case.due < on
    )


def weekly_digest(on: date) -> bytes:
    """The digest of the week that ends on a day, as a Word file."""
    since = on - timedelta(days=7)
    now, then = board(on), board(since)
    known = now.knowledge
    found = make_digest(
        [row.each for row in now.rows], [row.each for row in then.rows], known.observations, known.indicators,
        late(on), on, since,
    )  # fmt: skip
    return digest_docx(found)


def find(on: date, policy_id: str, key: str) -> TaskShown | None:
    """A task by its parts."""
    return next((row for row in rows_on(on) if row.policy_id == policy_id and row.key == key), None)


def _reaches(code: str | None, policy_id: str) -> bool:
    """Whether a role counted in a region counts for a document."""
    if code in (None, COUNTRY):
        return True
    found = corpus().policy(policy_id)
    region = regions().find(found.header.region) if found else None
    return region is not None and regions().lies_in(region.code, str(code))


def _lies_under(organization: Organization, policy_id: str) -> bool:
    """Whether an organization lies in the region of a document; a document of the nation binds all."""
    found = corpus().policy(policy_id)
    region = regions().find(found.header.region) if found else None
    if region is None or region.code == COUNTRY:
        return True
    return regions().lies_in(organization.region_code, region.code)


def identities(actor: Actor, case: TaskCase, on: date | None = None) -> tuple[Identity, ...]:
    """All the actor may act as on a task: as lead for a unit that leads it (any unit, while nobody does), as supervisor."""
    day = on or timezone.localdate()
    found: list[Identity] = []
    grants = actor.grants_of(OFFICERS | SUPERVISORS)
    known = Organization.objects.in_bulk({grant.organization_id for grant in grants if grant.role in OFFICERS})
    duties: dict[int, list[str]] = {}
    if known:
        counts = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        for organization_id, unit in UnitDuty.objects.filter(counts, organization_id__in=known).values_list(
            "organization_id", "unit"
        ):
            duties.setdefault(organization_id, []).append(unit)
    for grant in grants:
        if grant.role in SUPERVISORS:
            if _reaches(grant.region_code, case.task.policy):
                found.append(identity_of(grant, actor.name, "supervisor", ""))
            continue
        organization = known.get(grant.organization_id)
        if organization is None or not _lies_under(organization, case.task.policy):
            continue
        names = (
            *duties.get(organization.pk, ()),
            *unit_names(organization.name, regions().name(organization.region_code)),
        )
        leading = [name for name in names if any(units().same(name, unit, day) for unit in case.lead)]
        wanted = leading[:1] if case.lead else names[:1]
        found += [identity_of(grant, actor.name, "lead", name) for name in wanted]
    return tuple({identity.key: identity for identity in found}.values())


def steps(actor: Actor, case: TaskCase) -> tuple[tuple[str, Edge, tuple[Identity, ...]], ...]:
    """Steps the actor may take now, with the identities each may be taken under."""
    held = identities(actor, case)
    found = []
    for name in workflow().edges:
        able = tuple(each for each in held if name in edges_open(case, workflow(), each.actor.role))
        if able:
            found.append((name, workflow().edges[name], able))
    return tuple(found)


def may_read(actor: Actor, case: TaskCase) -> bool:
    """Whether the actor sees what was reported: the units of the task, supervisors and administrators in reach."""
    if any(_reaches(grant.region_code, case.task.policy) for grant in actor.grants_of(WIDE_READERS)):
        return True
    day = timezone.localdate()
    organizations = Organization.objects.filter(id__in=[grant.organization_id for grant in actor.grants_of(OFFICERS)])
    duties = UnitDuty.objects.filter(organization__in=organizations).values_list("unit", flat=True)
    names = {*duties}
    for each in organizations:
        if _lies_under(each, case.task.policy):
            names.update(unit_names(each.name, regions().name(each.region_code)))
    return any(units().same(name, unit, day) for name in names for unit in (*case.lead, *case.task.responsible))


def evidence_of(case: TaskCase) -> QuerySet[Evidence]:
    """Files handed in with a task, without their content."""
    return Evidence.objects.filter(task=case.task.id).defer("content")


def units_of(actor: Actor, on: date) -> frozenset[str]:
    """Units the actor's organizations answer for on a day, where the actor is an officer."""
    counts = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    homes = actor.organization_ids(*OFFICERS)
    return frozenset(UnitDuty.objects.filter(counts, organization_id__in=homes).values_list("unit", flat=True))


def duties() -> QuerySet[UnitDuty]:
    """Which organizations answer for which units."""
    return UnitDuty.objects.select_related("organization")


def verify_tasks() -> Iterator[Diagnostic]:
    """Findings on the chain of task events and on the evidence it names; nothing for a sound one (CW754)."""
    import hashlib

    known = events()
    remedy = "停止写入，留下数据库副本，从最近一次备份恢复并核对，查明谁动过数据库。"
    for number in broken_links(known):
        yield Diagnostic("CW754", f"督办台账第 {number} 条事件被改动、删除或调换过", remedy)
    end = head()
    last = (known[-1].number, known[-1].hash) if known else None
    registered = (end.number, end.digest) if end and end.number else None
    if last != registered:
        yield Diagnostic("CW754", "督办台账的最后一条与登记的末尾不符", remedy)
    named = {text for event in known for text in event.step.evidence}
    for each in Evidence.objects.iterator(20):
        if (
            hashlib.sha256(bytes(each.content)).hexdigest() != each.sha256
            or evidence_name(each.name, each.sha256) not in named
        ):
            yield Diagnostic("CW754", f"佐证材料“{each.name}”与交上来时不同", remedy)


def evidence_name(name: str, sha256: str) -> str:
    """How an event names a file: the chain holds its digest, so that a changed file shows."""
    return f"{name}（SHA-256 {sha256}）"
