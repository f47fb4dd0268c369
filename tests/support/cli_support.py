"""The command line as a user meets it: arguments in, exit code and both streams out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def cewen(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `cewen` in a process of its own, with warnings as errors."""
    variables = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}
    command = [sys.executable, "-W", "error", "-m", "cewen", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
