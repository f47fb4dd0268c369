"""What the image, the compose file and the units say fits the portal and each other."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cewen.portal.environment import VARIABLES

KNOWN = {each.name for each in VARIABLES}
ONLY_COMPOSE = {"CEWEN_DB_PASSWORD"}
"""Taken apart by the compose file itself, into DATABASE_URL."""
CLIENTS = {"bookworm": 15, "trixie": 17}
"""PostgreSQL's own tools in each release of Debian: pg_dump refuses a server that is newer."""


@pytest.fixture
def compose(repo: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((repo / "compose.yaml").read_text(encoding="utf-8"))
    return found


def lines_of(path: Path) -> list[str]:
    """Lines of a Dockerfile or unit, those that go on joined, without comments."""
    joined = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def test_every_variable_is_one_the_portal_reads(repo: Path, compose: dict[str, Any]) -> None:
    portal = compose["services"]["portal"]["environment"]
    assert set(portal) <= KNOWN
    asked = set(re.findall(r"\$\{([A-Z_]+)", (repo / "compose.yaml").read_text(encoding="utf-8")))
    assert asked <= KNOWN | ONLY_COMPOSE
    image = {
        name
        for line in lines_of(repo / "Dockerfile")
        if line.startswith("ENV ")
        for name in re.findall(r"(\w+)=", line)
    }
    assert image - {"PATH", "PYTHONUNBUFFERED"} <= KNOWN
    for unit in (repo / "deploy").glob("*.service"):
        named = {
            name for line in lines_of(unit) if line.startswith("Environment=") for name in re.findall(r"(\w+)=", line)
        }
        assert named - {"Environment"} <= KNOWN
        assert named - {"Environment"}


def test_services_wait_for_what_is_there_and_keep_what_is_declared(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert services[name]["healthcheck"]["test"]
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]
    assert services["portal"]["environment"]["DATABASE_URL"].endswith("@database/cewen")
    assert all(port.startswith("127.0.0.1:") for port in services["portal"]["ports"])


def test_the_image_can_dump_the_database_it_is_given(repo: Path, compose: dict[str, Any]) -> None:
    release = re.findall(
        r"^FROM python:\S+-slim-(\w+)$", (repo / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
    )[-1]
    server = int(compose["services"]["database"]["image"].partition(":")[2])
    assert "postgresql-client" in (repo / "Dockerfile").read_text(encoding="utf-8")
    assert server <= CLIENTS[release]


def test_what_the_image_copies_is_there_and_is_sent(repo: Path) -> None:
    ignored = (repo / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [
        name
        for line in lines_of(repo / "Dockerfile")
        if line.startswith("COPY ") and "--from=" not in line
        for name in line.split()[1:-1]
    ]
    assert {"src", "policies", "requirements.lock"} <= {name.removeprefix("./") for name in copied}
    for name in copied:
        assert (repo / name).exists()
        assert name.removeprefix("./") not in ignored
    data = (repo / "pyproject.toml").read_text(encoding="utf-8").partition("wheel]\n")[2].partition("]\n")[0]
    for folder in re.findall(r'"([a-z]+)(?:/[\w./]+)?"', data):
        assert folder in copied, f"the wheel takes {folder}/, the image does not have it"


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_data_to_itself(repo: Path) -> None:
    lines = lines_of(repo / "Dockerfile")
    assert lines[-1].startswith("CMD ")
    assert [line for line in lines if line.startswith("USER ")] == ["USER cewen"]
    assert any("--mode=700 /data" in line for line in lines)


def test_units_are_sound(repo: Path, tmp_path: Path, need: Callable[[object, str], None]) -> None:
    need(shutil.which("systemd-analyze"), "systemd-analyze")
    program = tmp_path / "cewen"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in (repo / "deploy").iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/cewen/bin/cewen", str(program))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in (repo / "deploy").iterdir())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "cewen" in line]
    assert (done.returncode, said) == (0, [])
