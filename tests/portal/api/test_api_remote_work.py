"""The command line works on a portal elsewhere: a register brought in, runs, simulations; and says what stands in the way."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cewen.base.errors import CewenError
from cewen.cli import evaluate, explain, imports, remote, runs, simulate
from cewen.cli.remote_sheets import sheet_json
from cewen.engine.read_facts import load_json, parse_factsheet
from cewen.engine.register import read_register
from cewen.portal.access import Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.accounts.services import issue_token
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.policies.selectors import corpus
from cewen.portal.runs import jobs
from cewen.portal.runs.models import Run
from enterprise_support import GOOD, HEADER, SOFTWARE, workbook
from portal_support import make_member

pytestmark = pytest.mark.django_db(transaction=True)
DAY = ("--on", "2024-06-30", "--year", "2023")


@pytest.fixture(autouse=True)
def files_of_the_test(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go to a folder of the test, and no thread works behind its back."""
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr("cewen.portal.runs.api.wake_jobs", lambda: None)
    monkeypatch.setattr("cewen.portal.enterprises.selectors._kept.key", None)


@pytest.fixture
def token_file(tmp_path: Path) -> Callable[[Role], Path]:
    def make(role: Role) -> Path:
        _row, secret = issue_token(actor_of_person(make_member(role)), name="远程", lasts=timedelta(days=1))
        path = tmp_path / f"token-{role}"
        path.write_text(f"{secret}\n")
        path.chmod(0o600)
        return path

    return make


def load_some(repo: Path) -> None:
    """Forty enterprises of the example register."""
    load_sheets(islice(read_register(repo / "examples" / "register", corpus()).sheets, 40), None)


def called(command: Any, *arguments: object) -> Any:
    """What a command prints as JSON; raises what it raises."""
    done = CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_register_of_this_machine_is_evaluated_there_as_it_is_here(
    live_server: Any, repo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook([HEADER, GOOD]).read())
    there = called(evaluate.command, path, *DAY, "--server", live_server.url)
    here = called(evaluate.command, path, *DAY, "--json")
    assert len(there["enterprises"]) == here["enterprises"] == 1
    sums = {name: there["total"][name] for name in ("low", "high")}

    facts = tmp_path / "facts.json"

    (sheet,) = read_register(path, corpus()).sheets
    facts.write_text(json.dumps(sheet_json(sheet, corpus()), ensure_ascii=False), encoding="utf-8")
    alone = called(explain.command, facts, *DAY, "--json")
    assert there["enterprises"] == [alone]
    assert sums == alone["total"]


def test_every_fact_of_the_example_register_survives_the_way(repo: Path) -> None:

    for sheet, _number in zip(read_register(repo / "examples" / "register", corpus()).sheets, range(150), strict=False):
        text = json.dumps(sheet_json(sheet, corpus()), ensure_ascii=False)
        assert parse_factsheet(load_json(text, "there"), corpus()) == sheet


def test_a_register_is_checked_there_and_loaded_when_it_is_clean(
    live_server: Any, tmp_path: Path, token_file: Callable[[Role], Path]
) -> None:
    path, token = tmp_path / "名册.xlsx", token_file(Role.OFFICER_CITY)
    path.write_bytes(workbook([HEADER, GOOD]).read())
    with_token = ("--server", live_server.url, "--token-file", token)
    assert called(imports.command, path, *with_token)["stage"] == "clean"
    assert Enterprise.objects.count() == 0
    assert called(imports.command, path, "--load", "--source", "年报", *with_token)["stage"] == "loaded"
    assert Enterprise.objects.get().uscc == SOFTWARE
    wrong = [*GOOD]
    wrong[HEADER.index("统一社会信用代码")] = "91420111MA000000XX"
    path.write_bytes(workbook([HEADER, wrong]).read())
    with pytest.raises(CewenError) as raised:
        called(imports.command, path, "--load", *with_token)
    assert (raised.value.diagnostics[0].code, raised.value.diagnostics[0].place.row) == ("CW606", 2)
    assert Enterprise.objects.count() == 1


def test_a_run_is_started_waited_for_and_read(
    live_server: Any, repo: Path, token_file: Callable[[Role], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_some(repo)
    with_token = ("--server", live_server.url, "--token-file", token_file(Role.OFFICER_CITY))
    made = called(runs.command, "start", *DAY, "--title", "远程", *with_token)
    assert made["status"] == "queued"
    monkeypatch.setattr("time.sleep", lambda _seconds: jobs.work_once())
    done = called(runs.command, "watch", made["id"], *with_token)
    assert (done["status"], done["summary"]["enterprises"]) == ("done", 40)
    assert [each["title"] for each in called(runs.command, "list", *with_token)] == ["远程"]
    listed = called(runs.command, "rows", made["id"], *with_token)
    assert len(listed) == done["row_count"] > 0
    with pytest.raises(CewenError, match="404"):
        called(runs.command, "watch", made["id"] + 1, *with_token)


def test_a_run_that_came_to_nothing_is_no_result(
    live_server: Any, token_file: Callable[[Role], Path], monkeypatch: pytest.MonkeyPatch
) -> None:

    with_token = ("--server", live_server.url, "--token-file", token_file(Role.OFFICER_CITY))
    made = called(runs.command, "start", *DAY, *with_token)
    Run.objects.update(status="failed", failure="内存不够")
    with pytest.raises(CewenError, match="内存不够") as raised:
        called(runs.command, "watch", made["id"], *with_token)
    assert raised.value.diagnostics[0].code == "CW788"


def test_a_reform_is_simulated_and_swept_on_the_register_of_the_portal(
    live_server: Any, token_file: Callable[[Role], Path], repo: Path
) -> None:
    load_some(repo)
    with_token = (*DAY, "--as-if-in-force", "--server", live_server.url, "--token-file", token_file(Role.OFFICER_CITY))
    found = called(simulate.command, "--reform", repo / "examples" / "reform.yaml", *with_token)
    assert found["enterprises"] == 40
    assert found["changes"]
    swept = called(
        simulate.command,
        "--sweep",
        "wuhan/2022-digital-economy-measures#rd-subsidy:cap={50万元..250万元}",
        "--points",
        3,
        *with_token,
    )
    assert [each["value"] for each in swept["points"]] == ["50万元", "150万元", "250万元"]


def test_a_token_file_others_can_read_is_not_used(tmp_path: Path, live_server: Any) -> None:
    path = tmp_path / "token"
    path.write_text("cewen_secret")
    path.chmod(0o644)
    if os.name != "posix":
        pytest.skip("permissions of POSIX")
    with pytest.raises(CewenError) as raised:
        called(runs.command, "list", "--server", live_server.url, "--token-file", path)
    assert raised.value.diagnostics[0].code == "CW787"
    assert "cewen_secret" not in str(raised.value)


def test_a_portal_of_another_version_is_not_believed(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remote.ask(live_server.url, "facts")
    monkeypatch.setattr("cewen.portal.rest.__version__", "9.9.0")
    with pytest.raises(CewenError, match=r"9\.9\.0") as raised:
        remote.ask(live_server.url, "facts")
    assert raised.value.diagnostics[0].code == "CW786"


def test_who_may_not_is_told_so_and_who_is_nobody_too(live_server: Any, token_file: Callable[[Role], Path]) -> None:
    for extra, code in ((("--token-file", token_file(Role.EXPERT)), "403"), ((), "401")):
        with pytest.raises(CewenError, match=code) as raised:
            called(runs.command, "list", "--server", live_server.url, *extra)
        assert raised.value.diagnostics[0].code == "CW746"


def test_without_a_server_there_is_nothing_to_ask(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    path.write_text("x")
    for command, arguments in ((runs.command, ["list"]), (imports.command, [str(path)]), (simulate.command, [])):
        done = CliRunner().invoke(command, arguments, prog_name="cewen")
        assert done.exit_code == 2
        assert "--server" in done.output
