"""Guided tours walk through real pages, in both languages, and only in a demonstration."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from cewen.portal.access import Role
from cewen.portal.demonstration import load_demonstration, load_demonstration_register
from cewen.portal.home.selectors import demonstration_people, tours
from cewen.portal.home.views import address_of

pytestmark = pytest.mark.django_db
KEY = "k" * 43


@pytest.fixture
def demo(settings: Any) -> Client:
    """A browser in a demonstration, let in by the printed address."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=KEY, hosts=("localhost", "127.0.0.1", "[::1]"))
    load_demonstration("one-password-for-all")
    client = Client(headers={"host": "127.0.0.1"}, REMOTE_ADDR="127.0.0.1")
    client.get(f"/demonstration/{KEY}/")
    return client


def test_there_is_a_tour_for_everyone_and_each_is_short() -> None:
    assert {each.role for each in tours()} == {
        Role.PUBLIC, Role.APPLICANT, Role.OFFICER_CITY, Role.POLICY_EDITOR, Role.SUPERVISOR,
    }  # fmt: skip
    people = {each.username: each.role for each in demonstration_people()}
    for each in tours():
        assert 4 <= len(each.steps) <= 6
        assert not each.account or people[each.account] is each.role


def test_every_sentence_is_said_in_both_languages() -> None:
    for each in tours():
        for said in (each.title, each.promise, *(step.sentence for step in each.steps)):
            assert re.search("[\u4e00-\u9fff]", said.zh)
            assert len(re.findall("[a-z]", said.en)) > len(re.findall("[\u4e00-\u9fff]", said.en))


@pytest.mark.parametrize("tour", tours(), ids=lambda tour: tour.name)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_tour_can_be_walked_from_the_front_page_to_its_end(tour: Any, language: str, demo: Client) -> None:
    load_demonstration_register()
    demo.post("/language/", {"language": language, "next": "/"})
    begin = f"/tours/{tour.name}/1/"
    assert begin in demo.get("/").content.decode()
    response = demo.post(begin) if tour.account else demo.get(begin)
    for number, step in enumerate(tour.steps, start=1):
        assert response.status_code == 302
        assert response["Location"] == address_of(step)
        page = demo.get(response["Location"])
        assert page.status_code == 200, address_of(step)
        shown = page.content.decode()
        bar = shown[shown.index('class="tour"') : shown.index("</aside>", shown.index('class="tour"'))]
        assert f"{number}/{len(tour.steps)}" in bar
        assert ("回到这一步" in bar or "Back to the page" in bar) is False
        assert (f"/tours/{tour.name}/{number + 1}/" in bar) is (number < len(tour.steps))
        assert (f"/tours/{tour.name}/{number - 1}/" in bar) is (number > 1)
        if step.fragment:
            assert f'id="{step.fragment}"' in shown
        response = demo.get(f"/tours/{tour.name}/{number + 1}/")
    assert response.status_code == 404


def test_the_sentence_stays_on_other_pages_and_leads_back(demo: Client) -> None:
    demo.get("/tours/public/2/")
    page = demo.get("/targets/").content.decode()
    assert 'class="tour"' in page
    assert '<a href="/tours/public/2/">回到这一步的页面</a>' in page


def test_a_tour_can_be_left_at_any_step(demo: Client) -> None:
    demo.get("/tours/public/2/")
    response = demo.post("/tours/leave/", {"next": "/targets/"})
    assert response["Location"] == "/targets/"
    assert 'class="tour"' not in demo.get("/targets/").content.decode()


def test_without_the_door_a_step_says_whom_to_sign_in_as(demo: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo="1")
    client = Client()
    assert 'action="/tours/officer/1/"' not in client.get("/").content.decode()
    client.get("/tours/officer/2/")
    page = client.get("/").content.decode()
    assert "这一步用“市经办”的账户 city 登录来看" in page
    assert 'method="post"' in page  # leaving
    assert client.post("/tours/officer/2/").status_code == 403


def test_an_installation_that_is_no_demonstration_has_no_tours() -> None:
    client = Client()
    for address in ("/tours/public/1/", "/demonstration/"):
        assert client.get(address).status_code == 404
    page = client.get("/").content.decode()
    assert "/tours/" not in page
    assert "/demonstration/" not in page


def test_a_step_that_is_not_there_is_a_404(demo: Client) -> None:
    for address in ("/tours/public/0/", "/tours/public/99/", "/tours/nobody/1/"):
        assert demo.get(address).status_code == 404
