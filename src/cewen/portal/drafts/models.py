"""Drafts of policies and their versions: every version is kept, none is changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cewen.portal.accounts.models import Organization, Person


class DraftStatus(models.TextChoices):
    """State of a draft (草稿状态)."""

    EDITING = "editing", _("起草中")
    PUBLISHING = "publishing", _("待发布")
    PUBLISHED = "published", _("已发布")
    ABANDONED = "abandoned", _("已放弃")


class Draft(models.Model):
    """Draft of a policy (政策草稿): where it will stand, whose it is, and from which day it is published.

    PUBLISHING is decided and not yet done: the folder appears on `publish_on`, and a crash in between is made good.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="drafts")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    policy_id = models.CharField(_("编号"), max_length=120)
    title = models.CharField(_("标题"), max_length=300)
    source_name = models.CharField(_("文件"), max_length=200)
    status = models.CharField(max_length=12, choices=DraftStatus.choices, default=DraftStatus.EDITING)
    publish_on = models.DateField(_("发布日"), null=True)
    published_version = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class DraftVersion(models.Model):
    """Version of a draft (草稿版本): all files by path, who saved it, how many errors it had, who confirmed it."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    files = models.JSONField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="draft_versions")
    note = models.CharField(_("改了什么"), max_length=200, blank=True)
    error_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="drafts_confirmed")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "number"], name="drafts_version_number"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("author")),
                name="drafts_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.number}"
