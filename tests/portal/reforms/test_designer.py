"""What a designer does beyond one number: find a measure, write a condition, sweep, share, compare, come back later."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.utils import timezone

from cewen.base.errors import CewenError
from cewen.engine.factsheet import FactSheet
from cewen.engine.register import read_register
from cewen.engine.simulate.compare import GroupLine
from cewen.engine.simulate.tally import Cost
from cewen.portal.access import Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.enterprises.services import touch_register
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms import selectors, services
from cewen.portal.reforms.domain import ADDED, Edit, edits_of, lines, reform_data, reform_file, sweep_values
from cewen.portal.reforms.forms import compared_rows
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


def measure() -> Any:
    found = corpus().measure(KEY)
    assert found is not None
    return found[1]


def saved(person: Any, cap: str = "200万元", title: str = "提上限") -> Scenario:
    data = reform_data(title, [Edit(KEY, "cap", cap)])
    return services.save_scenario(
        actor_of_person(person), title=title, note="", reform=data, asked=ASKED, measure_key=KEY
    )


# --- finding a measure -----------------------------------------------------------------------------------------


def test_measures_are_found_by_words_policy_and_status_sorted_and_kept() -> None:
    client = client_of(make_member(Role.POLICY_EDITOR))
    every = client.get("/reforms/").context["rows"]
    words = client.get("/reforms/?q=研发投入 15%25").context["rows"]
    assert 0 < len(words) < len(every)
    assert all("研发投入" in each.quote + each.title + each.amount_sentence() for _policy, each, _state in words)
    one = every[0][0].id
    assert {row[0].id for row in client.get("/reforms/", {"policy": one}).context["rows"]} == {one}
    states = {row[2].value for row in every}
    for state in states:
        assert {row[2].value for row in client.get("/reforms/", {"status": state}).context["rows"]} == {state}
    titles = [row[1].title for row in client.get("/reforms/?sort=-title").context["rows"]]
    assert titles == sorted(titles, reverse=True)
    assert "软件企业研发投入补助" in client.get("/reforms/?q=研发投入补助&file=csv").content.decode("utf-8-sig")
    assert "没有找到" in client.get("/reforms/?q=没有这样的措施").content.decode()


# --- more than numbers -----------------------------------------------------------------------------------------


def test_a_condition_is_added_and_another_is_written_anew() -> None:
    shown = {line.expression.path: line for line in lines(measure(), DAY, {})}
    given = {shown[ADDED].text_name: " 从业人员 >=  20人 ", shown["cap"].text_name: "年研发投入 * 5%"}
    edits = {edit.path: edit.text for edit in edits_of(KEY, measure(), DAY, given)}
    assert edits == {ADDED: "从业人员 >= 20人", "cap": "年研发投入 * 5%"}
    again = {line.expression.path: line for line in lines(measure(), DAY, edits)}
    assert (again["cap"].written, again["cap"].knobs, again["cap"].is_changed) == ("年研发投入 * 5%", (), True)
    assert again[ADDED].written == "从业人员 >= 20人"


def test_a_condition_without_a_number_can_be_taken_away() -> None:
    line = next(line for line in lines(measure(), DAY, {}) if line.expression.text == "企业类型 包含 软件企业")
    edits = edits_of(KEY, measure(), DAY, {line.remove_name: "1"})
    assert [(edit.path, edit.text) for edit in edits] == [(line.expression.path, "")]


def test_fewer_get_something_under_one_more_condition(register: None) -> None:
    actor = make_actor(Role.OFFICER_PROVINCE, region_code="")
    found = selectors.simulate(
        actor, reform_file(reform_data("试", [Edit(KEY, ADDED, "从业人员 >= 200人")])), ASKED, KEY
    )
    line = next(each for each in found.simulation.measures if each.key == KEY)
    assert line.before
    assert line.after
    assert line.after.awards < line.before.awards


def test_a_fault_names_the_change_it_stands_in(register: None) -> None:
    edits = [Edit(KEY, "cap", "200万元"), Edit(KEY, ADDED, "没有这个事实 >= 20人")]
    with pytest.raises(CewenError) as caught:
        selectors.simulate(
            make_actor(Role.OFFICER_PROVINCE, region_code=""), reform_file(reform_data("试", edits)), ASKED
        )
    said = caught.value.diagnostics[0].message
    assert "没有这个事实 >= 20人" in said
    assert "200万元" not in said


def test_a_change_from_a_day_on_is_in_the_address_the_file_and_the_scenario(register: None) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    query = {**STATE, "from": "2024-07-01", "c": f"{KEY}|cap|200万元"}
    file = yaml.safe_load(client.get("/reforms/export/", {**query, "format": "yaml"}).content)
    assert file["measures"][0]["from"] == "2024-07-01"
    page = client.get("/reforms/", query)
    assert page.context["found"].after.cost == page.context["found"].before.cost  # not yet on that day
    later = client.get("/reforms/", {**query, "on": "2024-12-31"})
    assert later.context["found"].after.cost.ceiling > later.context["found"].before.cost.ceiling
    client.post("/reforms/save/", {"state": page.context["state"].query, "title": "七月起"})
    opened = client.get(f"/reforms/scenarios/{Scenario.objects.get().pk}/")
    assert parse_qs(urlsplit(opened["Location"]).query)["from"] == ["2024-07-01"]


def test_values_of_one_drag_are_one_step_of_the_history(register: None) -> None:
    client, asks = client_of(make_member(Role.OFFICER_CITY)), {**STATE, "c": f"{KEY}|cap|200万元"}
    first = client.get("/reforms/", asks, headers={"HX-Request": "true"})
    next_one = client.get("/reforms/", asks, headers={"HX-Request": "true", "X-Same-Step": "1"})
    assert "HX-Push-Url" in first
    assert "HX-Push-Url" not in next_one
    assert next_one["HX-Replace-Url"] == first["HX-Push-Url"]


# --- sweep -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "now", "least", "most"),
    [
        ("cap", "100", "50万元", "200万元"),
        ("conditions[3]", "15", "年研发投入 / 年营业收入 >= 7.5%", "年研发投入 / 年营业收入 >= 30%"),
    ],
)
def test_a_sweep_goes_from_half_to_twice_and_holds_what_is_asked(text: str, now: str, least: str, most: str) -> None:
    line = next(line for line in lines(measure(), DAY, {}) if line.expression.path == text)
    values = sweep_values(line, line.knobs[0], line.expression.text or "")
    assert (values[0], values[-1], len(values)) == (least, most, 7)
    turned = next(line for line in lines(measure(), DAY, {"cap": "310万元"}) if line.expression.path == "cap")
    assert sweep_values(turned, turned.knobs[0], "310万元")[-1] == "310万元"


def test_each_point_of_a_sweep_costs_what_the_reform_alone_costs(register: None) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    name = next(line.knobs[0].name for line in lines(measure(), DAY, {}) if line.expression.path == "cap")
    page = client.get("/reforms/sweep/", {**STATE, "knob": name})
    _kind, bars = page.context["points"]
    costs = {bar.value: bar.point.after.cost.ceiling for bar in bars}
    assert sorted(costs.values()) == [costs[value] for value in costs]
    alone = client.get("/reforms/", {**STATE, "c": f"{KEY}|cap|200万元"}).context["found"]
    assert costs["200万元"] == alone.after.cost.ceiling
    assert [bar.value for bar in bars if bar.is_now] == ["100万元"]


def test_the_report_says_what_the_page_says_and_names_no_enterprise_to_an_editor(register: None) -> None:
    query = {**STATE, "c": f"{KEY}|cap|200万元", "format": "html"}
    answer = client_of(make_member(Role.POLICY_EDITOR)).get("/reforms/export/", query)
    assert answer["Content-Disposition"].startswith("attachment")
    body = answer.content.decode()
    assert "200万元" in body
    assert not [code for code in Enterprise.objects.values_list("uscc", flat=True) if code in body]


@pytest.mark.parametrize("words", ["年营业收入", "年研发投入 / 年营业收入"])
def test_those_near_a_threshold_are_as_many_as_are_counted(register: None, words: str) -> None:
    actor = make_actor(Role.OFFICER_PROVINCE, region_code="")
    reform = reform_file(reform_data("试", [Edit(KEY, "cap", "200万元")]))
    lines_ = selectors.near_thresholds(selectors.simulate(actor, reform, ASKED).simulation, KEY)
    at = next(at for at, (_side, each) in enumerate(lines_) if each.threshold.words == words)
    found = selectors.near_rows(actor, reform, ASKED, KEY, at)
    assert found is not None
    threshold, rows = found
    counted = lines_[at][1]
    assert sum(not row.is_reached for row in rows) == counted.below[2]
    assert sum(row.is_reached for row in rows) == counted.above[2]
    distances = [abs(row.value - threshold.value) for row in rows]
    assert distances == sorted(distances)
    assert selectors.near_rows(actor, reform, ASKED, KEY, 99) is None


def test_the_list_near_a_threshold_is_for_those_who_read_the_register(register: None) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    page = client.get("/reforms/near/", {**STATE, "t": "0"})
    assert page.status_code == 200
    assert client.get("/reforms/near/", {**STATE, "t": "0", "file": "csv"}).status_code == 200
    assert client.get("/reforms/near/", {**STATE, "t": "77"}).status_code == 404
    assert client.get("/reforms/near/").status_code == 404
    assert client_of(make_member(Role.POLICY_EDITOR)).get("/reforms/near/", {**STATE, "t": "0"}).status_code == 403
    assert "/reforms/near/" in client.get("/reforms/", STATE).content.decode()


# --- sharing ---------------------------------------------------------------------------------------------------


def test_whoever_has_the_link_sees_sums_and_no_enterprise_until_the_day(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    found = saved(person)
    client_of(person).post(f"/reforms/scenarios/{found.pk}/share/", {"days": "7"})
    found.refresh_from_db()
    assert found.share_until == timezone.localdate() + timedelta(days=7)
    page = client_of(None).get(f"/reforms/shared/{found.share_secret}/")
    body = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "200万元" in body
    names = Enterprise.objects.values_list("name", "uscc")
    assert len(names) == len(sheets())
    assert not [each for pair in names for each in pair if each in body]
    assert "/reforms/?" not in body  # the register behind it is for those who may
    Scenario.objects.filter(pk=found.pk).update(share_until=timezone.localdate() - timedelta(days=1))
    assert client_of(None).get(f"/reforms/shared/{found.share_secret}/").status_code == 404


def test_a_link_may_not_open_for_ever(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    found = saved(person)
    for days in (0, 367):
        with pytest.raises(ValidationError):
            services.share_scenario(actor_of_person(person), scenario_id=found.pk, days=days)


def test_sharing_again_keeps_the_link_and_withdrawing_takes_the_figures(register: None) -> None:
    actor = actor_of_person(person := make_member(Role.OFFICER_CITY))
    found = saved(person)
    first = services.share_scenario(actor, scenario_id=found.pk, days=1)
    second = services.share_scenario(actor, scenario_id=found.pk, days=90)
    assert first.share_secret == second.share_secret
    assert services.withdraw_scenario(actor, scenario_id=found.pk).figures is None


def group(name: str, before: int, after: int) -> GroupLine:
    return GroupLine(name, 50, before, after, Cost(before * 100, 0), Cost(after * 100, 0))


@pytest.mark.parametrize(
    ("lines_", "changed", "told"),
    [
        ([group("甲", 9, 9), group("乙", 8, 8)], {"甲": 0, "乙": 4}, {"甲", "乙"}),
        ([group("甲", 9, 9), group("乙", 2, 9), group("丙", 5, 5)], {}, {"甲"}),  # 丙 goes with 乙, or the rest tells
        ([group("甲", 9, 9), group("乙", 7, 7), group("丙", 5, 5)], {"乙": 2}, {"甲"}),  # the change tells of two
        ([group("甲", 1, 1), group("乙", 2, 2), group("丙", 5, 5)], {}, {"丙"}),
        ([group("甲", 0, 0), group("乙", 4, 4)], {}, {"乙"}),
    ],
)
def test_sums_over_one_or_two_enterprises_do_not_go_out(
    lines_: list[GroupLine], changed: dict[str, int], told: set[str]
) -> None:
    assert {each["name"] for each in services._groups(lines_, changed) if "entitled_after" in each} == told


def test_groups_count_whose_amounts_change(register: None) -> None:
    actor = make_actor(Role.OFFICER_PROVINCE, region_code="")
    outcome = selectors.simulate(actor, reform_file(reform_data("试", [Edit(KEY, "cap", "200万元")])), ASKED)
    balance = outcome.simulation.balance
    changed = balance.winners + balance.losers + balance.mixed
    assert changed == sum(outcome.moved[line.name] for line in outcome.simulation.sizes) > 0
    assert changed == sum(outcome.moved[line.name] for line in outcome.simulation.districts)


def test_a_large_register_is_read_while_the_page_is_there_already(
    register: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "LARGE", 10)
    monkeypatch.setattr("cewen.portal.reforms.jobs._warm", OrderedDict())
    client = client_of(make_member(Role.OFFICER_CITY))
    page = client.get("/reforms/", STATE)
    assert page.context["is_waiting"]
    assert "found" not in page.context
    part = client.get("/reforms/", STATE, headers={"HX-Request": "true"})
    assert part.context["found"]
    assert not client.get("/reforms/", STATE).context["is_waiting"]
    monkeypatch.setattr("cewen.portal.reforms.jobs._warm", OrderedDict())
    assert client.get("/reforms/", {**STATE, "form": "1"}).context["found"]  # without scripts, by the button


def test_a_shared_page_of_an_empty_register_still_says_what_changes() -> None:
    person = make_member(Role.OFFICER_CITY)
    found = services.share_scenario(actor_of_person(person), scenario_id=saved(person).pk)
    body = client_of(None).get(f"/reforms/shared/{found.share_secret}/").content.decode()
    assert "没有登记的企业" in body
    assert "200万元" in body


# --- kept scenarios --------------------------------------------------------------------------------------------


def test_a_scenario_says_when_the_register_or_the_rules_moved_on(
    register: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_member(Role.OFFICER_CITY)
    found, client = saved(person), client_of(person)
    assert "保存后" not in client.get("/reforms/scenarios/").content.decode()
    touch_register()
    assert "保存后企业库有改动" in client.get("/reforms/scenarios/").content.decode()
    Scenario.objects.filter(pk=found.pk).update(rules_digest="0" * 64)
    assert "保存后所涉政策有改动" in client.get("/reforms/scenarios/").content.decode()


def test_scenarios_are_found_by_the_measure_they_change(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    saved(person, title="甲方案")
    client = client_of(person)
    assert "甲方案" in client.get("/reforms/scenarios/?q=研发投入补助").content.decode()
    assert "甲方案" not in client.get("/reforms/scenarios/?q=首版次").content.decode()
    assert client.get("/reforms/scenarios/?file=xlsx").content[:2] == b"PK"


def test_a_comparison_marks_what_differs_and_can_be_kept(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    first, second = saved(person), saved(person, "50万元", "降上限")
    client = client_of(person)
    page = client.get("/reforms/compare/", {"s": [first.pk, second.pk]})
    rows = {row.label: row for row in page.context["rows"]}
    cap = next(row for label, row in rows.items() if "最高不超过" in label)
    assert cap.cells == ("200万元", "50万元")
    assert cap.differs
    assert not rows["最高 现行"].differs
    assert rows["最高 改后"].differs
    assert page.context["charts"]
    assert "降上限" in client.get(f"/reforms/compare/?s={first.pk}&s={second.pk}&file=csv").content.decode("utf-8-sig")
    assert compared_rows([None])[0].cells == (None,)


def test_rows_lead_to_enterprises_for_those_who_may_see_them_only(register: None) -> None:
    query = {**STATE, "c": f"{KEY}|cap|200万元"}
    officer = client_of(make_member(Role.OFFICER_CITY)).get("/reforms/", query).content.decode()
    editor = client_of(make_member(Role.POLICY_EDITOR)).get("/reforms/", query).content.decode()
    codes = Enterprise.objects.values_list("uscc", flat=True)
    assert any(f"/enterprises/{code}/" in officer for code in codes)
    assert not any(code in editor for code in codes)
    assert "只看合计" in editor
