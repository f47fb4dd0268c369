"""Who there is: organizations, people, the roles people hold in them, deputies, invitations and access tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cewen.portal.access import ASSIGNED, Role

_ROLES = [(role.value, role.label) for role in Role if role in ASSIGNED]
_CODE_LENGTH = 20


class OrganizationKind(models.TextChoices):
    """Kind of an organization (组织类别)."""

    ENTERPRISE = "enterprise", _("企业")
    DISTRICT = "district", _("区级部门")
    CITY = "city", _("市级部门")
    PROVINCE = "province", _("省级部门")
    EXPERT_BODY = "expert_body", _("专家机构")


class Organization(models.Model):
    """Organization (组织): an enterprise, an authority of a district, city or province, or a body of experts."""

    kind = models.CharField(_("类别"), max_length=20, choices=OrganizationKind.choices)
    name = models.CharField(_("名称"), max_length=200)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True, unique=True)
    region_code = models.CharField(_("区划代码"), max_length=_CODE_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="enterprise") | Q(uscc__isnull=False), name="accounts_enterprise_has_uscc"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Makes people."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(username=self.model.normalize_username(username), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username__iexact=username)


class Person(AbstractBaseUser):
    """Person (人员) who can sign in. What a person may do stands in role assignments, never here."""

    username = models.CharField(
        _("用户名"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("这个用户名已经有人使用。")},
    )
    name = models.CharField(_("姓名"), max_length=80)
    email = models.EmailField(_("邮箱"), blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name or self.username


class Period(models.Model):
    """Dates something counts (起止日期), both inclusive; without `ends_on`, for ever."""

    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        abstract = True


class RoleAssignment(Period):
    """Role assignment (角色授权): a person acts in a role for an organization, in a region, for a scheme, for a time.

    `region_code` is where the role counts ("" for the whole country); `scheme` the policy or scheme ("" for all).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("角色"), max_length=30, choices=_ROLES)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="assignments")
    region_code = models.CharField(_("区域"), max_length=_CODE_LENGTH, blank=True)
    scheme = models.CharField(_("政策"), max_length=200, blank=True)

    class Meta:
        ordering = ("person_id", "role", "starts_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="accounts_assignment_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.organization_id}"


class Deputy(Period):
    """Deputy (代理): `substitute` acts with the roles of `principal` between two dates."""

    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputies")
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stands_in_for")
    reason = models.CharField(_("事由"), max_length=200, blank=True)

    class Meta:
        ordering = ("starts_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(principal=F("substitute")), name="accounts_deputy_is_another"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False, ends_on__gte=F("starts_on")), name="accounts_deputy_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} → {self.substitute_id}"


class Invitation(models.Model):
    """Invitation (邀请) of a colleague into an organization. Only the SHA-256 of its secret is kept."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(_("角色"), max_length=30, choices=_ROLES)
    region_code = models.CharField(_("区域"), max_length=_CODE_LENGTH, blank=True)
    name = models.CharField(_("姓名"), max_length=80)
    email = models.EmailField(_("邮箱"), blank=True)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations_sent")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("有效至"))
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="invitations_accepted")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} {self.role}"

    @property
    def is_open(self) -> bool:
        """True while it can be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()


class AccessToken(models.Model):
    """Access token (访问令牌) of a person for the REST interface. Only its SHA-256 is kept.

    `roles` narrows what the token may do to these roles of its owner (comma-separated; "" for all of them);
    `is_read_only` to calls that change nothing.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=100)
    roles = models.CharField(_("角色"), max_length=400, blank=True)
    is_read_only = models.BooleanField(_("只读"), default=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("有效至"))
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name
