"""Runs: evaluations of the register, waiting, working or done. The table is the queue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cewen.portal.accounts.models import Person


class RunStatus(models.TextChoices):
    """State of a run (测算状态)."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("计算中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有算成")
    CANCELLED = "cancelled", _("已取消")


class Run(models.Model):
    """Evaluation run (测算): what is evaluated, how far it is, and what came of it.

    `scope` holds the region codes that were evaluated (null: the whole country); `summary` sums in whole fen; `result`
    the name of the file of awards below the folder of runs. `worker` and `heartbeat_at` say who works on it and was
    alive when; a run whose worker fell silent is taken up again.
    """

    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="runs")
    title = models.CharField(_("名称"), max_length=120)
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    on = models.DateField(_("哪一天"))
    year = models.PositiveSmallIntegerField(_("事实年度"))
    as_if_in_force = models.BooleanField(_("按假定施行"), default=False)
    policies = models.JSONField(default=list, blank=True)
    scope = models.JSONField(null=True, blank=True)
    engine = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_cancelling = models.BooleanField(default=False)
    worker = models.CharField(max_length=36, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    summary = models.JSONField(null=True)
    result = models.CharField(max_length=120, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["author", "-id"], name="runs_run_author"),
            models.Index(fields=["id"], condition=Q(status__in=["queued", "running"]), name="runs_run_open"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """True while it waits or works."""
        return self.status in (RunStatus.QUEUED, RunStatus.RUNNING)

    @property
    def percent(self) -> int:
        """How much is done, in whole hundredths."""
        return self.done_count * 100 // self.total_count if self.total_count else 0
