"""Reading accounts: who acts with which roles today, and what an actor may see of organizations and people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from cewen.portal.access import ADMINISTRATORS, ANONYMOUS, OFFICERS, Actor, Grant, Role
from cewen.portal.accounts.models import (
    AccessToken,
    Deputy,
    Invitation,
    Organization,
    OrganizationKind,
    Person,
    RoleAssignment,
)
from cewen.rules.load import policies_home
from cewen.rules.regions import Regions, load_regions

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

COUNTRY = "CN"


def hash_secret(secret: str) -> str:
    """What is kept of a secret: its SHA-256 in hexadecimal. Secrets are random and long, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of_person(person: Person | AnonymousUser, on: date | None = None) -> Actor:
    """The actor a signed-in person is on a day (today): own roles, and those of whoever they stand in for."""
    if not isinstance(person, Person) and not getattr(person, "is_authenticated", False):
        return ANONYMOUS
    assert person.pk is not None
    day = on or timezone.localdate()
    counts = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    stands_in = Deputy.objects.filter(counts, substitute_id=person.pk, principal__is_active=True)
    principals = dict(stands_in.values_list("principal_id", "principal__name"))
    assignments = RoleAssignment.objects.filter(counts, person_id__in=[person.pk, *principals])
    grants = tuple(
        Grant(
            Role(each.role),
            each.organization_id,
            each.region_code or None,
            each.scheme or None,
            principals.get(each.person_id),
        )
        for each in assignments
    )
    return Actor(person.pk, str(person), grants)


def actor_of_token(secret: str) -> Actor:
    """The owner of a valid token, with the roles the token allows; ANONYMOUS for any other."""
    token = (
        AccessToken.objects.select_related("person")
        .filter(secret_sha256=hash_secret(secret), revoked_at__isnull=True, expires_at__gt=timezone.now())
        .first()
    )
    if token is None or not token.person.is_active:
        return ANONYMOUS
    actor = actor_of_person(token.person)
    wanted = set(token.roles.split(","))
    grants = tuple(grant for grant in actor.grants if not token.roles or grant.role in wanted)
    return Actor(actor.person_id, actor.name, grants, token.is_read_only)


def regions() -> Regions:
    """The regions of the policy folder in use."""
    return _regions(policies_home() / "regions")


@lru_cache(maxsize=4)
def _regions(folder: Path) -> Regions:
    return load_regions(folder)


def region_codes(actor: Actor, roles: Iterable[Role] = OFFICERS) -> frozenset[str] | None:
    """Codes of all regions the actor's roles reach, zones included; None when they reach the whole country."""
    reached: set[str] = set()
    for grant in actor.grants_of(roles):
        if grant.region_code in (None, COUNTRY):
            return None
        reached |= _codes_within(policies_home() / "regions", grant.region_code or "")
    return frozenset(reached)


@lru_cache(maxsize=512)
def _codes_within(folder: Path, outer: str) -> frozenset[str]:
    known = _regions(folder)
    return frozenset(code for code in known.codes() if known.lies_in(code, outer))


def organizations_in_scope(actor: Actor, words: str = "") -> QuerySet[Organization]:
    """Administrators, officers and supervisors: those of their regions; everyone else: the ones they belong to.

    `words`: only those whose name or code contains it.
    """
    own = Q(id__in=[grant.organization_id for grant in actor.grants])
    named = Q(name__icontains=words) | Q(uscc__icontains=words) if words else Q()
    wide = [*ADMINISTRATORS, *OFFICERS, Role.SUPERVISOR]
    if not actor.grants_of(wide):
        return Organization.objects.filter(own & named)
    codes = region_codes(actor, wide)
    return Organization.objects.filter(named if codes is None else named & (own | Q(region_code__in=codes)))


def organizations_to_invite(actor: Actor) -> QuerySet[Organization]:
    """Where the actor may bring in colleagues: the own ones; for administrators all in scope."""
    if actor.may(ADMINISTRATORS):
        return organizations_in_scope(actor)
    return Organization.objects.filter(id__in=[grant.organization_id for grant in actor.grants])


def people_in_scope(actor: Actor, words: str = "") -> QuerySet[Person]:
    """People who hold a role in an organization the actor administers or belongs to; oneself always.

    `words`: only those whose name or sign-in name contains it.
    """
    if actor.grants_of(ADMINISTRATORS):
        held = Q(assignments__organization__in=organizations_in_scope(actor)) | Q(assignments__isnull=True)
    else:
        held = Q(assignments__organization_id__in=[grant.organization_id for grant in actor.grants])
    named = Q(name__icontains=words) | Q(username__icontains=words) if words else Q()
    return Person.objects.filter((held | Q(id=actor.row_id)) & named).distinct()


def colleagues_of(actor: Actor) -> QuerySet[Person]:
    """Active people who hold a role in one of the actor's own organizations, without the actor."""
    own = [grant.organization_id for grant in actor.grants if grant.on_behalf_of is None]
    found = Person.objects.filter(is_active=True, assignments__organization_id__in=own)
    return found.exclude(id=actor.row_id).distinct()


def assignments_of(actor: Actor) -> QuerySet[RoleAssignment]:
    """The actor's own role assignments, past ones too."""
    return RoleAssignment.objects.select_related("organization").filter(person_id=actor.row_id)


def assignments_in_scope(actor: Actor, people: Iterable[Person] | None = None) -> QuerySet[RoleAssignment]:
    """Role assignments in the organizations of `people_in_scope`, of some people where named."""
    found = RoleAssignment.objects.select_related("person", "organization")
    if people is not None:
        found = found.filter(person__in=[person.pk for person in people])
    if actor.grants_of(ADMINISTRATORS):
        return found.filter(organization__in=organizations_in_scope(actor))
    return found.filter(organization_id__in=[grant.organization_id for grant in actor.grants])


def deputies_of(actor: Actor) -> QuerySet[Deputy]:
    """Who stands in for the actor, and for whom the actor stands in."""
    mine = Q(principal_id=actor.row_id) | Q(substitute_id=actor.row_id)
    return Deputy.objects.select_related("principal", "substitute").filter(mine)


def invitations_in_scope(actor: Actor) -> QuerySet[Invitation]:
    """Invitations into the organizations whose people the actor may see."""
    found = Invitation.objects.select_related("organization", "invited_by")
    if actor.grants_of(ADMINISTRATORS):
        return found.filter(organization__in=organizations_in_scope(actor))
    return found.filter(organization_id__in=[grant.organization_id for grant in actor.grants])


def open_invitation(secret: str) -> Invitation | None:
    """The invitation behind a secret while it can be accepted."""
    return (
        Invitation.objects.select_related("organization")
        .filter(
            secret_sha256=hash_secret(secret),
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


def tokens_of(actor: Actor) -> QuerySet[AccessToken]:
    """The actor's own tokens."""
    return AccessToken.objects.filter(person_id=actor.row_id, revoked_at__isnull=True)


def enterprise_by_uscc(uscc: str) -> Organization | None:
    """The enterprise registered under a code; None when there is none."""
    return Organization.objects.filter(kind=OrganizationKind.ENTERPRISE, uscc=uscc).first()


def members_of(uscc: str) -> QuerySet[RoleAssignment]:
    """Who acts for the enterprise registered under a code, and since when."""
    rows = RoleAssignment.objects.select_related("person", "organization")
    return rows.filter(organization__uscc=uscc, role=Role.APPLICANT)
