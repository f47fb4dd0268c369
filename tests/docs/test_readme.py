"""What the README shows is what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cli_support import cewen

BLOCK = re.compile(r"^```console\n\$ (cewen [^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def test_readme_when_its_commands_are_typed_then_they_print_what_it_shows(repo: Path) -> None:
    blocks = BLOCK.findall((repo / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 2
    for command, shown in blocks:
        done = cewen(*shlex.split(command)[1:], cwd=repo)
        assert done.returncode == 0, done.stderr
        printed = {line.rstrip() for line in done.stdout.splitlines()}
        for line in shown.splitlines():
            assert line.strip() == "…" or line.rstrip() in printed, f"{command} no longer prints: {line}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_page_when_it_links_within_the_repository_then_the_target_is_there(repo: Path, page: str) -> None:
    text = (repo / page).read_text(encoding="utf-8")
    broken = [target for target in LINK.findall(text) if not (repo / page).parent.joinpath(target).exists()]
    assert broken == []
