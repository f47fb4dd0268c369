"""Rows of the audit chain, which triggers refuse to change or delete, and the rounds that run by the clock."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from cewen.portal.audit.domain import GENESIS, Head, Link


class Event(models.Model):
    """Audit event (审计事件): who did what to which subject, chained to the event before by its digest."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=60)
    actor_name = models.CharField(max_length=120)
    on_behalf_of = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    data = models.TextField()
    algorithm = models.CharField(max_length=10)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)
        indexes: ClassVar = [
            models.Index(fields=["subject", "sequence"], name="audit_event_subject"),
            models.Index(fields=["actor", "sequence"], name="audit_event_actor"),
            models.Index(fields=["action", "sequence"], name="audit_event_action"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"

    @property
    def link(self) -> Link:
        """This event as the chain sees it."""
        return Link(
            self.sequence, self.at, self.actor, self.actor_name, self.on_behalf_of, self.action, self.subject, self.data,
            self.algorithm, self.previous, self.digest,
        )  # fmt: skip


class ChainHead(models.Model):
    """Head of the chain (链尾登记): one row; a missing last event shows against it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_head")]

    def __str__(self) -> str:
        return str(self.head)

    @property
    def head(self) -> Head:
        return Head(self.sequence, self.digest)


class Round(models.Model):
    """Round (定时工作): when it is due next, who is at it and until when at most, how often it ran and failed.

    One row a round, and the row is its lease: whoever puts its mark on it runs the round, on whatever machine.
    """

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField(default=timezone.now)
    holder = models.CharField(max_length=40, blank=True)
    held_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    run_count = models.PositiveIntegerField(default=0)
    failure_count = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
