"""Reforms: numbers turned into a reform, worked out over the register in scope, saved, shared, compared."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from django.core.exceptions import ObjectDoesNotExist

from cewen.base.errors import CewenError
from cewen.base.money import yuan_text
from cewen.engine.factsheet import FactSheet
from cewen.engine.register import read_register
from cewen.portal.access import Actor, Refused, Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms import selectors, services
from cewen.portal.reforms.domain import Edit, bin_edges, edits_of, lines, reform_data, reform_file
from cewen.portal.reforms.models import Scenario
from cewen.portal.reforms.selectors import Asked
from cewen.rules.load import shipped_data
from portal_support import client_of, make_actor, make_member

pytestmark = pytest.mark.django_db
KEY = "wuhan/2022-digital-economy-measures#rd-subsidy"
DAY = date(2024, 6, 30)
ASKED = Asked(DAY, 2023, False)
STATE = {"m": KEY, "on": "2024-06-30", "year": "2023"}


@pytest.fixture(autouse=True)
def fresh_register(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's register is rolled back, and its number comes again: what was kept under it must go."""
    monkeypatch.setattr("cewen.portal.enterprises.selectors._kept.key", None)


@lru_cache(maxsize=1)
def sheets() -> tuple[FactSheet, ...]:
    """The first firms of the example register."""
    return tuple(read_register(shipped_data("examples") / "register", corpus()).sheets)[:120]


@pytest.fixture
def register() -> None:
    """The example register, in the portal."""
    load_sheets(sheets(), None)


def measure(key: str = KEY) -> Any:
    found = corpus().measure(key)
    assert found is not None
    return found[1]


def simulate(actor: Actor, *edits: Edit) -> selectors.Outcome:
    return selectors.simulate(actor, reform_file(reform_data("试", edits)), ASKED, KEY)


# --- numbers ---------------------------------------------------------------------------------------------------


def test_every_number_of_every_measure_can_be_put_back_as_it_is() -> None:
    """What the form shows is what the measure says: left alone, no measure changes."""
    count = 0
    for policy in corpus().policies:
        for each in policy.measures:
            shown = lines(each, DAY, {})
            count += sum(len(line.knobs) for line in shown)
            given = {knob.name: knob.value for line in shown for knob in line.knobs}
            assert edits_of(f"{policy.id}#{each.id}", each, DAY, given) == ()
    assert count > 60


def test_a_turned_number_changes_its_place_and_nothing_else() -> None:
    knobs = {knob.original + knob.unit: knob.name for line in lines(measure(), DAY, {}) for knob in line.knobs}
    edits = edits_of(KEY, measure(), DAY, {knobs["15%"]: "12.50", knobs["100万元"]: "2,00"})
    assert {edit.path: edit.text for edit in edits} == {
        "cap": "200万元", "conditions[3]": "年研发投入 / 年营业收入 >= 12.5%",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "abc", "-5", "1e9", "1.23456", "5%", "1;2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    name = next(knob.name for line in lines(measure(), DAY, {}) for knob in line.knobs if knob.original)
    with pytest.raises(ValueError, match="不是数"):
        edits_of(KEY, measure(), DAY, {name: text})


def test_a_form_shows_the_edit_and_what_stood_there() -> None:
    shown = next(line for line in lines(measure(), DAY, {"cap": "200万元"}) if line.expression.path == "cap")
    assert (shown.knobs[0].value, shown.knobs[0].original, shown.is_changed) == ("200", "100", True)


def test_edges_of_a_curve_hold_every_threshold() -> None:
    edges = bin_edges(10**9, [777, 12345])
    assert {777, 12345} <= set(edges)
    assert edges == sorted(set(edges))
    assert edges[0] == 0


# --- simulation ------------------------------------------------------------------------------------------------


def test_a_higher_cap_costs_more_and_takes_from_nobody(register: None) -> None:
    outcome = simulate(make_actor(Role.OFFICER_PROVINCE, region_code=""), Edit(KEY, "cap", "200万元"))
    found = outcome.simulation
    assert found.enterprises == len(sheets())
    assert found.after.cost.ceiling > found.before.cost.ceiling
    assert found.balance.losers == 0 < found.balance.winners
    assert "200万元" in selectors.changed_readback(outcome.reformed, KEY)
    curve = outcome.curve
    assert curve is not None
    assert [value for value, _ in curve.limits_before] == [500_0000_00]
    line = next(each for each in found.measures if each.key == KEY)
    assert line.after is not None
    assert sum(each.recipients_after for each in curve.bins) == line.after.awards


def test_a_district_simulates_its_own_enterprises_only(register: None) -> None:
    found = simulate(make_actor(Role.OFFICER_DISTRICT, region_code="420111"), Edit(KEY, "cap", "200万元")).simulation
    assert 0 < found.enterprises < len(sheets())
    assert [line.name for line in found.districts] == ["武汉市洪山区"]


def test_a_policy_editor_sees_sums_and_no_enterprise_by_name(register: None) -> None:
    found = simulate(make_actor(Role.POLICY_EDITOR), Edit(KEY, "cap", "200万元")).simulation
    assert found.balance.winners > 0
    assert all(not shift.top_winners and not shift.top_losers for shift in found.shifts)


def test_a_register_without_enterprises_is_said_so() -> None:
    with pytest.raises(CewenError) as caught:
        simulate(make_actor(Role.OFFICER_CITY), Edit(KEY, "cap", "200万元"))
    assert caught.value.diagnostics[0].code == "CW730"


# --- pages -----------------------------------------------------------------------------------------------------


def test_the_address_of_an_answer_is_the_whole_state(register: None) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    name = {knob.original: knob.name for line in lines(measure(), DAY, {}) for knob in line.knobs}["100"]
    given = {knob.name: knob.value for line in lines(measure(), DAY, {}) for knob in line.knobs}
    part = client.get("/reforms/", {**STATE, "form": "1", **given, name: "150"}, headers={"HX-Request": "true"})
    assert "150万元" in part.content.decode()
    pushed = part["HX-Push-Url"]
    assert parse_qs(urlsplit(pushed).query)["c"] == [f"{KEY}|cap|150万元"]
    assert "150万元" in client.get(pushed).content.decode()


def test_edits_of_two_measures_go_together(register: None) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    other = "wuhan/2022-digital-economy-measures#growth-award"
    page = client.get("/reforms/", {**STATE, "c": [f"{KEY}|cap|150万元", f"{other}|cap|50万元"]}).content.decode()
    assert "方案里的其他改动" in page
    exported = client.get(
        "/reforms/export/", {**STATE, "format": "yaml", "c": [f"{KEY}|cap|150万元", f"{other}|cap|50万元"]}
    )
    assert [each["measure"] for each in yaml.safe_load(exported.content)["measures"]] == [KEY, other]


def test_a_fault_is_said_where_the_answer_would_stand(register: None) -> None:
    page = (
        client_of(make_member(Role.OFFICER_CITY)).get("/reforms/", {**STATE, "c": f"{KEY}|cap|五人"}).content.decode()
    )
    assert 'role="alert"' in page


def test_files_say_what_the_page_says(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    query = {**STATE, "c": f"{KEY}|cap|200万元"}
    shape = json.loads(client_of(person).get("/reforms/export/", {**query, "format": "json"}).content)
    found = simulate(actor_of_person(person), Edit(KEY, "cap", "200万元")).simulation
    assert shape["after"]["ceiling"] == yuan_text(found.after.cost.ceiling)
    assert client_of(person).get("/reforms/export/", {**query, "format": "xlsx"}).content[:2] == b"PK"
    assert client_of(person).get("/reforms/export/", {**query, "format": "exe"}).status_code == 404


def test_without_a_measure_the_page_offers_them_all() -> None:
    page = client_of(make_member(Role.POLICY_EDITOR)).get("/reforms/").content.decode()
    assert "软件企业研发投入补助" in page
    assert client_of(make_member(Role.POLICY_EDITOR)).get("/reforms/?m=no/such%23thing").status_code == 404


# --- scenarios -------------------------------------------------------------------------------------------------


def save(actor: Actor, cap: str = "200万元", title: str = "提上限") -> Scenario:
    data = reform_data(title, [Edit(KEY, "cap", cap)])
    return services.save_scenario(actor, title=title, note="", reform=data, asked=ASKED, measure_key=KEY)


def test_a_reform_that_does_not_fit_is_not_saved() -> None:
    with pytest.raises(CewenError):
        save(make_actor(Role.OFFICER_CITY), cap="五人")
    assert not Scenario.objects.exists()


def test_a_scenario_is_shared_by_a_link_until_it_is_withdrawn(register: None) -> None:
    actor, reader = make_actor(Role.OFFICER_CITY), client_of(make_member(Role.OFFICER_DISTRICT))
    found = save(actor)
    assert reader.get(f"/reforms/scenarios/{found.pk}/").status_code == 404
    secret = services.share_scenario(actor, scenario_id=found.pk).share_secret
    opened = reader.get(f"/reforms/shared/{secret}/")
    assert f"{KEY}|cap|200万元" in parse_qs(urlsplit(opened.context["own_query"]).query)["c"]
    services.withdraw_scenario(actor, scenario_id=found.pk)
    assert reader.get(f"/reforms/shared/{secret}/").status_code == 404


def test_nobody_touches_the_scenario_of_another() -> None:
    found = save(make_actor(Role.OFFICER_CITY))
    for use_case in (services.share_scenario, services.withdraw_scenario, services.remove_scenario):
        with pytest.raises(ObjectDoesNotExist):
            use_case(make_actor(Role.OFFICER_CITY), scenario_id=found.pk)
        with pytest.raises(Refused):
            use_case(make_actor(Role.EXPERT), scenario_id=found.pk)


def test_scenarios_stand_side_by_side_and_what_cannot_be_compared_is_said(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    actor, client = actor_of_person(person), client_of(person)
    first, second = save(actor), save(actor, "50万元", "降上限")
    page = client.get("/reforms/compare/", {"s": [first.pk, second.pk]}).content.decode()
    assert "提上限" in page
    assert "降上限" in page
    assert "不能直接相比" not in page
    Scenario.objects.filter(pk=second.pk).update(year=2022)
    assert "不能直接相比" in client.get("/reforms/compare/", {"s": [first.pk, second.pk]}).content.decode()
    stranger = save(make_actor(Role.OFFICER_CITY))
    assert client.get("/reforms/compare/", {"s": [stranger.pk]}).status_code == 404


def test_a_scenario_saved_in_the_browser_is_listed_found_exported_and_removed(register: None) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    state = f"?m={KEY.replace('#', '%23')}&on=2024-06-30&year=2023&c={KEY.replace('#', '%23')}|cap|200万元"
    assert client.post("/reforms/save/", {"state": state, "title": "=提上限", "note": ""}).status_code == 302
    assert client.post("/reforms/save/", {"state": state, "title": " "}).status_code == 422
    assert "提上限" in client.get("/reforms/scenarios/?q=上限&sort=title").content.decode()
    assert "'=提上限" in client.get("/reforms/scenarios/?file=csv").content.decode()
    found = Scenario.objects.get()
    assert client.post(f"/reforms/scenarios/{found.pk}/remove/").status_code == 302
    assert "提上限" not in client.get("/reforms/scenarios/").content.decode()
