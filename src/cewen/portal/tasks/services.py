"""Use cases of supervision: take a step, escalate what is late, say which organization answers for a unit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.base.errors import CewenError
from cewen.portal.access import ADMINISTRATORS, SYSTEM, Actor, Refused, require
from cewen.portal.accounts.models import Organization
from cewen.portal.accounts.selectors import organizations_in_scope
from cewen.portal.audit.services import record
from cewen.portal.policies.selectors import corpus
from cewen.portal.tasks.domain import check_evidence
from cewen.portal.tasks.models import Evidence, TaskEvent, TaskHead, UnitDuty
from cewen.portal.tasks.selectors import READERS, SUPERVISORS, evidence_name, identities, units, workflow
from cewen.supervision.case import TaskCase, decide, open_case
from cewen.supervision.escalate import SYSTEM as ESCALATOR
from cewen.supervision.event import Event, Step, step_json
from cewen.supervision.task import Task, spawn_tasks

MOST_KEY = 100


def _task(task_id: str, on: date) -> Task:
    found = next((each for each in spawn_tasks(corpus(), on) if each.id == task_id), None)
    if found is None:
        raise CewenError.of("CW810", f"没有任务“{task_id}”", "从任务列表打开。")
    return found


@transaction.atomic
def take_step(
    actor: Actor,
    *,
    task_id: str,
    edge: str,
    identity: str = "",
    text: str = "",
    owner: str = "",
    due: date | None = None,
    references: Sequence[str] = (),
    files: Sequence[tuple[str, bytes]] = (),
    key: str = "",
    on: date | None = None,
) -> TaskCase:
    """办理一个环节: re-read under a lock, checked by the workflow, written with its evidence and audit event at once.

    `identity` is the key of one of `selectors.identities`, the first fitting one where empty. The same `key` a second
    time changes nothing. Raises Refused for someone with no part in the task; CewenError: CW750 for a file, CW810,
    CW812, CW813 and CW814 as the workflow says.
    """
    require(actor, READERS, _("办理督办任务"))
    day = on or timezone.localdate()
    task = _task(task_id, day)
    head = _locked_head()
    own = tuple(row.event for row in TaskEvent.objects.filter(task=task_id).order_by("number"))
    case = open_case(task, workflow(), own)
    if key and any(event.step.key == key for event in own):
        return case
    held = identities(actor, case, day)
    rule = workflow().edges.get(edge)
    fitting = [each for each in held if rule is None or each.actor.role == rule.by]
    chosen = next((each for each in fitting if each.key == identity), fitting[0] if fitting and not identity else None)
    if chosen is None:
        raise Refused(_("这一环节不由您的单位办理。"))
    _check_other_person(actor, task_id, rule.other_than if rule else None)
    named = [(name[:200], content, hashlib.sha256(content).hexdigest()) for name, content in files]
    kinds = [check_evidence(name, content) for name, content, _sha in named]
    evidence = (
        *(each.strip() for each in references if each.strip()),
        *(evidence_name(n, sha) for n, _c, sha in named),
    )
    step = Step(task_id, edge, chosen.actor, day, text.strip(), evidence, owner.strip(), due, key[:MOST_KEY])
    event = _append(head, case, step, actor.key)
    for (name, content, sha), kind in zip(named, kinds, strict=True):
        Evidence.objects.create(
            task=task_id, event_id=event.number, name=name, content_type=kind, sha256=sha, content=content,
            made_by_id=actor.row_id,
        )  # fmt: skip
    data = {"event": event.number, "edge": edge, "from": event.source, "to": event.to, "unit": chosen.actor.unit,
            "acts_for": chosen.actor.acts_for, "evidence": list(evidence), "due": due, "hash": event.hash}  # fmt: skip
    record(actor, "tasks.step.taken", f"task:{task_id}"[:200], data)
    return open_case(task, workflow(), (*own, event))


def _locked_head() -> TaskHead:
    TaskHead.objects.get_or_create(id=1)
    return TaskHead.objects.select_for_update().get(id=1)


def _check_other_person(actor: Actor, task_id: str, other_than: str | None) -> None:
    """Names may change or be shared; the account that reported is never the one that verifies."""
    if other_than is None or not actor.is_known:
        return
    last = TaskEvent.objects.filter(task=task_id, edge=other_than).order_by("-number").first()
    if last is not None and last.actor == actor.key:
        raise Refused(_("报告办结的人不能自己核验，请换一个人。"))


def _append(head: TaskHead, case: TaskCase, step: Step, actor_key: str) -> Event:
    last = TaskEvent.objects.filter(number=head.number).first()
    if head.number and (last is None or last.digest != head.digest):
        raise CewenError.of("CW754", "督办台账的末尾与登记的不符", "停止写入，运行 cewen verify 查明。")
    event = decide(case, step, workflow(), units(), last.event if last else None)
    TaskEvent.objects.create(
        number=event.number, task=step.task, key=step.key or None, edge=step.edge, on=step.on,
        step=json.dumps(step_json(step), ensure_ascii=False, sort_keys=True), source=event.source, target=event.to,
        version=event.version, previous=event.previous, digest=event.hash, actor=actor_key,
    )  # fmt: skip
    TaskHead.objects.filter(id=1).update(number=event.number, digest=event.hash)
    head.number, head.digest = event.number, event.hash
    return event


def escalate_late(actor: Actor, *, on: date | None = None) -> tuple[Event, ...]:
    """逾期提级: every open task late by the days of its next level goes up, once for each level; each in a transaction
    of its own, so that an interrupted round goes on where it stopped."""
    require(actor, SUPERVISORS | ADMINISTRATORS, _("逾期提级"))
    day = on or timezone.localdate()
    raised: list[Event] = []
    begun = set(TaskEvent.objects.values_list("task", flat=True).distinct())
    for task in spawn_tasks(corpus(), day):
        if task.id in begun or (task.is_in_force and task.due is not None and task.due < day):
            raised += _escalate(actor, task, day)
    return tuple(raised)


@transaction.atomic
def _escalate(actor: Actor, task: Task, on: date) -> list[Event]:
    head = _locked_head()
    own = tuple(row.event for row in TaskEvent.objects.filter(task=task.id).order_by("number"))
    case = open_case(task, workflow(), own)
    raised: list[Event] = []
    for rule in workflow().escalations:
        late = case.is_open and case.due is not None and on > case.due + timedelta(days=rule.after_days)
        if not late or case.due is None or rule.level <= case.level:
            continue
        text = f"逾期 {(on - case.due).days} 天，提请{rule.to}督办"
        step = Step(task.id, "escalate", ESCALATOR, on, text, key=f"escalate-{rule.level}-{case.due.isoformat()}")
        event = _append(head, case, step, actor.key)
        case = open_case(task, workflow(), (*case.events, event))
        data = {"event": event.number, "level": rule.level, "to": rule.to, "due": case.due, "hash": event.hash}
        record(actor, "tasks.escalated", f"task:{task.id}"[:200], data)
        raised.append(event)
    return raised


@transaction.atomic
def answer_for_unit(
    actor: Actor, *, organization: Organization, unit: str, starts_on: date, ends_on: date | None = None
) -> UnitDuty:
    """单位对应: an organization answers for a unit the documents name, between two dates."""
    require(actor, ADMINISTRATORS, _("设定单位对应"))
    if actor is not SYSTEM and not organizations_in_scope(actor).filter(pk=organization.pk).exists():
        raise Refused(_("这个组织不在您的管理范围内。"))
    if organization.kind not in ("district", "city", "province"):
        raise ValidationError({"organization": _("只有政府部门可以是责任单位。")})
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("结束日不能早于开始日。")})
    if not unit.strip():
        raise ValidationError({"unit": _("写明文件里的单位名称。")})
    made = UnitDuty.objects.create(organization=organization, unit=unit.strip(), starts_on=starts_on, ends_on=ends_on)
    data = {"organization": organization.pk, "unit": made.unit, "starts_on": starts_on, "ends_on": ends_on}
    record(actor, "tasks.unit.answered", f"unit_duty:{made.pk}", data)
    return made


@transaction.atomic
def end_duty(actor: Actor, *, duty_id: int) -> None:
    """结束单位对应: from today on the organization does not answer for the unit any more."""
    require(actor, ADMINISTRATORS, _("设定单位对应"))
    found = UnitDuty.objects.select_for_update().get(pk=duty_id, organization__in=organizations_in_scope(actor))
    last = timezone.localdate() - timedelta(days=1)
    found.starts_on, found.ends_on = min(found.starts_on, last), last
    found.save(update_fields=["starts_on", "ends_on"])
    record(actor, "tasks.unit.ended", f"unit_duty:{found.pk}", {"ends_on": last})
