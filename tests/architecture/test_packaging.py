"""The lock installs what pyproject.toml asks for, the wheel carries its data, and `make` lists its doors."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Name, version and marker on one line, then hashes, then the comment of who asked for it: nothing else may stand there.
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[\w.+!]+)(?: ; (?P<marker>[^\\]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
COMMENT = re.compile(r"^ *#(?: [\w\s:.()-]*)?$")


@pytest.fixture(scope="module")
def project(repo: Path) -> dict[str, Any]:
    """pyproject.toml as a tree."""
    return tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock(repo: Path) -> list[str]:
    """Lines of the lock with everything."""
    return (repo / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()


def requirements(project: dict[str, Any]) -> list[Requirement]:
    """What the package and its developers ask for."""
    groups = project["dependency-groups"]
    lines = [*groups["build"], *(line for line in groups["dev"] if isinstance(line, str))]
    return [Requirement(line) for line in project["project"]["dependencies"] + lines]


def test_every_dependency_is_bounded_on_both_sides(project: dict[str, Any]) -> None:
    for requirement in requirements(project):
        assert {"<", ">="} <= {part.operator for part in requirement.specifier}, requirement


def test_the_lock_satisfies_every_dependency(project: dict[str, Any], lock: list[str]) -> None:
    pins = {found["name"]: found["version"] for line in lock if (found := PIN.match(line))}
    for requirement in requirements(project):
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in the lock: run make lock"
        assert requirement.specifier.contains(version), f"{requirement} does not admit {version}: run make lock"


def test_the_lock_of_the_software_is_part_of_the_lock_with_everything(repo: Path, lock: list[str]) -> None:
    small = (repo / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = {line for line in small if PIN.match(line)}
    assert len(pins) > 20
    assert pins <= {line for line in lock if PIN.match(line)}


def test_the_lock_holds_pins_with_hashes_and_nothing_else(lock: list[str]) -> None:
    assert [line for line in lock if not (PIN.match(line) or HASH.match(line) or COMMENT.match(line))] == []
    pairs = zip(lock, [*lock[1:], ""], strict=True)
    unhashed = [line for line, following in pairs if PIN.match(line) and not HASH.match(following)]
    assert unhashed == []


def test_the_wheel_carries_code_and_data(repo: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=repo,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    folders = {"src/cewen": "cewen", "policies": "cewen/_data/policies", "workflows": "cewen/_data/workflows", "schemas": "cewen/_data/schemas",
               "examples/register": "cewen/_data/examples/register", "data/synth": "cewen/_data/synth"}  # fmt: skip
    expected = {
        f"{target}/{path.relative_to(repo / source).as_posix()}"
        for source, target in folders.items()
        for path in (repo / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert packed == expected | {f"cewen/_data/examples/{name}" for name in ("facts.json", "reform.yaml")}


def test_make_lists_every_target(repo: Path, need: Callable[[object, str], None]) -> None:
    need(shutil.which("make"), "make")
    makefile = (repo / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    shown = subprocess.run(["make"], cwd=repo, check=True, capture_output=True, encoding="utf-8").stdout
    assert {"install", "demo", "test", "lint", "lock", "schemas", "clean"} <= targets
    assert targets - {"help"} == set(re.findall(r"^  make ([a-z]+) ", shown, flags=re.MULTILINE))
