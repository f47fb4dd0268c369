"""One measurement, one process: its output is a JSON object on the last line."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.environment import ROOT, Unavailable


def run_module(python: Path, module: str, *arguments: str, timeout: float = 900) -> dict[str, Any]:
    """Run `python -m module` from the root of the repository. Raises Unavailable when it fails or takes too long."""
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "PYTHONWARNINGS": "ignore",
    }
    command = [str(python), "-m", module, *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"超过 {timeout:.0f} 秒") from None
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines()
        raise Unavailable(f"运行失败：{(said or ['没有输出'])[-1][:300]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def seconds_of(command: list[str], runs: int) -> list[float]:
    """Wall-clock seconds of a whole command. Raises Unavailable when it fails."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found.append(time.perf_counter() - start)
        if done.returncode:
            raise Unavailable(f"运行失败：{(done.stderr.strip().splitlines() or ['没有输出'])[-1][:300]}")
    return found
