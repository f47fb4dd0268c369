"""A PostgreSQL server for a test: the one of CEWEN_TEST_POSTGRES, or one made in a temporary folder and taken down."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ADDRESS = "CEWEN_TEST_POSTGRES"
"""Environment: address of a server whose temporary tables a test may use, as postgres://user@host/database."""


def _program(name: str) -> str | None:
    """A program of the server; Debian keeps them beside the path."""
    found = shutil.which(name)
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(beside[-1]) if beside else None)


def _server_user() -> str | None:
    """Who runs the server: it refuses to be run by root."""
    return "postgres" if os.name == "posix" and os.geteuid() == 0 else None


@contextmanager
def postgres(need: Callable[[object, str], None]) -> Iterator[str]:
    """The address of a server; the test is skipped, loudly, where there is none."""
    need(importlib.util.find_spec("psycopg"), "the package psycopg, which speaks with PostgreSQL")
    named = os.environ.get(ADDRESS)
    if named:
        yield named
        return
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    need(initdb and pg_ctl, f"a PostgreSQL server (initdb and pg_ctl, or {ADDRESS})")
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="cewen-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        port = _free_port()
        data = folder / "data"

        def run(*command: str | None) -> None:
            subprocess.run([str(part) for part in command], check=True, capture_output=True, user=user, cwd=folder)

        run(initdb, "-D", str(data), "-U", "cewen", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run(pg_ctl, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgres://cewen@127.0.0.1:{port}/postgres"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
