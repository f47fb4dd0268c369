"""The guide to the interface names calls and commands that are there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from cewen.cli.main import COMMANDS
from cewen.engine.check_cases import ALL_CHECKS
from cewen.rules.check.catalogue import catalogue


@pytest.fixture
def guide(repo: Path) -> str:
    return (repo / "docs" / "how-to" / "interface.md").read_text(encoding="utf-8")


def test_every_command_of_the_guide_takes_what_is_written(guide: str) -> None:
    lines = re.findall(r"^\$ cewen (\w+) (.*?)(?:\s{2,}#.*)?$", guide, re.MULTILINE)
    assert len(lines) >= 8
    for name, rest in lines:
        assert name in COMMANDS
        command = import_module(f"cewen.cli.{name}").command
        if isinstance(command, click.Group):
            command = command.commands[rest.split()[0]]
        known = {option for each in command.params for option in each.opts}
        assert set(re.findall(r"(--[a-z-]+)", rest)) <= known, name


def test_every_code_of_the_guide_has_its_page(guide: str) -> None:
    codes = set(re.findall(r"\bCW\d{3}\b", guide))
    assert len(codes) >= 7
    assert codes <= set(catalogue(ALL_CHECKS))
