"""The import contracts hold on the tree, and each of them catches what it forbids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Verdict:
    """What the linter said of one tree: every contract kept or not, and its report."""

    kept: bool
    report: str


def lint(root: Path) -> Verdict:
    """Run the linter on the package in `root/src` under the contracts of `root/pyproject.toml`.

    Without its cache, which keeps what an unchanged file imported before a module it names came to exist.
    """
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        # The path goes before site-packages, so that the tree in `root` is read and not the installed package.
        env=os.environ | {"PYTHONPATH": str(root / "src"), "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


@pytest.fixture
def tree(repo: Path, tmp_path: Path) -> Path:
    """A copy of the package and its contracts that a test may spoil."""
    shutil.copy(repo / "pyproject.toml", tmp_path)
    shutil.copytree(repo / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def add(tree: Path, module: str, code: str) -> None:
    """Put a module into the package, and an empty __init__ into each new package above it."""
    path = tree / "src" / Path(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    for package in path.relative_to(tree / "src").parents:
        init = tree / "src" / package / "__init__.py"
        if package.parts and not init.exists():
            init.write_text("")
    path.write_text(code)


def test_the_tree_keeps_every_contract(repo: Path) -> None:
    verdict = lint(repo)
    assert verdict.kept, verdict.report


LAYERS = "Layers: imports point down BROKEN"
DJANGO = "Django is known to the portal only BROKEN"
IBIS = "Ibis is known to engine.backends only BROKEN"
CYCLES = "No cycles between modules or packages BROKEN"


@pytest.mark.parametrize(
    ("module", "code", "broken"),
    [
        ("cewen.base.astray", "import cewen.rules", LAYERS),
        ("cewen.text.astray", "def late():\n    from cewen import engine", LAYERS),
        ("cewen.engine.astray", "from cewen.cli import main", LAYERS),
        ("cewen.survey.astray", "import cewen.matching.pairs", LAYERS),
        ("cewen.portal.astray", "import cewen.cli", LAYERS),
        ("cewen.engine.astray", "from django.db import models", DJANGO),
        ("cewen.cli.astray", "import ninja", DJANGO),
        ("cewen.rules.astray", "import ibis", IBIS),
        ("cewen.engine.astray", "from ibis import _", IBIS),
    ],
)
def test_a_forbidden_import_is_caught(tree: Path, module: str, code: str, broken: str) -> None:
    add(tree, "cewen.matching.pairs", "")
    assert broken not in lint(tree).report
    add(tree, module, code)
    verdict = lint(tree)
    assert not verdict.kept
    assert broken in verdict.report
    assert module in verdict.report


def test_a_cycle_within_a_layer_is_caught(tree: Path) -> None:
    add(tree, "cewen.engine.backends.astray", "")
    add(tree, "cewen.engine.astray", "import cewen.engine.backends.astray")
    assert CYCLES not in lint(tree).report
    add(tree, "cewen.engine.backends.astray", "import cewen.engine.astray")
    assert CYCLES in lint(tree).report


def test_a_new_package_must_be_placed_in_a_layer(tree: Path) -> None:
    add(tree, "cewen.extras.anything", "")
    assert "every child of every container must be declared as a layer" in lint(tree).report


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("cewen.portal.views", "import django, cewen.engine"),
        ("cewen.cli.serve", "import cewen.portal.views"),
        ("cewen.engine.backends.columns", "import ibis"),
        ("cewen.trust.scan", "import cewen.engine, cewen.base"),
    ],
)
def test_what_the_design_allows_is_allowed(tree: Path, module: str, code: str) -> None:
    """The same report names the broken contracts, so a contract that forbids too much shows here."""
    add(tree, "cewen.portal.views", "import django")
    before = {line for line in lint(tree).report.splitlines() if line.endswith("BROKEN")}
    add(tree, module, code)
    after = {line for line in lint(tree).report.splitlines() if line.endswith("BROKEN")}
    assert after == before
