"""Calls on accounts: who calls, tokens, deputies, people with their roles, organizations, invitations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query
from ninja.responses import Status

from cewen.portal.access import ADMINISTRATORS, ASSIGNED, SIGNED_IN, Refused
from cewen.portal.accounts import selectors, services
from cewen.portal.accounts.models import AccessToken, Deputy, Invitation, OrganizationKind, RoleAssignment
from cewen.portal.accounts.shapes import (
    AssignIn,
    AssignmentOut,
    DeputyIn,
    DeputyOut,
    InvitationMade,
    InvitationOut,
    InviteIn,
    MeOut,
    OrganizationIn,
    OrganizationOut,
    PersonOut,
    TokenIn,
    TokenMade,
    TokenOut,
)
from cewen.portal.calls import Calls, Json, Page, Paging, RowId, Words, known, row_of, rows
from cewen.portal.request import PortalRequest

calls = Calls("账户")
_NO_PERSON = "没有这个人，或不在您的范围内。"
_NO_ORGANIZATION = "没有这个组织，或不在您的范围内。"


@calls.get("/me", roles=SIGNED_IN, response=MeOut, summary="令牌是谁的、有哪些角色")
def me(request: PortalRequest) -> Any:
    actor = request.actor
    grants = [
        {"role": grant.role, "organization": grant.organization_id, "region_code": grant.region_code,
         "scheme": grant.scheme, "on_behalf_of": grant.on_behalf_of}
        for grant in actor.grants
    ]  # fmt: skip
    return {"name": actor.name, "roles": sorted(actor.roles), "grants": grants, "is_read_only": actor.is_read_only}


# --- tokens: one never makes a wider or a longer one


@calls.get("/tokens", roles=SIGNED_IN, response=Page[TokenOut], summary="我的令牌")
def tokens(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.tokens_of(request.actor), wanted, _token_json)


@calls.post(
    "/tokens", roles=SIGNED_IN, response={201: TokenMade}, summary="签发令牌；令牌签发的令牌不会更宽、更久",
    example={"name": "夜间导出", "days": 30, "roles": ["statistician"], "is_read_only": True},
)  # fmt: skip
def issue_token(request: PortalRequest, response: HttpResponse, body: TokenIn) -> Any:
    lasts, roles, actor = timedelta(days=body.days), frozenset(body.roles) & ASSIGNED, request.actor
    if len(frozenset(body.roles)) != len(roles):
        raise ValidationError({"roles": _("只写可以授予的角色。")})
    used = _token_used(request)
    if used is not None:
        # No roles means all of the owner's, for ever: what a token makes names those it has itself.
        roles = roles or actor.roles & ASSIGNED
        if used.roles and not roles:
            raise Refused(_("这个令牌没有可以转给新令牌的角色。"))
        lasts = min(lasts, used.expires_at - timezone.now() - timedelta(seconds=1))
    made, secret = services.issue_token(actor, name=body.name, lasts=lasts, roles=roles, is_read_only=body.is_read_only)
    response["Cache-Control"] = "no-store"
    return Status(201, _token_json(made) | {"secret": secret})


def _token_used(request: PortalRequest) -> AccessToken | None:
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return AccessToken.objects.filter(secret_sha256=selectors.hash_secret(secret.strip())).first()


@calls.delete("/tokens/{int:token_id}", roles=SIGNED_IN, summary="吊销令牌")
def revoke_token(request: PortalRequest, token_id: RowId) -> Any:
    services.revoke_token(request.actor, token_id=token_id)
    return Status(204, None)


def _token_json(found: AccessToken) -> Json:
    names = ("id", "name", "is_read_only", "created_at", "expires_at")
    return {name: getattr(found, name) for name in names} | {"roles": [each for each in found.roles.split(",") if each]}


# --- deputies


@calls.get("/deputies", roles=SIGNED_IN, response=Page[DeputyOut], summary="谁代理我、我代理谁")
def deputies(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.deputies_of(request.actor), wanted, _deputy_json)


@calls.post(
    "/deputies", roles=ASSIGNED, response={201: DeputyOut}, summary="指定代理",
    example={"substitute": 2, "starts_on": "2027-01-01", "ends_on": "2027-01-15", "reason": "休假"},
)  # fmt: skip
def name_deputy(request: PortalRequest, body: DeputyIn) -> Any:
    substitute = row_of(selectors.colleagues_of(request.actor), body.substitute, _NO_PERSON)
    made = services.name_deputy(
        request.actor, substitute=substitute, starts_on=body.starts_on, ends_on=body.ends_on, reason=body.reason
    )
    return Status(201, _deputy_json(made))


@calls.delete("/deputies/{int:deputy_id}", roles=SIGNED_IN, summary="结束代理")
def end_deputy(request: PortalRequest, deputy_id: RowId) -> Any:
    services.end_deputy(request.actor, deputy_id=deputy_id)
    return Status(204, None)


def _deputy_json(found: Deputy) -> Json:
    names = ("id", "starts_on", "ends_on", "reason")
    people = {"principal": str(found.principal), "substitute": str(found.substitute)}
    return {name: getattr(found, name) for name in names} | people


# --- people and roles


@calls.get("/people", roles=ASSIGNED, response=Page[PersonOut], summary="人员（在您的范围内）")
def people(request: PortalRequest, wanted: Query[Words]) -> Any:
    return rows(selectors.people_in_scope(request.actor, wanted.q), wanted)


@calls.get("/assignments", roles=ASSIGNED, response=Page[AssignmentOut], summary="授权（在您的范围内）")
def assignments(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.assignments_in_scope(request.actor), wanted, _assignment_json)


@calls.get("/assignments/own", roles=SIGNED_IN, response=Page[AssignmentOut], summary="我的授权，过去的也在内")
def own_assignments(request: PortalRequest, wanted: Query[Paging]) -> Any:
    found = selectors.assignments_of(request.actor).select_related("person")
    return rows(found, wanted, _assignment_json)


@calls.post(
    "/assignments", roles=ADMINISTRATORS, response={201: AssignmentOut}, summary="授权",
    example={"person": 2, "role": "officer_district", "organization": 3, "region_code": "420111", "starts_on": "2027-01-01"},
)  # fmt: skip
def assign_role(request: PortalRequest, body: AssignIn) -> Any:
    made = services.assign_role(
        request.actor, person=row_of(selectors.people_in_scope(request.actor), body.person, _NO_PERSON), role=body.role,
        organization=row_of(selectors.organizations_in_scope(request.actor), body.organization, _NO_ORGANIZATION),
        region_code=body.region_code, scheme=body.scheme, starts_on=body.starts_on, ends_on=body.ends_on,
    )  # fmt: skip
    return Status(201, _assignment_json(made))


@calls.delete("/assignments/{int:assignment_id}", roles=ADMINISTRATORS, summary="收回授权：从今天起不算")
def end_assignment(request: PortalRequest, assignment_id: RowId, on: date | None = None) -> Any:
    services.end_assignment(request.actor, assignment_id=assignment_id, on=on)
    return Status(204, None)


def _assignment_json(found: RoleAssignment) -> Json:
    names = ("id", "person_id", "role", "organization_id", "region_code", "scheme", "starts_on", "ends_on")
    said = {"person": str(found.person), "organization": found.organization.name}
    return {name: getattr(found, name) for name in names} | said


# --- organizations and invitations


@calls.get("/organizations", roles=ASSIGNED, response=Page[OrganizationOut], summary="组织（在您的范围内）")
def organizations(request: PortalRequest, wanted: Query[Words]) -> Any:
    return rows(selectors.organizations_in_scope(request.actor, wanted.q), wanted)


@calls.post(
    "/organizations", roles=ADMINISTRATORS, response={201: OrganizationOut}, summary="登记组织",
    example={"kind": "district", "name": "洪山区科经局", "region_code": "420111"},
)  # fmt: skip
def register_organization(request: PortalRequest, body: OrganizationIn) -> Any:
    if body.kind not in OrganizationKind.values:
        raise ValidationError({"kind": _("没有这种组织。")})
    return Status(201, services.register_organization(request.actor, **body.dict()))


@calls.get("/invitations", roles=ASSIGNED, response=Page[InvitationOut], summary="邀请（在您的范围内）")
def invitations(request: PortalRequest, wanted: Query[Paging]) -> Any:
    return rows(selectors.invitations_in_scope(request.actor), wanted, _invitation_json)


@calls.post(
    "/invitations", roles=ASSIGNED, response={201: InvitationMade}, summary="邀请同事",
    example={"organization": 3, "name": "张三", "email": "", "role": "officer_district"},
)  # fmt: skip
def invite_colleague(request: PortalRequest, response: HttpResponse, body: InviteIn) -> Any:
    home = row_of(selectors.organizations_to_invite(request.actor), body.organization, _NO_ORGANIZATION)
    made, secret = services.invite_colleague(
        request.actor, organization=home, name=body.name, email=body.email, role=body.role
    )
    response["Cache-Control"] = "no-store"
    address = request.build_absolute_uri(reverse("accounts:join", args=[secret]))
    return Status(201, _invitation_json(made) | {"address": address})


@calls.post("/invitations/accept/{secret}", roles=SIGNED_IN, response=dict[str, bool], summary="接受邀请")
def accept_invitation(request: PortalRequest, secret: str) -> Any:
    known(selectors.open_invitation(secret), _("这份邀请已用过、已撤回或已过期。请让邀请您的人重新发一份。"))
    services.accept_invitation(request.actor, secret=secret)
    return {"accepted": True}


@calls.delete("/invitations/{int:invitation_id}", roles=ASSIGNED, summary="撤回邀请")
def withdraw_invitation(request: PortalRequest, invitation_id: RowId) -> Any:
    services.withdraw_invitation(request.actor, invitation_id=invitation_id)
    return Status(204, None)


def _invitation_json(found: Invitation) -> Json:
    names = ("id", "role", "name", "email", "is_open", "created_at", "expires_at")
    return {name: getattr(found, name) for name in names} | {"organization": found.organization.name}
