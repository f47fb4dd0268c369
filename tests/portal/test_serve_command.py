"""`cewen serve` sets a portal up; `cewen verify` sees what was done to its audit chain."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli_support import cewen


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a portal with demonstration accounts."""
    folder = tmp_path_factory.mktemp("portal") / "data"
    done = cewen("serve", "--data", folder, "--demo", "--prepare-only")
    assert done.returncode == 0, done.stderr
    assert re.search(r"密码都是 \S{20,}", done.stdout)
    assert "administrator" in done.stdout
    return folder


def spoiled(data: Path, target: Path, *statements: str) -> Path:
    """A copy of the portal in whose database someone with full rights did something."""
    import shutil

    shutil.copytree(data, target)
    with sqlite3.connect(target / "cewen.sqlite3") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return target


def test_the_key_is_for_its_owner_only(data: Path) -> None:
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_setting_up_again_keeps_everything(data: Path) -> None:
    key = (data / "secret-key").read_text()
    done = cewen("serve", "--data", data, "--demo", "--prepare-only", "--administrator", "boss")
    assert done.returncode == 0, done.stderr
    assert "只显示这一次" in done.stdout
    assert (data / "secret-key").read_text() == key
    with sqlite3.connect(data / "cewen.sqlite3") as connection:
        (people,) = connection.execute("SELECT count(*) FROM accounts_person").fetchone()
        (held,) = connection.execute("SELECT count(*) FROM accounts_roleassignment").fetchone()
    connection.close()
    assert people == held == 14


def test_a_demonstration_has_policies_of_its_own_which_stay_when_it_is_no_demonstration(data: Path) -> None:
    own = data / "policies"
    assert (own / "wuhan" / "2022-software-plan" / "policy.yaml").is_file()
    (own / "kept.yaml").write_text("", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from cewen.portal.installation import make_own_policies, start; "
        "data = Path(sys.argv[1]); make_own_policies(data); start(data); "
        "from cewen.rules.load import policies_home; print(policies_home())"
    )
    variables = {
        name: text for name, text in os.environ.items() if name not in ("CEWEN_POLICIES", "DJANGO_SETTINGS_MODULE")
    }
    done = subprocess.run([sys.executable, "-c", code, str(data)], capture_output=True, text=True, env=variables)
    assert done.stdout.strip() == str(own), done.stderr
    assert (own / "kept.yaml").is_file()  # never copied over
    named = subprocess.run([sys.executable, "-c", code, str(data)], capture_output=True, text=True,
                           env={**variables, "CEWEN_POLICIES": "/elsewhere"})  # fmt: skip
    assert named.stdout.strip() == "/elsewhere"
    assert not list(data.glob(".policies*"))


def test_a_sound_chain_verifies_and_prints_its_end(data: Path) -> None:
    done = cewen("verify", "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["findings"] == []
    assert found["events"] > 10
    again = cewen("verify", "--data", data, "--noted", found["head"])
    assert again.returncode == 0
    assert "审计链完整" in again.stdout


def test_a_last_event_that_is_gone_is_named(data: Path, tmp_path: Path) -> None:
    last = "DELETE FROM audit_event WHERE sequence = (SELECT max(sequence) FROM audit_event)"
    done = cewen("verify", "--data", spoiled(data, tmp_path / "spoiled", last))
    assert done.returncode == 1
    assert "CW711" in done.stderr
    assert "怎么办" in done.stderr


def test_a_wrong_setting_is_said_in_a_sentence(data: Path) -> None:
    done = cewen("serve", "--data", data, "--prepare-only", CEWEN_AUDIT_HASH="md5")
    assert done.returncode == 1
    assert "CW700" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_in_a_sentence(data: Path) -> None:
    done = cewen("serve", "--data", data, "--prepare-only", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "CW704" in done.stderr


def test_the_first_administrator_is_made_once(data: Path, tmp_path: Path) -> None:
    again = cewen("serve", "--data", data, "--administrator", "ADMINISTRATOR", "--prepare-only")
    assert again.returncode == 1
    assert "CW705" in again.stderr


def test_the_settings_are_listed() -> None:
    done = cewen("serve", "--settings")
    assert done.returncode == 0
    assert "CEWEN_OIDC_URL" in done.stdout


def test_commands_that_are_not_the_portal_start_without_django() -> None:
    import subprocess

    program = (
        "import sys, cewen, cewen.cli.main as main\n"
        "for name in ('read', 'check', 'explain', 'serve', 'verify'):\n"
        "    main.cewen.get_command(None, name)\n"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
