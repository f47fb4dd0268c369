"""A stranger follows CONTRIBUTING and adds a document: the files named there are made, the commands there are run."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FILE_BLOCK = re.compile(r"^\*\*(policies/\S+)\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (cewen .+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def workplace(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    for shared in ("facts", "regions"):
        shutil.copytree(repo / "policies" / shared, folder / "policies" / shared)
    blocks = FILE_BLOCK.findall((repo / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    text = dict(blocks)["policies/example/software-measures/document.txt"]
    for name, content in blocks:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        path.write_text(content.replace("SHA256_OF_DOCUMENT", digest), encoding="utf-8")
    facts = {
        "enterprise": {"名称": "甲公司", "企业类型": ["软件企业"], "年营业收入": {"2023": "1000万元"}, "DCMM等级": 4}
    }
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    return folder


def run(workplace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cewen", *arguments]
    environment = {"CEWEN_POLICIES": str(workplace / "policies"), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=workplace, env=environment, capture_output=True, text=True, check=False)


def test_contributing_when_followed_then_every_command_succeeds(repo: Path, workplace: Path) -> None:
    commands = COMMAND.findall((repo / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(commands) >= 4
    for command in commands:
        done = run(workplace, *command.split()[1:])
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_contributing_when_followed_then_the_new_document_answers(workplace: Path) -> None:
    done = run(workplace, "explain", "facts.json", "--on", "2024-06-30", "--json")
    answer = {result["measure"]: result for result in json.loads(done.stdout)["results"]}
    assert answer["example/software-measures#dcmm-award"]["amount"] == {"low": "150000.00", "high": "150000.00"}
    rd = answer["example/software-measures#rd-subsidy"]
    assert (rd["status"], rd["needs"], rd["amount"]["high"]) == ("unknown", ["年研发投入"], "300000.00")
    late = json.loads(run(workplace, "explain", "facts.json", "--on", "2026-01-01", "--json").stdout)
    assert {result["reason"] for result in late["results"]} == {"expired"}
