"""Habits no linter knows: short files, names without years and places, nothing of one machine in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

LONGEST_FILE = 400
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
PLACE = re.compile(
    "wuhan|hubei|beijing|shanghai|tianjin|chongqing|guangdong|guangzhou|shenzhen|zhejiang|hangzhou|jiangsu|nanjing"
    "|suzhou|sichuan|chengdu|shandong|jinan|qingdao|fujian|xiamen|anhui|hefei|hunan|changsha|henan|zhengzhou|jiangxi"
    "|shaanxi|shanxi|hebei|liaoning|dalian|jilin|heilongjiang|harbin|guizhou|guiyang|yunnan|kunming|gansu|qinghai"
    "|hainan|guangxi|xinjiang|tibet|xizang|ningxia|mongolia|hongkong|macau|taiwan",
    re.IGNORECASE,
)

MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users)/\w")
INDEX_HOST = re.compile(
    r"pypi\.org|pythonhosted\.org|pypi\.tuna|mirrors\.(?:aliyun|ustc|tencent|cloud|huaweicloud|163)|repo\.huaweicloud"
    r"|-{2}(?:extra-)?index-url\b|-{2}find-links\b|-{2}trusted-host\b",
)


def code_files(repo: Path) -> list[Path]:
    """Every file of ours that a person reads as code; third-party files shipped as they are stand under `vendor`."""
    suffixes = {".py", ".lark", ".html", ".css", ".js", ".sql"}
    return sorted(
        path
        for top in ("src", "tests", "benchmarks")
        for path in (repo / top).rglob("*")
        if path.suffix in suffixes and "vendor" not in path.parts and "__pycache__" not in path.parts
    )


def tracked_files(repo: Path) -> list[Path]:
    """Every file git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repo,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    return [repo / name for name in listing.split("\0") if name and (repo / name).is_file()]


def names(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every name in a Python file."""
    with tokenize.open(path) as stream:
        for token in tokenize.generate_tokens(stream.readline):
            if token.type == tokenize.NAME:
                yield token.start[0], token.string


def forbidden_name(name: str) -> str | None:
    """What is wrong with a name of a module or in the code, or None."""
    if not name.isascii():
        return "is not ASCII"
    if YEAR.search(name):
        return "carries a year"
    if PLACE.search(name):
        return "carries a place"
    return None


def leaks(line: str, checkout: Path) -> bool:
    """True when a line shows a path of a machine, as into this checkout, or a package index."""
    return bool(f"{checkout}/" in line or MACHINE_PATH.search(line) or INDEX_HOST.search(line))


def test_no_file_is_over_400_lines(repo: Path) -> None:
    lengths = {str(path.relative_to(repo)): len(path.read_bytes().splitlines()) for path in code_files(repo)}
    assert lengths
    assert {name: count for name, count in lengths.items() if count > LONGEST_FILE} == {}


def test_no_module_has_a_name_that_says_nothing(repo: Path) -> None:
    assert [path for path in (repo / "src").rglob("*") if path.stem.strip("_") in VAGUE_MODULES] == []


def test_no_name_carries_a_year_or_a_place(repo: Path) -> None:
    wrong = []
    for path in sorted((repo / "src").rglob("*.py")):
        where = path.relative_to(repo / "src")
        wrong += [f"{where}: {part} {fault}" for part in where.with_suffix("").parts if (fault := forbidden_name(part))]
        wrong += [f"{where}:{line}: {name} {fault}" for line, name in names(path) if (fault := forbidden_name(name))]
    assert wrong == []


@pytest.mark.parametrize("name", ["measures_2022", "Plan2025Draft", "in_wuhan", "HubeiDraft", "营业收入"])
def test_a_name_of_one_document_is_seen(name: str) -> None:
    assert forbidden_name(name) is not None


@pytest.mark.parametrize("name", ["gb18030", "gbt_2260", "level_3", "sha256", "threshold_20000000", "revenue"])
def test_a_general_name_passes(name: str) -> None:
    assert forbidden_name(name) is None


def test_no_path_of_a_machine_and_no_index_in_the_repository(repo: Path, need: Callable[[object, str], None]) -> None:
    need(shutil.which("git") and (repo / ".git").exists(), "git, or this copy is no git checkout")
    found = []
    files = tracked_files(repo)
    assert len(files) > 20
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(repo)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if leaks(line, repo)
        ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "see /ho" + "me/someone/notes.txt",
        "data = '/wo" + "rk/main/policies'",
        "cd /srv/checkouts/main/src",
        "-" + "-extra-index-url https://example.org/simple",
        "-" + "-find-links wheels",
        "https://files.python" + "hosted.org/packages/x.whl",
    ],
)
def test_a_leak_is_seen(line: str) -> None:
    assert leaks(line, Path("/srv/checkouts/main"))


@pytest.mark.parametrize(
    "line",
    [
        "https://www.example.gov.cn/work/notice.html",
        "tests/work/x.py",
        "#!/usr/bin/env bash",
        "~/work/notes",
        "$HOME/x",
    ],
)
def test_an_ordinary_line_passes(line: str) -> None:
    assert not leaks(line, Path("/srv/checkouts/main"))
