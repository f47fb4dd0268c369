"""Scenarios: reforms somebody saved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cewen.portal.accounts.models import Person


class Scenario(models.Model):
    """Scenario (改革方案存档): a reform as data, the day it is asked on, who saved it; shared by a link with a secret.

    `reform` is what a reform.yaml holds. Figures are worked out on the register of whoever looks, within that person's
    own regions; only a link holds `figures`, the sums its owner saw when sharing, without small groups, until
    `share_until`. `register_version` and `rules_digest` say on which register and rules it was saved.
    """

    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="scenarios")
    title = models.CharField(_("名称"), max_length=120)
    note = models.TextField(_("说明"), blank=True)
    reform = models.JSONField()
    on = models.DateField(_("哪一天"))
    year = models.PositiveSmallIntegerField(_("事实年度"))
    as_if_in_force = models.BooleanField(_("按假定施行"), default=False)
    measure_key = models.CharField(max_length=200, blank=True)
    share_secret = models.CharField(max_length=64, null=True, unique=True, editable=False)
    share_until = models.DateField(_("链接到哪一天"), null=True, editable=False)
    figures = models.JSONField(null=True, editable=False)
    register_version = models.PositiveBigIntegerField(null=True, editable=False)
    rules_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes: ClassVar = [models.Index(fields=["author", "-created_at"], name="reforms_scenario_author")]

    def __str__(self) -> str:
        return self.title
