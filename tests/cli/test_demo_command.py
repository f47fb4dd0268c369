"""`cewen demo` ends by itself where nobody sits before it, and with the portal open where somebody does."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from cli_support import cewen


def test_without_a_terminal_it_ends_and_says_how_to_open_the_portal(tmp_path: Path) -> None:
    done = cewen("demo", "--into", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "serve --demo" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["awards.xlsx", "report.html"]


@pytest.mark.parametrize("in_ci", [False, True])
def test_in_a_terminal_it_ends_with_the_portal_open_but_not_in_ci(tmp_path: Path, in_ci: bool) -> None:
    ours, theirs = pty.openpty()
    variables = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "COLUMNS": "160", "TERM": "dumb"}
    command = [sys.executable, "-m", "cewen", "demo", "--into", str(tmp_path / "out"), "--port", "8123"]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables | ({"CI": "true"} if in_ci else {})
    )
    os.close(theirs)
    said = b""
    try:
        while b"Ctrl+C" not in said:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed: it has ended
                break
            if not part:
                break
            said += part
        text = said.decode("utf-8", "replace")
        if in_ci:
            assert process.wait(timeout=60) == 0
            assert "④" not in text
            return
        address = re.search(r"http://127\.0\.0\.1:\d+/", text)
        assert address, text
        assert re.search(r"密码都是 \S+", text)
        assert _answers(address[0])
    finally:
        os.close(ours)
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=60)


def _answers(address: str) -> bool:
    for _ in range(600):
        try:
            with urlopen(f"{address}healthz", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            import time

            time.sleep(0.1)
    return False
