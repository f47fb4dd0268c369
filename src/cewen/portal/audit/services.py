"""Writing the audit chain: one event with each change, in the change's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from cewen.portal.access import Actor
from cewen.portal.audit.domain import Link, canonical
from cewen.portal.audit.models import ChainHead, Event


def record(actor: Actor, action: str, subject: str, data: Mapping[str, Any] | None = None) -> Event:
    """Append an event. `action` is dotted ("accounts.deputy.named"), `subject` is "kind:id", `data` has no floats.

    Must run inside the transaction of the change it tells of (RuntimeError otherwise): both happen or neither does.
    The head row is locked until that transaction ends, so links are added one after another.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event is written in the transaction of the change it tells of")
    ChainHead.objects.get_or_create(id=1)
    head = ChainHead.objects.select_for_update().get(id=1)
    behalf = "、".join(sorted({grant.on_behalf_of for grant in actor.grants if grant.on_behalf_of}))
    link = Link(
        sequence=head.sequence + 1,
        at=datetime.now(UTC).isoformat(timespec="microseconds"),
        actor=actor.key,
        actor_name=actor.name[:120],
        on_behalf_of=behalf[:120],
        action=action,
        subject=subject,
        data=canonical(data or {}),
        algorithm=settings.AUDIT_HASH,
        previous=head.digest,
    )
    event = Event.objects.create(
        sequence=link.sequence, at=link.at, actor=link.actor, actor_name=link.actor_name,
        on_behalf_of=link.on_behalf_of, action=link.action, subject=link.subject, data=link.data,
        algorithm=link.algorithm, previous=link.previous, digest=link.computed(),
    )  # fmt: skip
    ChainHead.objects.filter(id=1).update(sequence=event.sequence, digest=event.digest)
    return event
