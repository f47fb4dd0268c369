"""What the clock does is done by one process at a time, again where one was killed, and counted when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from cewen.portal import rounds
from cewen.portal.access import Role
from cewen.portal.api.models import KeptAnswer
from cewen.portal.api.services import forget_answers
from cewen.portal.audit.models import Event, Round
from cewen.portal.drafts import jobs as draft_jobs
from cewen.portal.drafts.models import Draft, DraftStatus, DraftVersion
from cewen.portal.enterprises import jobs, services
from cewen.portal.enterprises.forms import import_folder
from cewen.portal.enterprises.models import Enterprise, FactChange, FactImport
from cewen.portal.processes import LONGEST_MARK, is_gone, own_mark
from cewen.portal.rounds import Work, run_due
from cewen.portal.runs.models import Run, RunStatus
from cewen.portal.runs.services import claim_run
from enterprise_support import GOOD, HEADER, upload, workbook
from portal_support import client_of, make_member, make_organization
from serving_support import Portal, own_database

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ended_process() -> str:
    """The mark of a process that lived a moment ago."""
    program = "from cewen.portal.processes import own_mark; print(own_mark())"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def work(done: list[str], name: str = "one", fails: bool = False) -> Work:
    def act() -> None:
        done.append(name)
        if fails:
            raise ValueError("broken")

    return Work(name, act, HOUR)


def test_a_round_is_run_when_it_is_due_and_not_before() -> None:
    done: list[str] = []
    one = work(done)
    assert [each.name for each in run_due([one])] == ["one"]
    assert run_due([one]) == []
    Round.objects.update(due_at=timezone.now())
    run_due([one])
    assert done == ["one", "one"]
    row = Round.objects.get()
    assert (row.run_count, row.failure_count, row.held_until) == (2, 0, None)
    assert row.due_at > timezone.now() + HOUR / 2


def test_a_failure_is_counted_said_and_tried_again_soon_and_stops_no_other() -> None:
    done: list[str] = []
    run_due([work(done, "bad", fails=True), work(done, "good")])
    assert done == ["bad", "good"]
    row = Round.objects.get(name="bad")
    assert (row.run_count, row.failure_count, row.failure) == (1, 1, "ValueError: broken")
    assert row.due_at < timezone.now() + timedelta(minutes=6)
    Round.objects.update(due_at=timezone.now())
    run_due([work(done, "bad")])
    assert Round.objects.get(name="bad").failure == ""


def test_what_another_process_is_at_is_left_to_it() -> None:
    done: list[str] = []
    one = work(done)
    Round.objects.create(name="one", holder=f"elsewhere.{os.getpid()}.1", held_until=timezone.now() + HOUR)
    assert run_due([one]) == []
    Round.objects.update(held_until=timezone.now() - HOUR)  # it took too long
    assert len(run_due([one])) == 1
    assert done == ["one"]


def test_what_a_killed_process_held_is_free_at_once() -> None:
    Round.objects.create(name="one", holder=ended_process(), held_until=timezone.now() + HOUR)
    assert len(run_due([work([])])) == 1


def test_a_mark_tells_the_living_from_the_dead_and_from_strangers() -> None:
    assert len(own_mark()) <= LONGEST_MARK
    assert not is_gone(own_mark())
    assert is_gone(ended_process())
    machine, number, born = own_mark().split(".")
    assert is_gone(f"{machine}.{number}.{int(born, 16) - 1:x}")  # the number was given to another process since
    assert not is_gone(f"elsewhere.{number}.1")
    assert not is_gone("")
    assert not is_gone("an older mark")


def test_rounds_of_the_day_come_just_after_midnight_here() -> None:
    daily = Work("daily", lambda: None, None)
    evening = timezone.localtime().replace(hour=23, minute=59)
    assert daily.next_after(evening) - evening < timedelta(minutes=3)


def test_every_round_runs_twice_without_harm() -> None:
    """On a portal with nothing to do nothing happens, and nothing is told."""
    for _ in range(2):
        Round.objects.update(due_at=timezone.now())
        for each in run_due([each for each in rounds.ROUNDS if each.name not in ("alerts", "escalation", "runs")]):
            assert each.failure == "", each
    assert Event.objects.count() == 0


def test_rows_of_the_rounds_are_told_to_prometheus() -> None:
    from cewen.portal.operations.selectors import metric_lines

    run_due([work([], "bad", fails=True)])
    lines = list(metric_lines())
    assert 'cewen_round_failures_total{round="bad"} 1' in lines
    assert 'cewen_rounds_total{round="bad"} 1' in lines


# --- two processes at once

CONTEND = """
import time
from cewen.portal.audit.models import Round
from cewen.portal.rounds import Work, take
from datetime import timedelta
from pathlib import Path
gate = Path(os.environ["GATE"])
work = [Work(f"w{number}", lambda: None, timedelta(hours=1)) for number in range(40)]
(gate / str(os.getpid())).touch()
while len(list(gate.iterdir())) < 3:
    time.sleep(0.01)
print(json.dumps([each.name for each in work if take(each)]))
"""


@pytest.mark.django_db(databases=[])
def test_of_processes_that_reach_for_the_same_rounds_each_round_goes_to_one(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.mkdir()
    with own_database() as database:
        portal = Portal(tmp_path / "data", database)
        assert portal.cewen("serve", "--data", str(portal.data), "--prepare-only").returncode == 0
        portal.inside(
            "from cewen.portal.audit.models import Round\n"
            "Round.objects.bulk_create([Round(name=f'w{number}') for number in range(40)])"
        )
        program = f"from cewen.portal.installation import start\nstart(None)\nimport os, json\n{CONTEND}"
        variables = {**portal.variables, "GATE": str(gate)}
        running = [
            subprocess.Popen([sys.executable, "-c", program], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(3)
        ]  # fmt: skip
        said = [each.communicate() for each in running]
        assert [each.returncode for each in running] == [0, 0, 0], said
        import json

        taken = [name for out, _error in said for name in json.loads(out)]
        assert sorted(taken) == sorted(f"w{number}" for number in range(40))


def test_rounds_can_be_run_from_a_timetable_of_the_machine(tmp_path: Path) -> None:
    with own_database() as database:
        portal = Portal(tmp_path / "data", database)
        assert portal.cewen("serve", "--data", str(portal.data), "--prepare-only").returncode == 0
        first = portal.cewen("serve", "--rounds", "--data", str(portal.data))
        assert first.returncode == 0, first.stdout + first.stderr
        assert [line.removeprefix("✓ ") for line in first.stdout.split("\n") if line] == [
            each.name for each in rounds.ROUNDS
        ]
        portal.inside(  # nothing is due, however long that took
            "from django.utils import timezone\nfrom cewen.portal.audit.models import Round\n"
            "Round.objects.update(due_at=timezone.now() + timezone.timedelta(hours=1))"
        )
        again = portal.cewen("serve", "--rounds", "--data", str(portal.data))
        assert again.returncode == 0
        assert "没有到期的工作" in again.stdout
        portal.verify()


# --- what the rounds do


def due_draft(name: str) -> Draft:
    """A draft whose publication was decided yesterday."""
    person, home = make_member(Role.POLICY_EDITOR), make_organization()
    found = Draft.objects.create(
        organization=home, author=person, policy_id=name, title=name, source_name="a.txt", status=DraftStatus.PUBLISHING,
        publish_on=timezone.localdate() - timedelta(days=1), published_version=1,
    )  # fmt: skip
    DraftVersion.objects.create(draft=found, number=1, files={"policy.yaml": f"id: {name}\n"}, author=person)
    return found


def test_a_policy_that_cannot_be_written_is_counted_and_keeps_no_other_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CEWEN_POLICIES", str(tmp_path))
    bad, good = due_draft("wuhan/2031-bad"), due_draft("wuhan/2031-good")
    (tmp_path / bad.policy_id).mkdir(parents=True)
    (tmp_path / bad.policy_id / "policy.yaml").write_text("id: another\n")
    publish = next(each for each in rounds.ROUNDS if each.name == "publish")
    (row,) = run_due([publish])
    assert "CW765" in row.failure
    assert (tmp_path / good.policy_id / "policy.yaml").is_file()
    assert list(Draft.objects.order_by("id").values_list("status", flat=True)) == ["publishing", "published"]
    assert (tmp_path / bad.policy_id / "policy.yaml").read_text() == "id: another\n"
    (tmp_path / bad.policy_id / "policy.yaml").unlink()
    (tmp_path / bad.policy_id).rmdir()
    Round.objects.update(due_at=timezone.now())
    assert run_due([publish])[0].failure == ""
    assert set(Draft.objects.values_list("status", flat=True)) == {"published"}


def test_what_a_killed_server_was_writing_among_the_policies_goes_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CEWEN_POLICIES", str(tmp_path))
    for name in (".2031-x.0a1b2c3d", ".kept", "2031-y"):
        (tmp_path / "wuhan" / name).mkdir(parents=True)
    assert draft_jobs.clear_leftovers() == 0
    for path in (tmp_path / "wuhan").iterdir():
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    assert draft_jobs.clear_leftovers() == 1
    assert sorted(path.name for path in (tmp_path / "wuhan").iterdir()) == [".kept", "2031-y"]


def left_import(stage: str = "loading") -> FactImport:
    """An import whose server is gone."""
    client = client_of(make_member(Role.OFFICER_CITY))
    upload(client, workbook([HEADER, GOOD]))
    found = FactImport.objects.get()
    FactImport.objects.update(stage=stage, beat_at=timezone.now() - HOUR / 2)
    return found


def test_a_confirmed_import_is_loaded_after_its_server_is_gone() -> None:
    found = left_import()
    assert jobs.resume_imports() == 1
    found.refresh_from_db()
    assert found.stage == FactImport.Stage.LOADED
    assert Enterprise.objects.count() == 1
    assert Event.objects.filter(action="enterprises.import.resumed").count() == 1
    assert jobs.resume_imports() == 0


def test_an_import_that_was_being_checked_is_checked_again() -> None:
    found = left_import("received")
    FactImport.objects.update(findings=[])
    assert jobs.resume_imports() == 1
    found.refresh_from_db()
    assert found.stage == FactImport.Stage.CLEAN
    assert Enterprise.objects.count() == 0


def test_an_import_that_breaks_off_again_and_again_is_stopped_and_can_be_confirmed_by_hand() -> None:
    found = left_import()
    for _ in range(services.MOST_RESUMED):
        assert services.resume_import(found.pk)
        FactImport.objects.update(beat_at=timezone.now() - HOUR / 2)
    assert not services.resume_import(found.pk)
    found.refresh_from_db()
    assert found.stage == FactImport.Stage.FAILED
    assert Event.objects.filter(action="enterprises.import.broken_off").count() == 1


def test_an_import_someone_works_on_is_left_alone() -> None:
    left_import()
    FactImport.objects.update(beat_at=timezone.now())
    assert jobs.resume_imports() == 0


def test_files_go_once_an_import_is_loaded_or_faulty(settings: object) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    _, _, address = upload(client, workbook([HEADER, GOOD]))
    folder = import_folder(FactImport.objects.get().stored_as)
    assert folder.is_dir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.db.transaction.on_commit", lambda act: act())
        client.post(f"{address}load/")
        assert FactImport.objects.get().stage == FactImport.Stage.LOADED
        assert not folder.exists()
        upload(client, workbook([HEADER, ["乙", "wrong", "洪山区", "", "", ""]]))
    found = FactImport.objects.first()
    assert found is not None
    assert found.stage == FactImport.Stage.FAULTY
    assert found.findings
    assert not import_folder(found.stored_as).exists()


def test_files_nobody_loaded_in_time_go_and_are_not_offered_for_loading() -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    _, _, address = upload(client, workbook([HEADER, GOOD]))
    found = FactImport.objects.get()
    assert jobs.remove_old_files() == 0
    FactImport.objects.update(created_at=timezone.now() - timedelta(days=settings.IMPORT_DAYS + 1))
    assert jobs.remove_old_files() == 1
    assert not import_folder(found.stored_as).exists()
    page = client.get(address).content.decode()
    assert "CW764" in page
    assert client.post(f"{address}load/").status_code == 403
    assert Event.objects.filter(action="enterprises.import.expired").count() == 1


def test_files_of_no_import_go_after_a_day() -> None:
    lost = import_folder("lost")
    lost.mkdir(parents=True)
    assert jobs.remove_old_files() == 0
    os.utime(lost, (time.time() - 2 * 24 * 3600,) * 2)
    assert jobs.remove_old_files() == 1
    assert not lost.exists()


def test_a_run_of_a_killed_worker_is_taken_up_at_once_and_one_of_a_living_worker_is_not() -> None:
    person = make_member(Role.OFFICER_CITY)
    run = Run.objects.create(
        author=person, on="2024-06-30", year=2023, status=RunStatus.RUNNING, worker=f"{own_mark()}.0a0b0c0d"[:36],
        heartbeat_at=timezone.now(), attempts=1,
    )  # fmt: skip
    assert claim_run("another") is None
    Run.objects.update(worker=f"{ended_process()}.0a0b0c0d"[:36])
    found = claim_run("another")
    assert found is not None
    assert (found.pk, found.attempts) == (run.pk, 2)


def test_old_answers_and_what_was_being_received_go() -> None:
    KeptAnswer.objects.create(actor="person:1", key="a", request_sha256="0", created_at=timezone.now() - 100 * HOUR)
    KeptAnswer.objects.create(actor="person:1", key="b", request_sha256="0")
    assert forget_answers() == 1
    incoming = settings.ENVIRONMENT.data / "incoming"
    incoming.mkdir(exist_ok=True)
    (incoming / "new.upload").touch()
    (incoming / "old.upload").touch()
    os.utime(incoming / "old.upload", (time.time() - 2 * 24 * 3600,) * 2)
    assert rounds.remove_incoming() == 1
    assert [path.name for path in incoming.iterdir()] == ["new.upload"]
    (incoming / "new.upload").unlink()


@pytest.mark.parametrize(
    "change", ["UPDATE enterprises_factchange SET new = 'x'", "DELETE FROM enterprises_factchange"]
)
def test_the_history_of_facts_is_not_to_be_altered(change: str) -> None:
    from django.db import Error, connection, transaction

    row = Enterprise.objects.create(uscc="91429999H00000047W")
    FactChange.objects.create(enterprise=row, key="revenue", year="2023", new="1")
    with pytest.raises(Error, match="事实变更"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert FactChange.objects.get().new == "1"


def test_a_file_the_reader_panics_over_is_a_finding_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """What a reader written in Rust raises."""

    def panic(*_: object) -> None:
        raise Panic

    monkeypatch.setattr(jobs, "_read", panic)
    client = client_of(make_member(Role.OFFICER_CITY))
    status, page, _ = upload(client, workbook([HEADER, GOOD]))
    assert status == 200
    assert "CW721" in page
