"""Figures brought in, alerts with who answers them, score cards. Figures and card entries are never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cewen.portal.accounts.models import Person


class Observation(models.Model):
    """Observation (观测) brought in here; the shipped ones stay in their file. By two times: `published_on` and `recorded_at`.

    `value` is the exact number as text; the names of the other columns are those of a file of observations. Triggers
    of the database refuse to change or delete a row.
    """

    digest = models.CharField(max_length=12, unique=True)
    indicator = models.CharField(max_length=100)
    region = models.CharField(max_length=100)
    region_code = models.CharField(max_length=20, blank=True)
    period = models.CharField(max_length=20)
    basis = models.CharField(max_length=20)
    value = models.CharField(max_length=60)
    unit = models.CharField(max_length=20)
    bound = models.CharField(max_length=20)
    trust = models.CharField(max_length=20)
    maturity = models.CharField(max_length=20)
    published_on = models.DateField()
    published_estimated = models.BooleanField(default=False)
    source_title = models.CharField(max_length=300)
    source_url = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)

    class Meta:
        ordering = ("id",)
        indexes: ClassVar = [models.Index(fields=["indicator", "region"], name="indicators_observation_series")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region} {self.period}"


class AlertRound(models.Model):
    """Round of alerts (预警检查): all rules tried for a day, against the day of the round before."""

    on = models.DateField(unique=True)
    before = models.DateField()
    run_at = models.DateTimeField(default=timezone.now, editable=False)
    run_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return self.on.isoformat()


class Alert(models.Model):
    """Alert record (预警记录): one rule on one subject, fired or not, and why; a fired one is open until closed."""

    round = models.ForeignKey(AlertRound, on_delete=models.CASCADE, related_name="alerts")
    rule = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    severity = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    fired = models.BooleanField()
    because = models.TextField()
    owner = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    closing_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-fired", "id")
        indexes: ClassVar = [models.Index(fields=["round", "fired"], name="indicators_alert_round")]

    def __str__(self) -> str:
        return f"{self.label} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.fired and self.closed_at is None


class ScoreCardEntry(models.Model):
    """Score card (考核记分卡) as it was put in: definition and cells as canonical JSON, one version of the weights."""

    version = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    content: models.JSONField[Any] = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class AppealEntry(models.Model):
    """Appeal (申诉) against a cell of a score card with what was decided; `result` is the value from then on, or empty."""

    card = models.ForeignKey(ScoreCardEntry, on_delete=models.PROTECT, related_name="appeals")
    district = models.CharField(max_length=100)
    item = models.CharField(max_length=60)
    on = models.DateField()
    text = models.TextField()
    decision = models.TextField()
    result = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.district} {self.item}"
