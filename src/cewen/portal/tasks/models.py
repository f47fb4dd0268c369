"""Events of supervision in their chain, evidence, and which organization answers for which unit of the documents."""

from __future__ import annotations

import json
from typing import ClassVar

from django.db import models
from django.utils import timezone

from cewen.portal.accounts.models import Organization, Period, Person
from cewen.supervision.event import GENESIS, Event, step_of


class TaskEvent(models.Model):
    """Event (督办事件) on a task, chained to the one before. Triggers refuse to change or delete it, or to add out of turn.

    `step` is the plain data of the step as `cewen.supervision.event` hashes it; `actor` is the key of who acted.
    """

    number = models.BigIntegerField(primary_key=True)
    task = models.CharField(max_length=200)
    key = models.CharField(max_length=100, null=True)
    edge = models.CharField(max_length=40)
    on = models.DateField()
    step = models.TextField()
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    version = models.IntegerField()
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    actor = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("number",)
        indexes: ClassVar = [models.Index(fields=["task", "number"], name="tasks_event_task")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "key"], name="tasks_event_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.edge} {self.task}"

    @property
    def event(self) -> Event:
        """The event as the workflow sees it."""
        return Event(
            self.number,
            step_of(json.loads(self.step)),
            self.source,
            self.target,
            self.version,
            self.previous,
            self.digest,
        )


class TaskHead(models.Model):
    """Head of the chain (台账末尾): one row, locked while an event is added; a missing last event shows against it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="tasks_one_head")]

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


class Evidence(models.Model):
    """Evidence (佐证材料): a file handed in with a step, kept with its SHA-256, which the event names."""

    task = models.CharField(max_length=200)
    event = models.ForeignKey(TaskEvent, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class UnitDuty(Period):
    """Unit duty (单位对应): between two dates an organization answers for a unit the documents name otherwise."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="unit_duties")
    unit = models.CharField(max_length=100)

    class Meta:
        ordering = ("unit", "starts_on", "id")

    def __str__(self) -> str:
        return f"{self.organization_id} {self.unit}"
