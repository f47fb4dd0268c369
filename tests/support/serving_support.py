"""`cewen serve` as a process of its own, that can be killed with everything it started and started again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

PASSWORD = "竹子-river-42-kill"
_FOUND_IN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def until(what: Callable[[], object], seconds: float = 120) -> object:
    """What `what` gives once it is true. Fails after a time only a fault can take."""
    last = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > last:
            raise AssertionError(f"not within {seconds:.0f} s")
        time.sleep(0.05)
    return found


@contextmanager
def own_database() -> Iterator[str]:
    """An empty database beside the one of DATABASE_URL where that is PostgreSQL; "" for SQLite in the data folder."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield ""
        return
    import psycopg

    name = f"robust_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{address.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Portal:
    """A portal in a data folder: its server, started and killed as one, and programs that look into its database."""

    def __init__(self, data: Path, database: str, policies: Path | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data, self.password = data, PASSWORD
        self.variables = {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "CEWEN_DATA": str(data), "CEWEN_SECRET_KEY": "only-for-tests-" * 5,
            **({"DATABASE_URL": database} if database else {}),
            **({"CEWEN_POLICIES": str(policies)} if policies else {}),
        }  # fmt: skip
        self.server: subprocess.Popen[bytes] | None = None

    def cewen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of `cewen` on this portal."""
        command = [sys.executable, "-m", "cewen", *arguments]
        return subprocess.run(command, env=self.variables, capture_output=True, text=True, check=False)

    def inside(self, program: str, **given: str) -> str:
        """What a program prints that runs with the portal's settings; `given` stands in its environment."""
        start = "from pathlib import Path\nfrom cewen.portal.installation import start\nstart(None)\nimport os, json\n"
        done = subprocess.run(
            [sys.executable, "-c", start + program], env={**self.variables, **given}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def figures(self, program: str) -> Any:
        """What a program prints as JSON."""
        return json.loads(self.inside(program))

    def start(self, workers: int = 1) -> None:
        """Serve, and wait until it answers."""
        log = (self.data.parent / "server.log").open("ab")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "cewen", "serve", "--data", str(self.data), "--port", str(self.port), "--workers",
             str(workers)],
            env=self.variables, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        until(self._answers)

    def _answers(self) -> bool:
        assert self.server is not None
        assert self.server.poll() is None, (self.data.parent / "server.log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as response:
                return int(response.status) == 200
        except OSError:
            return False

    def kill(self) -> None:
        """The whole group, as if the plug were pulled."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def verify(self) -> None:
        done = self.cewen("verify", "--data", str(self.data), "--json")
        assert done.returncode == 0, done.stdout + done.stderr


class Browser:
    """A signed-in browser without a window."""

    def __init__(self, portal: Portal, username: str, password: str = PASSWORD) -> None:
        self.home = f"http://127.0.0.1:{portal.port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = self.get("/accounts/login/")
        self.post("/accounts/login/", {"login": username, "password": password}, page)

    def get(self, path: str) -> str:
        with self.opener.open(f"{self.home}{path}", timeout=60) as response:
            return str(response.read().decode())

    def post(self, path: str, fields: dict[str, str], page: str, file: Path | None = None) -> str:
        """The page after a form was sent; `page` is the one the form stands on."""
        token = _FOUND_IN.search(page)
        assert token is not None
        fields = {**fields, "csrfmiddlewaretoken": token[1]}
        if file is None:
            body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart(fields, file)
        request = urllib.request.Request(f"{self.home}{path}", body, {"Content-Type": kind})
        with self.opener.open(request, timeout=60) as response:
            return str(response.read().decode())


def _multipart(fields: dict[str, str], file: Path) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'.encode()
    return b"".join(
        [*parts, head, file.read_bytes(), f"\r\n--{mark}--\r\n".encode()]
    ), f"multipart/form-data; boundary={mark}"
