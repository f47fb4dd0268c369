"""Who may call what: roles, the actor of a use case, and the sets the list of routes is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class Role(StrEnum):
    """Role (角色) a person acts in. PUBLIC is everyone, PERSON everyone who has signed in; the rest are assigned."""

    PUBLIC = "public"
    PERSON = "person"
    APPLICANT = "applicant"
    OFFICER_DISTRICT = "officer_district"
    OFFICER_CITY = "officer_city"
    OFFICER_PROVINCE = "officer_province"
    EXPERT = "expert"
    FINANCE_PREPARER = "finance_preparer"
    FINANCE_APPROVER = "finance_approver"
    FINANCE_EXPORTER = "finance_exporter"
    SUPERVISOR = "supervisor"
    STATISTICIAN = "statistician"
    POLICY_EDITOR = "policy_editor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Role.PUBLIC: gettext_noop("公众"),
    Role.PERSON: gettext_noop("已登录"),
    Role.APPLICANT: gettext_noop("企业"),
    Role.OFFICER_DISTRICT: gettext_noop("区经办"),
    Role.OFFICER_CITY: gettext_noop("市经办"),
    Role.OFFICER_PROVINCE: gettext_noop("省经办"),
    Role.EXPERT: gettext_noop("专家"),
    Role.FINANCE_PREPARER: gettext_noop("财务编制"),
    Role.FINANCE_APPROVER: gettext_noop("财务审批"),
    Role.FINANCE_EXPORTER: gettext_noop("财务导出"),
    Role.SUPERVISOR: gettext_noop("督查"),
    Role.STATISTICIAN: gettext_noop("统计"),
    Role.POLICY_EDITOR: gettext_noop("政策编辑"),
    Role.ADMINISTRATOR: gettext_noop("管理员"),
}

ASSIGNED = frozenset(Role) - {Role.PUBLIC, Role.PERSON}
"""Roles an administrator assigns."""
OFFICERS = frozenset({Role.OFFICER_DISTRICT, Role.OFFICER_CITY, Role.OFFICER_PROVINCE})
FINANCE = frozenset({Role.FINANCE_PREPARER, Role.FINANCE_APPROVER, Role.FINANCE_EXPORTER})
EVERYONE = frozenset({Role.PUBLIC})
SIGNED_IN = frozenset({Role.PERSON})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

AccessList = dict[str, frozenset[Role]]
"""Route name ("policies:library") to the roles that may call it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held now (授权): where it counts (`region_code`; None: everywhere), for which scheme (None: all of them)."""

    role: Role
    organization_id: int
    region_code: str | None = None
    scheme: str | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class Actor:
    """The one who acts (操作人). Use cases take it in place of a request; an anonymous one has no `person_id`.

    `is_read_only`: by a token that changes nothing.
    """

    person_id: int | None = None
    name: str = "未登录"
    grants: tuple[Grant, ...] = field(default=())
    is_read_only: bool = False

    @cached_property
    def roles(self) -> frozenset[Role]:
        signed_in = {Role.PERSON} if self.is_known else set()
        return frozenset({Role.PUBLIC, *signed_in, *(grant.role for grant in self.grants)})

    @property
    def is_known(self) -> bool:
        return self.person_id is not None

    @property
    def row_id(self) -> int:
        """`person_id` for a query; 0, which no row has, for someone not signed in."""
        return self.person_id or 0

    @property
    def key(self) -> str:
        """How the audit names this actor."""
        if self.is_known:
            return f"person:{self.person_id}"
        return "system" if self.grants else "anonymous"

    def may(self, allowed: Iterable[Role]) -> bool:
        """True when one of the actor's roles is among those allowed."""
        return not self.roles.isdisjoint(allowed)

    def grants_of(self, roles: Iterable[Role]) -> tuple[Grant, ...]:
        """Grants of any of these roles."""
        wanted = frozenset(roles)
        return tuple(grant for grant in self.grants if grant.role in wanted)

    def organization_ids(self, *roles: Role) -> frozenset[int]:
        """Organizations the actor acts for in one of these roles."""
        return frozenset(grant.organization_id for grant in self.grants_of(roles))


ANONYMOUS = Actor()
SYSTEM = Actor(name="系统", grants=(Grant(Role.ADMINISTRATOR, 0),))
"""Who acts where no person does: set-up and jobs."""


class Refused(Exception):
    """A use case the actor may not do (无权); the message says why, in Chinese."""


def require(actor: Actor, allowed: Iterable[Role], what: str) -> None:
    """Go on when the actor may; raise Refused naming the act otherwise."""
    wanted = frozenset(allowed)
    if not actor.may(wanted):
        labels = _("、").join(_(role.label) for role in Role if role in wanted)
        raise Refused(_("%(what)s须由%(roles)s办理。") % {"what": what, "roles": labels})


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """Entry of the main navigation (导航项): shown to whoever may call its route; a smaller `order` stands first.

    `label` is marked with `gettext_noop` where it is written and translated where it is shown.
    """

    route: str
    label: str
    order: int = 100
