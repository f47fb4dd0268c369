"""What goes in and comes out of the calls on accounts."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from cewen.portal.access import ASSIGNED, Role
from cewen.portal.calls import RowId

LONGEST_DAYS = 366


class GrantOut(Schema):
    """Role held now (授权)."""

    role: str
    organization: int
    region_code: str | None
    scheme: str | None
    on_behalf_of: str | None


class MeOut(Schema):
    """Who calls (我是谁), with which roles; `is_read_only`: by a token that only reads."""

    name: str
    roles: list[str]
    grants: list[GrantOut]
    is_read_only: bool


class AssignmentOut(Schema):
    """Role assignment (角色授权)."""

    id: int
    person: str
    person_id: int
    role: str
    organization: str
    organization_id: int
    region_code: str
    scheme: str
    starts_on: date
    ends_on: date | None


class AssignIn(Schema):
    """A role to be given (授权)."""

    person: RowId
    role: Role = Field(json_schema_extra={"enum": [*map(str, sorted(ASSIGNED))]})
    organization: RowId
    region_code: str = Field("", max_length=20, description="名称或代码；不写取组织所在地")
    scheme: str = Field("", max_length=200)
    starts_on: date
    ends_on: date | None = None


class TokenIn(Schema):
    """A token to be issued (签发令牌)."""

    name: str = Field(min_length=1, max_length=100, description="用途")
    days: int = Field(90, ge=1, le=LONGEST_DAYS)
    roles: list[Role] = Field([], max_length=20, description="只带这些角色；不写则为您现有的全部")
    is_read_only: bool = Field(False, description="只读：什么也改不了")


class TokenOut(Schema):
    """Access token (访问令牌), without its secret."""

    id: int
    name: str
    roles: list[str]
    is_read_only: bool
    created_at: datetime
    expires_at: datetime


class TokenMade(TokenOut):
    """Token just issued (新令牌); the secret is told this once."""

    secret: str


class PersonOut(Schema):
    """Person (人员)."""

    id: int
    username: str
    name: str
    is_active: bool


class OrganizationOut(Schema):
    """Organization (组织)."""

    id: int
    kind: str
    name: str
    uscc: str | None
    region_code: str


class OrganizationIn(Schema):
    """An organization to be registered (登记组织)."""

    kind: str = Field(max_length=20, description="enterprise、district、city、province、expert_body")
    name: str = Field(min_length=1, max_length=200)
    uscc: str = Field("", max_length=18)
    region_code: str = Field(max_length=20, description="名称或代码")


class InviteIn(Schema):
    """A colleague to be invited (邀请同事)."""

    organization: RowId
    name: str = Field(min_length=1, max_length=80)
    email: str = Field("", max_length=254)
    role: Role = Field(json_schema_extra={"enum": [*map(str, sorted(ASSIGNED))]})


class InvitationOut(Schema):
    """Invitation (邀请), without its secret."""

    id: int
    organization: str
    role: str
    name: str
    email: str
    is_open: bool
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationOut):
    """Invitation just sent (新邀请); the address is told this once."""

    address: str


class DeputyIn(Schema):
    """Who stands in (指定代理)."""

    substitute: RowId
    starts_on: date
    ends_on: date
    reason: str = Field("", max_length=200)


class DeputyOut(Schema):
    """Deputy (代理)."""

    id: int
    principal: str
    substitute: str
    starts_on: date
    ends_on: date
    reason: str
