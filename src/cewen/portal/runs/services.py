"""Use cases of runs: ask for one, cancel it; and what a worker does to it, each step in one transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.portal.access import SYSTEM, Actor, require
from cewen.portal.accounts.selectors import region_codes
from cewen.portal.audit.services import record
from cewen.portal.policies.selectors import corpus
from cewen.portal.processes import is_gone
from cewen.portal.runs.models import Run, RunStatus
from cewen.portal.runs.selectors import EVALUATORS, runs_in_scope

STALE = timedelta(seconds=120)
"""A worker silent for so long is gone: a step takes seconds."""
MOST_ATTEMPTS = 3
MOST_OPEN = 5
"""Runs of one person that may wait or work at a time."""


@transaction.atomic
def start_run(
    actor: Actor, *, title: str, on: date, year: int, policies: list[str], as_if_in_force: bool = False
) -> Run:
    """发起测算 over the register in the actor's regions. Raises ValidationError by field."""
    require(actor, EVALUATORS, _("发起测算"))
    unknown = [each for each in policies if corpus().policy(each) is None]
    if unknown:
        raise ValidationError({"policies": _("政策库里没有：%(names)s。") % {"names": "、".join(unknown)}})
    if not 1990 <= year <= 2100:
        raise ValidationError({"year": _("事实年度写四位年份。")})
    waiting = Run.objects.filter(author_id=actor.row_id, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    if waiting.count() >= MOST_OPEN:
        raise ValidationError(_("您已有五项测算在排队或计算，等一项完成再发起。"))
    codes = region_codes(actor, EVALUATORS)
    found = Run.objects.create(
        author_id=actor.row_id, title=title.strip() or f"{on.isoformat()} 测算", on=on, year=year,
        as_if_in_force=as_if_in_force, policies=policies, scope=None if codes is None else sorted(codes),
    )  # fmt: skip
    data = {"on": on, "year": year, "policies": policies, "as_if_in_force": as_if_in_force}
    record(actor, "runs.run.started", f"run:{found.pk}", data)
    return found


@transaction.atomic
def cancel_run(actor: Actor, *, run_id: int) -> Run:
    """取消测算: one that waits stops at once, one that works at its next step."""
    require(actor, EVALUATORS, _("取消测算"))
    found = runs_in_scope(actor).select_for_update().get(pk=run_id)
    if not found.is_open:
        return found
    found.is_cancelling = True
    if found.status == RunStatus.QUEUED:
        found.status, found.ended_at = RunStatus.CANCELLED, timezone.now()
    found.save(update_fields=["is_cancelling", "status", "ended_at"])
    record(actor, "runs.run.cancelled", f"run:{found.pk}")
    return found


# --- steps of a worker -----------------------------------------------------------------------------------------


@transaction.atomic
def claim_run(worker: str) -> Run | None:
    """领取测算: the first that waits, or whose worker fell silent or is gone; nobody else gets the same one.

    None: nothing to do.
    """
    now = timezone.now()
    lockable = connection.features.has_select_for_update_skip_locked
    is_open = Q(status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    for found in Run.objects.select_for_update(skip_locked=lockable).filter(is_open).order_by("id"):
        is_silent = found.heartbeat_at is None or found.heartbeat_at < now - STALE
        if found.status == RunStatus.RUNNING and not is_silent and not is_gone(found.worker):
            continue
        if found.is_cancelling:
            _end(found, RunStatus.CANCELLED)
        elif found.attempts >= MOST_ATTEMPTS:
            _end(found, RunStatus.FAILED, _("计算三次都中断了，多半是内存不够或服务被停掉；请管理员看服务日志。"))
        else:
            # Conditional on what was read: where rows cannot be locked, the second of two takers changes nothing.
            same = Run.objects.filter(
                pk=found.pk, worker=found.worker, attempts=found.attempts, status=found.status,
                heartbeat_at=found.heartbeat_at,
            )  # fmt: skip
            taken = same.update(status=RunStatus.RUNNING, worker=worker, heartbeat_at=now, attempts=F("attempts") + 1,
                                started_at=now, done_count=0)  # fmt: skip
            if taken:
                found.refresh_from_db()
                return found
    return None


def beat(run: Run, **known: int) -> bool:
    """报到: the worker is alive and so far. False when the run was cancelled or is another worker's now."""
    own = Run.objects.filter(pk=run.pk, worker=run.worker, status=RunStatus.RUNNING, is_cancelling=False)
    return bool(own.update(heartbeat_at=timezone.now(), **known))


@transaction.atomic
def finish_run(run: Run, *, summary: dict[str, Any], result: str, row_count: int, engine: str, digest: str) -> bool:
    """完成测算: sums and file take their place together. False when the run is no longer this worker's."""
    found = Run.objects.select_for_update().get(pk=run.pk)
    if found.worker != run.worker or found.status != RunStatus.RUNNING or found.is_cancelling:
        return False
    found.summary, found.result, found.row_count = summary, result, row_count
    found.engine, found.digest = engine, digest
    found.done_count = found.total_count
    _end(found, RunStatus.DONE)
    return True


@transaction.atomic
def stop_run(run: Run, failure: str = "") -> None:
    """停下测算: cancelled, or failed for a reason a reader can act on. Nothing happens to another worker's run."""
    found = Run.objects.select_for_update().get(pk=run.pk)
    if found.worker != run.worker or found.status != RunStatus.RUNNING:
        return
    _end(found, RunStatus.FAILED if failure else RunStatus.CANCELLED, failure)


def _end(run: Run, status: RunStatus, failure: str = "") -> None:
    run.status, run.failure, run.ended_at = status, failure, timezone.now()
    run.save()
    data = {"status": status.value, "rows": run.row_count, "engine": run.engine, "failure": failure}
    record(SYSTEM, "runs.run.ended", f"run:{run.pk}", data)
