"""The register as it is stored: narrow rows for lists, facts beside them, what changed, where it came from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cewen.portal.accounts.models import Organization, Person

_CODE_LENGTH = 20
_FILTERED = ("region_code", "size", "fields", "award_count")


class Enterprise(models.Model):
    """Enterprise (企业) as lists show it. The last known figures are copied from its facts whenever those change.

    `revenue` is fen, `revenue_year` and `employees_year` the years they are of; null or "" where nothing is known.
    `fields` are its kinds (企业类型) joined by 、.
    """

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=200, blank=True)
    region_code = models.CharField(_("注册地"), max_length=_CODE_LENGTH, blank=True)
    size = models.CharField(_("规模"), max_length=10, blank=True)
    fields = models.CharField(_("类型"), max_length=200, blank=True)
    revenue = models.BigIntegerField(_("营业收入"), null=True)
    revenue_year = models.PositiveSmallIntegerField(null=True)
    employees = models.BigIntegerField(_("从业人员"), null=True)
    employees_year = models.PositiveSmallIntegerField(null=True)
    award_count = models.PositiveIntegerField(_("已获奖补"), default=0)

    class Meta:
        # An order, and beside it what the list may be filtered by: a filter is decided without looking at the rows.
        indexes: ClassVar = [
            models.Index(fields=["name", "id", *_FILTERED], name="enterprises_by_name"),
            models.Index(fields=["-revenue", "id", "name", *_FILTERED], name="enterprises_by_revenue"),
            models.Index(fields=["-employees", "id", "name", *_FILTERED], name="enterprises_by_employees"),
            models.Index(fields=["region_code", "name", "id"], name="enterprises_by_region"),
        ]

    def __str__(self) -> str:
        return self.name or self.uscc


class FactImport(models.Model):
    """Import of a file (导入批次): received, read and found clean or faulty, then loaded whole or not at all."""

    class Stage(models.TextChoices):
        """How far an import has come (进度)."""

        RECEIVED = "received", _("正在检查")
        CLEAN = "clean", _("可以载入")
        FAULTY = "faulty", _("有问题，未载入")
        LOADING = "loading", _("正在载入")
        LOADED = "loaded", _("已载入")
        FAILED = "failed", _("中断，未载入")

    file_name = models.CharField(_("文件"), max_length=200)
    stored_as = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField()
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.RECEIVED)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("数据来源"), max_length=200, blank=True)
    region_codes = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    beat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name


class FactRecord(models.Model):
    """What is known of an enterprise (事实): text as a fact sheet has it, so that a value reads as it was given.

    `facts`: {key: {year or "": text}}; `objects`: [{"subject": …, "facts": {key: text}}]; `sources`: {key: {year:
    [source, date, owner]}} for values given one by one; all others come from `batch`.
    """

    enterprise = models.OneToOneField(Enterprise, on_delete=models.CASCADE, primary_key=True, related_name="record")
    facts = models.JSONField(default=dict)
    objects_known = models.JSONField(default=list, db_column="objects")
    sources = models.JSONField(default=dict)
    batch = models.ForeignKey(FactImport, on_delete=models.PROTECT, null=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.enterprise_id)


class FactChange(models.Model):
    """Change of one fact (事实变更); rows are added and never changed. `old` and `new` are "" where nothing was known."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="changes")
    path = models.CharField(max_length=30, default="enterprise")
    key = models.CharField(max_length=60)
    year = models.CharField(max_length=4, blank=True)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(FactImport, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.key} {self.year}: {self.old} → {self.new}"


class Award(models.Model):
    """Award already made (已获奖补): `measure` is policy#measure, `amount` fen."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="awards")
    measure = models.CharField(_("措施"), max_length=200)
    on = models.DateField(_("日期"))
    amount = models.BigIntegerField(_("金额"))
    object = models.CharField(_("对象"), max_length=200, blank=True)
    tier = models.CharField(_("档次"), max_length=60, blank=True)
    batch = models.ForeignKey(FactImport, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering = ("on", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "measure", "on", "object", "tier"], name="enterprises_award_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.on}"


class SavedView(models.Model):
    """Saved view (保存的查询) of the register: its filters and order as a query string."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="register_views")
    name = models.CharField(_("名称"), max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "name"], name="enterprises_view_name"),
        ]

    def __str__(self) -> str:
        return self.name


class EnterpriseClaim(models.Model):
    """Claim (企业认领): a person says to act for an enterprise; an officer of its district decides."""

    class Stage(models.TextChoices):
        """State of a claim (状态)."""

        OPEN = "open", _("待核实")
        APPROVED = "approved", _("已同意")
        REFUSED = "refused", _("未同意")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enterprise_claims")
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    name = models.CharField(_("企业名称"), max_length=200)
    region_code = models.CharField(_("注册地"), max_length=_CODE_LENGTH)
    grounds = models.CharField(_("依据"), max_length=300)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.OPEN)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "uscc"], condition=models.Q(stage="open"), name="enterprises_one_open_claim"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.uscc}"

    def as_row(self) -> dict[str, object]:
        """As a file has it; `person` is read along."""
        made, decided = (
            each and timezone.localtime(each).replace(tzinfo=None) for each in (self.created_at, self.decided_at)
        )
        return {
            "企业": self.name, "统一社会信用代码": self.uscc, "注册地": self.region_code, "申请人": self.person.name,
            "依据": self.grounds, "状态": str(self.get_stage_display()), "理由": self.reason, "提交": made, "决定": decided,
        }  # fmt: skip


class RegisterState(models.Model):
    """State of the register (企业库版本): one row, counted up by every change; what is kept of the register names it."""

    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)
