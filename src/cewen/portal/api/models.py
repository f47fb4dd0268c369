"""Answers that are given again: what a write with an idempotency key was answered the first time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class KeptAnswer(models.Model):
    """Kept answer (幂等记录) of a write, by who asked and the key they chose; `request_sha256` is of what was asked."""

    actor = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=500, blank=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["actor", "key"], name="api_answer_once")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
