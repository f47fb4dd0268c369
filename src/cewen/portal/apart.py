"""Reading a document that came from outside in a process of its own, with an end to its time and its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.text.read import read_text

MOST_SECONDS = 15
"""Seconds of computing; a long plan as a PDF takes three."""
LONGEST_WAIT = 60
MOST_MEMORY = 1 << 30
"""Bytes of memory. A reader that wants more is ended, and the portal goes on."""


def read_apart(path: Path, seconds: int = MOST_SECONDS, memory: int = MOST_MEMORY) -> str:
    """The text of a file. Raises CewenError as `read_text` does, and CW766 where time or memory did not suffice."""
    command = [sys.executable, "-m", "cewen.portal.apart", str(path), str(seconds), str(memory)]
    tangled = CewenError.of(
        "CW766", "这份文件太复杂，在限定的时间与内存里读不完", "另存为只有正文的 docx、txt，或分成几份再传。"
    )
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST_WAIT, check=False)
    except subprocess.TimeoutExpired as error:
        raise tangled from error
    if done.returncode != 0:
        raise tangled
    found = json.loads(done.stdout)
    if "findings" in found:
        raise CewenError([Diagnostic(*each) for each in found["findings"]])
    return str(found["text"])


def _main(path: str, seconds: str, memory: str) -> int:
    with suppress(ImportError, ValueError):  # other systems have no such limits; the wait ends there as well
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    found: dict[str, object]
    try:
        found = {"text": read_text(Path(path)).text}
    except CewenError as error:
        found = {"findings": [(each.code, each.message, each.remedy) for each in error.diagnostics]}
    except (MemoryError, RecursionError):
        return 1
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
