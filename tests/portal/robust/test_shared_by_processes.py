"""What several processes do at once: one audit chain, one count of calls, one lock on a name; and a restored database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cewen.portal.counting import count_up, drop_old
from serving_support import Portal, own_database

START = "from cewen.portal.installation import start\nstart(None)\nimport os, json, time\nfrom pathlib import Path\n"
GATE = """
gate = Path(os.environ["GATE"])
(gate / str(os.getpid())).touch()
while len(list(gate.iterdir())) < int(os.environ["MANY"]):
    time.sleep(0.01)
"""
WRITE = """
from threading import Thread
from django.db import connection, transaction
from cewen.portal.access import SYSTEM
from cewen.portal.accounts.models import Organization
from cewen.portal.audit.services import record

said = []

def write(number):
    try:
        for at in range(12):
            with transaction.atomic():
                home = Organization.objects.select_for_update().get(pk=int(os.environ["HOME_ID"]))
                Organization.objects.filter(pk=home.pk).update(name=f"{os.getpid()} {number} {at}")
                for part in range(at % 3 + 1):
                    record(SYSTEM, "test.done", f"writer:{os.getpid()}.{number}", {"at": at, "part": part})
                if at % 4 == 3:
                    transaction.set_rollback(True)
                else:
                    said.extend([f"{os.getpid()}.{number}"] * (at % 3 + 1))
    finally:
        connection.close()

threads = [Thread(target=write, args=(number,)) for number in range(3)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data = tmp_path_factory.mktemp("shared") / "data"
    with own_database() as database:
        found = Portal(data, database)
        done = found.cewen("serve", "--data", str(data), "--prepare-only", "--administrator", "boss")
        assert done.returncode == 0, done.stderr
        yield found


def at_once(portal: Portal, program: str, many: int, gate: Path, **given: str) -> list[object]:
    """What several processes print as JSON that all begin when the last of them is ready."""
    gate.mkdir()
    variables = {**portal.variables, "GATE": str(gate), "MANY": str(many), **given}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", START + GATE + program],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(many)
    ]
    said = [each.communicate() for each in running]
    assert [each.returncode for each in running] == [0] * many, said
    assert all(not error for _out, error in said), said
    return [json.loads(out) for out, _error in said]


def test_writers_in_threads_and_processes_make_one_whole_chain(portal: Portal, tmp_path: Path) -> None:
    home = portal.inside("from cewen.portal.accounts.models import Organization\nprint(Organization.objects.get().pk)")
    said = at_once(portal, WRITE, 3, tmp_path / "gate", HOME_ID=home)
    confirmed = sorted(name for each in said for name in each)  # type: ignore[attr-defined]
    assert len(confirmed) == 3 * 3 * 18
    kept = portal.figures(
        "from cewen.portal.audit.models import Event\n"
        "print(json.dumps([each.subject[7:] for each in Event.objects.filter(action='test.done')]))"
    )
    assert sorted(kept) == confirmed
    portal.verify()


COUNT = """
from cewen.portal.access import Actor
from cewen.portal.api.services import count_call
print(json.dumps([count_call(Actor(), "192.0.2.7", now=6e8).left for _ in range(50)]))
"""


def test_calls_are_counted_over_all_processes(portal: Portal, tmp_path: Path) -> None:
    said = at_once(portal, COUNT, 3, tmp_path / "gate")
    left = sorted((number for each in said for number in each), reverse=True)  # type: ignore[attr-defined]
    assert left == list(range(119, 119 - 150, -1))


SIGN_IN = """
from django.test import Client
client = Client()
print(json.dumps([client.post("/accounts/login/", {"login": "boss", "password": "wrong"}).status_code for _ in range(4)]))
"""


def test_wrong_passwords_are_counted_over_all_processes(portal: Portal, tmp_path: Path) -> None:
    """Eight in all, whichever worker was asked; then the name is locked for that address everywhere."""
    hosts = {"CEWEN_HOSTS": "testserver,localhost"}
    said = at_once(portal, SIGN_IN, 3, tmp_path / "gate", **hosts)
    assert sum(status == 429 for each in said for status in each) >= 12 - 8  # type: ignore[attr-defined]
    again = at_once(portal, SIGN_IN, 1, tmp_path / "again", **hosts)
    assert again == [[429] * 4]


def test_counts_begin_anew_with_each_window_and_old_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    assert [count_up(path, "a", 1), count_up(path, "a", 1), count_up(path, "b", 1)] == [1, 2, 1]
    assert count_up(path, "a", 2) == 1
    assert drop_old(path, 3) == 1
    assert count_up(path, "a", 2) == 2


def test_a_file_that_cannot_be_used_shuts_nobody_out(tmp_path: Path) -> None:
    assert count_up(tmp_path / "nowhere" / "counts", "a", 1) == 1
    broken = tmp_path / "broken"
    broken.write_bytes(b"no database" * 1000)
    assert [count_up(broken, "a", 1) for _ in range(3)] == [1, 1, 1]


RESTORE = """
import subprocess, sys, shutil
from django.db import connection
from cewen.engine.columns.encode import decode
from cewen.portal.accounts.models import Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.enterprises.models import Enterprise, FactRecord
from cewen.portal.enterprises.selectors import count_of, register_columns, register_version, RegisterQuery
from cewen.portal.enterprises.services import touch_register

actor = actor_of_person(Person.objects.get(username="boss"))

def add(code):
    made = Enterprise.objects.create(uscc=code, name=code, region_code="420111")
    FactRecord.objects.create(enterprise=made, facts={"registered_in": {"": "420111"}})
    touch_register()

def rename(name):
    found = Enterprise.objects.get(uscc="91429999H00000047W")
    Enterprise.objects.filter(pk=found.pk).update(name=name)
    FactRecord.objects.filter(pk=found.pk).update(version=2)
    touch_register()

def seen():
    names = sorted(each.enterprise.name for each in decode(register_columns(actor)))
    return len(names), count_of(actor, RegisterQuery()), names[-1]

def cewen(*arguments):
    subprocess.run([sys.executable, "-m", "cewen", *arguments], check=True, capture_output=True)

data, kept = Path(os.environ["CEWEN_DATA"]), os.environ["KEPT"]
add("91429999H00000047W")
cewen("backup", kept, "--data", str(data))
rename("x of before")
before = [seen(), register_version()]
connection.close()
if connection.vendor == "sqlite":
    shutil.move(data, data.with_name("before"))
else:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    shutil.move(data, data.with_name("before"))
cewen("restore", kept, "--data", str(data))
# Another change brings register and enterprise to the numbers of changes the process has seen before.
rename("x of now")
print(json.dumps([before[0], seen(), before[1], register_version()]))
"""


def test_a_running_process_reads_the_register_anew_after_a_restore(portal: Portal, tmp_path: Path) -> None:
    """It has an enterprise in memory under a version that, after the restore, comes to stand for another state."""
    portal.variables["KEPT"] = str(tmp_path / "kept.cewen")
    found: Any
    (found,) = at_once(portal, RESTORE, 1, tmp_path / "gate")
    before, after, version, restored = found
    assert before == [1, 1, "x of before"]
    assert after == [1, 1, "x of now"]
    assert restored != version
    portal.verify()
