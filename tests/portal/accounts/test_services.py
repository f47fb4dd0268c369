"""Use cases of accounts: who may, what fits, what is recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils import timezone

from cewen.portal.access import ANONYMOUS, ASSIGNED, SYSTEM, Refused, Role
from cewen.portal.accounts import services
from cewen.portal.accounts.domain import ROLES_OF_KIND
from cewen.portal.accounts.models import Invitation, RoleAssignment
from cewen.portal.accounts.selectors import (
    actor_of_person,
    actor_of_token,
    organizations_in_scope,
    people_in_scope,
    region_codes,
)
from cewen.portal.audit.models import Event
from cewen.portal.audit.selectors import verify_chain
from portal_support import PASSWORD, make_actor, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db
USCC = "91429999H00000047W"
DAY = date(2024, 6, 30)


def actions() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("action", flat=True))


def test_every_assigned_role_can_be_held_somewhere() -> None:
    assert frozenset().union(*ROLES_OF_KIND.values()) == ASSIGNED


def test_a_person_registers_an_enterprise_and_becomes_its_applicant() -> None:
    person = make_person()
    found = services.register_enterprise(
        actor_of_person(person), name="甲公司", uscc=USCC.lower(), region_code="洪山区"
    )
    assert (found.uscc, found.region_code) == (USCC, "420111")
    assert Role.APPLICANT in actor_of_person(person).roles
    assert actions() == ["accounts.organization.registered", "accounts.role.assigned"]
    assert list(verify_chain()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"uscc": "91429999H00000047X"}, "uscc"), ({"uscc": ""}, "uscc"), ({"region_code": "无此地"}, "region_code")],
)
def test_an_enterprise_with_a_wrong_code_or_region_is_not_registered(changes: dict[str, str], field: str) -> None:
    values: dict[str, str] = {"name": "甲公司", "uscc": USCC, "region_code": "420111", **changes}
    with pytest.raises(ValidationError) as raised:
        services.register_organization(actor_of_person(make_person()), kind="enterprise", **values)
    assert field in raised.value.message_dict
    assert actions() == []


def test_a_code_is_registered_once() -> None:
    services.register_enterprise(actor_of_person(make_person()), name="甲公司", uscc=USCC, region_code="420111")
    with pytest.raises(ValidationError, match="已经登记"):
        services.register_enterprise(actor_of_person(make_person()), name="乙公司", uscc=USCC, region_code="420111")


def test_nobody_registers_without_signing_in_and_only_administrators_register_authorities() -> None:
    with pytest.raises(Refused):
        services.register_enterprise(ANONYMOUS, name="甲公司", uscc=USCC, region_code="420111")
    with pytest.raises(Refused):
        services.register_organization(
            make_actor(Role.OFFICER_CITY), kind="district", name="某局", region_code="420111"
        )


def test_an_administrator_assigns_roles_within_its_own_region_only() -> None:
    administrator = make_actor(Role.ADMINISTRATOR, make_organization("city", "420100"))
    inside, outside = make_organization("district", "420111"), make_organization("district", "420502")
    person = make_person()
    services.assign_role(administrator, person=person, role=Role.OFFICER_DISTRICT, organization=inside, starts_on=DAY)
    assert Role.OFFICER_DISTRICT in actor_of_person(person).roles
    with pytest.raises(Refused):
        services.assign_role(
            administrator, person=person, role=Role.OFFICER_DISTRICT, organization=outside, starts_on=DAY
        )
    with pytest.raises(Refused):
        services.assign_role(
            administrator, person=person, role=Role.SUPERVISOR, organization=inside, region_code="420000", starts_on=DAY
        )


def test_a_role_must_fit_the_kind_of_organization() -> None:
    with pytest.raises(ValidationError):
        services.assign_role(
            SYSTEM, person=make_person(), role=Role.OFFICER_CITY, organization=make_organization("enterprise"),
            starts_on=DAY,
        )  # fmt: skip


def test_a_role_counts_between_its_dates_and_ending_it_keeps_the_row() -> None:
    home, person = make_organization(), make_person()
    assigned = services.assign_role(
        SYSTEM, person=person, role=Role.STATISTICIAN, organization=home, starts_on=DAY, ends_on=DAY + timedelta(9)
    )
    held = {on: Role.STATISTICIAN in actor_of_person(person, on).roles for on in
            (DAY - timedelta(1), DAY, DAY + timedelta(9), DAY + timedelta(10))}  # fmt: skip
    assert list(held.values()) == [False, True, True, False]
    services.end_assignment(SYSTEM, assignment_id=assigned.pk, on=DAY + timedelta(3))
    assert Role.STATISTICIAN not in actor_of_person(person, DAY + timedelta(3)).roles
    assert Role.STATISTICIAN in actor_of_person(person, DAY + timedelta(2)).roles
    assert RoleAssignment.objects.filter(pk=assigned.pk).exists()


def test_a_deputy_has_the_roles_of_the_principal_between_the_dates_and_no_longer() -> None:
    home = make_organization()
    principal, substitute = make_member(Role.OFFICER_CITY, home), make_member(Role.STATISTICIAN, home)
    deputy = services.name_deputy(
        actor_of_person(principal), substitute=substitute, starts_on=DAY, ends_on=DAY + timedelta(7)
    )
    during = actor_of_person(substitute, DAY)
    assert {Role.OFFICER_CITY, Role.STATISTICIAN} <= during.roles
    assert {grant.on_behalf_of for grant in during.grants} == {None, principal.name}
    assert Role.OFFICER_CITY not in actor_of_person(substitute, DAY + timedelta(8)).roles
    services.end_deputy(actor_of_person(principal), deputy_id=deputy.pk)
    with pytest.raises(ObjectDoesNotExist):
        services.end_deputy(actor_of_person(substitute), deputy_id=deputy.pk)


def test_a_deputy_passes_nothing_on_to_a_third() -> None:
    home = make_organization()
    first, second, third = (make_member(role, home) for role in (Role.OFFICER_CITY, Role.STATISTICIAN, Role.EXPERT))
    for principal, substitute in ((first, second), (second, third)):
        services.name_deputy(
            actor_of_person(principal), substitute=substitute, starts_on=DAY, ends_on=DAY + timedelta(7)
        )
    assert Role.OFFICER_CITY not in actor_of_person(third, DAY).roles
    assert Role.STATISTICIAN in actor_of_person(third, DAY).roles


def test_a_deputy_is_a_colleague_and_not_oneself() -> None:
    person = make_member(Role.OFFICER_CITY)
    for other in (person, make_member(Role.OFFICER_CITY)):
        with pytest.raises(ValidationError):
            services.name_deputy(actor_of_person(person), substitute=other, starts_on=DAY, ends_on=DAY)


def test_an_invitation_is_accepted_once_and_its_secret_is_not_kept() -> None:
    home = make_organization("enterprise")
    inviting = make_actor(Role.APPLICANT, home)
    invitation, secret = services.invite_colleague(
        inviting, organization=home, name="新同事", email="", role=Role.APPLICANT
    )
    assert secret not in str(Invitation.objects.filter(pk=invitation.pk).values())
    person = services.accept_invitation(ANONYMOUS, secret=secret, username="newcomer", password=PASSWORD)
    assert Role.APPLICANT in actor_of_person(person).roles
    with pytest.raises(Refused):
        services.accept_invitation(ANONYMOUS, secret=secret, username="second", password=PASSWORD)


def test_an_invitation_ends_and_can_be_withdrawn() -> None:
    home = make_organization("enterprise")
    inviting = make_actor(Role.APPLICANT, home)
    invitation, secret = services.invite_colleague(
        inviting, organization=home, name="甲", email="", role=Role.APPLICANT
    )
    with pytest.raises(Refused):
        services.accept_invitation(
            ANONYMOUS, secret=secret, username="late", password=PASSWORD, now=timezone.now() + timedelta(days=8)
        )
    services.withdraw_invitation(inviting, invitation_id=invitation.pk)
    with pytest.raises(Refused):
        services.accept_invitation(ANONYMOUS, secret=secret, username="late", password=PASSWORD)


def test_nobody_invites_into_a_role_or_an_organization_that_is_not_theirs() -> None:
    home, other = make_organization("city"), make_organization("city")
    officer = make_actor(Role.OFFICER_CITY, home)
    for organization, role in ((home, Role.ADMINISTRATOR), (other, Role.OFFICER_CITY)):
        with pytest.raises(Refused):
            services.invite_colleague(officer, organization=organization, name="甲", email="", role=role)


def test_a_weak_password_is_refused() -> None:
    home = make_organization("enterprise")
    _, secret = services.invite_colleague(
        make_actor(Role.APPLICANT, home), organization=home, name="甲", email="", role=Role.APPLICANT
    )
    with pytest.raises(ValidationError) as raised:
        services.accept_invitation(ANONYMOUS, secret=secret, username="weak", password="12345678")
    assert "password" in raised.value.message_dict


def test_a_token_acts_for_its_owner_within_its_roles_until_it_is_revoked() -> None:
    home = make_organization()
    person = make_member(Role.OFFICER_CITY, home)
    RoleAssignment.objects.create(person=person, role=Role.STATISTICIAN, organization=home, starts_on=DAY)
    owner = actor_of_person(person)
    token, secret = services.issue_token(
        owner, name="导出", lasts=timedelta(days=1), roles=frozenset({Role.STATISTICIAN})
    )
    acting = actor_of_token(secret)
    assert acting.person_id == person.pk
    assert acting.roles & ASSIGNED == {Role.STATISTICIAN}
    services.revoke_token(owner, token_id=token.pk)
    assert actor_of_token(secret) is ANONYMOUS
    assert actor_of_token("") is ANONYMOUS
    with pytest.raises(Refused):
        services.issue_token(owner, name="越权", lasts=timedelta(days=1), roles=frozenset({Role.ADMINISTRATOR}))


def test_a_district_officer_sees_its_district_and_its_zones_only() -> None:
    district, other = make_organization("district", "420111"), make_organization("district", "420106")
    inside, outside = make_organization("enterprise", "420111"), make_organization("enterprise", "420106")
    officer = make_actor(Role.OFFICER_DISTRICT, district)
    assert set(organizations_in_scope(officer)) == {district, inside}
    assert {outside, other}.isdisjoint(organizations_in_scope(officer))
    assert region_codes(officer) == frozenset({"420111"})
    city = make_actor(Role.OFFICER_CITY, make_organization("city", "420100"))
    reached = region_codes(city)
    assert reached is not None
    assert {"420100", "420111", "420106", "420100-dhgx"} <= reached
    assert "420502" not in reached
    assert region_codes(make_actor(Role.OFFICER_PROVINCE, region_code="")) is None
    assert region_codes(make_actor(Role.STATISTICIAN)) == frozenset()


def test_an_enterprise_sees_its_own_people_only() -> None:
    home = make_organization("enterprise")
    first, second, stranger = (make_member(Role.APPLICANT, place) for place in (home, home, None))
    seen = set(people_in_scope(actor_of_person(first)))
    assert seen == {first, second}
    assert stranger not in seen
