"""A virtual environment for each foreign engine, made when it is first needed and kept by what it holds."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_TIMEOUT = 900


class Unavailable(Exception):
    """An engine that cannot be measured here; the text says why."""


def cache_home() -> Path:
    """$XDG_CACHE_HOME/cewen/benchmarks, by default under ~/.cache: environments, inputs, amounts."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "cewen" / "benchmarks"


def python_for(folder: Path) -> Path:
    """The interpreter an engine runs in: this one, or where `folder` has a `requirements.txt` one of its own.

    Raises Unavailable when the packages cannot be installed.
    """
    requirements = folder / "requirements.txt"
    if not requirements.is_file():
        return Path(sys.executable)
    text = requirements.read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{sys.version}\n{text}".encode()).hexdigest()[:12]
    home = cache_home() / "environments" / f"{folder.name}-{digest}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (home / ".installed").is_file():
        return python
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(home)])
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)])
    (home / ".installed").touch()
    return python


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"装不上：{error}") from error
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise Unavailable(f"装不上：{(errors or done.stderr.splitlines() or ['没有说明'])[-1][:200]}")
