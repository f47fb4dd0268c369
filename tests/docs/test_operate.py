"""The guide to running the portal has the table of settings that the software has."""

from __future__ import annotations

from pathlib import Path

import pytest

from cewen.portal.environment import VARIABLES

BEGIN, END = "<!-- settings: generated from cewen.portal.environment -->\n", "<!-- /settings -->"


def table() -> str:
    """The settings as the guide must have them."""
    rows = [f"| `{each.name}` | {each.meaning} | {each.default} |" for each in VARIABLES]
    return "\n".join(["| 环境变量 | 作用 | 不设时 |", "|---|---|---|", *rows, ""])


def test_the_guide_lists_every_setting(repo: Path) -> None:
    path = repo / "docs" / "how-to" / "operate.md"
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    written, after = rest.split(END)
    assert written == table(), f"put this table into {path.name}:\n{table()}"
    assert before
    assert after


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "deploy/cewen.service", "deploy/cewen-backup.service"])
def test_every_setting_named_for_deploying_exists(repo: Path, name: str) -> None:
    import re

    text = (repo / name).read_text(encoding="utf-8")
    used = set(re.findall(r"\bCEWEN_[A-Z_]+\b", text)) - {"CEWEN_DB_PASSWORD"}
    assert used
    assert used <= {variable.name for variable in VARIABLES}
