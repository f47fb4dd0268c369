"""A newcomer follows docs/how-to/new-policy.md: files are made and edited as written, commands run in order."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

STEP = re.compile(r"^(?:\*\*(?P<file>[^*\n]+)\*\*\n\n)?```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FAILS = "以 1 退出"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cewen", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def edit(path: Path, change: str) -> None:
    """Replace the lines of a diff block that begin with - by those that begin with +."""
    old = "".join(line[1:] + "\n" for line in change.splitlines() if line.startswith("-"))
    new = "".join(line[1:] + "\n" for line in change.splitlines() if line.startswith("+"))
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has no such lines:\n{old}\n{text}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def followed(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("newcomer")
    commands: list[str] = []
    for step in STEP.finditer((repo / "docs" / "how-to" / "new-policy.md").read_text(encoding="utf-8")):
        if step["kind"] == "console":
            lines = step["body"].splitlines()
            for line, after in zip(lines, [*lines[1:], ""], strict=True):
                if line.startswith("$ cewen "):
                    done = run(folder, *line.split()[2:])
                    expected = 1 if FAILS in after else 0
                    assert done.returncode == expected, f"{line}\n{done.stdout}\n{done.stderr}"
                    commands.append(line)
        elif step["kind"] == "diff":
            edit(folder / step["file"], step["body"])
        else:
            (folder / step["file"]).write_text(step["body"], encoding="utf-8")
    return folder, commands


def test_how_to_when_followed_then_every_command_does_as_written(followed: tuple[Path, list[str]]) -> None:
    assert len(followed[1]) >= 8


def test_how_to_when_followed_then_the_register_gets_the_amounts_the_page_names(
    followed: tuple[Path, list[str]], repo: Path
) -> None:
    folder, _ = followed
    with (folder / "奖补.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["name"] for row in rows} == {"甲公司"}
    page = (repo / "docs" / "how-to" / "new-policy.md").read_text(encoding="utf-8")
    assert "甲公司得 40 万元" in page
    assert sorted(row["high"] for row in rows) == ["200000.00", "200000.00"]


def test_how_to_names_the_files_a_draft_really_has(followed: tuple[Path, list[str]], repo: Path) -> None:
    page = (repo / "docs" / "how-to" / "new-policy.md").read_text(encoding="utf-8")
    draft = followed[0] / "policies" / "example" / "2024-software-measures"
    named = re.findall(r"`([\w.]+(?:\.yaml|\.html|\.txt)|\w+/)`", page.split("## 3.")[0].split("里有：")[1])
    assert len(named) >= 7
    assert [name for name in named if not (draft / name.rstrip("/")).exists()] == []
