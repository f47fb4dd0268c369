"""Use cases of accounts: each asks who may, whether it fits, changes, and records, in one transaction."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import uscc as uscc_number

from cewen.portal.access import ADMINISTRATORS, ASSIGNED, Actor, Refused, Role, require
from cewen.portal.accounts.domain import INVITATION_LASTS, LONGEST_TOKEN, ROLES_OF_KIND, SECRET_BYTES
from cewen.portal.accounts.models import (
    AccessToken,
    Deputy,
    Invitation,
    Organization,
    OrganizationKind,
    Person,
    RoleAssignment,
)
from cewen.portal.accounts.selectors import (
    assignments_in_scope,
    hash_secret,
    invitations_in_scope,
    organizations_in_scope,
    region_codes,
    regions,
)
from cewen.portal.audit.services import record


@transaction.atomic
def register_organization(actor: Actor, *, kind: str, name: str, uscc: str = "", region_code: str) -> Organization:
    """登记组织. Administrators register any; a signed-in person registers an enterprise (and asks for its role next).

    Raises ValidationError by field for a code that does not check, a region not known, a code taken.
    """
    allowed = ADMINISTRATORS | ({Role.PERSON} if kind == OrganizationKind.ENTERPRISE else set())
    require(actor, allowed, _("登记组织"))
    code = uscc.strip().upper() or None
    if code is not None and not uscc_number.is_valid(code):
        raise ValidationError({"uscc": _("统一社会信用代码的校验位不对，请核对 18 位代码。")})
    if kind == OrganizationKind.ENTERPRISE and code is None:
        raise ValidationError({"uscc": _("企业须填统一社会信用代码。")})
    region = regions().find(region_code.strip())
    if region is None:
        raise ValidationError({"region_code": _("没有这个区划。填代码或名称，如 420111 或 洪山区。")})
    if code is not None and Organization.objects.filter(uscc=code).exists():
        raise ValidationError({"uscc": _("这个统一社会信用代码已经登记。请由该组织的人邀请您加入。")})
    found = Organization(kind=kind, name=name.strip(), uscc=code, region_code=region.code)
    found.full_clean()
    found.save()
    data = {"kind": kind, "name": found.name, "uscc": code, "region_code": region.code}
    record(actor, "accounts.organization.registered", f"organization:{found.pk}", data)
    return found


@transaction.atomic
def register_enterprise(
    actor: Actor, *, name: str, uscc: str, region_code: str, on: date | None = None
) -> Organization:
    """企业自行登记: the organization, and the person who registers it as its first applicant."""
    found = register_organization(actor, kind="enterprise", name=name, uscc=uscc, region_code=region_code)
    _assign(actor, actor.row_id, Role.APPLICANT, found, found.region_code, "", on or timezone.localdate(), None)
    return found


@transaction.atomic
def assign_role(
    actor: Actor,
    *,
    person: Person,
    role: Role,
    organization: Organization,
    region_code: str = "",
    scheme: str = "",
    starts_on: date,
    ends_on: date | None = None,
) -> RoleAssignment:
    """授权: by an administrator, for organizations and regions inside the administrator's own."""
    require(actor, ADMINISTRATORS, _("授权"))
    _within(actor, organization)
    reached = region_codes(actor, ADMINISTRATORS)
    where = region_code.strip() or organization.region_code
    known = regions().find(where)
    if known is None:
        raise ValidationError({"region_code": _("没有这个区划。填代码或名称，如 420111 或 洪山区。")})
    if reached is not None and known.code not in reached:
        raise Refused(_("只能在自己管理的区域内授权。"))
    return _assign(actor, person.pk, role, organization, known.code, scheme, starts_on, ends_on)


@transaction.atomic
def end_assignment(actor: Actor, *, assignment_id: int, on: date | None = None) -> RoleAssignment:
    """收回授权: the role counts up to the day before `on` (today); the row stays, for what was done with it."""
    require(actor, ADMINISTRATORS, _("收回授权"))
    found = assignments_in_scope(actor).select_for_update(of=("self",)).get(pk=assignment_id)
    last = (on or timezone.localdate()) - timedelta(days=1)
    found.ends_on = last
    if last < found.starts_on:
        found.starts_on = last
    found.save(update_fields=["starts_on", "ends_on"])
    record(actor, "accounts.role.ended", f"person:{found.person_id}", {"assignment": found.pk, "ends_on": last})
    return found


@transaction.atomic
def invite_colleague(
    actor: Actor, *, organization: Organization, name: str, email: str, role: Role
) -> tuple[Invitation, str]:
    """邀请同事: the invitation and its secret, which is shown once and not kept.

    Administrators invite into any role of an organization of theirs; others into roles they hold there themselves.
    """
    require(actor, ASSIGNED, _("邀请同事"))
    if actor.may(ADMINISTRATORS):
        _within(actor, organization)
    elif organization.pk not in actor.organization_ids(role):
        raise Refused(_("只能邀请同事担任您自己在这个组织里的角色。"))
    _fits(role, organization)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    found = Invitation.objects.create(
        organization=organization, role=role, region_code=organization.region_code, name=name.strip(), email=email,
        secret_sha256=hash_secret(secret), invited_by_id=actor.row_id, expires_at=timezone.now() + INVITATION_LASTS,
    )  # fmt: skip
    data = {"organization": organization.pk, "role": role, "name": found.name, "expires_at": found.expires_at}
    record(actor, "accounts.invitation.sent", f"invitation:{found.pk}", data)
    return found, secret


@transaction.atomic
def withdraw_invitation(actor: Actor, *, invitation_id: int) -> None:
    """撤回邀请: its secret opens nothing any more."""
    found = invitations_in_scope(actor).select_for_update(of=("self",)).get(pk=invitation_id, accepted_at__isnull=True)
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    record(actor, "accounts.invitation.withdrawn", f"invitation:{found.pk}")


@transaction.atomic
def accept_invitation(
    actor: Actor, *, secret: str, username: str = "", password: str = "", now: datetime | None = None
) -> Person:
    """接受邀请: a signed-in person takes the role; anyone else becomes a new person with it. Once only."""
    moment = now or timezone.now()
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(secret_sha256=hash_secret(secret), accepted_at__isnull=True, withdrawn_at__isnull=True)
        .filter(expires_at__gt=moment)
        .first()
    )
    if found is None:
        raise Refused(_("这份邀请已用过、已撤回或已过期。请让邀请您的人重新发一份。"))
    if actor.person_id is not None:
        person = Person.objects.get(pk=actor.row_id)
    else:
        person = create_person(username=username, password=password, name=found.name, email=found.email)
    acting = actor if actor.is_known else Actor(person.pk, str(person))
    _assign(acting, person.pk, Role(found.role), found.organization, found.region_code, "", moment.date(), None)
    found.accepted_by, found.accepted_at = person, moment
    found.save(update_fields=["accepted_by", "accepted_at"])
    record(acting, "accounts.invitation.accepted", f"invitation:{found.pk}", {"person": person.pk})
    return person


def create_person(*, username: str, password: str, name: str, email: str = "") -> Person:
    """A person with a checked name and password. Raises ValidationError by field."""
    person = Person(username=username.strip(), name=name.strip(), email=email)
    if Person.objects.filter(username__iexact=person.username).exists():
        raise ValidationError({"username": _("这个用户名已经有人使用。")})
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    person.set_password(password)
    person.full_clean()
    person.save()
    return person


@transaction.atomic
def name_deputy(actor: Actor, *, substitute: Person, starts_on: date, ends_on: date, reason: str = "") -> Deputy:
    """指定代理: for one's own roles, between two dates, by a colleague of one of one's organizations."""
    require(actor, ASSIGNED, _("指定代理"))
    own = {grant.organization_id for grant in actor.grants if grant.on_behalf_of is None}
    if not RoleAssignment.objects.filter(person=substitute, organization_id__in=own).exists():
        raise ValidationError({"substitute": _("代理人须是您所在组织的同事。")})
    if substitute.pk == actor.person_id:
        raise ValidationError({"substitute": _("不能指定自己。")})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("结束日不能早于开始日。")})
    found = Deputy.objects.create(
        principal_id=actor.row_id, substitute=substitute, starts_on=starts_on, ends_on=ends_on, reason=reason
    )
    data = {"substitute": substitute.pk, "starts_on": starts_on, "ends_on": ends_on, "reason": reason}
    record(actor, "accounts.deputy.named", f"person:{actor.row_id}", data)
    return found


@transaction.atomic
def end_deputy(actor: Actor, *, deputy_id: int) -> None:
    """结束代理: by the one who named the deputy; from yesterday on it counts no more."""
    found = Deputy.objects.select_for_update().get(pk=deputy_id, principal_id=actor.row_id)
    last = timezone.localdate() - timedelta(days=1)
    found.starts_on, found.ends_on = min(found.starts_on, last), last
    found.save(update_fields=["starts_on", "ends_on"])
    record(actor, "accounts.deputy.ended", f"person:{actor.row_id}", {"deputy": found.pk})


@transaction.atomic
def issue_token(
    actor: Actor, *, name: str, lasts: timedelta, roles: frozenset[Role] = frozenset(), is_read_only: bool = False
) -> tuple[AccessToken, str]:
    """签发令牌: the token and its secret, shown once. `roles` narrows it; it never reaches further than its owner."""
    require(actor, {Role.PERSON}, _("签发令牌"))
    if not timedelta() < lasts <= LONGEST_TOKEN:
        raise ValidationError({"days": _("令牌最长一年。")})
    if not roles <= actor.roles:
        raise Refused(_("令牌的角色不能超出您自己的角色。"))
    secret = f"cewen_{secrets.token_urlsafe(SECRET_BYTES)}"
    found = AccessToken.objects.create(
        person_id=actor.row_id, name=name, roles=",".join(sorted(roles)), secret_sha256=hash_secret(secret),
        expires_at=timezone.now() + lasts, is_read_only=is_read_only,
    )  # fmt: skip
    data = {"name": name, "roles": sorted(roles), "is_read_only": is_read_only}
    record(actor, "accounts.token.issued", f"token:{found.pk}", data)
    return found, secret


@transaction.atomic
def revoke_token(actor: Actor, *, token_id: int) -> None:
    """吊销令牌: one's own."""
    found = AccessToken.objects.select_for_update().get(pk=token_id, person_id=actor.row_id, revoked_at__isnull=True)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    record(actor, "accounts.token.revoked", f"token:{found.pk}")


def record_sign_in(actor: Actor, action: str, address: str, username: str = "") -> None:
    """登录、退出、登录失败: recorded in a transaction of its own, with the name that was tried."""
    with transaction.atomic():
        record(
            actor,
            f"accounts.{action}",
            actor.key,
            {"address": address, **({"username": username[:150]} if username else {})},
        )


def _assign(
    actor: Actor,
    person_id: int,
    role: Role,
    organization: Organization,
    region_code: str,
    scheme: str,
    starts_on: date,
    ends_on: date | None,
) -> RoleAssignment:
    _fits(role, organization)
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("结束日不能早于开始日。")})
    found = RoleAssignment.objects.create(
        person_id=person_id, role=role, organization=organization, region_code=region_code, scheme=scheme,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    data: dict[str, Any] = {
        "assignment": found.pk, "role": role, "organization": organization.pk, "region_code": region_code,
        "scheme": scheme, "starts_on": starts_on, "ends_on": ends_on,
    }  # fmt: skip
    record(actor, "accounts.role.assigned", f"person:{person_id}", data)
    return found


def _fits(role: Role, organization: Organization) -> None:
    if role not in ROLES_OF_KIND[organization.kind]:
        kind = OrganizationKind(organization.kind).label
        raise ValidationError({"role": _("%(kind)s里没有%(role)s这个角色。") % {"kind": kind, "role": role.label}})


def _within(actor: Actor, organization: Organization) -> None:
    if not organizations_in_scope(actor).filter(pk=organization.pk).exists():
        raise Refused(_("这个组织不在您的管理范围内。"))
