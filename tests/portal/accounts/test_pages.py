"""Pages of accounts as a browser meets them: signing in, lock-out, invitation, headers."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from cewen.portal.access import Role
from cewen.portal.accounts import services
from cewen.portal.accounts.models import Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event
from portal_support import PASSWORD, client_as, client_of, make_actor, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client: Client, person: Person, password: str = PASSWORD, address: str = "10.0.0.1") -> int:
    data = {"login": person.username, "password": password}
    return client.post(LOGIN, data, REMOTE_ADDR=address).status_code


def test_the_right_password_signs_in_and_is_recorded() -> None:
    person, client = make_member(Role.OFFICER_CITY), Client()
    assert sign_in(client, person) == 302
    assert person.name in client.get("/").content.decode()
    event = Event.objects.get(action="accounts.signed_in")
    assert event.actor == f"person:{person.pk}"
    assert "10.0.0.1" in event.data


def test_the_wrong_password_does_not_and_is_recorded() -> None:
    person, client = make_person(), Client()
    assert sign_in(client, person, "wrong") == 200
    assert client.get("/me/").status_code == 302
    assert Event.objects.filter(action="accounts.sign_in_failed").count() == 1


def test_eight_wrong_passwords_lock_the_name_from_that_address_only(settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # type: ignore[attr-defined]
    person, client = make_person(), Client()
    for _ in range(8):
        last = sign_in(client, person, "wrong")
    assert last == 429
    assert sign_in(client, person) == 429
    assert sign_in(Client(), person, address="10.0.0.2") == 302
    assert sign_in(Client(), make_person()) == 302


def test_another_spelling_of_the_name_does_not_open_a_new_series(settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # type: ignore[attr-defined]
    person = make_person()
    for number in range(8):
        spelled = person.username.upper() if number % 2 else person.username
        last = Client().post(LOGIN, {"login": spelled, "password": "wrong"}, REMOTE_ADDR="10.0.0.1").status_code
    assert last == 429


def test_an_inactive_person_does_not_get_in() -> None:
    person = make_member(Role.OFFICER_CITY)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()
    sign_in(client, person)
    assert client.get("/me/").status_code == 302


def test_someone_who_signs_up_has_a_name_and_no_role() -> None:
    client = Client()
    data = {"username": "someone", "name": "某人", "email": "", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", data).status_code == 302
    person = Person.objects.get(username="someone")
    assert person.name == "某人"
    assert actor_of_person(person).grants == ()


def test_an_invitation_is_sent_and_accepted_in_the_browser() -> None:
    home = make_organization("city")
    inviting = client_of(make_member(Role.OFFICER_CITY, home))
    data = {"organization": home.pk, "name": "新同事", "email": "", "role": Role.OFFICER_CITY.value}
    page = inviting.post("/people/invite/", data).content.decode()
    found = re.search(r"https?://testserver(/join/[\w-]+/)", page)
    assert found is not None
    joining = Client()
    assert home.name in joining.get(found[1]).content.decode()
    refused = joining.post(found[1], {"username": "newcomer", "password": "short"})
    assert refused.status_code == 200
    assert "errorlist" not in refused.content.decode()
    assert not Person.objects.filter(username="newcomer").exists()
    assert joining.post(found[1], {"username": "newcomer", "password": PASSWORD}).status_code == 302
    assert Role.OFFICER_CITY in actor_of_person(Person.objects.get(username="newcomer")).roles
    assert joining.get(found[1]).status_code == 404


def test_a_signed_in_person_accepts_with_one_button() -> None:
    home = make_organization("enterprise")
    _, secret = services.invite_colleague(
        make_actor(Role.APPLICANT, home), organization=home, name="甲", email="", role=Role.APPLICANT
    )
    person = make_person()
    assert client_of(person).post(reverse("accounts:join", args=[secret])).status_code == 302
    assert Role.APPLICANT in actor_of_person(person).roles


def test_a_bearer_token_opens_pages_and_a_wrong_one_does_not() -> None:
    person = make_member(Role.OFFICER_CITY)
    page = client_of(person).post("/me/tokens/", {"name": "程序", "days": 30}).content.decode()
    found = re.search(r"cewen_[\w-]{20,}", page)
    assert found is not None
    assert Client(headers={"authorization": f"Bearer {found[0]}"}).get("/people/").status_code == 200
    refused = Client(headers={"authorization": "Bearer nothing", "accept": "application/json"}).get("/people/")
    assert refused.status_code == 401


def test_an_administrator_assigns_and_ends_a_role_in_the_browser() -> None:
    home, person = make_organization("city"), make_person()
    client = client_of(make_member(Role.ADMINISTRATOR, home))
    data = {"person": person.pk, "organization": home.pk, "role": Role.STATISTICIAN.value, "starts_on": "2024-01-01"}
    assert client.post("/people/assign/", data).status_code == 302
    assert Role.STATISTICIAN in actor_of_person(person).roles
    held = person.assignments.get()
    assert client.post(f"/people/assignments/{held.pk}/end/").status_code == 302
    assert Role.STATISTICIAN not in actor_of_person(person).roles
    wrong = client.post("/people/assign/", {**data, "role": Role.APPLICANT.value})
    assert wrong.status_code == 422
    assert "没有企业这个角色" in wrong.content.decode()


def test_an_organization_is_registered_in_the_browser_and_a_wrong_code_is_shown_beside_its_field() -> None:
    client = client_as(Role.ADMINISTRATOR)
    data = {"kind": "enterprise", "name": "甲公司", "uscc": "91429999H00000047X", "region_code": "420111"}
    wrong = client.post("/organizations/", data)
    assert wrong.status_code == 422
    assert "校验位不对" in wrong.content.decode()
    assert client.post("/organizations/", {**data, "uscc": "91429999H00000047W"}).status_code == 302


def test_the_queries_of_the_people_page_do_not_grow_with_people(django_assert_max_num_queries: object) -> None:
    home = make_organization("city")
    client = client_of(make_member(Role.ADMINISTRATOR, home))
    for _ in range(12):
        make_member(Role.STATISTICIAN, home)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert client.get("/people/").status_code == 200
