"""Reading the audit chain: events an actor may see, and whether the chain is whole."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from cewen.base.diagnostic import Diagnostic
from cewen.portal.access import Actor, Role
from cewen.portal.audit.domain import Head, check_chain
from cewen.portal.audit.models import ChainHead, Event

AUDITORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_CHUNK = 2000


def events_in_scope(
    actor: Actor, *, subject: str = "", by: str = "", action: str = "", words: str = ""
) -> QuerySet[Event]:
    """All events for supervisors and administrators, one's own for everyone else; newest first.

    `subject` and `by` are exact ("organization:3", "person:2"); `action` is how its name begins ("accounts."); all of
    `words` stand in the name of who acted, the subject or the data.
    """
    events = Event.objects.order_by("-sequence")
    if subject:
        events = events.filter(subject=subject)
    if by:
        events = events.filter(actor=by)
    if action:
        events = events.filter(action__startswith=action)
    for word in words.split():
        held = Q(actor_name__icontains=word) | Q(subject__icontains=word) | Q(data__icontains=word)
        events = events.filter(held | Q(action__icontains=word))
    return events if actor.may(AUDITORS) else events.filter(actor=actor.key) if actor.is_known else events.none()


def current_head() -> Head | None:
    """The registered end of the chain; None when that row is gone."""
    row = ChainHead.objects.filter(id=1).first()
    return row.head if row else None


def verify_chain(noted: Head | None = None) -> Iterator[Diagnostic]:
    """Findings on the whole chain, and on a head `noted` outside earlier, which it must still go through."""
    yield from check_chain(
        (event.link for event in Event.objects.order_by("sequence").iterator(_CHUNK)), current_head()
    )
    if noted is not None and noted.sequence:
        event = Event.objects.filter(sequence=noted.sequence).first()
        if event is None or event.digest != noted.digest:
            yield Diagnostic(
                "CW715",
                f"第 {noted.sequence} 号事件与登记在外的链尾不同，整条链可能重写过",
                "以登记在外的链尾为准，从那时的备份恢复并核对。",
            )


def event_count() -> int:
    """Number of events."""
    return Event.objects.count()
