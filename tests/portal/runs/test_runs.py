"""Evaluation runs: who starts them, what a worker makes of them, and what a crash leaves."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cewen.engine.factsheet import FactSheet
from cewen.engine.register import read_register
from cewen.portal.access import SYSTEM, Refused, Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.policies.selectors import corpus
from cewen.portal.runs import jobs, selectors, services
from cewen.portal.runs.domain import SHADES, short_money, step_path, tile_map
from cewen.portal.runs.models import Run, RunStatus
from cewen.rules.load import shipped_data
from portal_support import client_of, make_actor, make_member

pytestmark = pytest.mark.django_db
DAY, YEAR = date(2024, 6, 30), 2023


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of a test go to its own folder, and no thread works behind its back."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("cewen.portal.runs.views.wake", lambda: None)


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


def start(actor: Any, **changes: Any) -> Run:
    given: dict[str, Any] = {"title": "试", "on": DAY, "year": YEAR, "policies": []}
    return services.start_run(actor, **{**given, **changes})


def test_a_run_is_evaluated_and_its_sums_are_those_of_its_rows(register: None) -> None:
    actor = make_actor(Role.OFFICER_CITY)
    found = start(actor)
    assert jobs.work_once()
    assert not jobs.work_once()
    found.refresh_from_db()
    assert (found.status, found.failure) == (RunStatus.DONE, "")
    assert found.summary is not None
    rows = selectors.result_rows(found).to_pylist()
    assert len(rows) == found.row_count > 0
    counted = [row for row in rows if row["suppressed_by"] is None and row["high_fen"] is not None]
    for certainty, name in (("definite", "definite"), (None, "ceiling")):
        own = [row["high_fen"] for row in counted if (row["certainty"] == "definite") == (certainty == "definite")]
        assert sum(own) == found.summary[name]
    for group in ("districts", "sizes"):
        assert sum(each["definite"] for each in found.summary[group]) == found.summary["definite"]
        assert sum(each["enterprises"] for each in found.summary[group]) == found.summary["enterprises"]
    assert list(Event.objects.filter(subject=f"run:{found.pk}").values_list("action", flat=True)) == [
        "runs.run.started", "runs.run.ended",
    ]  # fmt: skip


def test_a_district_evaluates_its_own_enterprises_only(register: None) -> None:
    run = start(make_actor(Role.OFFICER_DISTRICT, region_code="420111"))
    jobs.work_once()
    run.refresh_from_db()
    assert run.summary is not None
    assert {each["code"] for each in run.summary["districts"]} == {"420111"}


def test_nobody_sees_the_run_of_another(register: None) -> None:
    run = start(make_actor(Role.OFFICER_CITY))
    other = client_of(make_member(Role.OFFICER_CITY))
    assert other.get(f"/runs/{run.pk}/").status_code == 404
    assert other.post(f"/runs/{run.pk}/cancel/").status_code == 404


def test_a_policy_editor_gets_sums_and_no_rows(register: None) -> None:
    person = make_member(Role.POLICY_EDITOR)
    run = start(actor_of_person(person))
    jobs.work_once()
    run.refresh_from_db()
    assert run.summary is not None
    assert run.summary["enterprises"] > 0
    client = client_of(person)
    assert client.get(f"/runs/{run.pk}/").status_code == 200
    assert client.get(f"/runs/{run.pk}/rows/").status_code == 403
    assert client.get(f"/runs/{run.pk}/export/?format=csv").status_code == 403


def test_an_applicant_starts_nothing() -> None:
    with pytest.raises(Refused):
        start(make_actor(Role.APPLICANT))


def test_a_policy_nobody_knows_is_refused_beside_its_field() -> None:
    with pytest.raises(ValidationError) as caught:
        start(make_actor(Role.OFFICER_CITY), policies=["no/such"])
    assert "policies" in caught.value.message_dict


def test_a_waiting_run_that_is_cancelled_is_never_evaluated() -> None:
    actor = make_actor(Role.OFFICER_CITY)
    run = start(actor)
    services.cancel_run(actor, run_id=run.pk)
    assert not jobs.work_once()
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED


def test_a_run_cancelled_while_it_works_stops_and_leaves_no_file(
    register: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = make_actor(Role.OFFICER_CITY)
    run = start(actor)
    real = services.beat

    def cancelled(found: Run, **known: int) -> bool:
        services.cancel_run(actor, run_id=found.pk)
        return real(found, **known)

    monkeypatch.setattr(jobs, "beat", cancelled)
    assert jobs.work_once()
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert list(jobs.runs_folder().glob("*")) == []


def test_two_workers_never_take_one_run() -> None:
    start(make_actor(Role.OFFICER_CITY))
    assert services.claim_run("one") is not None
    assert services.claim_run("two") is None


def test_the_run_of_a_worker_fallen_silent_is_taken_up_and_the_old_worker_changes_nothing() -> None:
    start(make_actor(Role.OFFICER_CITY))
    first = services.claim_run("one")
    assert first is not None
    Run.objects.update(heartbeat_at=timezone.now() - services.STALE - timedelta(seconds=1))
    second = services.claim_run("two")
    assert second is not None
    assert not services.beat(first)
    assert not services.finish_run(first, summary={}, result="x", row_count=1, engine="e", digest="d")
    services.stop_run(first, "late")
    second.refresh_from_db()
    assert (second.worker, second.status, second.attempts) == ("two", RunStatus.RUNNING, 2)


def test_a_run_that_was_broken_off_three_times_fails_with_a_reason() -> None:
    run = start(make_actor(Role.OFFICER_CITY))
    for _ in range(services.MOST_ATTEMPTS):
        assert services.claim_run("worker") is not None
        Run.objects.update(heartbeat_at=timezone.now() - services.STALE - timedelta(seconds=1))
    assert services.claim_run("worker") is None
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "中断" in run.failure


def test_an_empty_register_is_said_so() -> None:
    run = start(make_actor(Role.OFFICER_CITY))
    jobs.work_once()
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "CW730" in run.failure


def test_pages_and_files_of_a_run(register: None, tmp_path: Path) -> None:
    person = make_member(Role.OFFICER_CITY)
    client = client_of(person)
    response = client.post("/runs/", {"title": "六月", "on": "2024-06-30", "year": "2023"})
    run = Run.objects.get()
    assert response["Location"] == f"/runs/{run.pk}/"
    assert "排队中" in client.get(f"/runs/{run.pk}/").content.decode()
    jobs.work_once()
    assert client.get(f"/runs/{run.pk}/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "钱给了哪些措施" in page
    assert "六月" in client.get("/runs/?q=六").content.decode()
    run.refresh_from_db()
    first = selectors.result_rows(run).to_pylist()[0]
    listed = client.get(f"/runs/{run.pk}/rows/", {"q": first["uscc"]}).content.decode()
    assert first["name"] in listed
    stream = client.get(f"/runs/{run.pk}/export/?format=csv")
    text = b"".join(stream.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(list(csv.reader(io.StringIO(text)))) == run.row_count + 1
    stored = tmp_path / "out.parquet"
    stored.write_bytes(client.get(f"/runs/{run.pk}/export/?format=parquet").content)
    assert pq.read_table(stored).num_rows == run.row_count
    assert client.get(f"/runs/{run.pk}/export/?format=xlsx").content[:2] == b"PK"
    assert client.get(f"/runs/{run.pk}/export/?format=exe").status_code == 404


# --- charts ----------------------------------------------------------------------------------------------------


def test_tiles_say_where_nobody_is_and_shade_by_amount() -> None:
    tiles = {tile.code: tile for tile in tile_map(corpus().regions, {"420111": 400, "420106": 1, "999999": 9})}
    assert tiles["420111"].shade == SHADES - 1
    assert tiles["420106"].shade == 1
    assert tiles["420102"].amount is None
    assert len({(tile.column, tile.row) for tile in tiles.values()}) == len(tiles)
    assert tile_map(corpus().regions, {"999999": 9}) == ()


def test_a_line_of_steps_has_gaps_where_there_is_no_value() -> None:
    assert step_path([None, 10, 5, None, 10], 10) == "M144 0H288V120H432M576 0H720"


@pytest.mark.parametrize(
    ("fen", "words"), [(0, "0元"), (200_00, "200元"), (500_0000_00, "500万"), (1_5000_0000_00, "1.5亿")]
)
def test_money_of_an_axis_is_short(fen: int, words: str) -> None:
    assert short_money(fen) == words


# --- beside each other, and down to the enterprise ------------------------------------------------------------------


def test_two_runs_stand_side_by_side_with_their_difference(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    client, actor = client_of(person), actor_of_person(person)
    first, second = start(actor, title="前"), start(actor, title="后", on=date(2025, 12, 1), year=2023)
    while jobs.work_once():
        pass
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.summary is not None
    assert second.summary is not None
    answer = client.get("/runs/compare/", {"a": first.pk, "b": second.pk})
    assert answer.context["whole"].ceiling == second.summary["ceiling"] - first.summary["ceiling"] != 0
    assert sum(each.ceiling for each in answer.context["measures"]) == answer.context["whole"].ceiling
    assert sum(each.ceiling for each in answer.context["districts"]) == answer.context["whole"].ceiling
    assert client.get("/runs/compare/").status_code == 200
    assert client.get("/runs/compare/", {"a": first.pk, "b": 999999}).status_code == 404
    stranger = client_of(make_member(Role.OFFICER_CITY))
    assert stranger.get("/runs/compare/", {"a": first.pk, "b": second.pk}).status_code == 404
    assert f'value="{first.pk}"' in client.get(f"/runs/{second.pk}/").content.decode()


def test_a_district_and_a_size_lead_down_to_their_enterprises(register: None) -> None:
    person = make_member(Role.OFFICER_CITY)
    client, found = client_of(person), start(actor_of_person(person))
    jobs.work_once()
    found.refresh_from_db()
    assert found.summary is not None
    page = client.get(f"/runs/{found.pk}/").content.decode()
    district = next(each for each in found.summary["districts"] if each["entitled"] and each["code"])
    assert f"/runs/{found.pk}/rows/?region={district['code']}" in page
    rows = client.get(f"/runs/{found.pk}/rows/", {"region": district["code"]})
    everything = selectors.result_rows(found)
    codes = selectors.codes_of(actor_of_person(person), region=district["code"])
    expected = sum(row["uscc"] in (codes or ()) for row in everything.to_pylist())
    assert rows.context["count"] == expected
    assert 0 < expected < everything.num_rows
    for each in found.summary["districts"]:  # a zone within a district is not counted twice
        own = selectors.codes_of(actor_of_person(person), region=each["code"]) or frozenset()
        if each["code"]:
            assert len(own) == each["enterprises"], each["name"]
    size = next(each for each in found.summary["sizes"] if each["entitled"])
    assert 0 < client.get(f"/runs/{found.pk}/rows/", {"size": size["name"]}).context["count"] < everything.num_rows
    lines = client.get(f"/runs/{found.pk}/export/", {"region": district["code"]})
    assert len(b"".join(lines.streaming_content).decode().splitlines()) == expected + 1  # type: ignore[attr-defined]


def test_the_list_of_runs_never_builds_the_register(register: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a hundred thousand enterprises that takes seconds, and the form only wants to know a year."""

    def forbidden(*_: Any) -> Any:
        raise AssertionError("the whole register was read")

    monkeypatch.setattr("cewen.portal.enterprises.selectors._whole_register", forbidden)
    client = client_of(make_member(Role.OFFICER_CITY))
    assert client.get("/runs/").status_code == 200
    assert selectors.usual_year(SYSTEM, date(2025, 5, 31)) == 2024
    assert selectors.usual_year(SYSTEM, date(2040, 5, 31)) == 2025


def test_a_register_without_facts_begins_with_the_last_full_year() -> None:
    assert selectors.usual_year(SYSTEM, date(2025, 5, 31)) == 2024
