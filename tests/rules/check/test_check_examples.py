"""Each check fires on its bad example, with exactly the expected words, and is silent on the good one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cewen.base.diagnostic import Diagnostic
from cewen.engine.check_cases import ALL_CHECKS
from cewen.rules.check import CHECKS, check_corpus
from cewen.rules.check.catalogue import catalogue
from cewen.rules.load import load_corpus

EXAMPLES = Path(__file__).parent / "examples"
CODES = sorted(path.name for path in EXAMPLES.iterdir() if path.name.startswith("CW"))
ELSEWHERE = {"CW003"}
"""Shown by the tests of loading: there is no policy folder to look at."""


def found_in(folder: Path, home: Path) -> tuple[Diagnostic, ...]:
    """Findings in a copy of an example at its place below a home with the shared facts and regions."""
    code = folder.parent.name
    for name in ("facts", "regions"):
        shutil.copytree(EXAMPLES / name, home / name)
    shutil.copytree(folder, home / "mou" / "software-measures")
    return check_corpus(load_corpus(home), checks=ALL_CHECKS if code.startswith("CW5") else CHECKS)


@pytest.mark.parametrize("code", CODES)
def test_a_bad_example_gets_its_code_and_no_other(code: str, tmp_path: Path) -> None:
    folder = EXAMPLES / code / "bad"
    findings = found_in(folder, tmp_path)
    words = "".join(f"{finding}\n" for finding in findings)
    golden = EXAMPLES / code / "expected.txt"
    if os.environ.get("CEWEN_ACCEPT"):
        golden.write_text(words, encoding="utf-8")
    assert {finding.code for finding in findings} == {code}, words
    assert words == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_a_good_example_gets_nothing(code: str, tmp_path: Path) -> None:
    assert [str(finding) for finding in found_in(EXAMPLES / code / "good", tmp_path)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_finding_names_file_and_line(code: str, tmp_path: Path) -> None:
    for finding in found_in(EXAMPLES / code / "bad", tmp_path):
        assert finding.place.file is not None
        assert finding.place.file.startswith("mou/software-measures/")
        assert finding.place.line is not None
        assert finding.remedy


def test_every_code_of_a_policy_folder_has_an_example() -> None:
    wanted = {code for code in catalogue(ALL_CHECKS) if code < "CW010" or "CW1" <= code[:3] <= "CW5"}
    assert wanted - ELSEWHERE == set(CODES)
