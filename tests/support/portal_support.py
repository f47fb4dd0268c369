"""People, organizations and signed-in clients for tests of the portal."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.test import Client

from cewen.portal.access import Actor, Role
from cewen.portal.accounts.domain import ROLES_OF_KIND
from cewen.portal.accounts.models import Organization, Person, RoleAssignment
from cewen.portal.accounts.selectors import actor_of_person

PASSWORD = "竹子-river-42"
_numbers = count(1)


def make_organization(
    kind: str = "city", region_code: str = "420100", name: str = "", uscc: str | None = None
) -> Organization:
    """An organization as it stands in the database."""
    number = next(_numbers)
    code = uscc or (f"TEST{number:014d}" if kind == "enterprise" else None)
    return Organization.objects.create(kind=kind, region_code=region_code, name=name or f"测试组织 {number}", uscc=code)


def make_person(name: str = "") -> Person:
    """A person without a role."""
    number = next(_numbers)
    return Person.objects.create_user(f"person-{number}", PASSWORD, name=name or f"测试人员 {number}")


def kind_for(role: Role) -> str:
    """A kind of organization in which the role can be held."""
    return next(kind for kind, roles in ROLES_OF_KIND.items() if role in roles)


def make_member(role: Role, organization: Organization | None = None, region_code: str | None = None) -> Person:
    """A person with a role, in an organization that is made where none is given."""
    home = organization or make_organization(kind_for(role))
    person = make_person()
    RoleAssignment.objects.create(
        person=person, role=role, organization=home, starts_on=date(2020, 1, 1),
        region_code=home.region_code if region_code is None else region_code,
    )  # fmt: skip
    return person


def make_actor(role: Role, organization: Organization | None = None, region_code: str | None = None) -> Actor:
    """The actor of a new member."""
    return actor_of_person(make_member(role, organization, region_code))


def client_of(person: Person | None) -> Client:
    """A browser in which a person is signed in, or nobody."""
    client = Client()
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def client_as(role: Role) -> Client:
    """A browser in which someone with just this role is signed in; PUBLIC: nobody, PERSON: someone without a role."""
    if role is Role.PUBLIC:
        return client_of(None)
    return client_of(make_person() if role is Role.PERSON else make_member(role))
