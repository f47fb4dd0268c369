"""Which process holds something, and whether it still lives: what a killed server left is taken up at once."""

from __future__ import annotations

import os
import socket
from hashlib import sha256
from pathlib import Path

LONGEST_MARK = 27


def own_mark() -> str:
    """This process (进程标记): machine, number, moment of its start. At most LONGEST_MARK characters, no comma."""
    return f"{_machine()}.{os.getpid()}.{_born(os.getpid())}"


def is_gone(mark: str) -> bool:
    """True for a process of this machine that lives no more. One of another machine may well live: False."""
    machine, _, rest = mark.partition(".")
    number, _, born = rest.partition(".")
    if machine != _machine() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return bool(born) and _born(int(number)) not in ("", born.partition(".")[0])


def _machine() -> str:
    return sha256(socket.gethostname().encode()).hexdigest()[:8]


def _born(number: int) -> str:
    """When a process began, in ticks since the machine did; "" where that is not told. Numbers are used again."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return f"{int(stat.rpartition(')')[2].split()[19]):x}"
