"""The plug is pulled in the middle of an import, a run, a publication: nothing confirmed is lost, nothing half-done."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from cli_support import cewen
from serving_support import Browser, Portal, own_database, until

ENTERPRISES = 5000
NEW = "wuhan/2032-bare"
SOON = """
from django.utils import timezone
from cewen.portal.audit.models import Round
from cewen.portal.enterprises.models import FactImport
FactImport.objects.filter(stage__in=["received", "loading"]).update(beat_at=timezone.now() - timezone.timedelta(minutes=1))
Round.objects.update(due_at=timezone.now() - timezone.timedelta(seconds=1))
"""
"""As if half a minute had gone by since: silent for that long, an import counts as left."""
DRAFT = f"""
from cewen.portal.accounts.models import Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.drafts import services
editor, other = (actor_of_person(Person.objects.get(username=name)) for name in ("editor", "confirmer"))
name = "{NEW}-" + os.environ["NUMBER"]
text = "某市软件产业发展规划\\n\\n一、总体要求。坚持市场主导。\\n"
draft = services.start_draft(editor, policy_id=name, name="a.txt", content=text.encode(), region="武汉市")
header = [line for line in draft.versions.get().files["policy.yaml"].splitlines() if "待定" not in line]
given = {{"issuer": "某市人民政府", "source": "某市人民政府网站", "effective_on": "2031-01-01"}}
known = {{line.split(":")[0] for line in header}}
header += [f"{{key}}: {{text}}" for key, text in given.items() if key not in known]
services.save_version(editor, draft_id=draft.pk, base=1, changed={{"policy.yaml": "\\n".join(header) + "\\n"}})
services.confirm_version(other, draft_id=draft.pk, number=2)
print(draft.pk)
"""


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A csv of five thousand enterprises with facts of three years."""
    folder = tmp_path_factory.mktemp("synth") / "register"
    done = cewen("synth", folder, "--enterprises", str(ENTERPRISES), "--format", "csv", "--years", "2022-2024",
                 "--missing", "0", "--workers", "1")  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = sorted(folder.glob("*.csv"), key=lambda path: path.stat().st_size)
    return next(path for path in found if "enterprise" in path.name or "企业" in path.name)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A demonstration that can be killed; its password in `portal.password`."""
    data = tmp_path_factory.mktemp("killed") / "data"
    with own_database() as database:
        found = Portal(data, database)
        found.variables.pop("CEWEN_SECRET_KEY")
        done = found.cewen("serve", "--data", str(data), "--demo", "--prepare-only")
        assert done.returncode == 0, done.stderr
        said = re.search(r"密码都是 (\S+)", done.stdout)
        assert said is not None
        found.password = said[1]
        try:
            yield found
        finally:
            found.kill()


def rows(portal: Portal, statement: str) -> list[tuple[Any, ...]]:
    """What the database says, asked from outside."""
    address = portal.variables.get("DATABASE_URL")
    if address:
        import psycopg

        with psycopg.connect(address) as connection:
            return list(connection.execute(statement).fetchall())
    import sqlite3

    with closing(sqlite3.connect(portal.data / "cewen.sqlite3", timeout=60)) as connection:
        return list(connection.execute(statement).fetchall())


def one(portal: Portal, statement: str) -> Any:
    found = rows(portal, statement)
    return found[0][0] if found else None


def recover(portal: Portal) -> None:
    """Start again, and let the rounds come at once instead of in half a minute."""
    portal.start()
    portal.inside(SOON)
    done = portal.cewen("serve", "--rounds", "--data", str(portal.data))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("moment", [0.0, 1.0])
def test_an_import_is_loaded_whole_after_the_server_was_killed(portal: Portal, register: Path, moment: float) -> None:
    portal.start()
    before = one(portal, "SELECT count(*) FROM enterprises_enterprise")
    browser = Browser(portal, "province", portal.password)
    page = browser.post("/enterprises/imports/", {"source": "测试"}, browser.get("/enterprises/imports/"), register)
    last = "SELECT stage FROM enterprises_factimport ORDER BY id DESC LIMIT 1"
    until(lambda: one(portal, last) in ("clean", "faulty"))
    assert one(portal, last) == "clean", one(portal, "SELECT findings FROM enterprises_factimport ORDER BY id DESC")
    number = one(portal, "SELECT max(id) FROM enterprises_factimport")
    page = browser.get(f"/enterprises/imports/{number}/")
    browser.post(f"/enterprises/imports/{number}/load/", {}, page)
    assert one(portal, last) in ("loading", "loaded")
    time.sleep(moment)
    portal.kill()
    count, stage = one(portal, "SELECT count(*) FROM enterprises_enterprise"), one(portal, last)
    assert count == (before if stage == "loading" else max(before, count))
    assert stage == "loaded" or count == before
    recover(portal)
    until(lambda: one(portal, last) != "loading")
    assert one(portal, last) == "loaded"
    (found,) = rows(portal, f"SELECT row_count, new_count FROM enterprises_factimport WHERE id = {number}")
    assert found[0] == ENTERPRISES
    assert one(portal, "SELECT count(*) FROM enterprises_enterprise") == before + found[1]
    told = (
        f"SELECT count(*) FROM audit_event WHERE subject = 'import:{number}' AND action = 'enterprises.import.loaded'"
    )
    assert one(portal, told) == 1
    until(lambda: not list((portal.data / "files" / "imports").iterdir()))
    # The rounds above were run by hand, so as not to wait; the server runs them of itself too.
    runs = one(portal, "SELECT sum(run_count) FROM audit_round")
    until(lambda: one(portal, "SELECT sum(run_count) FROM audit_round") > runs)
    assert "已载入" in Browser(portal, "province", portal.password).get(f"/enterprises/imports/{number}/")
    portal.kill()
    portal.verify()


@pytest.mark.parametrize("moment", [0.2])
def test_a_run_comes_to_the_same_sums_after_the_server_was_killed(portal: Portal, moment: float) -> None:
    portal.start()
    browser = Browser(portal, "province", portal.password)
    last = "SELECT status FROM runs_run ORDER BY id DESC LIMIT 1"

    def begin() -> int:
        browser.post("/runs/", {"on": "2024-06-30", "year": "2023"}, browser.get("/runs/"))
        return int(one(portal, "SELECT max(id) FROM runs_run"))

    whole = begin()
    until(lambda: one(portal, last) == "done")
    broken = begin()
    until(lambda: one(portal, last) != "queued")
    time.sleep(moment)
    portal.kill()
    assert one(portal, last) in ("running", "done")
    recover(portal)
    until(lambda: one(portal, last) == "done")
    sums = [one(portal, f"SELECT summary FROM runs_run WHERE id = {each}") for each in (whole, broken)]
    assert sums[0] == sums[1]
    told = f"SELECT count(*) FROM audit_event WHERE subject = 'run:{broken}' AND action = 'runs.run.ended'"
    assert one(portal, told) == 1
    files = {path.name for path in (portal.data / "files" / "runs").glob(f"run-{broken}-*")}
    assert files == {one(portal, f"SELECT result FROM runs_run WHERE id = {broken}")}
    portal.kill()
    portal.verify()


@pytest.mark.parametrize("moment", [0.05, 0.8])
def test_a_policy_is_published_whole_or_not_at_all_after_the_server_was_killed(
    portal: Portal, moment: float, request: pytest.FixtureRequest
) -> None:
    name = str(moment).replace(".", "")
    draft = portal.inside(DRAFT, NUMBER=name)
    folder = portal.data / "policies" / f"{NEW}-{name}"
    portal.start()
    browser = Browser(portal, "editor", portal.password)
    page, today = browser.get(f"/drafts/{draft}/"), portal.inside(
        "from django.utils import timezone\nprint(timezone.localdate())"
    )  # fmt: skip

    def publish() -> None:
        with suppress(OSError):  # the line goes dead
            browser.post(f"/drafts/{draft}/publish/", {"number": "2", "on": today}, page)

    sending = threading.Thread(target=publish)
    sending.start()
    time.sleep(moment)
    portal.kill()
    sending.join()
    status = one(portal, f"SELECT status FROM drafts_draft WHERE id = {draft}")
    assert folder.is_dir() or status != "published"
    recover(portal)
    after = one(portal, f"SELECT status FROM drafts_draft WHERE id = {draft}")
    assert after == ("editing" if status == "editing" else "published")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    held = portal.figures(
        "from cewen.portal.drafts.models import DraftVersion\n"
        f"print(json.dumps(sorted(DraftVersion.objects.get(draft_id={draft}, number=2).files)))"
    )
    assert files == (set(held) if after == "published" else set())
    told = f"SELECT count(*) FROM audit_event WHERE subject = 'draft:{draft}' AND action = 'drafts.draft.published'"
    assert one(portal, told) == (after == "published")
    portal.kill()
    portal.verify()
